package simulate

import (
	"slices"
	"time"

	"jiesu.cn/jiesu/letter"
)

// state is a letter as of a cut-off: the terms of docs/metrics.md, in its
// order, one by one from the letter's events.
type state struct {
	known                                  bool // The letter itself was recorded by then.
	at                                     time.Time
	due, dueEff                            time.Time
	typ, topic, division, channel, day     string
	writer                                 int
	uncontactable                          bool
	invalidated, merged, transferred       bool
	closed                                 bool
	closedAt                               time.Time
	firstAttempt, firstReached, firstReply time.Time // Effective; zero when none. The reply at its own time.
	responded                              bool
	owner                                  string
	hops                                   []hop
	backdated                              int
	solved                                 bool
	works                                  []work // Leads and cases.
}

// hop is a letter's stay at one unit.
type hop struct {
	unit                   string
	arrived, signed, ended time.Time // Zero when not yet.
}

// work is an event that counts for a lead, a case or suspects.
type work struct {
	figure   figure
	unit     string
	at       time.Time
	subjects []string
}

// backdatedAfter is the delay beyond which an entry counts as made up later.
const backdatedAfter = 15 * time.Minute

func isBackdated(e letter.Event) bool { return e.RecordedAt.Sub(e.At) > backdatedAfter }

func effective(e letter.Event) time.Time {
	if isBackdated(e) {
		return e.RecordedAt
	}
	return e.At
}

// stateOf works out the state of a letter from its own events, which are in
// order.
func stateOf(f facts, events []letter.Event, asOf time.Time) state {
	if f.recorded.After(asOf) {
		return state{}
	}
	s := state{
		known: true, at: f.at, due: f.due, dueEff: f.due, division: f.division, channel: string(f.channel),
		day: shanghaiDay(f.at), writer: f.writer, uncontactable: !f.contactable, owner: cityDesk,
	}
	known := make([]letter.Event, 0, len(events))
	for _, e := range events {
		if e.Letter == f.id && !e.RecordedAt.After(asOf) {
			known = append(known, e)
		}
	}
	s.hops = []hop{{unit: cityDesk, arrived: f.at}}
	var methods []string
	for _, e := range known {
		s.arrive(e)
		methods = s.follow(e, methods)
		s.work(e)
	}
	for _, e := range known {
		s.clockHop(e)
	}
	s.responded = !s.firstReached.IsZero() || len(methods) >= 2 || !s.firstReply.IsZero()
	s.label(known)
	return s
}

// follow takes one event, in order, into the letter's state.
func (s *state) follow(e letter.Event, methods []string) []string {
	switch p := e.Payload.(type) {
	case *letter.Signed, *letter.SelfHandled, *letter.Returned:
		s.countBackdated(e)
	case *letter.Forwarded:
		if p.Role == "lead" {
			s.countBackdated(e)
		}
	case *letter.Contacted:
		return s.contact(e, p, methods)
	case *letter.Replied:
		if s.firstReply.IsZero() {
			s.firstReply = e.At
		}
	case *letter.ExtensionDecided:
		if p.Approved && !s.dueEff.IsZero() && !e.At.After(s.dueEff) {
			s.dueEff = endOfDay(p.Until)
		}
	case *letter.Closed, *letter.Withdrawn:
		if !s.closed {
			s.closed, s.closedAt = true, e.At
		}
	case *letter.Reopened:
		s.closed = false
	case *letter.Invalidated:
		s.invalidated = true
	case *letter.Merged:
		s.merged = true
	case *letter.Unmerged:
		s.merged = false
	case *letter.Transferred:
		s.transferred = true
	case *letter.Revisited:
		s.solved = s.solved || p.Solved == "yes"
	}
	return methods
}

func (s *state) countBackdated(e letter.Event) {
	if isBackdated(e) {
		s.backdated++
	}
}

func (s *state) contact(e letter.Event, p *letter.Contacted, methods []string) []string {
	if p.Method == "auto" {
		return methods
	}
	s.countBackdated(e)
	earliest(&s.firstAttempt, effective(e))
	if p.Result == "reached" {
		earliest(&s.firstReached, effective(e))
	}
	if !slices.Contains(methods, p.Method) {
		methods = append(methods, p.Method)
	}
	return methods
}

// earliest lowers t to u; a zero t is later than anything.
func earliest(t *time.Time, u time.Time) {
	if t.IsZero() || u.Before(*t) {
		*t = u
	}
}

// arrive moves the letter to another owner and opens that unit's hop.
func (s *state) arrive(e letter.Event) {
	to := ""
	switch p := e.Payload.(type) {
	case *letter.Forwarded:
		if p.Role == "lead" {
			to = p.To
		}
	case *letter.Returned:
		to = p.To
	case *letter.SelfHandled:
		s.owner = p.Unit
	}
	if to == "" {
		return
	}
	s.owner = to
	if s.hop(to) == nil {
		s.hops = append(s.hops, hop{unit: to, arrived: e.At})
	}
}

func (s *state) hop(unit string) *hop {
	for k := range s.hops {
		if s.hops[k].unit == unit {
			return &s.hops[k]
		}
	}
	return nil
}

// clockHop stops the clocks of the acting unit's hop.
func (s *state) clockHop(e letter.Event) {
	h := s.hop(e.Unit())
	if h == nil {
		return
	}
	switch p := e.Payload.(type) {
	case *letter.Signed:
		earliest(&h.signed, effective(e))
	case *letter.Forwarded:
		if p.Role == "lead" {
			earliest(&h.ended, effective(e))
		}
	case *letter.Returned, *letter.SelfHandled:
		earliest(&h.ended, effective(e))
	}
}

// work notes what counts for leads, cases and suspects.
func (s *state) work(e letter.Event) {
	w := work{unit: e.Unit(), at: e.At}
	switch p := e.Payload.(type) {
	case *letter.LeadAccepted:
		w.figure, w.subjects = figLeads, []string{p.Lead}
	case *letter.LeadVerified:
		w.figure, w.subjects = figLeads, []string{p.Lead}
	case *letter.CaseFiled:
		w.figure, w.subjects = figCasesFiled, []string{p.Case}
	case *letter.CaseSolved:
		w.figure, w.subjects = figCasesSolved, []string{p.Case}
	case *letter.CaseArrested:
		w.figure, w.subjects = figArrests, p.Suspects
	default:
		return
	}
	s.works = append(s.works, w)
}

// label takes the desk's labels, by the order in which they were recorded.
func (s *state) label(known []letter.Event) {
	labels := make([]letter.Event, 0, 2)
	for _, e := range known {
		if e.Type == letter.TypeRelabelled {
			labels = append(labels, e)
		}
	}
	slices.SortStableFunc(labels, func(a, b letter.Event) int { return a.RecordedAt.Compare(b.RecordedAt) })
	for _, e := range labels {
		p, ok := e.Payload.(*letter.Relabelled)
		if !ok {
			continue
		}
		if p.Type != "" {
			s.typ = p.Type
		}
		if p.Topic != "" {
			s.topic = p.Topic
		}
		if p.Division != "" {
			s.division = p.Division
		}
	}
}

// seriesAsOf returns the series of each letter that the events list, by the
// cut-off. The events are in order.
func seriesAsOf(events []letter.Event, asOf time.Time) map[letter.ID]string {
	in := map[letter.ID]string{}
	for _, e := range events {
		p, ok := e.Payload.(*letter.SeriesChanged)
		if !ok || e.RecordedAt.After(asOf) {
			continue
		}
		for _, id := range p.Letters {
			switch e.Type {
			case letter.TypeSeriesConfirmed, letter.TypeSeriesMerged, letter.TypeSeriesSplit:
				in[id] = p.Series
			case letter.TypeSeriesRejected, letter.TypeSeriesUnlinked:
				if in[id] == p.Series {
					delete(in, id)
				}
			}
		}
	}
	return in
}
