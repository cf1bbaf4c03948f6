package classify

import (
	"io"
	"strings"
	"testing"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// judged is a letter between the stages of judging.
type judged struct {
	letter  letter.Letter
	read    reading
	ruled   *ruling
	text    *model.Text
	places  []int
	vector  model.Vector
	verdict letter.Verdict
}

// BenchmarkStage measures each stage of judging alone, and all together, on
// letters of the mean length of real ones and on one core.
func BenchmarkStage(b *testing.B) {
	c := sharedClassifier(b)
	m := c.model.Load()
	letters := lengthened(b, 1000)
	all := make([]judged, len(letters))
	runes := 0
	for i, l := range letters {
		j := judged{letter: l, read: c.read(l)}
		runes += len(j.read.text.Runes)
		j.ruled = c.rule(&j.read)
		j.text, j.places = c.features(&j.read, j.ruled)
		j.vector = m.Vector(j.text)
		j.verdict, _ = c.verdict(&j.read, j.ruled, j.text, j.places, m)
		all[i] = j
	}
	for _, stage := range []struct {
		name string
		run  func(j *judged)
	}{
		{"normalise", func(j *judged) { c.folder.Fold(j.letter.Text()) }},
		{"segment", func(j *judged) { c.words(j.read.text.Runes) }},
		{"lexicon", func(j *judged) { c.lexicon.Find(j.read.text.Runes) }},
		{"entities", func(j *judged) { c.extractor.Extract(j.read.text, j.letter.ReceivedAt) }},
		{"rules", func(j *judged) { c.rule(&j.read) }},
		{"features", func(j *judged) {
			text, _ := c.features(&j.read, j.ruled)
			m.Vector(text)
		}},
		{"heads", func(j *judged) { ask(m, j.vector) }},
		{"evidence", func(j *judged) { c.explain(&j.read, j.text, j.places, m, j.vector, j.verdict) }},
		{"everything", func(j *judged) { c.Judge(j.letter) }},
	} {
		b.Run(stage.name, func(b *testing.B) {
			b.ReportAllocs()
			n := 0
			for b.Loop() {
				stage.run(&all[n%len(all)])
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
