package segment

import (
	"math"
	"math/bits"

	"github.com/go-ego/gse"
)

// trie holds the words of a dictionary with their path lengths in one hash
// table; the number of a node is its slot. It finds the same words as gse's own
// search, several times faster and in a tenth of the memory.
type trie struct {
	codes     []uint16        // Of the runes of the basic plane that words have; 0 is none.
	rare      map[rune]uint16 // Of the runes beyond it.
	used      uint16          // Codes given out.
	slots     []uint64        // Flags, length, code of the edge, and the parent's slot.
	first     []int32         // Child of the root by code; 0 is none.
	distances []float32       // Path lengths; words have few different ones.
	lengths   map[float32]int // Index into distances, while compiling.
	shift     int             // Of a hash to a slot.
	nodes     int
}

// The parts of a slot. A slot of zero is free.
const (
	slotUsed    = 1 << 0
	slotWord    = 1 << 1 // A word ends here.
	slotParent  = 1 << 2 // Longer words go on from here.
	lengthShift = 3      // Index of the word's path length, in 20 bits.
	lengthMask  = 1<<20 - 1
	codeShift   = lengthShift + 20
	parentShift = codeShift + 16
)

const (
	root       = 0
	noNode     = 0       // No edge leads to the root.
	firstSlots = 1 << 20 // Room for gse's simplified dictionary, half full.
)

// compile reads the tokens of a loaded dictionary.
func compile(dict *gse.Dictionary) *trie {
	logTotal := float32(math.Log2(dict.TotalFreq()))
	for slots := firstSlots; ; slots *= 2 {
		t := newTrie(slots)
		fits := true
		for i := 0; i < len(dict.Tokens) && fits; i++ {
			token := &dict.Tokens[i]
			fits = t.add(token.Text(), logTotal-float32(math.Log2(token.Freq())))
		}
		if fits {
			t.lengths = nil
			return t
		}
	}
}

// newTrie makes an empty trie of a number of slots, a power of two.
func newTrie(slots int) *trie {
	t := &trie{
		codes: make([]uint16, 1<<16), rare: map[rune]uint16{}, first: make([]int32, 1<<16),
		slots: make([]uint64, slots), lengths: map[float32]int{},
		shift: 64 - bits.TrailingZeros(uint(slots)),
	}
	t.slots[root] = slotUsed | 1<<63 // No edge leads here.
	return t
}

// add enters a word; it refuses when the table gets too full to be fast.
func (t *trie) add(word string, distance float32) bool {
	node := root
	for _, r := range word {
		node = t.grow(node, t.newCode(r))
	}
	at, known := t.lengths[distance]
	if !known {
		at = len(t.distances)
		t.lengths[distance] = at
		t.distances = append(t.distances, distance)
	}
	t.slots[node] = t.slots[node]&^(lengthMask<<lengthShift) | slotWord | uint64(at)<<lengthShift
	return t.nodes < len(t.slots)/4*3
}

// grow returns the child of a node over an edge, which it makes if need be.
func (t *trie) grow(node int, code uint16) int {
	at, found := t.probe(node, code)
	if !found {
		t.slots[node] |= slotParent
		t.slots[at] = slotUsed | key(node, code)
		t.nodes++
		if node == root {
			t.first[code] = int32(at)
		}
	}
	return at
}

// child returns the child of a node other than the root over an edge, or noNode.
func (t *trie) child(node int, code uint16) int {
	if code == 0 || t.slots[node]&slotParent == 0 {
		return noNode
	}
	at, found := t.probe(node, code)
	if !found {
		return noNode
	}
	return at
}

// length returns the path length of the word that ends at a node.
func (t *trie) length(node int) float32 {
	return t.distances[t.slots[node]>>lengthShift&lengthMask]
}

func key(node int, code uint16) uint64 {
	return uint64(node)<<parentShift | uint64(code)<<codeShift
}

// probe looks from the edge's own slot on for the edge or a free slot.
func (t *trie) probe(node int, code uint16) (at int, found bool) {
	k := key(node, code)
	at = int(k * 0x9e3779b97f4a7c15 >> t.shift) // Fibonacci hashing.
	for {
		s := t.slots[at]
		if s == 0 {
			return at, false
		}
		if s>>codeShift == k>>codeShift {
			return at, true
		}
		if at++; at == len(t.slots) {
			at = 0
		}
	}
}

// newCode returns the code of a rune, a new one if need be. Dictionaries have
// some ten thousand different runes, far from the end of the codes.
func (t *trie) newCode(r rune) uint16 {
	c := t.code(r)
	if c != 0 {
		return c
	}
	t.used++
	if int(r) < len(t.codes) {
		t.codes[r] = t.used
	} else {
		t.rare[r] = t.used
	}
	return t.used
}

// code returns the code of a rune, 0 when no word has it.
func (t *trie) code(r rune) uint16 {
	if uint(r) < uint(len(t.codes)) {
		return t.codes[r]
	}
	return t.rare[r]
}
