package simulate

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"jiesu.cn/jiesu/letter"
)

// plan is a letter with every event of its handling, in the order in which
// the events are delivered.
type plan struct {
	facts
	events []planned
}

// planned is an event and when it reaches the topic: mostly as soon as it is
// recorded, at times a while later, so that events overtake one another.
type planned struct {
	letter.Event
	deliver time.Time
}

// plan works out all that happens to letter i.
func (l *ledger) plan(i int) plan {
	b := builder{ledger: l, dice: roll(l.seed, streamHandling, uint64(i)), f: l.facts(i), events: make([]planned, 0, 16)}
	b.handle()
	kept := b.events[:0]
	for _, e := range b.events {
		if !e.RecordedAt.After(l.profile.AsOf) {
			kept = append(kept, e)
		}
	}
	slices.SortStableFunc(kept, func(a, b planned) int { return a.deliver.Compare(b.deliver) })
	return plan{facts: b.f, events: kept}
}

// builder adds the events of one letter.
type builder struct {
	*ledger
	dice
	f      facts
	events []planned
	unit   string // Who acts now.
	holder string // Who holds the letter now.
}

// common is who acts in an event of the current unit.
func (b *builder) common() letter.Common {
	return letter.Common{Unit: b.unit, Actor: b.person(b.unit, b.IntN(6))}
}

// person is a synthetic key of the k-th person of a unit.
func (b *builder) person(unit string, k int) string {
	h := mix(b.seed, uint64(k))
	for _, c := range []byte(unit) {
		h = mix(h, uint64(c))
	}
	return fmt.Sprintf("p%015x", h>>4)
}

// add records an event: mostly within a minute and a half, at times within a
// quarter of an hour, and a few percent much later (补录).
func (b *builder) add(at time.Time, kind letter.EventType, p letter.Payload) {
	delay := b.between(300*time.Millisecond, 90*time.Second)
	switch x := b.Float64(); {
	case x < 0.018:
		delay = b.tailed(16*time.Minute, 8*time.Hour, 2)
	case x < 0.06:
		delay = b.between(2*time.Minute, 14*time.Minute)
	case x < 0.064:
		delay = 15 * time.Minute // Just not backdated.
	}
	b.record(at, delay, kind, p)
}

// must adds an event that the quotas count on: it is recorded before the
// cut-off whatever happens.
func (b *builder) must(at time.Time, kind letter.EventType, p letter.Payload) {
	if left := b.profile.AsOf.Sub(b.f.at); at.After(b.profile.AsOf) {
		at = b.f.at.Add(b.between(left/3, left))
	}
	delay := b.between(300*time.Millisecond, 90*time.Second)
	if at.Add(delay).After(b.profile.AsOf) {
		delay = b.profile.AsOf.Sub(at)
	}
	b.record(at, delay, kind, p)
}

func (b *builder) record(at time.Time, delay time.Duration, kind letter.EventType, p letter.Payload) {
	at = at.UTC().Truncate(time.Millisecond)
	recorded := at.Add(delay).Truncate(time.Millisecond)
	e := planned{
		Event: letter.Event{
			Letter: b.f.id, RecordID: fmt.Sprintf("%s-%d", b.f.id, len(b.events)+1), Type: kind,
			At: at, RecordedAt: recorded, ExpectedRev: letter.NoRevision, Payload: p,
		},
		deliver: recorded,
	}
	e.Source = b.source("desk/" + e.Unit())
	if b.chance(0.12) {
		e.deliver = recorded.Add(b.between(0, 15*time.Minute))
	}
	b.events = append(b.events, e)
}

// inOrder sorts events of one letter as docs/metrics.md orders them.
func inOrder(a, b letter.Event) int {
	return cmp.Or(a.At.Compare(b.At), a.RecordedAt.Compare(b.RecordedAt), cmp.Compare(a.Source, b.Source), cmp.Compare(a.RecordID, b.RecordID))
}
