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
	keys   []uint32  // Hashed features; in a packed model the most frequent first.
	gain   []float32 // What the value of each key is multiplied by: its idf, and in a packed model the range of its weights.
	weight []int8    // A row of len(bias) for each key, every stride bytes.
	stride int
	blocks []Block   // Of each key; only while training.
	share  []float32 // Of letters that have the key; only while training.
	filter []uint64  // A bit for each first filterBits bits of a hash: whether a feature starts so.
	slots  []slot    // Open addressing from hash to row.
	digest string
	pool   sync.Pool // Of *scratch.
}

// slot is a place of the hash table; end 0 is a free one.
type slot struct {
	key uint32
	end int32 // The row behind the feature's.
}

// Version names the model and the start of its file's SHA-256.
func (m *Model) Version() string { return m.Name + "-" + m.digest }

// Head returns a head by name, or nil.
func (m *Model) Head(name string) *Head {
	for i := range m.heads {
		if m.heads[i].Name == name {
			return &m.heads[i]
		}
	}
	return nil
}

// Heads returns all heads; the caller must not change them.
func (m *Model) Heads() []Head { return m.heads }

// Outputs is how many answers all heads have together.
func (m *Model) Outputs() int { return len(m.bias) }

// Features is how many hashed features the model knows.
func (m *Model) Features() int { return len(m.keys) }

// index fills slots.
func (m *Model) index() {
	size := 1
	for size < 2*len(m.keys)+1 {
		size *= 2
	}
	m.slots = make([]slot, size)
	m.filter = make([]uint64, 1<<filterBits/64)
	for row, key := range m.keys {
		m.filter[key>>(32-filterBits)/64] |= 1 << (key >> (32 - filterBits) % 64)
		i := int(key) & (size - 1)
		for m.slots[i].end != 0 {
			i = (i + 1) & (size - 1)
		}
		m.slots[i] = slot{key, int32(row + 1)}
	}
}

// filterBits makes a filter of 128 KB. Half of a letter's features are unknown;
// most of these it tells without a look into the much larger table.
const filterBits = 20

// maybe is 1 if the model may know a feature, 0 if it does not.
func (m *Model) maybe(key uint32) int {
	return int(m.filter[key>>(32-filterBits)/64] >> (key >> (32 - filterBits) % 64) & 1)
}

// row finds a feature, or -1.
func (m *Model) row(key uint32) int32 {
	mask := len(m.slots) - 1
	for i := int(key) & mask; ; i = (i + 1) & mask {
		if s := m.slots[i]; s.end == 0 || s.key == key {
			return s.end - 1
		}
	}
}

// cacheLine is how many bytes a processor fetches at once. Each row of weights
// has its own.
const cacheLine = 64

// makeWeights makes room for the weights of all keys.
func (m *Model) makeWeights() {
	m.stride = (len(m.bias) + cacheLine - 1) / cacheLine * cacheLine
	m.weight = make([]int8, len(m.keys)*m.stride)
}

// weights are those of one row, one for each output.
func (m *Model) weights(row int32) []int8 {
	at := int(row) * m.stride
	return m.weight[at : at+len(m.bias)]
}

// Vector is a letter as the model sees it: rows with their values, and where
// in the text each stands.
type Vector struct {
	rows   []int32
	counts []float32 // Occurrences of each row.
	values []float32
	places []place
}

// place is one occurrence of a feature, by its position in Vector.rows.
type place struct{ at, start, end int32 }

// scratch is memory for working on one letter.
type scratch struct {
	at     []int32 // Position in Vector.rows plus one for each row; all zero between letters.
	list   []occurrence
	blocks []Block // For each of Vector.rows.
	sums   []float32
}

func (m *Model) scratch() *scratch {
	if s, ok := m.pool.Get().(*scratch); ok {
		return s
	}
	return &scratch{at: make([]int32, len(m.keys)), sums: make([]float32, len(m.bias))}
}

// Vector extracts the features of a text that the model knows.
func (m *Model) Vector(t *Text) Vector {
	var v Vector
	m.Read(t, &v)
	return v
}

// Read is Vector into memory that is used again.
func (m *Model) Read(t *Text, v *Vector) {
	s := m.scratch()
	defer m.pool.Put(s)
	s.list, s.blocks = t.occurrences(s.list[:0]), s.blocks[:0]
	occurrences := m.sift(&s.list)
	v.rows, v.counts, v.values, v.places = v.rows[:0], v.counts[:0], v.values[:0], v.places[:0]
	for _, o := range s.list {
		row := m.row(o.key)
		if row < 0 {
			continue
		}
		if s.at[row] == 0 {
			v.rows, v.counts, s.blocks = append(v.rows, row), append(v.counts, 0), append(s.blocks, o.block)
			s.at[row] = int32(len(v.rows))
		}
		at := s.at[row] - 1
		v.counts[at]++
		v.places = append(v.places, place{at, o.start, o.end})
	}
	var scale [blockCount]float32
	for b, n := range occurrences {
		scale[b] = blockScale(Block(b), n)
	}
	for i, r := range v.rows {
		s.at[r] = 0
		v.values = append(v.values, m.gain[r]*tf(int32(v.counts[i]))*scale[s.blocks[i]])
	}
	for _, score := range t.Scores {
		if row := m.row(scoreKey(score.Name)); row >= 0 {
			v.rows, v.values = append(v.rows, row), append(v.values, score.Value*scoreScale*m.gain[row])
		}
	}
}

// sift counts the occurrences of each block and leaves in the list what the
// model may know. Which ones these are cannot be foreseen, so that a branch on it
// would stall the processor at every other one.
func (m *Model) sift(list *[]occurrence) (occurrences [blockCount]int32) {
	kept := 0
	for _, o := range *list {
		occurrences[o.block%blockCount]++
		(*list)[kept] = o
		kept += m.maybe(o.key)
	}
	*list = (*list)[:kept]
	return occurrences
}

// Scores returns the raw score of every output.
func (m *Model) Scores(v Vector) []float64 {
	out := make([]float64, len(m.bias))
	m.Score(&v, 0, len(out), out)
	return out
}

// Score writes the raw scores of outputs [from, to) to their places in out.
// Four features at a time are added, which keeps the sums in registers.
func (m *Model) Score(v *Vector, from, to int, out []float64) {
	s := m.scratch()
	defer m.pool.Put(s)
	sums := s.sums[:to-from]
	clear(sums)
	weights := func(i int) (float32, []int8) {
		row := int(v.rows[i]) * m.stride
		return v.values[i], m.weight[row+from : row+to][:len(sums)]
	}
	i := 0
	for ; i+4 <= len(v.rows); i += 4 {
		a, wa := weights(i)
		b, wb := weights(i + 1)
		c, wc := weights(i + 2)
		d, wd := weights(i + 3)
		for k, sum := range sums {
			sum += a * float32(wa[k])
			sum += b * float32(wb[k])
			sum += c * float32(wc[k])
			sums[k] = sum + d*float32(wd[k])
		}
	}
	for ; i < len(v.rows); i++ {
		x, w := weights(i)
		for k := range sums {
			sums[k] += x * float32(w[k])
		}
	}
	for k, sum := range sums {
		out[from+k] = float64(sum*m.step[from+k] + m.bias[from+k])
	}
}

// Of returns a head's part of all scores.
func (h *Head) Of(scores []float64) []float64 { return scores[h.Offset : h.Offset+len(h.Answers)] }

// Probabilities turns a head's scores into calibrated probabilities, one for
// each answer.
func (h *Head) Probabilities(scores []float64) []float64 {
	p := slices.Clone(h.Of(scores))
	h.Calibrated(p)
	return p
}

// Calibrated turns a head's own scores into probabilities in place.
func (h *Head) Calibrated(own []float64) {
	if len(own) == 1 {
		own[0] = h.logistic(own[0])
		return
	}
	softmax(own, h.Scale)
}

func (h *Head) logistic(score float64) float64 { return 1 / (1 + math.Exp(-h.Scale*score-h.Shift)) }

// softmax works in place.
func softmax(p []float64, scale float64) {
	most, sum := slices.Max(p), 0.0
	for i, x := range p {
		p[i] = math.Exp(scale * (x - most))
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
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
