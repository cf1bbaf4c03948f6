package clock

import (
	"cmp"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// History is all that was recorded of a letter. Slices are not changed.
type History struct {
	Letter  letter.Letter
	Events  []letter.Event // Of the letter, in any order; repeated records count once.
	Outages []letter.Event // Of type system.outage; the subject is the unit that was down.
}

// knowledge is a history as it was known at a moment, in the order of time.
type knowledge struct {
	Settings
	cal    *calendar.Calendar
	now    time.Time
	letter letter.Letter
	events []letter.Event
	hops   []hop
	downs  []down

	isThanks, urgent, economic, petition         bool // What the labels say.
	isInvalidated, isMerged, isTransferred, mute bool
}

// down is a confirmed outage of a unit.
type down struct {
	unit string
	Interval
}

// hop is a unit's part in the letter.
type hop struct {
	unit            string
	arrived         time.Time
	signed, ended   *time.Time // Effective times; nil when it has not.
	arrivedRecorded bool
}

func known(h History, s Settings, cal *calendar.Calendar, now time.Time) *knowledge {
	k := &knowledge{Settings: s, cal: cal, now: now, letter: h.Letter, mute: !h.Letter.Writer.Contactable}
	k.events = inOrder(h.Events, now)
	k.events = slices.DeleteFunc(k.events, func(e letter.Event) bool { return e.Letter != h.Letter.ID })
	for _, e := range inOrder(h.Outages, now) {
		// One person alone cannot take time off the clock.
		if p, ok := e.Payload.(*letter.SystemOutage); ok && p.Actor != "" && p.Second != "" && p.Actor != p.Second {
			k.downs = append(k.downs, down{string(e.Letter), Interval{p.From, p.To}})
		}
	}
	k.readState()
	k.readLabels()
	k.readHops()
	return k
}

// inOrder returns the records known at the moment, each once, in the order of
// docs/metrics.md: (at, recorded_at, source, record id). Of a record that came
// twice the copy recorded first counts.
func inOrder(events []letter.Event, now time.Time) []letter.Event {
	sorted := slices.SortedFunc(slices.Values(events), func(a, b letter.Event) int { return a.RecordedAt.Compare(b.RecordedAt) })
	seen := map[letter.Key]bool{}
	var known []letter.Event
	for _, e := range sorted {
		if !e.RecordedAt.After(now) && !seen[e.Key()] {
			seen[e.Key()] = true
			known = append(known, e)
		}
	}
	slices.SortFunc(known, func(a, b letter.Event) int {
		return cmp.Or(a.At.Compare(b.At), a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.Source, b.Source), cmp.Compare(a.RecordID, b.RecordID))
	})
	return known
}

// effective is when an event counts for the minute clocks: an entry made long
// after the fact counts when it was made, unless it is imported history.
func (k *knowledge) effective(e letter.Event) time.Time {
	if !e.Imported && e.RecordedAt.Sub(e.At) > k.BackdatedAfter {
		return e.RecordedAt
	}
	return e.At
}

func (k *knowledge) readState() {
	for _, e := range k.events {
		switch e.Type {
		case letter.TypeInvalidated:
			k.isInvalidated = true
		case letter.TypeMerged:
			k.isMerged = true
		case letter.TypeUnmerged:
			k.isMerged = false
		case letter.TypeTransferred:
			k.isTransferred = true
		}
	}
}

// readLabels takes each label from the last person who gave it, else from the
// last verdict. Labels go by the time of recording.
func (k *knowledge) readLabels() {
	byRecording := slices.SortedStableFunc(slices.Values(k.events), func(a, b letter.Event) int { return a.RecordedAt.Compare(b.RecordedAt) })
	var person, model struct {
		typ, topic string
		urgency    letter.Urgency
	}
	for _, e := range byRecording {
		switch p := e.Payload.(type) {
		case *letter.Classified:
			model.typ, model.topic, model.urgency = p.Verdict.Type, p.Verdict.Topic, p.Verdict.Urgency
		case *letter.Relabelled:
			person.typ = cmp.Or(p.Type, person.typ)
			person.topic = cmp.Or(p.Topic, person.topic)
			person.urgency = cmp.Or(p.Urgency, person.urgency)
		}
	}
	typ := cmp.Or(person.typ, model.typ)
	k.isThanks, k.petition = typ == "L09", typ == "L07"
	k.economic = cmp.Or(person.topic, model.topic) == "T07"
	k.urgent = cmp.Or(person.urgency, model.urgency) == letter.P0
}

// readHops finds each unit's first arrival, first signing and first passing on
// or keeping. Coming back to a unit changes none of them.
func (k *knowledge) readHops() {
	k.hops = []hop{{unit: k.CityDesk, arrived: k.letter.ReceivedAt, arrivedRecorded: true}}
	for _, e := range k.events {
		switch e.Type {
		case letter.TypeSigned:
			earliest(&k.hop(e.Unit()).signed, k.effective(e))
		case letter.TypeForwarded, letter.TypeReturned, letter.TypeSelfHandled:
			to, passes := passedTo(e)
			if !passes {
				continue
			}
			earliest(&k.hop(e.Unit()).ended, k.effective(e))
			if to == "" {
				continue // Kept.
			}
			if h := k.hop(to); !h.arrivedRecorded {
				h.arrived, h.arrivedRecorded = e.At, true
			}
		}
	}
	// A unit that acted without a recorded arrival has no clock.
	k.hops = slices.DeleteFunc(k.hops, func(h hop) bool { return !h.arrivedRecorded })
	slices.SortStableFunc(k.hops[1:], func(a, b hop) int { return cmp.Or(a.arrived.Compare(b.arrived), cmp.Compare(a.unit, b.unit)) })
}

// passedTo returns the unit that the event hands the letter to, "" for the one
// that keeps it, and whether it settles who holds the letter: support does not.
func passedTo(e letter.Event) (to string, passes bool) {
	switch p := e.Payload.(type) {
	case *letter.Forwarded:
		return p.To, p.Role == "lead"
	case *letter.Returned:
		return p.To, true
	default:
		return "", e.Type == letter.TypeSelfHandled
	}
}

func (k *knowledge) hop(unit string) *hop {
	i := slices.IndexFunc(k.hops, func(h hop) bool { return h.unit == unit })
	if i < 0 {
		k.hops = append(k.hops, hop{unit: unit})
		i = len(k.hops) - 1
	}
	return &k.hops[i]
}

// earliest lowers *t to at.
func earliest(t **time.Time, at time.Time) {
	if *t == nil || at.Before(**t) {
		*t = &at
	}
}

// outagesOf returns the outages that count for a unit's clocks: its own and those
// of the units above it. For clocks of the whole letter those of the city desk
// do: otherwise a return to a unit that was down would give the letter more time.
func (k *knowledge) outagesOf(unit string) []Interval {
	stops := []string{unit}
	if k.Above != nil {
		stops = append(stops, k.Above(unit)...)
	}
	var outages []Interval
	for _, d := range k.downs {
		if slices.Contains(stops, d.unit) {
			outages = append(outages, d.Interval)
		}
	}
	return outages
}

// first returns the first event that fits, nil when there is none.
func (k *knowledge) first(fits func(letter.Event) bool) *letter.Event {
	if i := slices.IndexFunc(k.events, fits); i >= 0 {
		return &k.events[i]
	}
	return nil
}

// excluded returns the first of the keys that applies, in the order given.
func (k *knowledge) excluded(keys ...string) string {
	applies := map[string]bool{
		invalidated: k.isInvalidated, merged: k.isMerged, thanks: k.isThanks, transferred: k.isTransferred, uncontactable: k.mute,
	}
	for _, key := range keys {
		if applies[key] {
			return key
		}
	}
	return ""
}
