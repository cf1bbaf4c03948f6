package classify

import (
	"context"
	"io/fs"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// CrossValidate trains and judges in five folds: each letter is judged by a
// model that saw neither it nor a repost of it, calibrated on the letters of
// the other folds. dir holds the further letters that only train; nil is none.
func (c *Classifier) CrossValidate(ctx context.Context, dir fs.FS, rows []Labelled, seed uint64) (Report, error) {
	t, err := c.newTrainer(ctx, dir, rows, seed)
	if err != nil {
		return Report{}, err
	}
	models, outcomes, err := t.crossTrain(ctx)
	if err != nil {
		return Report{}, err
	}
	judged := make([]letter.Verdict, len(rows))
	for f, m := range models {
		var others []model.Outcome
		for i := range t.letters {
			if t.letters[i].fold != f {
				others = append(others, outcomes[i])
			}
		}
		calibrate(m, others)
		for i := range t.letters {
			if l := &t.letters[i]; l.fold == f {
				judged[i] = c.verdict(l.read, l.ruled, l.text, l.place, m)
			}
		}
	}
	return compare(rows, judged), nil
}
