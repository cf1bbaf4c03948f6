package segment_test

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/classify/segment"
	"jiesu.cn/jiesu/internal/simulate/text"
)

// letters renders n simulated letters, the patterns in turn.
func letters(tb testing.TB, n int) []string {
	tb.Helper()
	lib, err := text.Load()
	if err != nil {
		tb.Fatal(err)
	}
	patterns := lib.Patterns()
	rng := rand.New(rand.NewPCG(5, 6))
	out := make([]string, n)
	for i := range out {
		l, err := lib.Render(rng, &patterns[i%len(patterns)], text.Slots{
			DivisionName: "赤坎分局", CountyName: "赤坎区", Station: "沙湾派出所", Unit: "交警大队",
			ReceivedAt: time.Date(2024, 8, 21, 2, 0, 0, 0, time.UTC), Serial: uint64(i),
		})
		if err != nil {
			tb.Fatal(err)
		}
		out[i] = l.Title + "\n" + l.Body
	}
	return out
}

// TestSameWordsAsGSE compares our search with gse's own on letters as written
// and as folded, and on strings made of pieces that splitting is touchy about.
func TestSameWordsAsGSE(t *testing.T) {
	places := []string{"坡头镇塘尾", "ZJ"}
	reference, err := segment.NewReference(places)
	if err != nil {
		t.Fatal(err)
	}
	s := loaded(t)
	folder, err := normalise.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range letters(t, 5200) {
		for _, form := range []string{l, folder.Fold(l).String()} {
			if diff := cmp.Diff(reference.Words(form), s.Words(form)); diff != "" {
				t.Fatalf("%q (-gse +ours):\n%s", form, diff)
			}
		}
	}
	pieces := []string{
		"520", "k", "粉", "p2p", "ai", "换脸", "é", "β", "²", " ", "\n", "　", "。", "Z", "J", "ＡＢ", "_", "@", ".com", "坡头镇", "塘尾",
		"派出所", "公安", "局长", "一", "蚊", "呃", "中华人民共和国", "研究", "生命", "起源", "𠮷", "\xff", "İ", "usdt", "9", "元",
	}
	rapid.Check(t, func(t *rapid.T) {
		form := strings.Join(rapid.SliceOfN(rapid.OneOf(rapid.SampledFrom(pieces), rapid.StringN(0, 3, -1)), 0, 40).Draw(t, "text"), "")
		if diff := cmp.Diff(reference.Words(form), s.Words(form)); diff != "" {
			t.Fatalf("%q (-gse +ours):\n%s", form, diff)
		}
	})
}

// TestCompare splits with other places than the reference knows, which shows.
func TestCompare(t *testing.T) {
	reference, err := segment.NewReference(nil)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{"我被刷单骗了", "坡头镇塘尾有人赌博", ""}
	// 我 被 刷单 骗 了; 坡 头 镇 塘 尾 有人 赌博.
	want := segment.Comparison{Texts: 3, Words: 12, Different: 1}
	if diff := cmp.Diff(want, reference.Compare(loaded(t), slices.Values(texts))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSplitNothing(t *testing.T) {
	var b segment.Buffer
	if got := loaded(t).Split(nil, &b); len(got) != 0 {
		t.Errorf("%v, want no words", got)
	}
}

func TestSplitReusesItsBuffer(t *testing.T) {
	s := loaded(t)
	text := []rune("派出所民警帮我找回了电动车abc123,谢谢")
	var b segment.Buffer
	s.Split(text, &b)
	if allocs := testing.AllocsPerRun(10, func() { s.Split(text, &b) }); allocs != 0 {
		t.Errorf("%v allocations a text, want none", allocs)
	}
}

func BenchmarkSplit(b *testing.B) {
	s := loaded(b)
	all := letters(b, 1000)
	runes, size := make([][]rune, len(all)), 0
	for i, l := range all {
		runes[i] = []rune(l)
		size += len(l)
	}
	var buffer segment.Buffer
	b.SetBytes(int64(size / len(all)))
	b.ReportAllocs()
	b.ResetTimer()
	total := 0
	for i := range b.N {
		r := runes[i%len(runes)]
		total += len(r)
		s.Split(r, &buffer)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
	b.ReportMetric(float64(total)/float64(b.N), "runes/letter")
}

func BenchmarkNew(b *testing.B) {
	for b.Loop() {
		if _, err := segment.New(nil); err != nil {
			b.Fatal(err)
		}
	}
}
