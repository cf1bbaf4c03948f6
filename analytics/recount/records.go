package recount

import (
	"cmp"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// ledger is what is known by T, and the state of each letter by then.
type ledger struct {
	asOf      time.Time // T.
	directory *org.Directory
	calendar  *calendar.Calendar
	links     Links
	rules     Rules
	states    map[letter.ID]*state
	byWriter  map[string][]*state // Letters of each non-empty writer key.

	known        []letter.Event // Events of letters in the store, in order.
	seriesEvents []letter.Event // Those of known that are about series.
	outages      []letter.Event
}

func newLedger(
	letters []letter.Letter, events []letter.Event, dir *org.Directory, cal *calendar.Calendar, links Links, rules Rules, asOf time.Time,
) *ledger {
	l := &ledger{
		asOf: asOf, directory: dir, calendar: cal, links: links, rules: rules,
		states: map[letter.ID]*state{}, byWriter: map[string][]*state{},
	}
	for _, row := range knownLetters(letters, asOf) {
		s := &state{ledger: l, Letter: row}
		l.states[row.ID] = s
		if row.Writer.Key != "" {
			l.byWriter[row.Writer.Key] = append(l.byWriter[row.Writer.Key], s)
		}
	}
	for _, e := range knownEvents(events, asOf) {
		if e.Type == letter.TypeSystemOutage {
			l.outages = append(l.outages, e)
			continue
		}
		if s := l.states[e.Letter]; s != nil { // Else it is ignored by every figure.
			l.known = append(l.known, e)
			s.events = append(s.events, e)
			if _, ok := e.Payload.(*letter.SeriesChanged); ok {
				l.seriesEvents = append(l.seriesEvents, e)
			}
		}
	}
	for _, s := range l.states {
		s.settle()
	}
	return l
}

// knownLetters returns the letters by T. Of copies of a record, and of several
// records of one letter, the one recorded first counts.
func knownLetters(rows []letter.Letter, asOf time.Time) []letter.Letter {
	rows = slices.SortedFunc(slices.Values(rows), func(a, b letter.Letter) int {
		return cmp.Or(a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.Source, b.Source), cmp.Compare(a.RecordID, b.RecordID))
	})
	var known []letter.Letter
	seen := map[letter.ID]bool{}
	for _, row := range rows {
		if row.RecordedAt.After(asOf) || seen[row.ID] {
			continue
		}
		seen[row.ID] = true
		known = append(known, row)
	}
	return known
}

// knownEvents returns the events by T in order; of copies the one recorded first.
func knownEvents(events []letter.Event, asOf time.Time) []letter.Event {
	first := map[letter.Key]letter.Event{}
	for _, e := range events {
		if kept, twice := first[e.Key()]; !twice || e.RecordedAt.Before(kept.RecordedAt) {
			first[e.Key()] = e
		}
	}
	var known []letter.Event
	for _, e := range first {
		if !e.RecordedAt.After(asOf) {
			known = append(known, e)
		}
	}
	slices.SortFunc(known, inOrder)
	return known
}

// inOrder is the order of events: at, recorded_at, source, record id.
func inOrder(a, b letter.Event) int {
	return cmp.Or(
		a.At.Compare(b.At), a.RecordedAt.Compare(b.RecordedAt),
		cmp.Compare(a.Source, b.Source), cmp.Compare(a.RecordID, b.RecordID), cmp.Compare(a.Letter, b.Letter),
	)
}

// inLabelOrder is the order that labels go by: recorded_at, at, source, record id.
func inLabelOrder(a, b letter.Event) int {
	return cmp.Or(a.RecordedAt.Compare(b.RecordedAt), inOrder(a, b))
}

func lastRecorded(letters []letter.Letter, events []letter.Event) time.Time {
	var last time.Time
	for _, l := range knownLetters(letters, endOfTime) {
		last = later(last, l.RecordedAt)
	}
	for _, e := range knownEvents(events, endOfTime) {
		last = later(last, e.RecordedAt)
	}
	return last
}

var endOfTime = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}

// isLate: recorded_at − at > 15 min, or what the rules say, and the record is
// not imported history.
func (l *ledger) isLate(e letter.Event) bool {
	return e.RecordedAt.Sub(e.At) > l.rules.backdatedAfter() && !e.Imported
}

// effective is when an event counts for the minute clocks.
func (l *ledger) effective(e letter.Event) time.Time {
	if l.isLate(e) {
		return e.RecordedAt
	}
	return e.At
}

// earliest returns the earliest of the times of the events; false when there
// are no events.
func earliest(events []letter.Event, timeOf func(letter.Event) time.Time) (time.Time, bool) {
	if len(events) == 0 {
		return time.Time{}, false
	}
	first := timeOf(events[0])
	for _, e := range events {
		first = earlier(first, timeOf(e))
	}
	return first, true
}

func at(e letter.Event) time.Time { return e.At }
