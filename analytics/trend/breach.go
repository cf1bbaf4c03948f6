package trend

import "math"

// Past is how many letters were still open with as much time left, and how many
// of these ran out of time.
type Past struct{ Open, Breached int }

// unitWeight is how many letters the city's share is worth beside the unit's.
const unitWeight = 20.0

// MinPast is how many letters the city's share must rest on.
const MinPast = 30

// Share is what a unit's share is believed to be: a beta distribution.
type Share struct{ A, B float64 }

// Mean is the expected share.
func (s Share) Mean() float64 { return s.A / (s.A + s.B) }

// ShareOf draws a unit's share towards the city's, the more the fewer letters
// the unit had. The city's must rest on MinPast letters.
func ShareOf(unit, city Past) (Share, bool) {
	if city.Open < MinPast {
		return Share{}, false
	}
	p := (float64(city.Breached) + 0.5) / (float64(city.Open) + 1)
	return Share{float64(unit.Breached) + unitWeight*p, float64(unit.Open-unit.Breached) + unitWeight*(1-p)}, true
}

// Breaches is the distribution of how many of the open letters will run out of
// time: beta-binomial for letters with the same time left, summed over these.
type Breaches []float64

// Add returns the distribution with n letters more of which the share breaches.
func (b Breaches) Add(n int, s Share) Breaches {
	if len(b) == 0 {
		b = Breaches{1}
	}
	sum := make(Breaches, len(b)+n)
	for k := range n + 1 {
		mass := math.Exp(logChoose(n, k) + logBeta(float64(k)+s.A, float64(n-k)+s.B) - logBeta(s.A, s.B))
		for i, p := range b {
			sum[i+k] += p * mass
		}
	}
	return sum
}

func logBeta(a, b float64) float64 {
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	both, _ := math.Lgamma(a + b)
	return la + lb - both
}

// Mean is the expected number.
func (b Breaches) Mean() float64 {
	mean := 0.0
	for k, p := range b {
		mean += float64(k) * p
	}
	return mean
}

// Interval holds the number with a probability of 90 % at least, half of the
// rest on either side.
func (b Breaches) Interval() (low, high int) {
	const side = 0.05
	below := 0.0
	for low < len(b)-1 && below+b[low] <= side {
		below += b[low]
		low++
	}
	above := 0.0
	for high = len(b) - 1; high > low && above+b[high] <= side; high-- {
		above += b[high]
	}
	return low, max(high, 0)
}
