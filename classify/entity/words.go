package entity

import (
	"cmp"
	"slices"
)

// words finds many words in a text in one pass. Most runes start no word, which
// one look at a table tells.
type words struct {
	first []int32 // Node of each rune of the basic plane; 0 is none.
	nodes []node
	count int
}

type node struct {
	word  int // That ends here, or -1.
	edges []edge
}

type edge struct {
	r  rune
	to int32
}

// match is a word's place in the text, in folded runes.
type match struct{ word, start, end int }

func newWords() words { return words{first: make([]int32, 1<<16), nodes: make([]node, 1)} }

// add enters a word and returns its number; words count from 0 in order of
// entry. A word may not be empty nor start beyond the basic plane.
func (w *words) add(word string) (id int, added bool) {
	at := int32(0)
	for _, r := range word {
		at = w.grow(at, r)
	}
	if w.nodes[at].word >= 0 {
		return w.nodes[at].word, false
	}
	w.nodes[at].word = w.count
	w.count++
	return w.count - 1, true
}

func (w *words) grow(at int32, r rune) int32 {
	if at == 0 {
		if w.first[r] == 0 {
			w.first[r] = w.newNode()
		}
		return w.first[r]
	}
	if to := w.step(at, r); to != 0 {
		return to
	}
	to := w.newNode()
	n := &w.nodes[at]
	n.edges = append(n.edges, edge{r, to})
	slices.SortFunc(n.edges, func(a, b edge) int { return cmp.Compare(a.r, b.r) })
	return to
}

func (w *words) newNode() int32 {
	w.nodes = append(w.nodes, node{word: -1})
	return int32(len(w.nodes) - 1)
}

// step follows an edge, 0 when there is none.
func (w *words) step(at int32, r rune) int32 {
	edges := w.nodes[at].edges
	lo, hi := 0, len(edges)
	for lo < hi {
		if mid := (lo + hi) / 2; edges[mid].r < r {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	if lo < len(edges) && edges[lo].r == r {
		return edges[lo].to
	}
	return 0
}

// find appends every occurrence of every word, by start and then by length.
func (w *words) find(text []rune, found []match) []match {
	for start, r := range text {
		if uint(r) >= uint(len(w.first)) {
			continue
		}
		at := w.first[r]
		for i := start + 1; at != 0; i++ {
			if id := w.nodes[at].word; id >= 0 {
				found = append(found, match{id, start, i})
			}
			if i == len(text) {
				break
			}
			at = w.step(at, text[i])
		}
	}
	return found
}

// longestOnly drops matches inside or across an earlier, longer one; but where
// a shorter one there leaves room for the next, both stay: 遂溪县 and 城月镇, not
// 遂溪县城. It works in place.
func longestOnly(matches []match) []match {
	kept := matches[:0]
	var shorter [4]match // At the start of the last one kept.
	n := 0
	for _, m := range matches {
		last := len(kept) - 1
		switch {
		case last < 0 || m.start >= kept[last].end:
			kept, n = append(kept, m), 0
		case m.start == kept[last].start: // Later ones are longer.
			if n < len(shorter) {
				shorter[n] = kept[last]
				n++
			}
			kept[last] = m
		case m.end > kept[last].end:
			for _, s := range shorter[:n] {
				if s.end == m.start {
					kept[last] = s
					kept, n = append(kept, m), 0
					break
				}
			}
		}
	}
	return kept
}
