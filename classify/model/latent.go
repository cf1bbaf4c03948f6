package model

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Basis is a low-dimensional space in which letters that use related words lie
// close together, learnt from letters without labels (latent semantic
// analysis over the characters of the body). It lets labelled letters teach
// about words they do not hold themselves. Since it is linear it costs nothing
// when judging: trained weights on it are folded into those of the features.
type Basis struct {
	dims int
	at   map[uint32]int32 // Feature to its place in vectors.
	axes []float32        // dims numbers for each feature, orthonormal by column.
}

// matrix is a sparse matrix by rows.
type matrix struct {
	rows    []Vector
	columns int
}

// Basis learns dims dimensions from the bodies of texts, over the features that
// at least so many of the counted letters have.
func (v *Vocabulary) Basis(texts []*Text, dims, least int, seed uint64) *Basis {
	b := &Basis{dims: dims, at: map[uint32]int32{}}
	x := matrix{}
	for _, t := range texts {
		x.rows = append(x.rows, v.bodyVector(t, b.at, least))
	}
	x.columns = len(b.at)
	rng := rand.New(rand.NewPCG(seed, 3))
	z := make([]float32, x.columns*dims)
	for i := range z {
		z[i] = float32(rng.NormFloat64())
	}
	const rounds = 3 // Of subspace iteration; more changes little.
	for range rounds {
		y := x.times(z, dims)
		orthonormalise(y, dims)
		z = x.transposeTimes(y, dims)
	}
	orthonormalise(z, dims)
	b.axes = z
	return b
}

// bodyVector weighs the body features of a text, numbering new ones in at.
func (v *Vocabulary) bodyVector(t *Text, at map[uint32]int32, least int) Vector {
	counts := map[uint32]int32{}
	var keys []uint32
	total := int32(0)
	for _, o := range t.grams(nil, Body, Span{0, min(len(t.Runes), maxRunes)}) {
		total++
		if int(v.counts[o.key]) >= least {
			if counts[o.key] == 0 {
				keys = append(keys, o.key)
			}
			counts[o.key]++
		}
	}
	out := Vector{rows: make([]int32, len(keys)), values: make([]float32, len(keys))}
	for i, key := range keys {
		if _, ok := at[key]; !ok {
			at[key] = int32(len(at))
		}
		out.rows[i] = at[key]
		out.values[i] = v.idf(v.counts[key]) * tf(counts[key]) * blockScale(Body, total)
	}
	return out
}

// times multiplies by a dense matrix of k columns.
func (x matrix) times(z []float32, k int) []float32 {
	y := make([]float32, len(x.rows)*k)
	for i, row := range x.rows {
		into := y[i*k : i*k+k]
		for n, c := range row.rows {
			add(into, z[int(c)*k:int(c)*k+k], row.values[n])
		}
	}
	return y
}

// transposeTimes multiplies the transpose by a dense matrix of k columns.
func (x matrix) transposeTimes(y []float32, k int) []float32 {
	z := make([]float32, x.columns*k)
	for i, row := range x.rows {
		from := y[i*k : i*k+k]
		for n, c := range row.rows {
			add(z[int(c)*k:int(c)*k+k], from, row.values[n])
		}
	}
	return z
}

// add adds a multiple of a vector to another.
func add(into, from []float32, factor float32) {
	for i, x := range from {
		into[i] += factor * x
	}
}

// orthonormalise makes the k columns of a matrix orthonormal: the Cholesky
// factor of its Gram matrix is divided out, twice for the sake of rounding.
func orthonormalise(a []float32, k int) {
	for range 2 {
		l := cholesky(gram(a, k), k)
		row := make([]float64, k)
		for i := 0; i < len(a); i += k {
			for c := range k {
				sum := float64(a[i+c])
				for j, x := range row[:c] {
					sum -= x * l[c*k+j]
				}
				row[c] = sum / l[c*k+c]
			}
			for c, x := range row {
				a[i+c] = float32(x)
			}
		}
	}
}

// gram returns the lower half of the products of all columns.
func gram(a []float32, k int) []float64 {
	g := make([]float64, k*k)
	for i := 0; i < len(a); i += k {
		row := a[i : i+k]
		for c, x := range row {
			into := g[c*k : c*k+c+1]
			for j, y := range row[:c+1] {
				into[j] += float64(x) * float64(y)
			}
		}
	}
	return g
}

// cholesky factors a positive matrix given by its lower half, in place.
func cholesky(g []float64, k int) []float64 {
	for c := range k {
		for j := range c + 1 {
			sum := g[c*k+j]
			for n := range j {
				sum -= g[c*k+n] * g[j*k+n]
			}
			if c == j {
				g[c*k+c] = math.Sqrt(max(sum, 1e-12))
			} else {
				g[c*k+j] = sum / g[j*k+j]
			}
		}
	}
	return g
}

// keys lists the features of the basis, ascending.
func (b *Basis) keys() []uint32 {
	keys := make([]uint32, 0, len(b.at))
	for key := range b.at {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// lift appends to each vector its place in the space, as further rows behind
// those of the model, and returns the factor that brings it to length 1 on the mean.
func (b *Basis) lift(m *Model, vectors []Vector) (lifted []Vector, factor float32) {
	places := make([][]float32, len(vectors))
	length := 0.0
	for i, v := range vectors {
		places[i] = make([]float32, b.dims)
		for n, r := range v.rows {
			if at, ok := b.at[m.keys[r]]; ok {
				add(places[i], b.axes[int(at)*b.dims:(int(at)+1)*b.dims], v.values[n])
			}
		}
		square := 0.0
		for _, x := range places[i] {
			square += float64(x) * float64(x)
		}
		length += math.Sqrt(square)
	}
	factor = float32(float64(len(vectors)) / max(length, 1e-9))
	for i, v := range vectors {
		rows, values := slices.Clone(v.rows), slices.Clone(v.values)
		for d, x := range places[i] {
			rows, values = append(rows, int32(len(m.keys)+d)), append(values, x*factor)
		}
		lifted = append(lifted, Vector{rows: rows, values: values})
	}
	return lifted, factor
}

// fold brings weights on lifted vectors back to the features.
func (b *Basis) fold(m *Model, w []float32, factor float32) []float32 {
	own, space := w[:len(m.keys)], w[len(m.keys):]
	for r, key := range m.keys {
		if at, ok := b.at[key]; ok {
			sum := float32(0)
			for d, x := range b.axes[int(at)*b.dims : (int(at)+1)*b.dims] {
				sum += x * space[d]
			}
			own[r] += sum * factor
		}
	}
	return own
}
