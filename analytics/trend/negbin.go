package trend

import "math"

// NegBin is the negative binomial distribution of a count with the mean and the
// variance Mean + Mean²/Size. A large Size makes it Poisson's.
type NegBin struct{ Mean, Size float64 }

// maxSize keeps the logarithms of factorials exact enough; beyond it the
// distribution is Poisson's to six digits.
const maxSize = 1e6

// logMass is the logarithm of the probability of exactly x.
func (d NegBin) logMass(x int) float64 {
	k := min(d.Size, maxSize)
	all, _ := math.Lgamma(k + float64(x))
	size, _ := math.Lgamma(k)
	count, _ := math.Lgamma(float64(x) + 1)
	return all - size - count + k*math.Log(k/(k+d.Mean)) + float64(x)*math.Log(d.Mean/(k+d.Mean))
}

// Tail is the probability of x or more.
func (d NegBin) Tail(x int) float64 {
	if x <= 0 {
		return 1
	}
	if d.Mean <= 0 {
		return 0
	}
	k := min(d.Size, maxSize)
	ratio := d.Mean / (k + d.Mean)
	mass, sum := math.Exp(d.logMass(x)), 0.0
	if float64(x) > d.Mean { // Upwards, each mass from the one before.
		for j := x; mass > sum*1e-12 && mass > 0; j++ {
			sum += mass
			mass *= (float64(j) + k) / float64(j+1) * ratio
		}
		return min(sum, 1)
	}
	for j := x - 1; j >= 0; j-- {
		mass = math.Exp(d.logMass(j))
		sum += mass
		if mass < sum*1e-12 {
			break
		}
	}
	return max(0, 1-sum)
}

// AtLeast returns the smallest count that is reached with a probability of p at
// most, p in (0, 1).
func (d NegBin) AtLeast(p float64) int {
	low, high := 0, 1 // Tail(low) > p.
	for d.Tail(high) > p {
		low, high = high, 2*high
	}
	for high-low > 1 {
		if middle := (low + high) / 2; d.Tail(middle) > p {
			low = middle
		} else {
			high = middle
		}
	}
	return high
}
