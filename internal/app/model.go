package app

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/internal/org"
)

// newClassifier loads the classifier with the model the settings name.
func newClassifier(cfg Config, dir *org.Directory, logger *slog.Logger) (*classify.Classifier, error) {
	c := classify.DefaultConfig()
	c.ModelFile = cfg.ModelFile
	return classify.New(c, dir, logger)
}

// watchModel keeps the classifier's model up with its file until the returned
// function is called, whatever becomes of ctx.
func watchModel(ctx context.Context, c *classify.Classifier, every time.Duration) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var wg sync.WaitGroup
	wg.Go(func() { c.Watch(ctx, every) })
	return func() {
		cancel()
		wg.Wait()
	}
}
