package classify

import (
	"context"
	"fmt"
	"io/fs"

	"jiesu.cn/jiesu/classify/model"
)

// CrossValidate trains and judges in folds: each letter is judged by a
// model that saw neither it nor a repost of it, calibrated on the letters of
// the other folds. dir holds the letters that only train, some with further
// labels; nil is none.
// Letters labelled for urgency alone count for Challenge only.
func (c *Classifier) CrossValidate(ctx context.Context, dir fs.FS, rows []Labelled, further []Further, folds int, seed uint64) (Report, error) {
	if folds < 3 {
		return Report{}, fmt.Errorf("cross-validating: %d folds leave too little to calibrate on; take 3 or more", folds)
	}
	t, err := c.newTrainer(ctx, dir, rows, further, folds, seed)
	if err != nil {
		return Report{}, err
	}
	models, outcomes, err := t.crossTrain(ctx)
	if err != nil {
		return Report{}, err
	}
	judged := make([]answer, len(rows))
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
				judged[i].Verdict, judged[i].certainty = c.verdict(l.workspace, m)
			}
		}
	}
	return compare(rows, judged, seed), nil
}
