package recount

import (
	"slices"
	"time"

	"jiesu.cn/jiesu/letter"
)

// net is the time between two moments less the outages that apply to the unit.
// Overlapping outages count once: each is cut at the end of those before it.
func (l *ledger) net(unit string, from, to time.Time) time.Duration {
	elapsed := to.Sub(from)
	counted := from
	for _, o := range l.outagesOf(unit) {
		start, end := later(o.From, counted), earlier(o.To, to)
		if end.After(start) {
			elapsed -= end.Sub(start)
			counted = end
		}
	}
	return elapsed
}

// outagesOf returns the outages of the unit and of those above it that two
// different persons registered, by their start.
func (l *ledger) outagesOf(unit string) []*letter.SystemOutage {
	var apply []*letter.SystemOutage
	above := l.directory.Ancestors(unit)
	for _, e := range l.outages {
		p := e.Payload.(*letter.SystemOutage)
		named := string(e.Letter)
		if p.Actor != p.Second && (named == unit || slices.Contains(above, named)) {
			apply = append(apply, p)
		}
	}
	slices.SortFunc(apply, func(a, b *letter.SystemOutage) int { return a.From.Compare(b.From) })
	return apply
}
