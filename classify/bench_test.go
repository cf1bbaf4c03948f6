package classify

import (
	"io"
	"strings"
	"testing"

	"jiesu.cn/jiesu/letter"
)

// BenchmarkStage measures each stage of judging alone, and all together, on
// letters of the mean length of real ones and on one core.
func BenchmarkStage(b *testing.B) {
	c := sharedClassifier(b)
	m := c.model.Load()
	letters := lengthened(b, 1000)
	all := make([]workspace, len(letters))
	verdicts := make([]letter.Verdict, len(letters))
	runes := 0
	for i, l := range letters {
		c.prepare(l, &all[i])
		verdicts[i], _ = c.verdict(&all[i], m)
		runes += len(all[i].read.text.Runes)
	}
	for _, stage := range []struct {
		name string
		run  func(i int, w *workspace)
	}{
		{"normalise", func(i int, _ *workspace) { c.folder.Fold(letters[i].Text()) }},
		{"segment", func(_ int, w *workspace) { c.words(w.read.text.Runes, &w.read.split, w.read.words[:0]) }},
		{"lexicon", func(_ int, w *workspace) { c.lexicon.Find(w.read.text.Runes, &w.read.search) }},
		{"entities", func(i int, w *workspace) { c.extractor.Extract(w.read.text, letters[i].ReceivedAt) }},
		{"rules", func(_ int, w *workspace) { c.rule(&w.read, &w.ruled) }},
		{"features", func(_ int, w *workspace) {
			c.features(w)
			m.Read(&w.text, &w.vector)
		}},
		{"heads", func(_ int, w *workspace) { w.opinion.ask(m, &w.vector) }},
		{"evidence", func(i int, w *workspace) { c.explain(w, verdicts[i]) }},
		{"everything", func(i int, _ *workspace) { c.Judge(letters[i]) }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				stage.run(n%len(all), &all[n%len(all)])
				n++
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "letters/s")
			b.ReportMetric(float64(runes)/float64(len(all)), "runes/letter")
		})
	}
}

// BenchmarkClassify judges on all cores that -cpu allows.
func BenchmarkClassify(b *testing.B) {
	c := sharedClassifier(b)
	letters := lengthened(b, 1000)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if _, err := c.Classify(b.Context(), letters); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(letters))/b.Elapsed().Seconds(), "letters/s")
}

// BenchmarkStream reads letters as JSON lines and writes verdicts, as jiesu
// classify does.
func BenchmarkStream(b *testing.B) {
	c := sharedClassifier(b)
	letters := lengthened(b, 1000)
	lines := jsonLines(b, letters)
	b.ReportAllocs()
	b.ResetTimer()
	for b.Loop() {
		if err := c.Stream(b.Context(), strings.NewReader(lines), io.Discard); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N*len(letters))/b.Elapsed().Seconds(), "letters/s")
}
