package model

import (
	"math"
	"slices"
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
	Opinion // What the rules think.
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

// scoreKey is FNV-1a over the bytes of a score's name.
func scoreKey(name string) uint32 {
	h := uint32(2166136261)
	for i := range len(name) {
		h = (h ^ uint32(name[i])) * 16777619
	}
	return h
}

// occurrence is one place of one feature in a text.
type occurrence struct {
	key        uint32
	start, end int32
	block      Block
}

// occurrences appends every occurrence of every feature in a fixed order.
func (t *Text) occurrences(list []occurrence) []occurrence {
	end := min(len(t.Runes), maxRunes)
	list = t.grams(list, Body, Span{0, end})
	list = t.grams(list, Title, Span{0, min(t.Body, end)})
	for _, s := range t.Ending {
		list = t.grams(list, Ending, s)
	}
	for _, s := range t.Asks {
		list = t.grams(list, Ask, s)
	}
	for _, s := range t.Police {
		list = t.grams(list, Police, s)
	}
	list = t.words(list, end)
	for _, m := range t.Marks {
		h := start(Signal)
		for _, r := range m.Name {
			h = mix(h, r)
		}
		list = append(list, occurrence{h, int32(m.Start), int32(m.End), Signal})
	}
	return list
}

// block appends the occurrences of one of the blocks Body and Word.
func (t *Text) block(b Block) []occurrence {
	end := min(len(t.Runes), maxRunes)
	if b == Word {
		return t.words(nil, end)
	}
	return t.grams(nil, b, Span{0, end})
}

// blocks notes the block of every feature.
func (t *Text) blocks(into map[uint32]Block) {
	for _, o := range t.occurrences(nil) {
		into[o.key] = o.block
	}
	for _, s := range t.Scores {
		into[scoreKey(s.Name)] = Opinion
	}
}

// grams appends the character 1- to 3-grams of a span.
func (t *Text) grams(list []occurrence, b Block, s Span) []occurrence {
	list = slices.Grow(list, max(0, 3*(s.End-s.Start)))
	first := start(b)
	for i := s.Start; i < s.End; i++ {
		h := first
		for k := i; k < min(i+3, s.End); k++ {
			h = mix(h, t.Runes[k])
			list = append(list, occurrence{h, int32(i), int32(k + 1), b})
		}
	}
	return list
}

// words appends words and pairs of words.
func (t *Text) words(list []occurrence, end int) []occurrence {
	for i, w := range t.Words {
		if w.End > end {
			break
		}
		h := t.hash(start(Word), w)
		list = append(list, occurrence{h, int32(w.Start), int32(w.End), Word})
		if i+1 < len(t.Words) && t.Words[i+1].End <= end {
			next := t.Words[i+1]
			list = append(list, occurrence{t.hash(mix(h, ' '), next), int32(w.Start), int32(next.End), Word})
		}
	}
	return list
}

func (t *Text) hash(h uint32, s Span) uint32 {
	for _, r := range t.Runes[s.Start:s.End] {
		h = mix(h, r)
	}
	return h
}
