package simulate

import (
	"fmt"
	"slices"
	"time"

	"jiesu.cn/jiesu/letter"
)

// tally counts one document: a period, a cut-off and a way to break it down.
type tally struct {
	period Span
	asOf   time.Time
	by     breakdown
	rows   map[string]*row
}

// row gathers the figures of one key; the writers in it are a bitmap, since
// one person writes again and again.
type row struct {
	Figures
	writers bitmap
}

// breakdown names the keys that a letter, a hop and a piece of work count
// under.
type breakdown struct {
	name   string // "" for the city.
	tier   int    // Of units; 0 for none.
	letter func(*state) string
	unit   func(code string) string            // Set when hops and works go by their unit.
	event  func(s *state, at time.Time) string // Set when works go by their own day.
}

// bitmap is a set of small numbers.
type bitmap []uint64

func (b *bitmap) add(k int) (isNew bool) {
	for len(*b) <= k/64 {
		*b = append(*b, make([]uint64, 1+len(*b)/4)...)
	}
	mask := uint64(1) << (k % 64)
	isNew = (*b)[k/64]&mask == 0
	(*b)[k/64] |= mask
	return isNew
}

func (t *tally) row(key string) *row {
	r := t.rows[key]
	if r == nil {
		r = &row{}
		t.rows[key] = r
	}
	return r
}

// member is a letter of a series (or one that stands alone) with its state and
// the series it belongs to by the cut-off, "" for none.
type member struct {
	*state
	series string
}

// add counts a group of letters: all that could be one matter.
func (t *tally) add(group []member) {
	for i, m := range group {
		if !m.known {
			continue
		}
		t.addWorks(m.state)
		if !t.contains(m.at) {
			continue
		}
		t.addLetter(m.state)
		t.addMatter(group, i)
	}
}

func (t *tally) contains(at time.Time) bool {
	return !at.Before(t.period.From.Start()) && at.Before(t.period.To.End())
}

func (t *tally) addLetter(s *state) {
	t.addHops(s)
	r := t.row(t.by.letter(s))
	r.counts[figReceived]++
	switch {
	case s.invalidated:
		r.counts[figInvalidated]++
	case s.merged:
		r.counts[figMerged]++
	}
	t.addRates(r, s)
	if s.gone() != counted {
		return
	}
	r.counts[figLetters]++
	r.counts[figBackdated] += s.backdated
	if s.writer >= 0 && r.writers.add(s.writer) {
		r.counts[figWriters]++
	}
	if s.thanks() {
		r.counts[figThanks]++
	}
	if s.closurePart() == counted && !s.closed && !s.dueEff.IsZero() && s.dueEff.Before(t.asOf) {
		r.counts[figOverdue]++
	}
}

func (s *state) thanks() bool { return s.typ == string(letter.TypeThanks) }

// gone says why a letter is not in V.
func (s *state) gone() left {
	switch {
	case s.invalidated:
		return leftInvalidated
	case s.merged:
		return leftMerged
	}
	return counted
}

// closurePart says why a letter is not among those whose closing counts.
func (s *state) closurePart() left {
	switch why := s.gone(); {
	case why != counted:
		return why
	case s.thanks():
		return leftThanks
	case s.transferred:
		return leftTransferred
	}
	return counted
}

// contactPart says why a letter is not among those whose writer can be reached.
func (s *state) contactPart() left {
	switch why := s.gone(); {
	case why != counted:
		return why
	case s.uncontactable:
		return leftUncontactable
	}
	return counted
}

// Limits of the minute clocks.
const (
	passLimit    = 10 * time.Minute
	contactLimit = 30 * time.Minute
)

func (t *tally) addRates(r *row, s *state) {
	halfHour := s.at.Add(contactLimit)
	young := halfHour.After(t.asOf)
	within := func(at time.Time) bool { return !at.IsZero() && !at.After(halfHour) }
	r.rates[rateResponse].add(or(s.contactPart(), young && !s.responded), s.responded)
	contact := or(s.contactPart(), young && s.firstAttempt.IsZero())
	r.rates[rateContacted].add(contact, within(s.firstAttempt))
	r.rates[rateReached].add(contact, within(s.firstReached))

	part := s.closurePart()
	noDate := part
	if part == counted && s.due.IsZero() {
		noDate = leftCalendar
	}
	replied := !s.firstReply.IsZero()
	r.rates[rateReplied].add(or(noDate, !replied && s.due.After(t.asOf)), replied && !s.firstReply.After(s.due))
	r.rates[rateClosure].add(part, s.closed)
	r.rates[rateClosureMature].add(or(noDate, s.due.After(t.asOf)), s.closed)
	r.rates[rateClosedInTime].add(or(noDate, s.dueEff.After(t.asOf)), s.closed && !s.closedAt.After(s.dueEff))
}

// or returns why, or else that the letter or hop is too young to judge.
func or(why left, immature bool) left {
	if why == counted && immature {
		return leftImmature
	}
	return why
}

func (t *tally) addHops(s *state) {
	for _, h := range s.hops {
		r := t.row(t.hopKey(s, h))
		limit := h.arrived.Add(passLimit)
		young := limit.After(t.asOf)
		within := func(at time.Time) bool { return !at.IsZero() && !at.After(limit) }
		r.rates[rateSigned].add(or(s.gone(), young && h.signed.IsZero()), within(h.signed))
		r.rates[rateForwarded].add(or(s.gone(), young && h.ended.IsZero()), within(h.ended))
	}
}

func (t *tally) hopKey(s *state, h hop) string {
	if t.by.unit != nil {
		return t.by.unit(h.unit)
	}
	return t.by.letter(s)
}

// addMatter counts the letter's matter, unless an earlier letter of the group
// has counted it under the same key.
func (t *tally) addMatter(group []member, i int) {
	m := group[i]
	if m.gone() != counted {
		return
	}
	key := t.by.letter(m.state)
	seen, solvedSeen := false, false
	for _, o := range group[:i] {
		if o.known && t.contains(o.at) && o.gone() == counted && o.sameMatter(m) && t.by.letter(o.state) == key {
			seen, solvedSeen = true, solvedSeen || o.solved
		}
	}
	r := t.row(key)
	if !seen {
		r.counts[figMatters]++
	}
	if m.solved && !solvedSeen {
		r.counts[figSolved]++
	}
}

func (m member) sameMatter(o member) bool {
	return m.writer >= 0 && m.writer == o.writer && m.series != "" && m.series == o.series
}

// addWorks counts leads, cases and suspects, each once under a key. No two
// letters of a ledger share one.
func (t *tally) addWorks(s *state) {
	var seen []string
	for _, w := range s.works {
		if !t.contains(w.at) {
			continue
		}
		key := t.workKey(s, w)
		for _, subject := range w.subjects {
			id := fmt.Sprintf("%s %d %s", key, w.figure, subject)
			if slices.Contains(seen, id) {
				continue
			}
			seen = append(seen, id)
			t.row(key).counts[w.figure]++
		}
	}
}

func (t *tally) workKey(s *state, w work) string {
	switch {
	case t.by.unit != nil:
		return t.by.unit(w.unit)
	case t.by.event != nil:
		return t.by.event(s, w.at)
	}
	return t.by.letter(s)
}
