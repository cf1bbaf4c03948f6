package app

import (
	"context"
	"fmt"
	"time"
)

const pollEvery = 100 * time.Millisecond

// waitConsumed returns when that many records of each topic have been consumed
// and the store knows that nothing is left to read, so that figures are final.
func (a *App) waitConsumed(ctx context.Context, letters, events int64) error {
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		count := a.ingest.Accounting()
		if count.Letters.Consumed >= letters && count.Events.Consumed >= events {
			done, err := a.progressSaved(ctx)
			if done || err != nil {
				return err
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the replay: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

// progressSaved reports whether every partition stands in the store as read to
// its end.
func (a *App) progressSaved(ctx context.Context) (bool, error) {
	rows, err := a.session.Store.Progress(ctx)
	if err != nil {
		return false, err
	}
	for _, r := range rows {
		if r.CaughtUpAt.IsZero() || r.Next < r.HighWater {
			return false, nil
		}
	}
	return len(rows) > 0 && a.ingest.CaughtUp(), nil
}
