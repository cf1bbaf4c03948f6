package entity_test

import (
	"strings"
	"testing"

	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/internal/simulate/text"
)

// meanRunes is the mean length of real letters.
const meanRunes = 360

// lengthened returns simulated letters joined to the mean length of real ones.
func lengthened(tb testing.TB, n int) []string {
	tb.Helper()
	var out []string
	var b strings.Builder
	runes, all := 0, 0
	simulated(tb, 4*n, func(_ text.Pattern, l text.Letter) {
		if len(out) == n {
			return
		}
		b.WriteString(l.Title + "\n" + l.Body + "\n")
		runes += len([]rune(l.Title)) + len([]rune(l.Body)) + 2
		if all+runes >= meanRunes*(len(out)+1) {
			out = append(out, b.String())
			all += runes
			b.Reset()
			runes = 0
		}
	})
	return out
}

func BenchmarkExtract(b *testing.B) {
	f, err := loadFolder()
	if err != nil {
		b.Fatal(err)
	}
	x, err := loadExtractor()
	if err != nil {
		b.Fatal(err)
	}
	texts, runes := []normalise.Text{}, 0
	for _, l := range lengthened(b, 1000) {
		texts = append(texts, f.Fold(l))
		runes += len(texts[len(texts)-1].Runes)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		x.Extract(texts[i%len(texts)], received)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
	b.ReportMetric(float64(runes)/float64(len(texts)), "runes/letter")
}

// BenchmarkFold measures normalisation on the same letters.
func BenchmarkFold(b *testing.B) {
	f, err := loadFolder()
	if err != nil {
		b.Fatal(err)
	}
	texts := lengthened(b, 1000)
	b.ReportAllocs()
	b.ResetTimer()
	for i := range b.N {
		f.Fold(texts[i%len(texts)])
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}
