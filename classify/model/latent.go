package model

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Basis is a low-dimensional space in which letters that use related words lie
// close together, learnt from letters without labels (latent semantic
// analysis over one block of features). It lets labelled letters teach about
// words they do not hold themselves. Since it is linear it costs nothing
// when judging: trained weights on it are folded into those of the features.
type Basis struct {
	block Block
	dims  int
	at    map[uint32]int32 // Feature to its place in vectors.
	axes  []float32        // dims numbers for each feature, orthonormal by column.
}

// matrix is a sparse matrix by rows.
type matrix struct {
	rows    []Vector
	columns int
}

// Basis learns dims dimensions from one block of texts, Body or Word, over the
// features that at least so many of the counted letters have.
func (v *Vocabulary) Basis(texts []*Text, block Block, dims, least int, seed uint64) *Basis {
	b := &Basis{block: block, dims: dims, at: map[uint32]int32{}}
	x := matrix{}
	for _, t := range texts {
		x.rows = append(x.rows, v.blockVector(t, b, least))
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

// blockVector weighs the features of a text, numbering new ones.
func (v *Vocabulary) blockVector(t *Text, b *Basis, least int) Vector {
	counts := map[uint32]int32{}
	var keys []uint32
	total := int32(0)
	for _, o := range t.block(b.block) {
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
		if _, ok := b.at[key]; !ok {
			b.at[key] = int32(len(b.at))
		}
		out.rows[i] = b.at[key]
		out.values[i] = v.idf(v.counts[key]) * tf(counts[key]) * blockScale(b.block, total)
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

// space is a basis joined to a model: its dimensions are further rows behind
// those of the model.
type space struct {
	*Basis
	offset int
	factor float32 // Brings places in the space to length 1 on the mean.
}

// lift appends to each vector its place in each of the spaces.
func (m *Model) lift(bases []*Basis, vectors []Vector) ([]Vector, []space) {
	lifted := make([]Vector, len(vectors))
	for i, v := range vectors {
		lifted[i] = Vector{rows: slices.Clone(v.rows), values: slices.Clone(v.values)}
	}
	var spaces []space
	offset := len(m.keys)
	for _, b := range bases {
		s := space{Basis: b, offset: offset}
		places := make([][]float32, len(vectors))
		length := 0.0
		for i, v := range vectors {
			var size float64
			places[i], size = b.place(m, v)
			length += size
		}
		s.factor = float32(float64(len(vectors)) / max(length, 1e-9))
		for i := range lifted {
			for d, x := range places[i] {
				lifted[i].rows = append(lifted[i].rows, int32(offset+d))
				lifted[i].values = append(lifted[i].values, x*s.factor)
			}
		}
		spaces = append(spaces, s)
		offset += b.dims
	}
	return lifted, spaces
}

// place is where a vector lies in the space, and how far from its origin.
func (b *Basis) place(m *Model, v Vector) (at []float32, length float64) {
	at = make([]float32, b.dims)
	for n, r := range v.rows {
		if k, ok := b.at[m.keys[r]]; ok {
			add(at, b.axes[int(k)*b.dims:(int(k)+1)*b.dims], v.values[n])
		}
	}
	for _, x := range at {
		length += float64(x) * float64(x)
	}
	return at, math.Sqrt(length)
}

// fold brings weights on lifted vectors back to the features.
func (m *Model) fold(spaces []space, w []float32) []float32 {
	own := w[:len(m.keys)]
	for _, s := range spaces {
		axes := w[s.offset : s.offset+s.dims]
		for r, key := range m.keys {
			if at, ok := s.at[key]; ok {
				sum := float32(0)
				for d, x := range s.axes[int(at)*s.dims : (int(at)+1)*s.dims] {
					sum += x * axes[d]
				}
				own[r] += sum * s.factor
			}
		}
	}
	return own
}
