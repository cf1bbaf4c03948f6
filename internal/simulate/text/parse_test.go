package text

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestParsePatterns(t *testing.T) {
	const file = `# comment

@ L05 T06 F01 P0 weight=3 register=long series=账号,电话 accused
标题: 被骗{金额}元
第一行
第二行{联系电话}

@ L05 T22 - P3
标题:
短
`
	got, err := parsePatterns("L05", file)
	if err != nil {
		t.Fatal(err)
	}
	want := []Pattern{
		{
			ID: "L05-001", Type: "L05", Topic: "T06", Lead: "F01", Urgency: "P0", Weight: 3, Accused: true,
			Series: []string{"账号", "电话"}, Register: "long",
		},
		{ID: "L05-002", Type: "L05", Topic: "T22", Urgency: "P3", Weight: 1, Register: "plain"},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(Pattern{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("第一行\n第二行‹联系电话›", show(got[0].body)); diff != "" {
		t.Errorf("body (-want +got):\n%s", diff)
	}
}

func TestParsePatternErrors(t *testing.T) {
	const good = "@ L05 T06 F01 P0\n标题: 甲\n乙\n\n"
	tests := []struct{ name, block, want string }{
		{"too few fields", "@ L05 T06 F01\n标题: 甲\n乙", `line 5: header must read "@ type topic lead urgency [option…]", not "@ L05 T06 F01"`},
		{"letter type", "@ L13 T06 F01 P0\n标题: 甲\n乙", `line 5: letter type "L13" is not L01 to L12`},
		{"other file", "@ L04 T06 F01 P0\n标题: 甲\n乙", "line 5: letter type L04 in the file of L05"},
		{"topic", "@ L05 T23 F01 P0\n标题: 甲\n乙", `line 5: topic "T23" is not T01 to T22`},
		{"lead", "@ L05 T06 f01 P0\n标题: 甲\n乙", `line 5: lead "f01" is neither a code such as F01 nor -`},
		{"urgency", "@ L05 T06 F01 P4\n标题: 甲\n乙", `line 5: urgency "P4" is not P0 to P3`},
		{"weight", "@ L05 T06 F01 P0 weight=0\n标题: 甲\n乙", `line 5: weight "0" is not a number from 1 to 100`},
		{"register", "@ L05 T06 F01 P0 register=loud\n标题: 甲\n乙", `line 5: register "loud" is none of plain, formal, yue, leizhou, wuchuan, trad, short, long`},
		{"accused", "@ L05 T06 F01 P0 accused=yes\n标题: 甲\n乙", `line 5: option accused takes no value, got "yes"`},
		{"option", "@ L05 T06 F01 P0 colour=red\n标题: 甲\n乙", `line 5: unknown option "colour=red"`},
		{"title", "@ L05 T06 F01 P0\n甲\n乙", `line 6: the line after the header must start with "标题:"`},
		{"body", "@ L05 T06 F01 P0\n标题: 甲", "line 7: the letter has no body"},
		{"title template", "@ L05 T06 F01 P0\n标题: {甲\n乙", "line 6: opening brace is never closed"},
		{"body template", "@ L05 T06 F01 P0\n标题: 甲\n乙\n丙}", "line 8: closing brace without an opening one"},
		{"encoding", "@ L05 T06 F01 P0\n标题: 甲\n\xff", "line 7: not valid UTF-8"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parsePatterns("L05", good+tt.block)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	const phrases = "= 落款\n电话{联系电话}\n\n= 可有可无\n{|{联系电话}}\n"
	tests := []struct{ name, phrases, letters, want string }{
		{
			"unknown slot", phrases, "@ L05 T06 F01 P0\n标题: 甲\n{落款}\n{没有}",
			"reading L05.txt: line 4: 没有: no slot, word or phrase has this name",
		},
		{
			"no anchor", phrases, "@ L05 T06 F01 P0\n标题: {联系电话}\n{可有可无}",
			"reading L05.txt: line 1: some letters of this pattern would lack a detail that tells them apart (one of 联系电话, 地点, 住址, 村址, 单号, 回执, 乱码)",
		},
		{
			"series", phrases, "@ L05 T06 F01 P0 series=账号\n标题: 甲\n{落款}{|{账号}}",
			"reading L05.txt: line 1: some letters of this pattern would lack the series slot 账号",
		},
		{
			"accused", phrases, "@ L05 T06 F01 P0 accused\n标题: {派出所}\n{落款}",
			"reading L05.txt: line 1: some letters of this pattern would not name the accused unit",
		},
		{"unknown in phrase", "= 甲\n{没有}\n", "", "reading phrases.txt: line 2: 没有: no slot, word or phrase has this name"},
		{"cycle", "= 甲\n{乙}\n\n:= 乙\n好{甲}\n", "", "reading phrases.txt: line 1: 甲: the definition refers to itself"},
		{"defined twice", "= 甲\n一\n\n= 甲\n二\n", "", "reading phrases.txt: line 4: 甲 is already defined in line 1"},
		{"hides a slot", "\n= 电话\n一\n", "", "reading phrases.txt: line 2: 电话 is a built-in slot"},
		{"bad definition", "甲\n一\n", "", `reading phrases.txt: line 1: a definition must read "= name" or ":= name", not "甲"`},
		{"numbered name", "= 甲2\n一\n", "", `reading phrases.txt: line 1: the name "甲2" ends in a digit, which marks a second value`},
		{"nothing defined", "= 甲\n", "", "reading phrases.txt: line 1: 甲 has no alternatives"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(fstest.MapFS{
				"phrases.txt": {Data: []byte(tt.phrases)},
				"L05.txt":     {Data: []byte(tt.letters)},
			})
			if err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
}

func FuzzParsePatterns(f *testing.F) {
	f.Add("@ L05 T06 F01 P0 weight=3\n标题: {甲|乙}\n{落款}\n")
	f.Add("# c\n\n@ L05 T22 - P3\n标题:\n{{{a|b}|c}|d}\n")
	f.Add("@ L05 T22 - P3 series=,accused\r\n标题:\r\n}\r\n")
	f.Fuzz(func(t *testing.T, data string) {
		patterns, err := parsePatterns("L05", data)
		if err != nil {
			if !strings.Contains(err.Error(), "line ") {
				t.Errorf("error without a line: %v", err)
			}
			return
		}
		for _, p := range patterns {
			if p.Type != "L05" || p.Weight < 1 || len(p.Urgency) != 2 {
				t.Errorf("accepted pattern %+v", p)
			}
		}
		if _, err := parsePhrases(data); err == nil && strings.TrimSpace(data) != "" && len(patterns) > 0 {
			t.Error("a file is both patterns and phrases")
		}
	})
}
