package text

import (
	"slices"
	"strings"
	"testing"
)

func mustLoad(tb testing.TB) *Library {
	tb.Helper()
	lib, err := Load()
	if err != nil {
		tb.Fatal(err)
	}
	return lib
}

// leadTypes lists the 82 lead codes of the domain tables.
func leadTypes() []string {
	return strings.Fields(`
		F01 F02 F03 F04 F05 F06 F07 F08 F09 F10 F11 F12 F13
		D01 D02 D03 D04 D05 D06 D07 D08 D09 D10 D99
		V01 V02 V03 V04 V05 V06 V07 V08 V09 V10
		H01 H02 H03 H04 H05 N01 N02 N03 N04 N05 G01 G02 G03 G04
		E01 E02 E03 E04 E05 S01 S02 S03 S04 S05 S06
		R01 R02 R03 R04 R05 R09 P01 P02 P03 C01 C02 C03 C04
		J01 J02 J03 X01 X02 X03 X04 X05 X08 X99`)
}

func TestCoverage(t *testing.T) {
	patterns := mustLoad(t).Patterns()
	if len(patterns) < 330 {
		t.Errorf("%d patterns, want at least 330", len(patterns))
	}
	types, topics, leads, registers := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	ids := map[string]bool{}
	for _, p := range patterns {
		types[p.Type]++
		topics[p.Topic]++
		leads[p.Lead]++
		registers[p.Register]++
		if ids[p.ID] {
			t.Errorf("ID %s is used twice", p.ID)
		}
		ids[p.ID] = true
		if p.Lead != "" && !slices.Contains(leadTypes(), p.Lead) {
			t.Errorf("%s: no lead type %s", p.ID, p.Lead)
		}
	}
	atLeast(t, types, 15, strings.Fields("L01 L02 L03 L04 L05 L06 L07 L08 L09 L10 L12"))
	atLeast(t, topics, 8, strings.Fields(`T01 T02 T03 T04 T05 T06 T07 T08 T09 T10 T11
		T12 T13 T14 T15 T16 T17 T18 T19 T20 T21 T22`))
	atLeast(t, leads, 2, leadTypes())
	atLeast(t, registers, 3, []string{"plain", "formal", "yue", "leizhou", "wuchuan", "trad", "short", "long"})
}

func atLeast(t *testing.T, counts map[string]int, want int, keys []string) {
	t.Helper()
	for _, key := range keys {
		if counts[key] < want {
			t.Errorf("%d patterns of %s, want at least %d", counts[key], key, want)
		}
	}
	if _, ok := counts["L11"]; ok {
		t.Error("L11 is not a letter type in use")
	}
}

// TestAccused checks that complaints about the police name the unit.
func TestAccused(t *testing.T) {
	for _, p := range mustLoad(t).Patterns() {
		about := (p.Type == "L03" || p.Type == "L10") && (p.Lead == "J01" || p.Lead == "J02")
		if about && !p.Accused {
			t.Errorf("%s complains about the police but is not marked accused", p.ID)
		}
		if p.Type == "L09" && p.Accused {
			t.Errorf("%s thanks the police and is marked accused", p.ID)
		}
	}
}

// TestForbiddenWords keeps petitioning, religion, ethnicity and origin, and
// the names of real people and platforms, out of the texts.
func TestForbiddenWords(t *testing.T) {
	forbidden := strings.Fields(`上访 信访 维权 闹访 缠访 佛教 道教 基督 天主教 伊斯兰 穆斯林 教会 寺庙 邪教
		汉族 回族 维吾尔 藏族 壮族 少数民族 外地口音 外省人 河南人 东北人 越南人 非洲人 黑人 习近平 主席 总书记
		支付宝 淘宝 京东 拼多多 抖音 快手 美团 微博 工商银行 建设银行 中国银行 农业银行 {姓名}`)
	files, err := patternFiles.ReadDir("patterns")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		data, err := patternFiles.ReadFile("patterns/" + file.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range forbidden {
			if strings.Contains(string(data), word) {
				t.Errorf("%s contains %s", file.Name(), word)
			}
		}
	}
}
