package model

import (
	"math"
	"math/rand/v2"
)

// problem is a set of vectors over the same rows.
type problem struct {
	vectors []Vector
	norms   []float64 // Squared length of each vector, with the bias.
	factors []float32 // How much each row counts.
}

func newProblem(vectors []Vector, factors []float32) *problem {
	p := &problem{vectors: make([]Vector, len(vectors)), norms: make([]float64, len(vectors)), factors: factors}
	for i, v := range vectors {
		values := make([]float32, len(v.values))
		p.norms[i] = 1
		for k, r := range v.rows {
			values[k] = v.values[k] * factors[r]
			p.norms[i] += float64(values[k]) * float64(values[k])
		}
		p.vectors[i] = Vector{rows: v.rows, values: values}
	}
	return p
}

// epochs bounds the passes over the data; most problems stop earlier.
const epochs = 60

// separate trains a linear support vector machine with squared hinge loss by
// dual coordinate descent (Hsieh et al. 2008). y is +1 or -1 and cost the
// price of an error for each vector. It returns the weights of the rows as
// they were given, and the bias.
func (p *problem) separate(y []int8, cost []float64, seed uint64) ([]float32, float32) {
	w, bias := make([]float32, len(p.factors)), float32(0)
	alpha := make([]float64, len(p.vectors))
	order := rand.New(rand.NewPCG(seed, 1)).Perm(len(p.vectors))
	rng := rand.New(rand.NewPCG(seed, 2))
	for range epochs {
		worst := 0.0
		rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for _, i := range order {
			if cost[i] == 0 {
				continue
			}
			v, yi := p.vectors[i], float64(y[i])
			diagonal := 1 / (2 * cost[i])
			gradient := yi*(dot(w, v)+float64(bias)) - 1 + alpha[i]*diagonal
			projected := gradient
			if alpha[i] == 0 {
				projected = min(gradient, 0)
			}
			if projected == 0 {
				continue
			}
			worst = max(worst, math.Abs(projected))
			next := max(alpha[i]-gradient/(p.norms[i]+diagonal), 0)
			step := float32((next - alpha[i]) * yi)
			alpha[i] = next
			bias += step
			for k, r := range v.rows {
				w[r] += step * v.values[k]
			}
		}
		if worst < 0.02 {
			break
		}
	}
	for r, f := range p.factors {
		w[r] *= f
	}
	return w, bias
}

func dot(w []float32, v Vector) float64 {
	sum := float32(0)
	for k, r := range v.rows {
		sum += w[r] * v.values[k]
	}
	return float64(sum)
}
