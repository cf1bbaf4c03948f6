package analytics

import (
	"fmt"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Dimension is what figures are broken down by.
type Dimension string

// The dimensions; see docs/metrics.md for what each groups.
const (
	ByNone     Dimension = "" // One row for all.
	ByUnit     Dimension = "unit"
	ByType     Dimension = "type"
	ByTopic    Dimension = "topic"
	ByDivision Dimension = "division"
	ByChannel  Dimension = "channel"
	ByDay      Dimension = "day"
)

// Query asks for figures.
type Query struct {
	From, To calendar.Date // Both included.
	AsOf     time.Time     // Cut-off on recorded_at; zero means the last recorded_at in the store.
	By       Dimension
	Tier     int      // With ByUnit: roll units up to tier 1, 2 or 3; 0 leaves them as they are.
	Metrics  []string // Ids of the figures wanted, in any order; none means the contract's.
}

// Validate reports why the query has no answer.
func (q Query) Validate() error {
	if q.From == (calendar.Date{}) || q.To == (calendar.Date{}) {
		return badQuery("missing_field", "from", "a period needs its first and last day")
	}
	if q.To.Before(q.From) {
		return badQuery("bad_period", "to", fmt.Sprintf("the last day %s lies before the first, %s", q.To, q.From))
	}
	if _, ok := dimensions[q.By]; !ok {
		return badQuery("unknown_code", "by", "must be unit, type, topic, division, channel or day")
	}
	if q.Tier < 0 || q.Tier > 3 {
		return badQuery("unknown_code", "tier", "must be 1, 2 or 3")
	}
	if q.Tier > 0 && q.By != ByUnit {
		return badQuery("bad_query", "tier", "only figures by unit have a tier")
	}
	for _, id := range q.Metrics {
		if _, ok := MetricByID(id); !ok {
			return badQuery("unknown_code", "metric", fmt.Sprintf("no figure is called %q; docs/metrics.md lists them", id))
		}
	}
	return nil
}

// metrics returns the figures asked for, in printing order.
func (q Query) metrics() []Metric {
	if len(q.Metrics) == 0 {
		return Metrics()
	}
	return slices.DeleteFunc(AllMetrics(), func(m Metric) bool { return !slices.Contains(q.Metrics, m.ID) })
}

func badQuery(reason, field, detail string) error {
	return &letter.Error{Kind: letter.KindInvalid, Reason: reason, Field: field, Detail: detail}
}

// groupKeys are the SQL expressions that give a dimension's key. They are the
// only identifiers a query can bring into a statement.
type groupKeys struct {
	letter string // Of a row of letter_state.
	hop    string // Of a hop; empty where it is the letter's.
	event  string // Of a lead or case event joined to its letter.
	lead   string // Of a lead joined to its letter.
	daily  string // Of a day's figures as Refresh keeps them; see overDays.
}

var dimensions = map[Dimension]groupKeys{
	ByNone:     {letter: "''", event: "''", lead: "''", daily: "key_of_day"},
	ByUnit:     {letter: "owner", hop: "hop.1", event: "unit", lead: "accepted_unit", daily: "key_of_day"},
	ByType:     {letter: "type", event: "type", lead: "type", daily: "key_of_day"},
	ByTopic:    {letter: "topic", event: "topic", lead: "topic", daily: "key_of_day"},
	ByDivision: {letter: "division", event: "division", lead: "division", daily: "key_of_day"},
	ByChannel:  {letter: "channel", event: "channel", lead: "channel", daily: "key_of_day"},
	ByDay: {
		letter: "toString(received_day)", event: "toString(toDate32(at + INTERVAL 8 HOUR))",
		lead: "toString(toDate32(first_accepted_at + INTERVAL 8 HOUR))", daily: "toString(day)",
	},
}

// keys returns the dimension's expressions, units rolled up to the tier.
func (q Query) keys() groupKeys {
	k := dimensions[q.By]
	if q.Tier == 0 {
		return k
	}
	rolled := func(unit string) string {
		return "transform(toString(" + unit + "), {units:Array(String)}, {rolled_up:Array(String)}, '')"
	}
	return groupKeys{letter: rolled(k.letter), hop: rolled(k.hop), event: rolled(k.event), lead: rolled(k.lead), daily: rolled(k.daily)}
}
