package recount

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Figure is a count unless one of the others is given.
type Figure struct {
	Count     int
	Rate      *Rate
	Ratio     *Ratio
	Quantiles *Quantiles
}

// Rate is a share, and how many were left out of it for which reason.
type Rate struct {
	N, D     int
	Excluded map[string]int
}

// Ratio is one count over another that it is no part of.
type Ratio struct{ N, D int }

// Quantiles are those of clocks, in working days or minutes.
type Quantiles struct {
	P50        *int        `json:"p50"`
	P90        *int        `json:"p90"`
	Mean       json.Number `json:"mean,omitempty"` // Of the finished.
	Finished   int         `json:"finished"`
	Running    int         `json:"running"`
	P50AtLeast bool        `json:"p50_at_least"`
	P90AtLeast bool        `json:"p90_at_least"`
}

// MarshalJSON writes the figure as `jiesu kpi --json` does, but for the order of
// keys.
func (f Figure) MarshalJSON() ([]byte, error) {
	switch {
	case f.Rate != nil:
		return json.Marshal(map[string]any{"n": f.Rate.N, "d": f.Rate.D, "pct": f.Rate.percent(), "excluded": f.Rate.Excluded})
	case f.Ratio != nil:
		return json.Marshal(map[string]any{"n": f.Ratio.N, "d": f.Ratio.D, "per": f.Ratio.per()})
	case f.Quantiles != nil:
		return json.Marshal(f.Quantiles)
	}
	return json.Marshal(f.Count)
}

// percent is rounded half up to 0.1, but 100.0 only if n = d and 0.0 only if
// n = 0; d = 0 gives null.
func (r Rate) percent() *json.Number {
	switch {
	case r.D == 0:
		return nil
	case r.N == r.D:
		return tenths(1000)
	case r.N == 0:
		return tenths(0)
	}
	return tenths(min(max(roundedTenths(100*r.N, r.D), 1), 999))
}

func (r Ratio) per() *json.Number {
	if r.D == 0 {
		return nil
	}
	return tenths(roundedTenths(r.N, r.D))
}

// roundedTenths is n over d in tenths, rounded half up.
func roundedTenths(n, d int) int { return (2*10*n + d) / (2 * d) }

func tenths(n int) *json.Number {
	number := json.Number(fmt.Sprintf("%d.%d", n/10, n%10))
	return &number
}

// kinds says of every figure what is made of its members.
func kinds() map[string]func(*members) Figure {
	all := map[string]func(*members) Figure{"letters_per_writer": ratioOf, "recovered_yuan": countOf, "leads_true": rateOf, "leads_filed": rateOf}
	for _, f := range letterCounts() {
		all[f.id] = countOf
	}
	for _, f := range letterThings() {
		all[f.id] = distinctOf
	}
	for _, f := range letterRates() {
		all[f.id] = rateOf
	}
	for _, f := range hopRates() {
		all[f.id] = rateOf
	}
	for _, f := range letterClocks() {
		all[f.id] = quantilesOf
	}
	for _, f := range eventThings() {
		all[f.id] = distinctOf
	}
	return all
}

func countOf(m *members) Figure { return Figure{Count: m.count} }

func distinctOf(m *members) Figure { return Figure{Count: len(m.things)} }

func ratioOf(m *members) Figure { return Figure{Ratio: &Ratio{N: m.count, D: len(m.things)}} }

func rateOf(m *members) Figure {
	rate := &Rate{N: m.answers[yes], D: m.answers[yes] + m.answers[no], Excluded: map[string]int{}}
	for a, n := range m.answers {
		if a != yes && a != no {
			rate.Excluded[string(a)] = n
		}
	}
	return Figure{Rate: rate}
}

func quantilesOf(m *members) Figure {
	q := &Quantiles{Finished: len(m.finished), Running: len(m.running)}
	if q.Finished > 0 {
		sum := 0
		for _, v := range m.finished {
			sum += v
		}
		q.Mean = *tenths(roundedTenths(sum, q.Finished))
	}
	q.P50, q.P50AtLeast = quantile(m, 50)
	q.P90, q.P90AtLeast = quantile(m, 90)
	return Figure{Quantiles: q}
}

// quantile is the smallest value such that at least percent of all values are
// no greater. It is a least value when it would be another if no running clock
// ever stopped.
func quantile(m *members, percent int) (*int, bool) {
	clocks := len(m.finished) + len(m.running)
	smallest := func(values []int) *int {
		for _, v := range slices.Sorted(slices.Values(values)) {
			notAbove := 0
			for _, other := range values {
				if other <= v {
					notAbove++
				}
			}
			if 100*notAbove >= percent*clocks {
				return &v
			}
		}
		return nil
	}
	value, most := smallest(slices.Concat(m.finished, m.running)), smallest(m.finished)
	return value, value != nil && (most == nil || *most != *value)
}
