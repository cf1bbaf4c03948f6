package simulate

import (
	"testing"

	"pgregory.net/rapid"
)

func TestPermutationIsABijection(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Uint64Range(1, 300).Draw(t, "n")
		p := newPermutation(n, rapid.Uint64().Draw(t, "seed"))
		seen := make([]bool, n)
		for i := range n {
			r := p.rank(i)
			if r >= n || seen[r] {
				t.Fatalf("rank(%d) = %d of %d, taken or out of range", i, r, n)
			}
			seen[r] = true
			if back := p.at(r); back != i {
				t.Fatalf("at(rank(%d)) = %d", i, back)
			}
		}
	})
}

func TestSeriesAgreeOnTheirMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 2_000).Draw(t, "n")
		seed := rapid.Uint64().Draw(t, "seed")
		b := newBinder(seed, n, newDealer(seed, n))
		for i := range n {
			s := b.of(i)
			if s.alone() {
				continue
			}
			if s.members[s.place] != i {
				t.Fatalf("letter %d stands at place %d of %v", i, s.place, s.members)
			}
			for _, m := range s.members {
				if other := b.of(m); other.number != s.number || len(other.members) != len(s.members) {
					t.Fatalf("letter %d is in series %d with %v, letter %d in %d with %v", i, s.number, s.members, m, other.number, other.members)
				}
			}
		}
	})
}

func TestBitmap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var b bitmap
		seen := map[int]bool{}
		for _, k := range rapid.SliceOf(rapid.IntRange(0, 500)).Draw(t, "numbers") {
			if isNew := b.add(k); isNew == seen[k] {
				t.Fatalf("add(%d) = %v, want %v", k, isNew, !seen[k])
			}
			seen[k] = true
		}
	})
}
