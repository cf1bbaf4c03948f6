package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"
)

// refusedError marks an error that trying again cannot cure.
type refusedError struct{ err error }

func (e refusedError) Error() string { return e.err.Error() }
func (e refusedError) Unwrap() error { return e.err }

// retry calls do until it succeeds, refuses, or ctx ends: this is what stops
// reading while a dependency is away.
func (i *Ingester) retry(ctx context.Context, stage string, do func(context.Context) error) error {
	for attempt := 1; ; attempt++ {
		err := do(ctx)
		if err == nil {
			return nil
		}
		if refused, ok := errors.AsType[refusedError](err); ok {
			return refused
		}
		if ctx.Err() != nil {
			return fmt.Errorf("%s: %w", stage, ctx.Err())
		}
		i.metrics.retries.WithLabelValues(stage).Inc()
		i.logger.LogAttrs(ctx, slog.LevelWarn, "ingest waits for a dependency",
			slog.String("stage", stage), slog.Int("attempt", attempt), slog.Any("error", err))
		if !sleep(ctx, backoff(i.cfg, attempt)) {
			return fmt.Errorf("%s: %w", stage, ctx.Err())
		}
	}
}

// backoff doubles from RetryMin to RetryMax and takes a random half off, so
// that many partitions do not knock at once.
func backoff(cfg Config, attempt int) time.Duration {
	d := cfg.RetryMax
	if shift := attempt - 1; shift < 30 && cfg.RetryMin<<shift < d {
		d = cfg.RetryMin << shift
	}
	return d/2 + rand.N(d/2+1)
}

// sleep reports whether it slept to the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// refusal is a row that can never be taken, and why.
type refusal[T any] struct {
	row T
	err error
}

// applyHalving does rows in one go; where do refuses, it tries both halves,
// down to the rows to blame. It fails only when ctx ends.
func applyHalving[T any](rows []T, do func([]T) error) ([]refusal[T], error) {
	if len(rows) == 0 {
		return nil, nil
	}
	err := do(rows)
	if err == nil {
		return nil, nil
	}
	refused, ok := errors.AsType[refusedError](err)
	if !ok {
		return nil, err
	}
	if len(rows) == 1 {
		return []refusal[T]{{rows[0], refused.err}}, nil
	}
	half := len(rows) / 2
	left, err := applyHalving(rows[:half], do)
	if err != nil {
		return nil, err
	}
	right, err := applyHalving(rows[half:], do)
	return append(left, right...), err
}
