package simulate

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// RuleVersion is the version of docs/metrics.md that is counted here.
const RuleVersion = "2026-1"

// Document is one entry of truth.json, in the form that jiesu kpi --json prints.
type Document struct {
	RuleVersion     string  `json:"rule_version"`
	CalendarVersion string  `json:"calendar_version"`
	Period          Period  `json:"period"`
	AsOf            string  `json:"as_of"` // RFC 3339, Shanghai.
	Final           bool    `json:"final"`
	By              *string `json:"by"`
	Tier            int     `json:"tier,omitempty"`
	Rows            []Row   `json:"rows"`
}

// Period is a run of Shanghai days, both ends included.
type Period struct {
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to"`
}

// Row is one key of a document; "" is what nobody has settled.
type Row struct {
	Key  string  `json:"key"`
	Name string  `json:"name"`
	KPIs Figures `json:"kpis"`
}

// detailBound is the number of letters above which truth.json holds the
// figures of the city only: the writers' bitmaps of all rows would no longer
// be small.
const detailBound = 1_000_000

// count makes every document.
func (l *ledger) count(ctx context.Context) ([]Document, error) {
	tallies := l.tallies()
	if err := l.countInto(ctx, tallies); err != nil {
		return nil, err
	}
	docs := make([]Document, len(tallies))
	for k, t := range tallies {
		docs[k] = l.document(t)
	}
	return docs, nil
}

// countInto goes over all letters once.
func (l *ledger) countInto(ctx context.Context, tallies []*tally) error {
	var cuts []time.Time
	for _, t := range tallies {
		if !slices.ContainsFunc(cuts, t.asOf.Equal) {
			cuts = append(cuts, t.asOf)
		}
	}
	for i := range l.n {
		if err := ctx.Err(); err != nil {
			return err
		}
		stories := l.group(i)
		if len(stories) == 0 {
			continue
		}
		for _, cut := range cuts {
			group := members(stories, cut)
			for _, t := range tallies {
				if t.asOf.Equal(cut) {
					t.add(group)
				}
			}
		}
	}
	return nil
}

// story is a letter and what was told of it, in the order of docs/metrics.md.
type story struct {
	facts
	events []letter.Event
}

func (l *ledger) story(i int) story {
	p := l.plan(i)
	events := make([]letter.Event, len(p.events))
	for k, e := range p.events {
		events[k] = e.Event
	}
	slices.SortFunc(events, inOrder)
	return story{p.facts, events}
}

// group returns the stories of the letters that could be one matter with
// letter i, when i is the first of them, else nil.
func (l *ledger) group(i int) []story {
	s := l.bind.of(i)
	if s.alone() {
		return []story{l.story(i)}
	}
	if s.place > 0 {
		return nil
	}
	group := make([]story, len(s.members))
	for k, m := range s.members {
		group[k] = l.story(m)
	}
	return group
}

// members works out the states of a group by a cut-off.
func members(stories []story, asOf time.Time) []member {
	group := make([]member, len(stories))
	for k, t := range stories {
		s := stateOf(t.facts, t.events, asOf)
		group[k] = member{state: &s}
	}
	if len(stories) == 1 || !group[0].known {
		return group // A series is filed under its first letter: without it, there is none.
	}
	var all []letter.Event
	for _, t := range stories {
		all = append(all, t.events...)
	}
	slices.SortFunc(all, inOrder)
	in := seriesAsOf(all, asOf)
	for k, t := range stories {
		group[k].series = in[t.id]
	}
	return group
}

// tallies are the documents of truth.json: the city's whole period first.
func (l *ledger) tallies() []*tally {
	p := l.profile
	var all []*tally
	add := func(period Span, asOf time.Time, by breakdown) {
		all = append(all, &tally{period: period, asOf: asOf, by: by, rows: map[string]*row{}})
	}
	city := cityWide()
	add(p.whole(), p.AsOf, city)
	if l.n <= detailBound {
		for _, by := range []breakdown{
			l.byUnit(0), l.byUnit(org.TierCounty), byLetter("type", func(s *state) string { return s.typ }),
			byLetter("topic", func(s *state) string { return s.topic }), byLetter("channel", func(s *state) string { return s.channel }),
			byLetter("division", func(s *state) string { return s.division }), byDay(),
		} {
			add(p.whole(), p.AsOf, by)
		}
	}
	add(p.Month, p.AsOf, city)
	if l.n <= detailBound {
		add(p.Month, p.AsOf, byLetter("type", func(s *state) string { return s.typ }))
	}
	for _, c := range p.Cuts {
		add(c.Span, c.AsOf, city)
		if l.n <= detailBound {
			add(c.Span, c.AsOf, l.byUnit(org.TierCounty))
		}
	}
	return all
}

func cityWide() breakdown { return byLetter("", func(*state) string { return "" }) }

func byLetter(name string, key func(*state) string) breakdown {
	return breakdown{name: name, letter: key}
}

// byDay counts letters by the day of receipt, leads and cases by their own.
func byDay() breakdown {
	b := byLetter("day", func(s *state) string { return s.day })
	b.event = func(_ *state, at time.Time) string { return shanghaiDay(at) }
	return b
}

// byUnit counts letters by their owner and all else by the acting unit; a tier
// rolls the units up.
func (l *ledger) byUnit(tier int) breakdown {
	unit := func(code string) string { return code }
	if tier > 0 {
		unit = func(code string) string { return l.dir.AtTier(code, tier) }
	}
	b := byLetter("unit", func(s *state) string { return unit(s.owner) })
	b.tier, b.unit = tier, unit
	return b
}

func (l *ledger) document(t *tally) Document {
	d := Document{
		RuleVersion: RuleVersion, CalendarVersion: l.cal.Version(), Period: Period(t.period),
		AsOf: t.asOf.In(calendar.Shanghai).Format(time.RFC3339), Final: true, Tier: t.by.tier, Rows: []Row{},
	}
	if t.by.name != "" {
		d.By = &t.by.name
	} else {
		t.row("")
	}
	for _, key := range slices.Sorted(maps.Keys(t.rows)) {
		d.Rows = append(d.Rows, Row{Key: key, Name: l.name(t.by.name, key), KPIs: t.rows[key].Figures})
	}
	return d
}

// name is what a row is called on a page.
func (l *ledger) name(by, key string) string {
	switch {
	case by == "":
		return ""
	case key == "":
		return "未定"
	}
	switch by {
	case "unit":
		return l.dir.FullName(key)
	case "type":
		return letter.Types.Name(key)
	case "topic":
		return letter.Topics.Name(key)
	case "division":
		div, _ := l.dir.Division(key)
		return div.Name
	case "channel":
		return map[string]string{"web": "网站", "wechat": "微信", "weibo": "微博", "phone": "电话", "walkin": "来访", "import": "导入"}[key]
	}
	return key
}

func writeTruth(w io.Writer, docs []Document) error {
	b := bufio.NewWriter(w)
	enc := json.NewEncoder(b)
	enc.SetEscapeHTML(false)
	for k, d := range docs {
		start := ",\n"
		if k == 0 {
			start = "[\n"
		}
		if _, err := b.WriteString(start); err != nil {
			return err
		}
		if err := enc.Encode(d); err != nil {
			return fmt.Errorf("encoding document %d: %w", k, err)
		}
	}
	if _, err := b.WriteString("]\n"); err != nil {
		return err
	}
	return b.Flush()
}

func shanghaiDay(t time.Time) string { return calendar.DateOf(t).String() }

// endOfDay returns 24:00 of a day written YYYY-MM-DD, the zero time for
// anything else.
func endOfDay(day string) time.Time {
	d, err := calendar.ParseDate(day)
	if err != nil {
		return time.Time{}
	}
	return d.End()
}
