package classify

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"time"
)

// Watch looks at the model file every so often, until ctx ends, and puts a
// replaced one in place while letters are being judged. Replace the file in one
// step (rename). One that is no model, or is gone, is logged once and changes
// nothing. Without a model file there is nothing to watch.
func (c *Classifier) Watch(ctx context.Context, every time.Duration) {
	if c.cfg.ModelFile == "" {
		return
	}
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	w := watch{c: c}
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			w.look(ctx)
		}
	}
}

// watch remembers the file as it was at the last look. The first look always
// reads it: it may have been replaced since the classifier loaded it.
type watch struct {
	c    *Classifier
	seen fs.FileInfo
	gone bool
}

func (w *watch) look(ctx context.Context) {
	info, err := os.Stat(w.c.cfg.ModelFile)
	if err != nil {
		if !w.gone {
			w.refuse(ctx, err)
		}
		w.gone, w.seen = true, nil
		return
	}
	w.gone = false
	if w.seen != nil && os.SameFile(w.seen, info) && w.seen.Size() == info.Size() && w.seen.ModTime().Equal(info.ModTime()) {
		return
	}
	w.seen = info // Before reading: what is written from now on will be seen as a change.
	w.reload(ctx)
}

func (w *watch) reload(ctx context.Context) {
	before, _ := w.c.Version()
	if err := w.c.load(w.c.cfg.ModelFile); err != nil {
		w.refuse(ctx, err)
		return
	}
	if after, _ := w.c.Version(); after != before {
		w.c.log.LogAttrs(ctx, slog.LevelInfo, "model replaced", slog.String("before", before), slog.String("after", after))
	}
}

func (w *watch) refuse(ctx context.Context, err error) {
	model, _ := w.c.Version()
	w.c.log.LogAttrs(ctx, slog.LevelError, "the model file cannot be used; the present model stays",
		slog.String("file", w.c.cfg.ModelFile), slog.String("present", model), slog.Any("error", err))
}
