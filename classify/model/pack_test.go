package model

import (
	"math"
	"testing"
)

// The rules' opinions weigh a thousand times what a word does; packing must
// tell the word's weights all the same.
func TestPackKeepsSmallWeights(t *testing.T) {
	blank := &Model{keys: []uint32{1, 2, 3}, gain: []float32{1, 0.5, 2}, share: []float32{0.5, 0.5, 0.5}}
	ws := &Weights{
		heads:  []Head{{Name: "a", Answers: []string{"yes"}}, {Name: "b", Answers: []string{"yes"}, Offset: 1}},
		bias:   []float32{0, 0},
		output: [][]float32{{8, 0.004, -0.003}, {-0.5, 0.002, 0.001}},
	}
	p := blank.Pack("test", ws)
	for row, key := range p.keys {
		from := key - 1 // Keys count from 1.
		for k, w := range ws.output {
			got := float64(p.gain[row] * p.step[k] * float32(p.weights(int32(row))[k]))
			want := float64(blank.gain[from] * w[from])
			if math.Abs(got-want) > 0.02*math.Abs(want) {
				t.Errorf("feature %d, output %d weighs %g, want %g", key, k, got, want)
			}
		}
	}
}

// Training with factors is training on vectors multiplied by them.
func TestFactorsScaleVectors(t *testing.T) {
	vectors := []Vector{
		{rows: []int32{0, 1}, values: []float32{1, 0.5}},
		{rows: []int32{1, 2}, values: []float32{1, 1}},
		{rows: []int32{0, 2}, values: []float32{0.5, 1}},
	}
	factors := []float32{2, 0.5, 1}
	var scaled []Vector
	for _, v := range vectors {
		s := Vector{rows: v.rows}
		for k, r := range v.rows {
			s.values = append(s.values, v.values[k]*factors[r])
		}
		scaled = append(scaled, s)
	}
	y, cost := []int8{1, -1, -1}, []float64{1, 1, 1}
	got, gotBias := newProblem(vectors, factors).separate(y, cost, 1)
	want, wantBias := newProblem(scaled, []float32{1, 1, 1}).separate(y, cost, 1)
	if gotBias != wantBias {
		t.Errorf("bias %g, want %g", gotBias, wantBias)
	}
	for r, f := range factors {
		if got[r] != want[r]*f {
			t.Errorf("row %d weighs %g, want %g", r, got[r], want[r]*f)
		}
	}
}
