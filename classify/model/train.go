package model

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
)

// Example is a letter with its answers. A head without an answer does not
// train on it; "no" is the other answer of a yes-or-no head. Further letters are
// of another kind than those to be judged, or less sure; see Task.
type Example struct {
	Vector  Vector
	Answers map[string]string
	Further bool
}

// Task is a head to be trained. Rare answers (fewer than Least examples) are
// left out: their letters train the head as belonging to none.
type Task struct {
	Name    string
	Binary  bool
	Least   int
	Cost    float64 // Price of an error in training.
	Further float64 // How much a further letter counts; others count 1.
	Plain   bool    // Every error costs the same; else a rare answer weighs as much as all others.
	// Emphasis multiplies the weight of whole blocks for this head, and Spaces
	// that of each basis; what is left out counts as usual.
	Emphasis map[Block]float32
	Spaces   []float32
}

// Vocabulary counts in how many letters each feature occurs.
type Vocabulary struct {
	letters int
	counts  map[uint32]int32
}

// NewVocabulary starts empty.
func NewVocabulary() *Vocabulary { return &Vocabulary{counts: map[uint32]int32{}} }

// Add counts one letter.
func (v *Vocabulary) Add(t *Text) {
	seen := map[uint32]bool{}
	for _, o := range t.occurrences(nil) {
		seen[o.key] = true
	}
	for _, s := range t.Scores {
		seen[scoreKey(s.Name)] = true
	}
	for key := range seen {
		v.counts[key]++
	}
	v.letters++
}

// Blank makes a model without heads that knows the features of the given
// texts that occur in at least so many letters, these and the counted ones,
// and those of the bases.
func (v *Vocabulary) Blank(texts []*Text, bases []*Basis, least int) *Model {
	own, blocks := NewVocabulary(), map[uint32]Block{}
	for _, t := range texts {
		own.Add(t)
		t.blocks(blocks)
	}
	m := &Model{}
	for _, b := range bases {
		for _, key := range b.keys() {
			m.keys, blocks[key] = append(m.keys, key), b.block
		}
	}
	for key, n := range own.counts {
		if int(n+v.counts[key]) >= least {
			m.keys = append(m.keys, key)
		}
	}
	slices.Sort(m.keys)
	m.keys = slices.Compact(m.keys)
	m.gain, m.share, m.blocks = make([]float32, len(m.keys)), make([]float32, len(m.keys)), make([]Block, len(m.keys))
	own.letters += v.letters
	for i, key := range m.keys {
		n := v.counts[key] + own.counts[key]
		m.gain[i], m.share[i], m.blocks[i] = own.idf(n), float32(n)/float32(own.letters), blocks[key]
		if m.blocks[i] == Opinion {
			m.gain[i] = 1
		}
	}
	m.index()
	return m
}

// idf weighs a feature that n of the counted letters have.
func (v *Vocabulary) idf(n int32) float32 {
	return float32(math.Log(float64(v.letters+1)/float64(n+1))+1) / usualIDF
}

// usualIDF brings the weight of a usual feature to about 1.
const usualIDF = 6

// Weights are heads before they are packed into a model.
type Weights struct {
	heads  []Head
	bias   []float32
	output [][]float32 // One vector of row weights for each output.
}

// Train trains all tasks on the examples, one support vector machine for each
// answer, with the help of bases, if any. The result is the same for the same
// input and seed.
func (m *Model) Train(ctx context.Context, bases []*Basis, tasks []Task, examples []Example, seed uint64) (*Weights, error) {
	vectors := make([]Vector, len(examples))
	for i, e := range examples {
		vectors[i] = e.Vector
	}
	vectors, spaces := m.lift(bases, vectors)
	ws := &Weights{}
	for _, task := range tasks {
		factors := m.factors(task, spaces)
		p := newProblem(vectors, factors)
		answers := task.answers(examples)
		if len(answers) == 0 {
			return nil, fmt.Errorf("training %s: no letter has an answer", task.Name)
		}
		ws.heads = append(ws.heads, Head{Name: task.Name, Answers: answers, Offset: len(ws.bias), Scale: 1})
		for _, answer := range answers {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("training %s: %w", task.Name, err)
			}
			y, cost := task.labels(examples, answer)
			w, b := p.separate(y, cost, seed)
			ws.output, ws.bias = append(ws.output, m.fold(spaces, w)), append(ws.bias, b)
		}
	}
	return ws, nil
}

// answers lists what a task can answer.
func (t Task) answers(examples []Example) []string {
	if t.Binary {
		return []string{"yes"}
	}
	n := map[string]int{}
	for _, e := range examples {
		if a := e.Answers[t.Name]; a != "" && t.weight(e) > 0 {
			n[a]++
		}
	}
	maps.DeleteFunc(n, func(_ string, count int) bool { return count < t.Least })
	return slices.SortedFunc(maps.Keys(n), cmp.Compare[string])
}

// factors tells how much each row counts for a task.
func (m *Model) factors(t Task, spaces []space) []float32 {
	out := make([]float32, len(m.keys))
	for r, b := range m.blocks {
		out[r] = 1
		if f, ok := t.Emphasis[b]; ok {
			out[r] = f
		}
	}
	for i, s := range spaces {
		f := float32(1)
		if i < len(t.Spaces) {
			f = t.Spaces[i]
		}
		out = append(out, slices.Repeat([]float32{f}, s.dims)...)
	}
	return out
}

// weight is how much a letter counts.
func (t Task) weight(e Example) float64 {
	if e.Further {
		return t.Further
	}
	return 1
}

// labels sets one answer against the rest, both sides weighing half unless plain.
func (t Task) labels(examples []Example, answer string) (y []int8, cost []float64) {
	y, cost = make([]int8, len(examples)), make([]float64, len(examples))
	counts := [2]float64{}
	for i, e := range examples {
		switch a := e.Answers[t.Name]; {
		case a == "" || t.weight(e) == 0:
		case a == answer:
			y[i] = 1
			counts[1] += t.weight(e)
		default:
			y[i] = -1
			counts[0] += t.weight(e)
		}
	}
	total := counts[0] + counts[1]
	for i := range y {
		if t.Plain && y[i] != 0 {
			cost[i] = t.Cost * t.weight(examples[i])
			continue
		}
		switch y[i] {
		case 1:
			cost[i] = t.Cost * t.weight(examples[i]) * total / (2 * counts[1])
		case -1:
			cost[i] = t.Cost * t.weight(examples[i]) * total / (2 * counts[0])
		}
	}
	return y, cost
}
