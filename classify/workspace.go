package classify

import (
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// workspace is all that judging one letter works with. Its memory serves again
// for the next letter, so nothing of a judgement may lie in it.
type workspace struct {
	read    reading
	ruled   ruling
	text    model.Text
	places  []int // Which folded rune each rune of the text is; nil is each itself.
	vector  model.Vector
	opinion opinion

	// Memory for evidence.
	decisions []decision
	outputs   []int
	added     []float32
	sums      []float64
	stretches []stretch
	evidence  []letter.Evidence
}

// prepare reads and rules a letter and extracts what the model wants.
func (c *Classifier) prepare(l letter.Letter, w *workspace) {
	c.read(l, &w.read)
	c.rule(&w.read, &w.ruled)
	c.features(w)
}
