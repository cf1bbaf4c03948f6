package clock

import (
	"slices"
	"time"
)

// Interval is a stretch of time, From included, To not.
type Interval struct{ From, To time.Time }

func (i Interval) holds(t time.Time) bool { return !t.Before(i.From) && t.Before(i.To) }

// Span is the measure of a minute clock, with outages and without.
type Span struct {
	Gross, Net    time.Duration // From start to stop; never negative.
	GrossDue, Due time.Time     // The last instant at which stopping is in time.
}

// Minutes measures a minute clock from start to stop, which is now for one that
// still runs. Outages are taken off once however much they overlap. Due is such
// that Net ≤ limit exactly when stop ≤ Due.
func Minutes(start, stop time.Time, limit time.Duration, outages []Interval) Span {
	s := Span{Gross: max(0, stop.Sub(start)), GrossDue: start.Add(limit)}
	s.Net, s.Due = s.Gross, s.GrossDue
	for _, o := range union(outages) {
		if o.From.Before(start) {
			o.From = start
		}
		if !o.To.After(o.From) {
			continue // Over before the start.
		}
		if !o.From.After(s.Due) {
			s.Due = s.Due.Add(o.To.Sub(o.From))
		}
		if o.To.After(stop) {
			o.To = stop
		}
		s.Net -= max(0, o.To.Sub(o.From))
	}
	return s
}

// union returns the intervals sorted and without overlap.
func union(intervals []Interval) []Interval {
	sorted := slices.SortedFunc(slices.Values(intervals), func(a, b Interval) int { return a.From.Compare(b.From) })
	var merged []Interval
	for _, i := range sorted {
		last := len(merged) - 1
		switch {
		case !i.To.After(i.From):
		case last >= 0 && !i.From.After(merged[last].To):
			if i.To.After(merged[last].To) {
				merged[last].To = i.To
			}
		default:
			merged = append(merged, i)
		}
	}
	return merged
}
