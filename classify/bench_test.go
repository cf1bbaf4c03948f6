package classify

import (
	"io"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/letter"
)

// BenchmarkStage measures each stage of judging on letters of the mean length of
// real ones, one stage behind the other as in judging. Run it on one core: -cpu 1.
func BenchmarkStage(b *testing.B) {
	c := sharedClassifier(b)
	m := c.model.Load()
	letters := lengthened(b, 1000)
	var w workspace
	var l letter.Letter
	var verdict letter.Verdict
	verdicts := make([]letter.Verdict, len(letters))
	for i, l := range letters {
		verdicts[i] = c.Judge(l).Verdict
	}
	stages := []struct {
		name string
		run  func()
	}{
		{"normalise", func() { c.folder.Fold(l.Text()) }},
		{"segment", func() { c.words(w.read.text.Runes, &w.read.split, w.read.words[:0]) }},
		{"lexicon", func() { c.lexicon.Find(w.read.text.Runes, &w.read.search) }},
		{"entities", func() { c.extractor.ExtractFiled(w.read.text, l.ReceivedAt, l.Division) }},
		{"rules", func() { c.rule(&w.read, &w.ruled) }},
		{"features", func() { c.features(&w); m.Read(&w.text, &w.vector) }},
		{"heads", func() { w.opinion.ask(m, &w.vector) }},
		{"evidence", func() { c.explain(&w, verdict) }},
	}
	spent := make([]time.Duration, len(stages))
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		l, verdict = letters[n%len(letters)], verdicts[n%len(letters)]
		c.read(l, &w.read)
		for i, stage := range stages {
			began := time.Now()
			stage.run()
			spent[i] += time.Since(began)
		}
		n++
	}
	for i, stage := range stages {
		b.ReportMetric(float64(n)/spent[i].Seconds(), stage.name+"/s")
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
