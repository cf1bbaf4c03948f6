package simulate

import (
	"slices"
)

// bond is what holds a series together.
type bond uint8

const (
	strangers bond = iota // Several writers, one offender's phone or account.
	again                 // One writer, the same matter again.
	mixed                 // Several writers, the first of whom writes twice.
)

// shape is one series of a cycle.
type shape struct {
	bond   bond
	size   int
	merge  bool // The second letter is merged into the first.
	undone bool // ... and the merging is taken back.
}

// shapes is the cycle that series are cut from, 40 letters long.
func shapes() []shape {
	return []shape{
		{strangers, 3, false, false},
		{again, 2, false, false},
		{again, 2, true, false},
		{strangers, 2, false, false},
		{again, 3, true, false},
		{mixed, 5, false, false},
		{again, 2, true, false},
		{again, 2, true, true},
		{strangers, 4, false, false},
		{again, 3, false, false},
		{mixed, 3, false, false},
		{strangers, 6, false, false},
		{again, 3, true, false},
	}
}

const (
	cycleLength = 40
	seriesShare = 0.14 // Of the letters of a window.
	windowShare = 16   // Windows in a ledger: two weeks each in the default one.
	smallWindow = 286  // One cycle of series fits its share.
)

// series says with which letters a letter stands in one.
type series struct {
	shape
	number  uint64 // Of the series, unique in the ledger.
	members []int  // In order of arrival; nil when the letter stands alone.
	place   int    // Of the letter itself among the members.
}

func (s series) root() int   { return s.members[0] }
func (s series) alone() bool { return len(s.members) == 0 }

// binder finds series: the letters of a window, shuffled, are cut into the
// shapes of the cycle as far as the share goes.
type binder struct {
	seed   uint64
	n      int
	window int
	deal   dealer
}

func newBinder(seed uint64, n int, deal dealer) binder {
	return binder{seed: seed, n: n, window: min(n, max(smallWindow, n/windowShare)), deal: deal}
}

// of returns the series letter i stands in.
func (b binder) of(i int) series {
	if f, _ := b.deal.of(i); !f.mayJoin() {
		return series{}
	}
	w, base, size := b.windowOf(i)
	perm := newPermutation(uint64(size), b.seed, streamSeries, uint64(w))
	pos := int(perm.rank(uint64(i - base)))
	if pos >= bound(size) {
		return series{}
	}
	s, start := shapeAt(pos)
	s.number = uint64(w)<<32 | uint64(start)
	for k := range s.size {
		member := base + int(perm.at(uint64(start+k)))
		if f, _ := b.deal.of(member); f.mayJoin() {
			s.members = append(s.members, member)
		}
	}
	if len(s.members) < 2 {
		return series{}
	}
	slices.Sort(s.members)
	s.place = slices.Index(s.members, i)
	return s
}

// windowOf returns the number, first letter and size of the window of i; the
// last window takes the remainder.
func (b binder) windowOf(i int) (w, base, size int) {
	last := b.n/b.window - 1
	w = min(i/b.window, last)
	base = w * b.window
	if w == last {
		return w, base, b.n - base
	}
	return w, base, b.window
}

// bound is the number of shuffled places that series take, in whole cycles.
func bound(size int) int {
	cycles := int(seriesShare * float64(size) / cycleLength)
	if cycles == 0 && size >= 2*cycleLength {
		cycles = 1 // A small ledger shows some series, too.
	}
	return cycles * cycleLength
}

// shapeAt returns the shape that covers a place, and where it starts.
func shapeAt(pos int) (series, int) {
	start := pos - pos%cycleLength
	for _, sh := range shapes() {
		if pos < start+sh.size {
			return series{shape: sh}, start
		}
		start += sh.size
	}
	return series{}, start
}

// isMerged says whether letter i is merged into the first of its series.
func (b binder) isMerged(i int) bool {
	f, _ := b.deal.of(i)
	if f != ordinary {
		return false
	}
	s := b.of(i)
	return !s.alone() && s.merge && !s.undone && s.place == 1
}

// sameWriter says whether the member at the place writes under the root's key.
func (s series) sameWriter(place int) bool {
	return s.bond == again || s.bond == mixed && place <= 1
}
