package trend

import (
	"math"
	"slices"
)

// Use counts how many writers used a phrase, of how many in all, in the recent
// days and in the time before.
type Use struct{ Recent, RecentAll, Before, BeforeAll int }

// P is Fisher's exact probability, one-sided, of a recent use this large or
// larger if the phrase were as common as before, given its use in all.
func (u Use) P() float64 {
	all, uses := u.RecentAll+u.BeforeAll, u.Recent+u.Before
	p := 0.0
	for k := u.Recent; k <= min(uses, u.RecentAll); k++ {
		p += math.Exp(logChoose(uses, k) + logChoose(all-uses, u.RecentAll-k) - logChoose(all, u.RecentAll))
	}
	return min(p, 1)
}

func logChoose(n, k int) float64 {
	if k < 0 || k > n {
		return math.Inf(-1)
	}
	whole, _ := math.Lgamma(float64(n) + 1)
	in, _ := math.Lgamma(float64(k) + 1)
	out, _ := math.Lgamma(float64(n-k) + 1)
	return whole - in - out
}

// QValues turns the p-values into the rates of false discoveries at which each
// would just be accepted (Benjamini and Hochberg, JRSS B 57, 1995), of tests
// questions in all: those not listed count as having p-values no smaller.
func QValues(p []float64, tests int) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case p[a] < p[b]:
			return -1
		case p[a] > p[b]:
			return 1
		}
		return 0
	})
	q, least := make([]float64, len(p)), 1.0
	for rank := len(order) - 1; rank >= 0; rank-- {
		least = min(least, p[order[rank]]*float64(tests)/float64(rank+1))
		q[order[rank]] = least
	}
	return q
}
