// Package model holds the trained part of the classifier: linear models over
// hashed words and character n-grams of a letter and over what the rules found
// in it, one head per question, with calibrated probabilities. A model file
// holds numbers only; no text of any letter can be read from it.
package model

import (
	"math"
	"slices"
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
		m.slots[i] = int32(row + 1) //nolint:gosec // Rows are far fewer than 2^31.
	}
}

// row finds a feature, or -1.
func (m *Model) row(key uint32) int {
	mask := len(m.slots) - 1
	for i := int(key) & mask; ; i = (i + 1) & mask {
		s := m.slots[i]
		if s == 0 {
			return -1
		}
		if m.keys[s-1] == key {
			return int(s - 1)
		}
	}
}

// Vector is a letter as the model sees it: rows with their values.
type Vector struct {
	rows   []int32
	values []float32
}

// Vector extracts the features of a text that the model knows.
func (m *Model) Vector(t *Text) Vector {
	var v Vector
	counts := map[int32]int32{}
	var blocks [blockCount]int32
	block := map[int32]Block{}
	t.each(func(key uint32, b Block, _, _ int) {
		blocks[b]++
		if row := m.row(key); row >= 0 {
			r := int32(row) //nolint:gosec // As above.
			if counts[r] == 0 {
				v.rows = append(v.rows, r)
				block[r] = b
			}
			counts[r]++
		}
	})
	for _, r := range v.rows {
		b := block[r]
		v.values = append(v.values, m.idf[r]*tf(counts[r])*blockScale(b, blocks[b]))
	}
	for _, s := range t.Scores {
		if row := m.row(scoreKey(s.Name)); row >= 0 {
			v.rows = append(v.rows, int32(row)) //nolint:gosec // As above.
			v.values = append(v.values, s.Value*scoreScale)
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
		for k, w := range m.weight[int(r)*n : int(r)*n+n] {
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

func tf(n int32) float32 {
	if n == 1 {
		return 1
	}
	return float32(1 + math.Log(float64(n)))
}
