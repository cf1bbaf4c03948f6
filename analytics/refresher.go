package analytics

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Refresher calls Refresh again and again, so that a record is in the figures
// shortly after it was acknowledged.
type Refresher struct {
	store  *Store
	every  time.Duration
	logger *slog.Logger

	stop context.CancelFunc // Nil while not started.
	done sync.WaitGroup
}

// NewRefresher makes a Refresher that does nothing until Start.
func NewRefresher(store *Store, every time.Duration, logger *slog.Logger) *Refresher {
	return &Refresher{store: store, every: every, logger: logger}
}

// Start begins to refresh. Errors are logged and tried again: figures that find
// nothing kept are computed from the records.
func (r *Refresher) Start(ctx context.Context) {
	if r.stop != nil {
		return
	}
	ctx, r.stop = context.WithCancel(context.WithoutCancel(ctx))
	r.done.Go(func() { r.run(ctx) })
}

// Stop breaks off the round that is running, which the next start does again,
// and waits until it has ended. It is idempotent.
func (r *Refresher) Stop() {
	if r.stop == nil {
		return
	}
	r.stop()
	r.done.Wait()
	r.stop = nil
}

// furtherEvery is how long further figures may wait while records keep coming.
const furtherEvery = 20 * time.Second

func (r *Refresher) run(ctx context.Context) {
	failing := false
	var further time.Time // When further figures were refreshed last.
	for {
		letters, err := r.store.Refresh(ctx)
		if err == nil && (letters == 0 || time.Since(further) > furtherEvery) {
			further = time.Now()
			_, err = r.store.RefreshFurther(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && !failing:
			r.logger.LogAttrs(ctx, slog.LevelError, "figures are not kept up to date", slog.Any("error", err))
		case err == nil && failing:
			r.logger.LogAttrs(ctx, slog.LevelInfo, "figures are kept up to date again")
		}
		failing = err != nil
		select {
		case <-ctx.Done():
			return
		case <-time.After(r.every):
		}
	}
}
