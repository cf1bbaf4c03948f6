package lexicon

import (
	"cmp"
	"slices"
)

// Trie finds many words in a text in one pass. Most runes start no word, which
// one look at a table tells.
type Trie struct {
	first   []int32 // Node of each first rune of the basic plane; 0 is none.
	nodes   []node  // Node 0 is the root.
	count   int
	longest int // In runes.
}

type node struct {
	word  int // That ends here, or -1.
	edges []edge
}

type edge struct {
	r  rune
	to int32
}

// Match is a word's place in the text, in runes.
type Match struct {
	Word, Start, End int
}

// NewTrie makes an empty trie.
func NewTrie() *Trie {
	return &Trie{first: make([]int32, 1<<16), nodes: []node{{word: -1}}}
}

// Add enters a word and returns its number, counted from 0 in order of entry;
// added is false for a word that was there before. An empty word is never found.
func (t *Trie) Add(word []rune) (id int, added bool) {
	at := int32(0)
	for _, r := range word {
		at = t.grow(at, r)
	}
	if t.nodes[at].word >= 0 {
		return t.nodes[at].word, false
	}
	id = t.count
	t.nodes[at].word = id
	t.count++
	t.longest = max(t.longest, len(word))
	return id, true
}

// grow returns the node behind an edge, which it makes if need be.
func (t *Trie) grow(at int32, r rune) int32 {
	if to := t.step(at, r); to != 0 {
		return to
	}
	to := int32(len(t.nodes))
	t.nodes = append(t.nodes, node{word: -1})
	n := &t.nodes[at]
	i, _ := slices.BinarySearchFunc(n.edges, r, func(e edge, r rune) int { return cmp.Compare(e.r, r) })
	n.edges = slices.Insert(n.edges, i, edge{r, to})
	if at == 0 && int(r) < len(t.first) {
		t.first[r] = to
	}
	return to
}

// step returns the node behind an edge, 0 when there is none.
func (t *Trie) step(at int32, r rune) int32 {
	edges := t.nodes[at].edges
	low, high := 0, len(edges)
	for low < high {
		if middle := (low + high) / 2; edges[middle].r < r {
			low = middle + 1
		} else {
			high = middle
		}
	}
	if low < len(edges) && edges[low].r == r {
		return edges[low].to
	}
	return 0
}

// start is step from the root.
func (t *Trie) start(r rune) int32 {
	if uint(r) < uint(len(t.first)) {
		return t.first[r]
	}
	return t.step(0, r)
}

// Find appends every occurrence of every word, by start and then by length.
func (t *Trie) Find(text []rune, found []Match) []Match {
	for start, r := range text {
		at := t.start(r)
		for end := start + 1; at != 0; end++ {
			if w := t.nodes[at].word; w >= 0 {
				found = append(found, Match{w, start, end})
			}
			if end == len(text) {
				break
			}
			at = t.step(at, text[end])
		}
	}
	return found
}
