package model

import (
	"hash/fnv"
	"math"
)

// Text is a letter as the rules read it, ready for feature extraction. All
// offsets are runes of Runes.
type Text struct {
	Runes  []rune  // Folded title, newline, body.
	Body   int     // Where the body begins.
	Words  []Span  // Of the whole text, in order.
	Ending []Span  // Where the writer comes to the point: the last words.
	Asks   []Span  // Sentences that ask for something.
	Police []Span  // Surroundings of police words.
	Marks  []Mark  // What the rules found.
	Scores []Score // What the rules think.
}

// Span is a range of runes.
type Span struct{ Start, End int }

// Mark is a named thing found at a place.
type Mark struct {
	Span
	Name string
}

// Score is a number by name, and what it rests on.
type Score struct {
	Name  string
	Value float32
	From  []Span
}

// Block is a family of features, weighed as a whole.
type Block uint8

// The blocks.
const (
	Body Block = iota
	Word
	Title
	Ending
	Ask
	Police
	Signal
	blockCount
)

// blockWeight says how much a block counts against the characters of the body.
var blockWeight = [blockCount]float32{Body: 1, Word: 0.7, Title: 0.7, Ending: 0.5, Ask: 0.7, Police: 0.7, Signal: 1.2}

// scoreScale brings the rules' scores to the size of the other features.
const scoreScale = 0.2

// maxRunes bounds what of a letter is read; the labels were made on as much.
const maxRunes = 700

// blockScale normalises a block by its length, so that long letters weigh no
// more than short ones. The constant brings a usual vector to about length 1.
func blockScale(b Block, occurrences int32) float32 {
	return blockWeight[b] * 0.8 / float32(math.Sqrt(float64(occurrences)))
}

// Hashing is FNV-like over runes, started differently for each block.
const prime = 0x9E3779B1

func start(b Block) uint32 { return (uint32(b) + 1) * 0x85EBCA6B }

func mix(h uint32, r rune) uint32 {
	h = (h ^ uint32(r)) * prime
	return h ^ h>>15
}

func scoreKey(name string) uint32 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name)) // Never fails.
	return h.Sum32()
}

// each visits every occurrence of every feature in a fixed order.
func (t *Text) each(visit func(key uint32, b Block, start, end int)) {
	end := min(len(t.Runes), maxRunes)
	t.grams(Body, Span{0, end}, visit)
	t.grams(Title, Span{0, min(t.Body, end)}, visit)
	for _, s := range t.Ending {
		t.grams(Ending, s, visit)
	}
	for _, s := range t.Asks {
		t.grams(Ask, s, visit)
	}
	for _, s := range t.Police {
		t.grams(Police, s, visit)
	}
	t.words(end, visit)
	for _, m := range t.Marks {
		h := start(Signal)
		for _, r := range m.Name {
			h = mix(h, r)
		}
		visit(h, Signal, m.Start, m.End)
	}
}

// grams visits character 1- to 3-grams of a span.
func (t *Text) grams(b Block, s Span, visit func(uint32, Block, int, int)) {
	for i := s.Start; i < s.End; i++ {
		h := start(b)
		for n := range min(3, s.End-i) {
			h = mix(h, t.Runes[i+n])
			visit(h, b, i, i+n+1)
		}
	}
}

// words visits words and pairs of words.
func (t *Text) words(end int, visit func(uint32, Block, int, int)) {
	for i, w := range t.Words {
		if w.End > end {
			return
		}
		h := t.hash(start(Word), w)
		visit(h, Word, w.Start, w.End)
		if i+1 < len(t.Words) && t.Words[i+1].End <= end {
			next := t.Words[i+1]
			visit(t.hash(mix(h, ' '), next), Word, w.Start, next.End)
		}
	}
}

func (t *Text) hash(h uint32, s Span) uint32 {
	for _, r := range t.Runes[s.Start:s.End] {
		h = mix(h, r)
	}
	return h
}
