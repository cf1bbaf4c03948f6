package simulate

import (
	"math"
	"math/bits"
	"math/rand/v2"
	"time"
)

// Streams keep the draws for different questions apart, so that asking one
// more question of a letter changes no other answer.
const (
	streamFate uint64 = iota + 1
	streamSeries
	streamArrival
	streamLetter
	streamClosing
	streamHandling
	streamText
	streamWriter
	streamDay
	streamSilent
)

// mix is the finalizer of SplitMix64 over a running sum.
func mix(parts ...uint64) uint64 {
	h := uint64(0x9e3779b97f4a7c15)
	for _, p := range parts {
		h += p + 0x9e3779b97f4a7c15
		h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
		h = (h ^ h>>27) * 0x94d049bb133111eb
		h ^= h >> 31
	}
	return h
}

// unit turns a hash into a number in [0, 1).
func unit(h uint64) float64 { return float64(h>>11) / (1 << 53) }

// dice draws for one letter and stream.
type dice struct{ *rand.Rand }

func roll(parts ...uint64) dice {
	h := mix(parts...)
	return dice{rand.New(rand.NewPCG(h, mix(h)))}
}

func (d dice) chance(p float64) bool { return d.Float64() < p }

// between draws evenly from [lo, hi), at least a millisecond's step.
func (d dice) between(lo, hi time.Duration) time.Duration {
	return lo + time.Duration(d.Float64()*float64(hi-lo))
}

// tailed draws from [lo, hi) with most of the mass near lo.
func (d dice) tailed(lo, hi time.Duration, power float64) time.Duration {
	return lo + time.Duration(math.Pow(d.Float64(), power)*float64(hi-lo))
}

// pick draws an index with the given weights.
func (d dice) pick(weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	x := d.Float64() * total
	for i, w := range weights {
		if x -= w; x < 0 {
			return i
		}
	}
	return len(weights) - 1
}

func oneOf[T any](d dice, choices ...T) T { return choices[d.IntN(len(choices))] }

// permutation is a keyed bijection of [0, n): a Feistel network of four rounds
// over the next power of four, walked until it lands inside.
type permutation struct {
	n    uint64
	half int // Bits of each side.
	keys [4]uint64
}

func newPermutation(n uint64, seed ...uint64) permutation {
	p := permutation{n: n, half: max(1, (bits.Len64(n)+1)/2)}
	h := mix(seed...)
	for i := range p.keys {
		p.keys[i] = mix(h, uint64(i))
	}
	return p
}

// rank returns the place of i in the shuffled order.
func (p permutation) rank(i uint64) uint64 {
	for {
		left, right := i>>p.half, i&(1<<p.half-1)
		for _, k := range p.keys {
			left, right = right, left^mix(k, right)&(1<<p.half-1)
		}
		if i = left<<p.half | right; i < p.n {
			return i
		}
	}
}

// at returns the i whose rank is r.
func (p permutation) at(r uint64) uint64 {
	for {
		left, right := r>>p.half, r&(1<<p.half-1)
		for k := len(p.keys) - 1; k >= 0; k-- {
			left, right = right^mix(p.keys[k], left)&(1<<p.half-1), left
		}
		if r = left<<p.half | right; r < p.n {
			return r
		}
	}
}
