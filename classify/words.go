package classify

import (
	"context"
	"fmt"
	"io/fs"

	"jiesu.cn/jiesu/classify/segment"
)

// CompareWords splits letters by gse itself as well, each as written and as
// folded, and counts the texts whose words differ: there must be none. dir holds
// further letters, as for CrossValidate; nil is none.
func (c *Classifier) CompareWords(ctx context.Context, dir fs.FS, rows []Labelled) (segment.Comparison, error) {
	var letters []plain
	if dir != nil {
		var err error
		if letters, err = readPlain(dir, rows); err != nil {
			return segment.Comparison{}, err
		}
	}
	for _, row := range rows {
		letters = append(letters, plain{row.Title, row.Text})
	}
	reference, err := segment.NewReference(c.placeNames)
	if err != nil {
		return segment.Comparison{}, fmt.Errorf("loading gse: %w", err)
	}
	compared := reference.Compare(c.segmenter, func(yield func(string) bool) {
		for _, l := range letters {
			written := l.Title + "\n" + l.Text
			if ctx.Err() != nil || !yield(written) || !yield(c.folder.Fold(written).String()) {
				return
			}
		}
	})
	if err := ctx.Err(); err != nil {
		return compared, fmt.Errorf("comparing words: %w", err)
	}
	return compared, nil
}
