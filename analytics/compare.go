package analytics

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Baseline is what a period is compared with.
type Baseline string

// The baselines; see docs/metrics.md.
const (
	PreviousPeriod Baseline = "previous"  // 环比.
	LastYear       Baseline = "last_year" // 同比.
)

// Base says whether the mailbox was there for all of the period compared with.
type Base string

// What there is to compare with. Only a complete base gives changes.
const (
	BaseComplete Base = "complete"
	BasePartial  Base = "partial" // The mailbox opened during the period.
	BaseMissing  Base = "missing" // It opened later, or nothing is stored.
)

// Comparison sets the figures of a period beside those of an earlier one.
type Comparison struct {
	RuleVersion     string
	CalendarVersion string
	Baseline        Baseline
	Base            Base
	Reason          string // Chinese; why there are no changes. Empty for a complete base.
	By              Dimension
	Tier            int
	Now, Before     Side
	Rows            []ComparedRow
}

// Side is one of the two periods.
type Side struct {
	From, To calendar.Date
	AsOf     time.Time // UTC; zero when the store is empty.
	Final    bool      // False: 暂定.
	Workdays *int      // In the period; nil where the calendar is missing.
	Immature bool      // At AsOf the letters of the last day were not due yet, or their due day is unknown.
}

// ComparedRow holds the changes of one key of the dimension, by metric.
type ComparedRow struct {
	Key     string
	Name    string
	Changes map[string]Change
}

// Compare computes the figures of the query and of its baseline at equal lag.
// A query by day has no baseline: its keys are the days themselves.
func (s *Store) Compare(ctx context.Context, v Viewer, q Query, baseline Baseline) (Comparison, error) {
	if q.By == ByDay {
		return Comparison{}, badQuery("bad_query", "by", "days are not compared: compare periods of one day instead")
	}
	now, err := s.KPIs(ctx, v, q)
	if err != nil {
		return Comparison{}, err
	}
	earlier, err := q.baseline(baseline)
	if err != nil {
		return Comparison{}, err
	}
	c := Comparison{
		RuleVersion: now.RuleVersion, CalendarVersion: now.CalendarVersion, Baseline: baseline, By: q.By, Tier: q.Tier,
		Now: s.side(now), Before: Side{From: earlier.From, To: earlier.To},
	}
	first, known, err := s.FirstDay(ctx, now.AsOf)
	if err != nil {
		return Comparison{}, err
	}
	if c.Base, c.Reason = baseOf(earlier, first, known); c.Base != BaseComplete {
		c.Rows = s.changes(q, now, Document{})
		return c, nil
	}
	earlier.AsOf = alignedCutOff(q, earlier, now.AsOf)
	before, err := s.KPIs(ctx, v, earlier)
	if err != nil {
		return Comparison{}, err
	}
	c.Before = s.side(before)
	c.Rows = s.changes(q, now, before)
	immature := c.Now.Immature || c.Before.Immature
	for _, row := range c.Rows {
		for id, change := range row.Changes {
			// Closure leaves no letter out as immature, so the period speaks for it.
			change.Immature = change.Immature || immature && id == "closure"
			row.Changes[id] = change
		}
	}
	return c, nil
}

// baseline returns the query for the period compared with, without its cut-off.
func (q Query) baseline(kind Baseline) (Query, error) {
	months, whole := wholeMonths(q.From, q.To)
	length := daysBetween(q.From, q.To)
	switch {
	case kind == PreviousPeriod && whole:
		q.From, q.To = addMonths(q.From, -months), q.From.AddDays(-1)
	case kind == PreviousPeriod:
		q.From, q.To = q.From.AddDays(-length-1), q.From.AddDays(-1)
	case kind == LastYear && whole:
		q.From, q.To = addMonths(q.From, -12), addMonths(q.To.AddDays(1), -12).AddDays(-1)
	case kind == LastYear:
		q.From = addMonths(q.From, -12)
		q.To = q.From.AddDays(length)
	default:
		return Query{}, badQuery("unknown_code", "baseline", "must be previous or last_year")
	}
	return q, nil
}

// baseOf judges a period by the mailbox's first day.
func baseOf(q Query, first calendar.Date, known bool) (Base, string) {
	switch {
	case !known:
		return BaseMissing, "库中尚无来信"
	case q.To.Before(first):
		return BaseMissing, fmt.Sprintf("信箱%s启用,此前无基期", first)
	case q.From.Before(first):
		return BasePartial, fmt.Sprintf("信箱%s启用,基期不完整", first)
	default:
		return BaseComplete, ""
	}
}

// alignedCutOff returns the moment as far after the end of the earlier period
// as asOf lies after the end of the query's. While the query's still runs it is
// as far after the start: months differ in length.
func alignedCutOff(q, earlier Query, asOf time.Time) time.Time {
	if lag := asOf.Sub(q.To.End()); lag >= 0 {
		return earlier.To.End().Add(lag)
	}
	cutOff := earlier.From.Start().Add(asOf.Sub(q.From.Start()))
	if end := earlier.To.End(); cutOff.After(end) {
		return end
	}
	return cutOff
}

// side describes the document's period.
func (s *Store) side(doc Document) Side {
	side := Side{From: doc.From, To: doc.To, AsOf: doc.AsOf, Final: doc.Final}
	if days, err := s.calendar.WorkdaysBetween(doc.From.AddDays(-1), doc.To); err == nil {
		side.Workdays = &days
	}
	due, err := s.calendar.Due(doc.To.Start(), 5)
	side.Immature = err != nil || due.At.After(doc.AsOf)
	return side
}

// changes sets two documents beside each other by key. The earlier one has no
// rows where there is no base.
func (s *Store) changes(q Query, now, before Document) []ComparedRow {
	metrics := q.metrics()
	byKey := func(doc Document) map[string]Figures {
		rows := map[string]Figures{}
		for _, row := range doc.Rows {
			rows[row.Key] = row.KPIs
		}
		return rows
	}
	nowRows, beforeRows := byKey(now), byKey(before)
	keys := map[string]bool{}
	for _, rows := range []map[string]Figures{nowRows, beforeRows} {
		for key := range rows {
			keys[key] = true
		}
	}
	var compared []ComparedRow
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		row := ComparedRow{Key: key, Name: s.keyName(q.By, key), Changes: map[string]Change{}}
		for _, figures := range []map[string]Figures{nowRows, beforeRows} {
			if figures[key] == nil {
				figures[key] = noFigures(metrics)
			}
		}
		for _, m := range metrics {
			if before.AsOf.IsZero() {
				row.Changes[m.ID] = Change{Now: nowRows[key][m.ID], Incomplete: true}
				continue
			}
			row.Changes[m.ID] = changeOf(nowRows[key][m.ID], beforeRows[key][m.ID])
		}
		compared = append(compared, row)
	}
	return compared
}

// wholeMonths reports whether the days are whole calendar months, and how many.
func wholeMonths(from, to calendar.Date) (int, bool) {
	next := to.AddDays(1)
	if from.Day != 1 || next.Day != 1 {
		return 0, false
	}
	return 12*(next.Year-from.Year) + int(next.Month) - int(from.Month), true
}

// addMonths returns the same day of a later month, or the month's last where it
// has no such day.
func addMonths(d calendar.Date, months int) calendar.Date {
	first := time.Date(d.Year, d.Month+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return calendar.Date{Year: first.Year(), Month: first.Month(), Day: min(d.Day, last)}
}

// daysBetween counts the days after from up to and including to; it is negative
// where to lies before from.
func daysBetween(from, to calendar.Date) int {
	const day = 24 * time.Hour
	return int(to.Start().Sub(from.Start()) / day)
}
