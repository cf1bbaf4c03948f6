package entity

import "jiesu.cn/jiesu/letter"

// How well an amount's surroundings make it the loss.
const (
	notLoss = iota
	lossPaid
	lossSuffered
	lossTotal
)

// lossReach is how far before an amount its word may stand, in runes.
const lossReach = 12

// lossAmong returns the index among the entities of the amount that is the
// whole loss: the largest that is called a total of what was lost, else a
// loss, else a payment. It is -1 where no amount is any of these.
func (c *collector) lossAmong(found []letter.Entity) int {
	best, top := sum{}, notLoss
	for i, s := range c.sums {
		if !s.yuan {
			continue
		}
		rank := c.lossRank(s, i)
		if rank > top || rank == top && rank > notLoss && s.value > best.value {
			best, top = s, rank
		}
	}
	if top == notLoss {
		return -1
	}
	start, _ := c.text.Span(best.from, best.to)
	for i, e := range found {
		if e.Kind == KindAmount && e.Start == start {
			return i
		}
	}
	return -1
}

// lossRank looks at the part of the sentence before an amount, back to the
// amount before it.
func (c *collector) lossRank(s sum, i int) int {
	text := c.runes()
	from := max(0, s.from-lossReach)
	if i > 0 {
		from = max(from, c.sums[i-1].to)
	}
	for k := s.from - 1; k >= from; k-- {
		if followedBy(text, k, "。;!?\n") {
			from = k + 1
			break
		}
	}
	behind := min(len(text), s.to+4)
	lost := holdsAny(text, from, s.from, c.suffered) || holdsAny(text, s.to, behind, c.lostBehind)
	paid := holdsAny(text, from, s.from, c.paidOut) || holdsAny(text, s.to, behind, c.paidBehind)
	switch {
	case holdsAny(text, from, s.from, c.promised):
		return notLoss
	case holdsAny(text, from, s.from, c.totals) && (lost || paid || i > 0):
		return lossTotal
	case lost:
		return lossSuffered
	case paid:
		return lossPaid
	}
	return notLoss
}
