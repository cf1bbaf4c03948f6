package recount

import (
	"slices"
	"strings"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// state is a letter as of T. Its methods answer from the events, which are in
// order.
type state struct {
	*ledger
	letter.Letter
	events []letter.Event

	typ, topic, division string
	hops                 []hop
}

// settle works out what nearly every figure asks for.
func (s *state) settle() {
	s.typ = s.label("", func(p *letter.Relabelled) string { return p.Type }, func(v letter.Verdict) string { return v.Type })
	s.topic = s.label("", func(p *letter.Relabelled) string { return p.Topic }, func(v letter.Verdict) string { return v.Topic })
	s.division = s.label(s.Division, func(p *letter.Relabelled) string { return p.Division }, func(v letter.Verdict) string { return v.Division })
	s.hops = s.allHops()
}

// label is the field of the last relabelled that gives it, else the letter's
// own, else that of the last classified.
func (s *state) label(own string, said func(*letter.Relabelled) string, judged func(letter.Verdict) string) string {
	person, verdict := "", ""
	for _, e := range slices.SortedFunc(slices.Values(s.events), inLabelOrder) {
		switch p := e.Payload.(type) {
		case *letter.Relabelled:
			if said(p) != "" {
				person = said(p)
			}
		case *letter.Classified:
			verdict = judged(p.Verdict)
		}
	}
	switch {
	case person != "":
		return person
	case own != "":
		return own
	}
	return verdict
}

// all returns the events of the types.
func (s *state) all(types ...letter.EventType) []letter.Event {
	var found []letter.Event
	for _, e := range s.events {
		if slices.Contains(types, e.Type) {
			found = append(found, e)
		}
	}
	return found
}

func (s *state) any(types ...letter.EventType) bool { return len(s.all(types...)) > 0 }

// last returns the type of the last event of the types, "" when there is none.
func (s *state) last(types ...letter.EventType) letter.EventType {
	if found := s.all(types...); len(found) > 0 {
		return found[len(found)-1].Type
	}
	return ""
}

func (s *state) isInvalidated() bool { return s.any(letter.TypeInvalidated) }

func (s *state) isMerged() bool {
	return s.last(letter.TypeMerged, letter.TypeUnmerged) == letter.TypeMerged
}

func (s *state) isTransferred() bool { return s.any(letter.TypeTransferred) }

func (s *state) isThanks() bool { return s.typ == "L09" }

// isValid reports whether the letter stands in V.
func (s *state) isValid() bool { return !s.isInvalidated() && !s.isMerged() }

// closedAt is the time of the first closing after the last reopening; false
// while the letter is open.
func (s *state) closedAt() (time.Time, bool) {
	var closed time.Time
	isClosed := false
	for _, e := range s.all(letter.TypeClosed, letter.TypeWithdrawn, letter.TypeReopened) {
		switch {
		case e.Type == letter.TypeReopened:
			isClosed = false
		case !isClosed:
			closed, isClosed = e.At, true
		}
	}
	return closed, isClosed
}

func (s *state) isClosed() bool {
	_, closed := s.closedAt()
	return closed
}

// firstClosing is the first closed or withdrawn, whatever came after.
func (s *state) firstClosing() (time.Time, bool) {
	return earliest(s.all(letter.TypeClosed, letter.TypeWithdrawn), at)
}

func (s *state) everReopened() bool { return s.any(letter.TypeReopened) }

// isWithdrawn: a withdrawn, or a closed with reason withdrawn.
func (s *state) isWithdrawn() bool {
	return s.any(letter.TypeWithdrawn) || slices.ContainsFunc(s.all(letter.TypeClosed), func(e letter.Event) bool {
		return e.Payload.(*letter.Closed).Reason == "withdrawn"
	})
}

// closingReason is that of the last closed.
func (s *state) closingReason() string {
	reason := ""
	for _, e := range s.all(letter.TypeClosed) {
		reason = e.Payload.(*letter.Closed).Reason
	}
	return reason
}

// attempts are the contacted with a method other than auto.
func (s *state) attempts() []letter.Event {
	return slices.DeleteFunc(s.all(letter.TypeContacted), func(e letter.Event) bool {
		return e.Payload.(*letter.Contacted).Method == "auto"
	})
}

// reached are the attempts with result reached.
func (s *state) reached() []letter.Event {
	return slices.DeleteFunc(s.attempts(), func(e letter.Event) bool {
		return e.Payload.(*letter.Contacted).Result != "reached"
	})
}

func (s *state) isReplied() bool { return s.any(letter.TypeReplied) }

// isResponded: reached, or attempts by two different methods, or replied.
func (s *state) isResponded() bool {
	methods := map[string]bool{}
	for _, e := range s.attempts() {
		methods[e.Payload.(*letter.Contacted).Method] = true
	}
	return len(s.reached()) > 0 || len(methods) >= 2 || s.isReplied()
}

// due5 is the end of the fifth working day after the day of receipt; false
// where the calendar of a year involved is not loaded.
func (s *state) due5() (time.Time, bool) {
	const days = 5
	day := calendar.DateOf(s.ReceivedAt)
	for worked := 0; worked < days; {
		day = day.AddDays(1)
		isWorked, err := s.calendar.IsWorkday(day)
		if err != nil {
			return time.Time{}, false
		}
		if isWorked {
			worked++
		}
	}
	return day.End(), true
}

// dueEff is due5 as moved by the approved extensions that were decided before
// the date they move.
func (s *state) dueEff() (time.Time, bool) {
	due, ok := s.due5()
	if !ok {
		return due, false
	}
	for _, e := range s.all(letter.TypeExtensionDecided) {
		p := e.Payload.(*letter.ExtensionDecided)
		if !p.Approved || e.At.After(due) {
			continue
		}
		if until, err := calendar.ParseDate(p.Until); err == nil {
			due = until.End()
		}
	}
	return due, true
}

// owner is to whom the letter was last passed on, or the unit that kept it.
func (s *state) owner() string {
	owner := s.directory.CityDesk()
	for _, e := range s.events {
		if to, passed := passedTo(e); passed {
			owner = to
		}
		if e.Type == letter.TypeSelfHandled {
			owner = e.Unit()
		}
	}
	return owner
}

// passedTo returns the unit to which the event passes the letter: a forwarded
// with role lead, or a returned.
func passedTo(e letter.Event) (unit string, passed bool) {
	switch p := e.Payload.(type) {
	case *letter.Forwarded:
		return p.To, p.Role == "lead"
	case *letter.Returned:
		return p.To, true
	}
	return "", false
}

// hop is a letter at a unit. The clock starts at the first arrival only.
type hop struct {
	unit          string
	arrival       time.Time
	signed, ended moment
}

// moment is a time, if it has come.
type moment struct {
	at    time.Time
	known bool
}

func momentOf(at time.Time, known bool) moment { return moment{at, known} }

// within reports whether the moment came no later than limit after start.
func (m moment) within(limit time.Duration, start time.Time) bool {
	return m.known && m.at.Sub(start) <= limit
}

// allHops are the city desk's and those of the units the letter was passed to.
// A unit that acted without a recorded arrival has no hop.
func (s *state) allHops() []hop {
	hops := []hop{s.hopOf(s.directory.CityDesk(), s.ReceivedAt)}
	for _, e := range s.events {
		unit, passed := passedTo(e)
		if passed && !slices.ContainsFunc(hops, func(h hop) bool { return h.unit == unit }) {
			hops = append(hops, s.hopOf(unit, e.At))
		}
	}
	return hops
}

func (s *state) hopOf(unit string, arrival time.Time) hop {
	return hop{unit: unit, arrival: arrival, signed: s.signedBy(unit), ended: s.endedBy(unit)}
}

// signedBy is the earliest effective time among the unit's signed.
func (s *state) signedBy(unit string) moment {
	return momentOf(earliest(ofUnit(s.all(letter.TypeSigned), unit), s.effective))
}

// endedBy is the earliest effective time among the unit's forwarded (role lead),
// returned and selfhandled.
func (s *state) endedBy(unit string) moment {
	ending := slices.DeleteFunc(s.all(letter.TypeForwarded, letter.TypeReturned, letter.TypeSelfHandled), func(e letter.Event) bool {
		_, passed := passedTo(e)
		return !passed && e.Type != letter.TypeSelfHandled
	})
	return momentOf(earliest(ofUnit(ending, unit), s.effective))
}

func ofUnit(events []letter.Event, unit string) []letter.Event {
	return slices.DeleteFunc(events, func(e letter.Event) bool { return e.Unit() != unit })
}

// firstReceiver is the unit of the earliest hop that is no duty desk's; of those
// of one time the one with the smallest code.
func (s *state) firstReceiver() (string, bool) {
	var first hop
	found := false
	for _, h := range s.hops {
		if strings.HasSuffix(h.unit, "-XX") {
			continue
		}
		if !found || h.arrival.Before(first.arrival) || h.arrival.Equal(first.arrival) && h.unit < first.unit {
			first, found = h, true
		}
	}
	return first.unit, found
}

// isDispatched: the letter has a hop besides the city desk's.
func (s *state) isDispatched() bool { return len(s.hops) > 1 }
