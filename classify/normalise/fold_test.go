package normalise_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify/normalise"
)

var load = sync.OnceValues(normalise.New)

func loaded(t testing.TB) *normalise.Folder {
	t.Helper()
	f, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestFold(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"full width", "ＱＱ：１２３４５", "qq:12345"},
		{"circled and units", "①②㎡", "12m2"},
		{"invisible", "转\u200b账\ufeff了\u00ad", "转账了"},
		{"pinyin with tone", "家住硇(náo)洲", "家住硇洲"},
		{"pinyin without tone", "家长(zhang)", "家长"},
		{"full-width brackets", "没着（zháo）落", "没着落"},
		{"not pinyin", "下载(app)了", "下载(app)了"},
		{"pinyin after Latin stays", "abc(hao)", "abc(hao)"},
		{"traditional", "電信詐騙，請幫幫我", "电信诈骗,请帮帮我"},
		{"particle", "戶口沒著落，很著急", "户口没着落,很着急"},
		{"place names stay", "乾塘鎮、塘㙍、硇洲島、梅菉", "乾塘镇、塘㙍、硇洲岛、梅菉"},
		{"乾 dries in traditional text", "這個東西曬乾了", "这个东西晒干了"},
		{"乾 stays in simplified text", "李乾生是我邻居", "李乾生是我邻居"},
		{"surname", "於先生說轉賬", "於先生说转账"},
		{"disguised names", "加❤聊，薇信abc123，扣扣10001", "加微信聊,微信abc123,qq10001"},
		{"Latin inside a word stays", "avx512", "avx512"},
		{"pinyin of two syllables", "在硇洲(náo zhōu)岛", "在硇洲岛"},
		{"accent composes", "cafe\u0301", "café"},
		{"half-width kana compose", "ｶﾞ", "ガ"},
		{"mark on nothing", "\u0301a", "\u0301a"},
		{"line breaks stay", "一\n\u0301二", "一\n\u0301二"},
		{"disguised digits", "❶③⑧➀⓪⓿1️⃣", "1381001"},
		{"o among digits", "电话138oo138OO○，o2o", "电话13800138000,o2o"},
		{"o in an account", "abc12345oo", "abc12345oo"},
		{"more signs", "＋V信、WX号：abc，绿泡泡", "加微信、微信号:abc,微信"},
		{"half pinyin", "被pian了，网dai，赌bo", "被骗了,网贷,赌博"},
		{"ordinary words stay", "增加微波炉，220v", "增加微波炉,220v"},
		{"misspelt account", "转帐到这个帐号", "转账到这个账号"},
	}
	f := loaded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, f.Fold(tt.text).String()); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestSpanLeadsBack(t *testing.T) {
	tests := []struct{ text, find, want string }{
		{"请加薇(wēi)信：Abc", "微信", "薇(wēi)信"},
		{"家住硇(náo)洲岛", "硇洲岛", "硇(náo)洲岛"},
		{"加❤聊", "加微信", "加❤"},
		{"㎡大", "m2", "㎡"},
		{"电\u200b话１３８", "138", "１３８"},
	}
	f := loaded(t)
	for _, tt := range tests {
		folded := f.Fold(tt.text)
		at := strings.Index(folded.String(), tt.find)
		if at < 0 {
			t.Errorf("%q does not hold %q", folded.String(), tt.find)
			continue
		}
		from := len([]rune(folded.String()[:at]))
		if got := folded.Slice(from, from+len([]rune(tt.find))); got != tt.want {
			t.Errorf("%q leads back to %q, want %q", tt.find, got, tt.want)
		}
	}
}

func TestSynonyms(t *testing.T) {
	f := loaded(t)
	text := f.Fold("琴日俾人呃咗3000蚊，佢拉黑我")
	var got []string
	for _, s := range f.Synonyms(text) {
		got = append(got, text.Slice(s.Start, s.End)+"="+s.Word)
	}
	want := []string{"琴日=昨天", "俾人呃=被骗", "咗=了", "蚊=元", "佢=他"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFoldCountsGarbled(t *testing.T) {
	if got := loaded(t).Fold("转\ue1f8账\xff").Garbled; got != 2 {
		t.Errorf("%d garbled characters, want 2", got)
	}
}

func TestFoldLeavesOriginalAlone(t *testing.T) {
	const text = "加❤，電信詐騙(piàn)\u200b１２３"
	if got := string(loaded(t).Fold(text).Original); got != text {
		t.Errorf("original became %q", got)
	}
}

func TestFoldCountsHidden(t *testing.T) {
	if got := loaded(t).Fold("转\u200b账\u2060").Hidden; got != 2 {
		t.Errorf("%d hidden characters, want 2", got)
	}
}

func FuzzFold(f *testing.F) {
	for _, s := range []string{"", "薇(wēi)信", "\xff\xfe", "乾塘鎮沒著落", "ﷺ㍻①é(ǘ)", "((((a(", "加❤\u200b"} {
		f.Add(s)
	}
	folder := loaded(f)
	f.Fuzz(func(t *testing.T, text string) {
		folded := folder.Fold(text)
		last := 0
		for i := range folded.Runes {
			start, end := folded.Span(i, i+1)
			if start < last || start >= end || end > len(folded.Original) {
				t.Fatalf("rune %d of %q stands for %d–%d of %d", i, text, start, end, len(folded.Original))
			}
			last = start
		}
		if whole := folded.Slice(0, len(folded.Runes)); !strings.Contains(string(folded.Original), whole) {
			t.Fatalf("%q is no part of %q", whole, text)
		}
	})
}

func BenchmarkFold(b *testing.B) {
	texts := map[string]string{
		"plain":       strings.Repeat("我在网上买东西被骗了1180元,派出所一直没有回音.\n", 14),
		"punctuated":  strings.Repeat("我在网上买东西，被骗了１１８０元……派出所一直没有回音。\n", 13),
		"traditional": strings.Repeat("我在網上買東西，被騙了1180元，派出所一直沒有回音。\n", 13),
	}
	f := loaded(b)
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				f.Fold(text)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
		})
	}
}
