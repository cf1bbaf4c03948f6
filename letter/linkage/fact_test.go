package linkage_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

const writer = "0123456789abcdef0123456789abcdef"

// judged is a letter of the writer in which an entity of the kind stands at @.
func judged(key, body, kind, value string) letter.Judged {
	before, after, _ := strings.Cut(body, "@")
	l := letter.Judged{Letter: letter.Letter{Received: letter.Received{Title: "题", Body: before + value + after, Writer: letter.Writer{Key: key}}}}
	start := len([]rune("题\n" + before))
	if kind != "" {
		l.Verdict.Entities = []letter.Entity{{Kind: kind, Text: value, Value: value, Start: start, End: start + len([]rune(value))}}
	}
	l.Normalised = l.Text()
	return l
}

func kindsOf(facts []uint64) []linkage.Kind {
	var kinds []linkage.Kind
	for _, f := range facts {
		kinds = append(kinds, linkage.KindOf(f))
	}
	return kinds
}

func TestFacts(t *testing.T) {
	const rest = "，请公安机关查清楚以后给我一个说法，谢谢。"
	for _, tt := range []struct {
		name, body, kind, value string
		want                    []linkage.Kind
	}{
		{"a bank card", "钱转到@" + rest, "bank_card", "6222021234567890123", []linkage.Kind{linkage.Account}},
		{"a telephone of another", "骗子打来的是@" + rest, "phone", "13800138000", []linkage.Kind{linkage.Telephone}},
		{"another's telephone at the end", "对方电话@", "phone", "13800138000", []linkage.Kind{linkage.Telephone}},
		{"the telephone that signs the letter", "请尽快处理，电话@。", "phone", "13800138000", nil},
		{"the writer's telephone in the middle", "我的电话@" + rest, "phone", "13800138000", nil},
		{"the writer's number of the sentence before", "不要打我的。号码@" + rest, "phone", "13800138000", []linkage.Kind{linkage.Telephone}},
		{"the writer's ID number", "身份证@" + rest, "id_number", "440803199001011234", nil},
		{"another's ID number", "他身份证@" + rest, "id_number", "440803199001011234", []linkage.Kind{linkage.IDNumber}},
		{"a plate", "车牌@" + rest, "plate", "粤G12345", []linkage.Kind{linkage.Plate}},
		{"a web address is no fact", "网址@" + rest, "url", "http://example.com", nil},
		{"a court's case number", "案号(2023)粤0802刑初12号" + rest, "", "", []linkage.Kind{linkage.CaseNumber}},
		{"a case number of the police", "编号a4408020000002023010001" + rest, "", "", []linkage.Kind{linkage.CaseNumber}},
		{"a longer number is none", "编号a44080200000020230100011" + rest, "", "", nil},
		{"a year in brackets is none", "去年(2023)的12号" + "我来过" + rest, "", "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := linkage.Facts(judged(writer, tt.body, tt.kind, tt.value))
			if diff := cmp.Diff(tt.want, kindsOf(got)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if got := linkage.Facts(judged("", tt.body, tt.kind, tt.value)); got != nil {
				t.Errorf("an anonymous letter has facts %v", got)
			}
		})
	}
}

// TestFactsNeverChange pins what is stored: openssl dgst -sha256 -hmac KEY of
// "jiesu/fact/v1", a zero byte, "1" and the number, the first 8 bytes, the last
// 4 bits replaced by 1.
func TestFactsNeverChange(t *testing.T) {
	got := linkage.Facts(judged(writer, "钱转到@，请查", "bank_card", "6222021234567890123"))
	if diff := cmp.Diff([]uint64{0xd25f36846e88da61}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestFactsOfDifferentWriters cannot be compared.
func TestFactsOfDifferentWriters(t *testing.T) {
	one := linkage.Facts(judged(writer, "钱转到@，请查", "bank_card", "6222021234567890123"))
	other := linkage.Facts(judged(strings.Repeat("f", 32), "钱转到@，请查", "bank_card", "6222021234567890123"))
	if one[0] == other[0] {
		t.Error("the same account has the same hash for two writers")
	}
}

// TestDocumentKind tells the kinds of documents of one number apart.
func TestDocumentKind(t *testing.T) {
	number := func(text string) uint64 {
		facts := linkage.Facts(judged(writer, text, "", ""))
		if len(facts) != 1 {
			t.Fatalf("%s: %d facts", text, len(facts))
		}
		return facts[0]
	}
	if number("收到受案字(2023)12号") == number("收到立案字(2023)12号") {
		t.Error("two documents are one")
	}
	if number("收到受案字(2023)12号") != number("补充受案字(2023)12号的材料") {
		t.Error("one document is two")
	}
}
