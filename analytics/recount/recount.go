package recount

import (
	"cmp"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// Query asks for figures as the city sees them.
type Query struct {
	From, To calendar.Date // Both included.
	AsOf     time.Time     // Cut-off on recorded_at; zero means the last recorded_at of all records.
	By       string        // "", unit, type, topic, division, channel or day.
	Tier     int           // With unit: roll units up to tier 1, 2 or 3; 0 leaves them as they are.
	Metrics  []string      // Ids of the figures wanted; none means all.
	Rules    Rules
}

// Rules are the choices that the figures follow; the zero value is the contract.
type Rules struct {
	ContactFromSigned  bool
	QuietFrom, QuietTo time.Duration // After midnight; none where they are equal.
	BackdatedAfter     time.Duration // 0 means 15 minutes.
}

func (r Rules) backdatedAfter() time.Duration {
	const contract = 15 * time.Minute
	return cmp.Or(r.BackdatedAfter, contract)
}

// Links says how letters resemble each other. A nil function says that none do.
type Links struct {
	Similar func(a, b letter.ID) float64 // Estimated similarity of two texts, 0 to 1.
	Facts   func(letter.ID) []string     // Keys of the facts a letter names, other than the writer's own.
}

// Count returns the figures by the key of their row, then by id.
func Count(
	letters []letter.Letter, events []letter.Event, dir *org.Directory, cal *calendar.Calendar, links Links, q Query,
) map[string]map[string]Figure {
	asOf := q.AsOf
	if asOf.IsZero() {
		asOf = lastRecorded(letters, events)
	}
	l := newLedger(letters, events, dir, cal, links, q.Rules, asOf)
	t := &tally{ledger: l, query: q, rows: map[string]map[string]*members{}}
	if q.By == "" {
		t.rows[""] = map[string]*members{} // The one row stands even when nothing was received.
	}
	for _, s := range l.states {
		if t.inPeriod(s.ReceivedAt) {
			t.letter(s)
		}
	}
	t.leadsAndCases()
	return t.figures()
}

// tally collects the members of each figure by row.
type tally struct {
	*ledger
	query Query
	rows  map[string]map[string]*members
}

// inPeriod reports D1 00:00 ≤ at < D2+1 00:00, Shanghai time.
func (t *tally) inPeriod(at time.Time) bool {
	return !at.Before(t.query.From.Start()) && at.Before(t.query.To.End())
}

// members are what one row has of one figure; which fields count depends on the
// figure's kind.
type members struct {
	count             int
	things            map[string]bool // Of which the distinct ones are counted.
	answers           map[answer]int
	finished, running []int
}

// of returns the members of the figure in the row, nil when nobody asked for it.
func (t *tally) of(key, id string) *members {
	if len(t.query.Metrics) > 0 && !slices.Contains(t.query.Metrics, id) {
		return nil
	}
	if t.rows[key] == nil {
		t.rows[key] = map[string]*members{}
	}
	if t.rows[key][id] == nil {
		t.rows[key][id] = &members{things: map[string]bool{}, answers: map[answer]int{}}
	}
	return t.rows[key][id]
}

func (t *tally) addCount(key, id string, n int) {
	if m := t.of(key, id); m != nil {
		m.count += n
	}
}

// addThing counts the thing once, however often it comes; "" is nothing.
func (t *tally) addThing(key, id, thing string) {
	if m := t.of(key, id); m != nil && thing != "" {
		m.things[thing] = true
	}
}

// addAnswer leaves out those whom the question does not concern.
func (t *tally) addAnswer(key, id string, a answer) {
	if a == outside {
		return
	}
	if m := t.of(key, id); m != nil {
		m.answers[a]++
	}
}

func (t *tally) addClock(key, id string, c clock) {
	if !c.counts {
		return
	}
	m := t.of(key, id)
	switch {
	case m == nil:
	case c.running:
		m.running = append(m.running, c.value)
	default:
		m.finished = append(m.finished, c.value)
	}
}

// letter adds a letter received in the period and its hops.
func (t *tally) letter(s *state) {
	key := t.letterKey(s)
	for _, f := range letterCounts() {
		t.addCount(key, f.id, f.count(s))
	}
	for _, f := range letterThings() {
		t.addThing(key, f.id, f.thing(s))
	}
	for _, f := range letterRates() {
		t.addAnswer(key, f.id, f.answer(s))
	}
	for _, f := range letterClocks() {
		t.addClock(key, f.id, f.clock(s))
	}
	t.lettersPerWriter(key, s)
	for _, h := range s.hops {
		for _, f := range hopRates() {
			t.addAnswer(t.unitKey(h.unit, key), f.id, f.answer(s, h))
		}
	}
}

// letterKey is the row of a letter.
func (t *tally) letterKey(s *state) string {
	switch t.query.By {
	case "unit":
		return t.unitKey(s.owner(), "")
	case "day":
		return calendar.DateOf(s.ReceivedAt).String()
	}
	return t.labelKey(s)
}

// eventKey is the row of a lead or case event.
func (t *tally) eventKey(e letter.Event) string {
	switch t.query.By {
	case "unit":
		return t.unitKey(e.Unit(), "")
	case "day":
		return calendar.DateOf(e.At).String()
	}
	return t.labelKey(t.states[e.Letter])
}

func (t *tally) labelKey(s *state) string {
	switch t.query.By {
	case "type":
		return s.typ
	case "topic":
		return s.topic
	case "division":
		return s.division
	case "channel":
		return string(s.Channel)
	}
	return ""
}

// unitKey is the row of what a unit did, or otherwise where figures are not by
// unit.
func (t *tally) unitKey(unit, otherwise string) string {
	switch {
	case t.query.By != "unit":
		return otherwise
	case t.query.Tier == 0:
		return unit
	}
	return t.directory.AtTier(unit, t.query.Tier)
}

// figures gives every figure to every row: those without members are 0 or an
// empty rate.
func (t *tally) figures() map[string]map[string]Figure {
	rows := map[string]map[string]Figure{}
	for key := range t.rows {
		rows[key] = map[string]Figure{}
		for id, figureOf := range kinds() {
			if m := t.of(key, id); m != nil {
				rows[key][id] = figureOf(m)
			}
		}
	}
	return rows
}
