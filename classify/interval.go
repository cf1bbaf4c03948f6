package classify

import (
	"math"
	"math/rand/v2"
	"slices"
)

// Interval is a 95 % interval.
type Interval struct {
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// Coverage tells how many letters are answered at a confidence or more, and
// how many of those rightly.
type Coverage struct {
	Confidence float64 `json:"confidence"`
	Share      float64 `json:"share"`
	Accuracy   float64 `json:"accuracy"`
}

// lettersPerDay is the usual day of the mailbox, for figures a reader can feel.
const lettersPerDay = 60

// yesNo scores a yes-or-no question, with intervals.
func (t *tally) yesNo(seed uint64) BinaryClass {
	b := t.binary("yes")
	if len(t.want) == 0 {
		return b
	}
	f1 := t.bootstrap(seed, func(s *tally) float64 { return s.binary("yes").F1 })
	recall := exact(b.TruePositive, b.TruePositive+b.FalseNegative)
	b.F1Interval, b.RecallExact = &f1, &recall
	b.FalsePerDay = lettersPerDay * ratio(b.FalsePositive, len(t.want))
	if t.prob != nil {
		b.ECE = t.yesError()
	}
	return b
}

// resamples is how many bootstrap samples make an interval.
const resamples = 1000

// bootstrap returns the middle 95 % of a figure over samples drawn with
// replacement.
func (t *tally) bootstrap(seed uint64, figure func(*tally) float64) Interval {
	n := len(t.want)
	if n == 0 {
		return Interval{}
	}
	rng := rand.New(rand.NewPCG(seed, 4))
	values := make([]float64, resamples)
	sample := tally{want: make([]string, n), got: make([]string, n)}
	for k := range values {
		for i := range n {
			j := rng.IntN(n)
			sample.want[i], sample.got[i] = t.want[j], t.got[j]
		}
		values[k] = figure(&sample)
	}
	slices.Sort(values)
	return Interval{values[resamples*25/1000], values[resamples*975/1000-1]}
}

// bin is a range of probabilities.
type bin struct{ letters, right, sum float64 }

const bins = 10

// calibrationError is the expected calibration error of the answers given.
func (t *tally) calibrationError() float64 {
	var by [bins]bin
	for i, p := range t.prob {
		b := &by[min(int(p*bins), bins-1)]
		b.letters++
		b.sum += p
		if t.want[i] == t.got[i] {
			b.right++
		}
	}
	return weighted(by, len(t.prob))
}

// yesError is the expected calibration error of the probability of yes.
func (t *tally) yesError() float64 {
	var by [bins]bin
	for i, p := range t.prob {
		b := &by[min(int(p*bins), bins-1)]
		b.letters++
		b.sum += p
		if t.want[i] == "yes" {
			b.right++
		}
	}
	return weighted(by, len(t.prob))
}

func weighted(by [bins]bin, n int) float64 {
	sum := 0.0
	for _, b := range by {
		sum += math.Abs(b.sum - b.right)
	}
	return sum / float64(max(n, 1))
}

// coverage tabulates coverage and accuracy at rising confidence.
func (t *tally) coverage() []Coverage {
	var out []Coverage
	for _, least := range []float64{0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95} {
		covered, right := 0, 0
		for i, p := range t.prob {
			if p >= least {
				covered++
				if t.want[i] == t.got[i] {
					right++
				}
			}
		}
		out = append(out, Coverage{least, ratio(covered, len(t.prob)), ratio(right, covered)})
	}
	return out
}

// exact is the Clopper-Pearson interval of k in n, found by bisection on the
// binomial distribution.
func exact(k, n int) Interval {
	if n == 0 {
		return Interval{0, 1}
	}
	solve := func(want float64, tail func(p float64) float64) float64 {
		low, high := 0.0, 1.0
		for range 60 {
			mid := (low + high) / 2
			if tail(mid) < want {
				low = mid
			} else {
				high = mid
			}
		}
		return (low + high) / 2
	}
	out := Interval{0, 1}
	if k > 0 {
		out.Low = solve(0.025, func(p float64) float64 { return 1 - atMost(k-1, n, p) })
	}
	if k < n {
		out.High = solve(0.975, func(p float64) float64 { return 1 - atMost(k, n, p) })
	}
	return out
}

// atMost is the probability of at most k successes in n.
func atMost(k, n int, p float64) float64 {
	if p <= 0 {
		return 1
	}
	if p >= 1 {
		return 0
	}
	sum, choose := 0.0, 0.0 // Logarithm of the binomial coefficient.
	for i := range k + 1 {
		sum += math.Exp(choose + float64(i)*math.Log(p) + float64(n-i)*math.Log(1-p))
		choose += math.Log(float64(n-i)) - math.Log(float64(i+1))
	}
	return sum
}
