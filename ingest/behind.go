package ingest

import (
	"context"
	"log/slog"
	"time"
)

// tellBehind logs and counts how many of the rows just stored were known, by
// their own time, no later than the cut-off of published figures. They are
// stored all the same: a letter must not be lost because it came late, and the
// correction notes that are due follow from what is stored. Where all rows are
// fresh, nothing is asked of the store.
func tellBehind[T row](ctx context.Context, i *Ingester, topic string, rows []T, recordedAt func(T) time.Time) {
	fresh := time.Now().Add(-i.cfg.MaxClockSkew)
	old := keep(rows, func(r T) bool { return recordedAt(r).Before(fresh) })
	if len(old) == 0 {
		return
	}
	frozen, err := i.store.FrozenUntil(ctx)
	if err != nil {
		i.logger.LogAttrs(ctx, slog.LevelWarn, "cannot tell whether old records lie behind published figures", slog.Any("error", err))
		return
	}
	behind := len(keep(old, func(r T) bool { return !recordedAt(r).After(frozen) }))
	if behind == 0 {
		return
	}
	i.metrics.behind.WithLabelValues(topic).Add(float64(behind))
	i.logger.LogAttrs(ctx, slog.LevelWarn, "records lie behind published figures; run jiesu snapshot check --all",
		slog.String("topic", topic), slog.Int("records", behind), slog.Time("frozen_until", frozen))
}
