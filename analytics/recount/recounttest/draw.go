// Package recounttest draws small ledgers in which everything happens at the
// limits that docs/metrics.md names, for tests of what is counted from them.
package recounttest

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"pgregory.net/rapid"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Ledger is a drawn ledger. Its letters have texts and facts in common.
type Ledger struct {
	Letters []letter.Judged
	Events  []letter.Event
	Moments []time.Time // Cut-offs at which something changes.
}

const day = 24 * time.Hour

func units() []string {
	return []string{"440800-XX", "440803-XX", "440803-P01", "440803", "440882-XX", "440800-XZ"}
}

// name is a name of this ledger's own.
func (d *drawer) name(s string) string { return s + d.prefix }

func (d *drawer) ids() []letter.ID {
	var ids []letter.ID
	for _, s := range []string{"A", "B", "C", "D", "E"} {
		ids = append(ids, letter.ID(d.name(s)))
	}
	return ids
}

// limits are all the spans that rules speak of.
func limits() []time.Duration {
	return []time.Duration{0, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute, 40 * time.Minute, 24 * time.Hour, 7 * day, 30 * day, 90 * day}
}

// drawer makes one ledger.
type drawer struct {
	*rapid.T
	ledger Ledger
	cal    *calendar.Calendar
	prefix string
}

// Draw returns five letters, some of them in two records, and events of every
// kind, some of them twice, some of letters that nobody knows.
func Draw(t *rapid.T, cal *calendar.Calendar) Ledger { return draw(t, cal, "") }

// DrawMany returns n such ledgers as one. They share nothing but the units.
func DrawMany(t *rapid.T, cal *calendar.Calendar, n int) Ledger {
	var all Ledger
	for i := range n {
		l := draw(t, cal, strconv.Itoa(i))
		all.Letters = append(all.Letters, l.Letters...)
		all.Events = append(all.Events, l.Events...)
		all.Moments = append(all.Moments, l.Moments...)
	}
	return all
}

func draw(t *rapid.T, cal *calendar.Calendar, prefix string) Ledger {
	d := &drawer{T: t, cal: cal, prefix: prefix}
	starts := []time.Time{
		calendar.Date{Year: 2024, Month: 3, Day: 5}.Start().Add(10 * time.Hour),
		calendar.Date{Year: 2024, Month: 3, Day: 9}.End().Add(-time.Millisecond),
		calendar.Date{Year: 2026, Month: 12, Day: 28}.Start(), // Its due date is not known yet.
	}
	for _, id := range d.ids() {
		start := rapid.SampledFrom([]int{0, 0, 0, 1, 2}).Draw(t, "start")
		d.letter(id, d.around(starts[start]))
		if rapid.IntRange(0, 5).Draw(t, "again") == 0 {
			d.letter(id, d.around(starts[start]))
		}
	}
	for range rapid.IntRange(0, 40).Draw(t, "events") {
		d.event()
	}
	for range rapid.IntRange(0, 3).Draw(t, "copies") {
		d.copy()
	}
	return d.ledger
}

// around moves a time by one of the limits and at times by a millisecond.
func (d *drawer) around(from time.Time) time.Time {
	nudge := rapid.SampledFrom([]time.Duration{-time.Millisecond, 0, 0, time.Millisecond}).Draw(d.T, "nudge")
	return from.Add(rapid.SampledFrom(limits()).Draw(d.T, "span") + nudge).UTC()
}

func (d *drawer) lag() time.Duration {
	return rapid.SampledFrom([]time.Duration{0, 0, 0, time.Minute, 15 * time.Minute, 15*time.Minute + time.Millisecond, 3 * day}).Draw(d.T, "lag")
}

// texts are long enough to have a signature; the first two are near-duplicates.
func texts() []string {
	return []string{
		"自然村口的路灯坏了三个月一直没有人来修晚上老人孩子出门都不安全请尽快派人处理",
		"自然村口的路灯坏了三个月一直没有人来修晚上老人孩子出门都不安全请尽快派人处理谢谢",
		"楼下烧烤档每天营业到凌晨三点油烟和噪音非常大多次打电话反映之后还是老样子",
	}
}

func (d *drawer) letter(id letter.ID, received time.Time) {
	text := rapid.SampledFrom(texts()).Draw(d.T, "text")
	row := letter.Judged{
		Letter: letter.Letter{
			ID: id, Source: rapid.SampledFrom([]string{"/a", "/b"}).Draw(d.T, "source"), RecordID: d.name(fmt.Sprintf("l%d-", len(d.ledger.Letters))),
			ReceivedAt: received, RecordedAt: received.Add(d.lag()), Imported: rapid.Bool().Draw(d.T, "imported"),
			Received: letter.Received{
				Channel: rapid.SampledFrom([]letter.Channel{letter.ChannelWeb, letter.ChannelPhone}).Draw(d.T, "channel"),
				Title:   "题目", Body: text, Division: rapid.SampledFrom([]string{"", "440803"}).Draw(d.T, "division"),
				Writer: letter.Writer{
					Key:         rapid.SampledFrom([]string{"", d.name("w"), d.name("w"), d.name("w"), d.name("v")}).Draw(d.T, "writer"),
					Contactable: rapid.IntRange(0, 3).Draw(d.T, "contactable") > 0,
				},
			},
		},
		Judgement: letter.Judgement{Normalised: text},
	}
	if card := rapid.SampledFrom([]string{"", "", "6222020000000000001", "6222020000000000002"}).Draw(d.T, "card"); card != "" {
		row.Verdict.Entities = []letter.Entity{{Kind: "bank_card", Text: card, Value: card}}
	}
	d.ledger.Letters = append(d.ledger.Letters, row)
	d.moment(row.RecordedAt)
	d.moment(row.ReceivedAt)
	if due, err := d.cal.Due(received, 5); err == nil {
		d.moment(due.At)
	}
}

// moment adds the limits after a time to the cut-offs of interest.
func (d *drawer) moment(at time.Time) {
	for _, limit := range limits() {
		d.ledger.Moments = append(d.ledger.Moments, at.Add(limit))
	}
}

// when is a time that some limit lies at: after a letter or an event, or its
// due time.
func (d *drawer) when() time.Time {
	l := rapid.SampledFrom(d.ledger.Letters).Draw(d.T, "of letter")
	from := l.ReceivedAt
	switch rapid.IntRange(0, 5).Draw(d.T, "from") {
	case 0:
		if due, err := d.cal.Due(l.ReceivedAt, 5); err == nil {
			return due.At.Add(rapid.SampledFrom([]time.Duration{-time.Millisecond, 0, time.Millisecond}).Draw(d.T, "nudge")).UTC()
		}
	case 1, 2:
		if n := len(d.ledger.Events); n > 0 {
			from = d.ledger.Events[rapid.IntRange(0, n-1).Draw(d.T, "of event")].At
		}
	}
	return d.around(from)
}

func (d *drawer) event() {
	all := kinds()
	typ := rapid.SampledFrom(all).Draw(d.T, "type")
	e := letter.Event{
		Letter: rapid.SampledFrom(d.ids()).Draw(d.T, "letter"), Source: rapid.SampledFrom([]string{"/a", "/b"}).Draw(d.T, "source"),
		RecordID: d.name(fmt.Sprintf("e%d-", len(d.ledger.Events))), Type: typ, At: d.when(), ExpectedRev: letter.NoRevision,
	}
	e.Payload = d.payload(typ, e.At)
	switch {
	case typ == letter.TypeSystemOutage:
		e.Letter = letter.ID(rapid.SampledFrom(units()).Draw(d.T, "outage of"))
	case rapid.IntRange(0, 19).Draw(d.T, "unknown") == 0:
		e.Letter = letter.ID(d.name("Z"))
	}
	e.RecordedAt = e.At.Add(d.lag())
	e.Imported = rapid.IntRange(0, 4).Draw(d.T, "imported") == 0
	d.ledger.Events = append(d.ledger.Events, e)
	d.moment(e.At)
	d.moment(e.RecordedAt)
}

// copy delivers an event again, known no earlier than the first time.
func (d *drawer) copy() {
	if len(d.ledger.Events) == 0 {
		return
	}
	twin := rapid.SampledFrom(d.ledger.Events).Draw(d.T, "copied")
	twin.RecordedAt = twin.RecordedAt.Add(rapid.SampledFrom([]time.Duration{0, time.Minute, time.Hour}).Draw(d.T, "copied after"))
	d.ledger.Events = append(d.ledger.Events, twin)
}

// AsOf draws a cut-off at which something changes, or just before or after it.
func (l Ledger) AsOf(t *rapid.T) time.Time {
	moments := slices.Clone(l.Moments)
	nudge := rapid.SampledFrom([]time.Duration{-time.Millisecond, 0, 0, time.Millisecond}).Draw(t, "as of nudge")
	return rapid.SampledFrom(moments).Draw(t, "as of").Add(nudge).UTC()
}

// Plain returns the letters without what was made of their texts.
func (l Ledger) Plain() []letter.Letter {
	plain := make([]letter.Letter, len(l.Letters))
	for i, row := range l.Letters {
		plain[i] = row.Letter
	}
	return plain
}
