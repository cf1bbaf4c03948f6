package app

import (
	"context"
	"io"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/reports"
)

// Brief writes the brief of a day as one HTML page; a zero asOf means 08:00 in
// Shanghai on the next day.
func (s *Session) Brief(ctx context.Context, viewer analytics.Viewer, day calendar.Date, asOf time.Time, w io.Writer) error {
	brief, err := s.loader().Load(ctx, viewer, day, asOf)
	if err != nil {
		return err
	}
	return reports.WriteBrief(w, brief)
}
