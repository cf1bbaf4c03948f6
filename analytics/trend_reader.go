package analytics

import (
	"context"
	"text/template"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// trendReader runs the statements of sql/trends for a viewer, as of a moment,
// on one source.
type trendReader struct {
	store  *Store
	viewer Viewer
	asOf   time.Time
	from   source
}

// readTrend computes an answer from what Refresh keeps if that holds exactly
// the records up to the cut-off, else from the records.
func readTrend[T any](ctx context.Context, s *Store, v Viewer, asOf time.Time, compute func(trendReader) (T, error)) (T, error) {
	if err := s.checkPrepared(ctx); err != nil {
		return *new(T), err
	}
	return readKept(ctx, s, asOf, func(from source, asOf time.Time) (T, error) {
		return compute(trendReader{store: s, viewer: v, asOf: asOf, from: from})
	})
}

// each runs a statement for the letters received on the days, both included.
func (r trendReader) each(ctx context.Context, name string, from, to calendar.Date, row func(scan func(...any) error) error, extra ...any) error {
	args, err := r.store.arguments(r.viewer, Query{From: from, To: to}, r.asOf)
	if err != nil {
		return err
	}
	c := composer{viewer: r.viewer, from: r.from, kept: r.store.kept}
	statement, err := c.compose("sql/trends/"+name+".sql", template.FuncMap{})
	if err != nil {
		return err
	}
	return r.store.each(ctx, statement, row, append(args, extra...)...)
}
