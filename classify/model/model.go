// Package model holds the trained part of the classifier: linear models over
// hashed words and character n-grams of a letter and over what the rules found
// in it, one head per question, with calibrated probabilities. A model file
// holds numbers only; no text of any letter can be read from it.
package model

import (
	"math"
	"slices"
	"sync"
)

// Head is one question and its answers. Answer k has output Offset+k.
type Head struct {
	Name    string   `json:"name"`
	Answers []string `json:"answers"` // A yes-or-no head has one answer, "yes".
	Offset  int      `json:"offset"`
	// Scale and Shift turn scores into probabilities: softmax(Scale·score) for
	// several answers, logistic(Scale·score+Shift) for one.
	Scale float64 `json:"scale"`
	Shift float64 `json:"shift"`
	// Thresholds are probabilities at named operating points.
	Thresholds map[string]float64 `json:"thresholds,omitempty"`
}

// Model scores letters. It never changes once built and is safe for concurrent use.
type Model struct {
	Name   string
	heads  []Head
	bias   []float32 // One for each output.
	step   []float32 // Size of one quantised unit, one for each output.
	keys   []uint32  // Hashed features, ascending.
	idf    []float32 // Weight of the feature in the vector, one for each key.
	weight []int8    // Rows of len(bias) for each key.
	slots  []int32   // Open addressing from hash to row+1.
	digest string
	pool   sync.Pool // Of *scratch.
}

// Version names the model and the start of its file's SHA-256.
func (m *Model) Version() string { return m.Name + "-" + m.digest }

// Head returns a head by name, or nil.
func (m *Model) Head(name string) *Head {
	i := slices.IndexFunc(m.heads, func(h Head) bool { return h.Name == name })
	if i < 0 {
		return nil
	}
	return &m.heads[i]
}

// Heads returns all heads; the caller must not change them.
func (m *Model) Heads() []Head { return m.heads }

// Features is how many hashed features the model knows.
func (m *Model) Features() int { return len(m.keys) }

// index fills slots.
func (m *Model) index() {
	size := 1
	for size < 2*len(m.keys)+1 {
		size *= 2
	}
	m.slots = make([]int32, size)
	for row, key := range m.keys {
		i := int(key) & (size - 1)
		for m.slots[i] != 0 {
			i = (i + 1) & (size - 1)
		}
		m.slots[i] = int32(row + 1)
	}
}

// row finds a feature, or -1.
func (m *Model) row(key uint32) int32 {
	mask := len(m.slots) - 1
	for i := int(key) & mask; ; i = (i + 1) & mask {
		s := m.slots[i]
		if s == 0 {
			return -1
		}
		if m.keys[s-1] == key {
			return s - 1
		}
	}
}

// Vector is a letter as the model sees it: rows with their values, and where
// in the text each stands.
type Vector struct {
	rows   []int32
	values []float32
	places []place
}

// place is one occurrence of a feature, by its position in Vector.rows.
type place struct{ at, start, end int32 }

// scratch is memory for counting features, all zero between letters.
type scratch struct{ at []int32 }

// Vector extracts the features of a text that the model knows.
func (m *Model) Vector(t *Text) Vector {
	s, _ := m.pool.Get().(*scratch)
	if s == nil {
		s = &scratch{at: make([]int32, len(m.keys))}
	}
	v := Vector{
		rows: make([]int32, 0, 4*len(t.Runes)), values: make([]float32, 0, 4*len(t.Runes)),
		places: make([]place, 0, 6*len(t.Runes)),
	}
	blocks := make([]Block, 0, 4*len(t.Runes))
	var occurrences [blockCount]int32
	t.each(func(key uint32, b Block, start, end int) {
		occurrences[b]++
		row := m.row(key)
		if row < 0 {
			return
		}
		if s.at[row] == 0 {
			v.rows, v.values, blocks = append(v.rows, row), append(v.values, 0), append(blocks, b)
			s.at[row] = int32(len(v.rows))
		}
		at := s.at[row] - 1
		v.values[at]++
		v.places = append(v.places, place{at, int32(start), int32(end)})
	})
	for i, r := range v.rows {
		s.at[r] = 0
		v.values[i] = m.idf[r] * tf(int32(v.values[i])) * blockScale(blocks[i], occurrences[blocks[i]])
	}
	m.pool.Put(s)
	for _, s := range t.Scores {
		if row := m.row(scoreKey(s.Name)); row >= 0 {
			v.rows, v.values = append(v.rows, row), append(v.values, s.Value*scoreScale)
		}
	}
	return v
}

// Scores returns the raw score of every output.
func (m *Model) Scores(v Vector) []float64 {
	n := len(m.bias)
	sums := make([]float32, n)
	for i, r := range v.rows {
		x := v.values[i]
		row := m.weight[int(r)*n : int(r)*n+n]
		for k, w := range row[:len(sums)] {
			sums[k] += x * float32(w)
		}
	}
	out := make([]float64, n)
	for k, s := range sums {
		out[k] = float64(s*m.step[k] + m.bias[k])
	}
	return out
}

// Of returns a head's part of all scores.
func (h *Head) Of(scores []float64) []float64 { return scores[h.Offset : h.Offset+len(h.Answers)] }

// Probabilities turns a head's scores into calibrated probabilities, one for
// each answer.
func (h *Head) Probabilities(scores []float64) []float64 {
	s := h.Of(scores)
	if len(s) == 1 {
		return []float64{h.logistic(s[0])}
	}
	return softmax(s, h.Scale)
}

func (h *Head) logistic(score float64) float64 { return 1 / (1 + math.Exp(-h.Scale*score-h.Shift)) }

func softmax(s []float64, scale float64) []float64 {
	p := make([]float64, len(s))
	most, sum := slices.Max(s), 0.0
	for i, x := range s {
		p[i] = math.Exp(scale * (x - most))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
	return p
}

// tf weighs a feature that occurs n times.
func tf(n int32) float32 {
	if int(n) < len(tfOf) {
		return tfOf[n]
	}
	return float32(1 + math.Log(float64(n)))
}

// tfOf are the first values of 1+ln n.
var tfOf = [...]float32{0, 1, 1.6931472, 2.0986123, 2.3862944, 2.609438, 2.7917595, 2.94591, 3.0794415}
