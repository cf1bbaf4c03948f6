package text

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// show writes a template back with ‹ › for references and [ / ] for choices,
// so that tests compare structure rather than the input.
func show(t template) string {
	var b strings.Builder
	for _, n := range t {
		switch n.kind {
		case literal:
			b.WriteString(n.text)
		case reference:
			fmt.Fprintf(&b, "‹%s›", n.text)
		case choice:
			b.WriteString("[")
			for i, alt := range n.alts {
				if i > 0 {
					b.WriteString(" / ")
				}
				b.WriteString(show(alt))
			}
			b.WriteString("]")
		}
	}
	return b.String()
}

func TestParseTemplate(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"literal", "被骗了", "被骗了"},
		{"bar outside braces", "甲|乙", "甲|乙"},
		{"slot", "转了{金额}元", "转了‹金额›元"},
		{"choice", "{请|求|望}局长", "[请 / 求 / 望]局长"},
		{"empty alternative", "{|谢谢}。", "[ / 谢谢]。"},
		{"nested", "{甲{金额|乙{丙|丁}}|戊}", "[甲[金额 / 乙[丙 / 丁]] / 戊]"},
		{"slot in alternative", "{{金额}元|钱}", "[‹金额›元 / 钱]"},
		{"line break", `甲\n乙`, "甲\n乙"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseTemplate(tt.src, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, show(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseTemplateErrors(t *testing.T) {
	tests := []struct{ name, src, want string }{
		{"never closed", "一\n二{甲|乙", "line 8: opening brace is never closed"},
		{"closed twice", "一\n\n{甲|乙}}", "line 9: closing brace without an opening one"},
		{"empty braces", "{}", "line 7: braces must hold one name or alternatives divided by |"},
		{"lone nested slot", "{甲{乙}}", "line 7: braces must hold one name or alternatives divided by |"},
		{"sentence as name", "{你好，局长}", `line 7: name "你好，局长": a name may not be empty nor hold spaces or punctuation`},
		{"too deep", strings.Repeat("{", 30), "line 7: alternatives nest deeper than 20"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := parseTemplate(tt.src, 7)
			if err == nil || err.Error() != tt.want {
				t.Errorf("error = %v, want %q", err, tt.want)
			}
		})
	}
}

func TestAlways(t *testing.T) {
	phrases := map[string][]string{"落款": {"电话{联系电话}", "{署名}，{联系电话}"}}
	expand := func(name string) []template {
		var alts []template
		for _, src := range phrases[name] {
			alt, err := parseTemplate(src, 1)
			if err != nil {
				t.Fatal(err)
			}
			alts = append(alts, alt)
		}
		return alts
	}
	body, err := parseTemplate("{账号}{转{微信}|付{微信}{电话}}{|{QQ}}{落款}", 1)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]bool{"账号": true, "微信": true, "落款": true, "联系电话": true}
	if diff := cmp.Diff(want, body.always(expand)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
