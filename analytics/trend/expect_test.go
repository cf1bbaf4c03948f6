package trend_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"jiesu.cn/jiesu/analytics/trend"
)

// plan is a constructed mailbox: what each cell gets on an average day, what a
// kind of day does to it, and how much more than Poisson it varies.
type plan struct {
	rates   []float64
	pattern func(trend.Kind) float64
	spread  float64 // Variance over mean; 1 is Poisson.
}

// cityLike has the sizes of the mailbox: 60 letters a day over 198 cells, most
// of them with hardly any.
func cityLike(pattern func(trend.Kind) float64, spread float64) plan {
	p := plan{pattern: pattern, spread: spread}
	for i := range 198 {
		p.rates = append(p.rates, math.Pow(float64(i+1), -1))
	}
	total := 0.0
	for _, r := range p.rates {
		total += r
	}
	for i := range p.rates {
		p.rates[i] *= 60 / total
	}
	return p
}

func flat(trend.Kind) float64 { return 1 }

func weekly(k trend.Kind) float64 {
	switch k {
	case 0, 6:
		return 0.5
	case trend.Holiday:
		return 0.3
	default:
		return 1.2
	}
}

// kindsOf is days beginning on a Monday, a holiday of a week among them where
// one is wanted.
func kindsOf(days, holiday int) []trend.Kind {
	kinds := make([]trend.Kind, days)
	for i := range kinds {
		kinds[i] = trend.Kind((i + 1) % 7)
		if holiday > 0 && i >= holiday && i < holiday+7 {
			kinds[i] = trend.Holiday
		}
	}
	return kinds
}

func (p plan) draw(r *rand.Rand, kinds []trend.Kind) trend.History {
	h := trend.History{Kinds: kinds, Total: make([]int, len(kinds))}
	for _, rate := range p.rates {
		counts := make([]int, len(kinds))
		for i, k := range kinds {
			counts[i] = count(r, rate*p.pattern(k), p.spread)
			h.Total[i] += counts[i]
		}
		h.Cells = append(h.Cells, trend.Cell{Counts: counts})
	}
	return h
}

// count draws a Poisson number, or a negative binomial one as a Poisson number
// of clusters with a logarithmic number of letters each.
func count(r *rand.Rand, mean, spread float64) int {
	if spread <= 1 {
		return poisson(r, mean)
	}
	p := 1 - 1/spread
	total := 0
	for range poisson(r, mean/(spread-1)*math.Log(spread)) {
		size, mass, u := 1, -p/math.Log(1-p), r.Float64()
		for u > mass && size < 1000 {
			u -= mass
			mass *= p * float64(size) / float64(size+1)
			size++
		}
		total += size
	}
	return total
}

func poisson(r *rand.Rand, mean float64) int {
	limit, product, n := math.Exp(-mean), r.Float64(), 0
	for product > limit {
		product *= r.Float64()
		n++
	}
	return n
}

// alpha is what each of a week's tests of the cells may be wrong with.
func alpha(cells int) float64 { return trend.Alpha(cells * 2 * 7) }

// alarmsAWeek draws many weeks after eight of baseline and counts what is
// flagged although nothing rose.
func alarmsAWeek(p plan, holiday int) float64 {
	r := rand.New(rand.NewPCG(7, 11))
	const runs, days = 12, 66 + 28
	alarms := 0
	for range runs {
		h := p.draw(r, kindsOf(days, holiday))
		for day := 66; day < days; day++ {
			for _, width := range []int{1, 7} {
				for _, f := range h.Forecasts(day, width) {
					if f.Count >= f.Limit(alpha(len(h.Cells))) {
						alarms++
					}
				}
			}
		}
	}
	return float64(alarms) / runs / 4
}

// TestFalseAlarms: at most one a week may be flagged when nothing rose. The
// figures are those of docs/metrics.md.
func TestFalseAlarms(t *testing.T) {
	for name, c := range map[string]struct {
		plan    plan
		holiday int
	}{
		"flat":           {cityLike(flat, 1), 0},
		"weekly":         {cityLike(weekly, 1), 0},
		"holiday before": {cityLike(weekly, 1), 40},
		"holiday in it":  {cityLike(weekly, 1), 75},
		"over-dispersed": {cityLike(weekly, 1.5), 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := alarmsAWeek(c.plan, c.holiday)
			t.Logf("%.2f false alarms a week", got)
			if got > 1 {
				t.Errorf("%.2f false alarms a week, at most 1 wanted", got)
			}
		})
	}
}

// detected is the share of surges of so many letters, on top of what comes
// anyway, that are flagged in the cell on the day or in the week ending on it.
func detected(p plan, cell, extra, over int) float64 {
	r := rand.New(rand.NewPCG(3, 5))
	const runs, last = 60, 75
	found := 0
	for range runs {
		h := p.draw(r, kindsOf(last+1, 0))
		for i := range extra {
			h.Cells[cell].Counts[last-i%over]++
			h.Total[last-i%over]++
		}
		flagged := false
		for _, width := range []int{1, 7} {
			f := h.Forecasts(last, width)[cell]
			flagged = flagged || f.Count >= f.Limit(alpha(len(h.Cells)))
		}
		if flagged {
			found++
		}
	}
	return float64(found) / runs
}

// TestDetection plants surges in a quiet cell (0.1 letters a day), a middling
// one (1) and a busy one (10). The figures are those of docs/metrics.md.
func TestDetection(t *testing.T) {
	p := cityLike(weekly, 1)
	quiet, middling, busy := 101, 9, 0
	for _, c := range []struct {
		name              string
		cell, extra, over int
		least             float64
	}{
		{"quiet +4 in a day", quiet, 4, 1, 0.9},
		{"quiet +8 in a week", quiet, 8, 7, 0.7},
		{"middling +4 in a day", middling, 4, 1, 0},
		{"middling +8 in a day", middling, 8, 1, 0.9},
		{"middling +20 in a week", middling, 20, 7, 0.8},
		{"busy +10 in a day", busy, 10, 1, 0},
		{"busy +20 in a day", busy, 20, 1, 0.9},
		{"busy +60 in a week", busy, 60, 7, 0.9},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := detected(p, c.cell, c.extra, c.over)
			t.Logf("rate %.2f a day: %.0f %% found", p.rates[c.cell], 100*got)
			if got < c.least {
				t.Errorf("%.0f %% found", 100*got)
			}
		})
	}
}

// TestPattern: an exact weekly pattern is expected day by day, and a day off in
// the week as a Sunday until holidays have been seen.
func TestPattern(t *testing.T) {
	kinds := kindsOf(66, 0)
	kinds[65] = trend.Holiday
	kinds[64] = trend.Eve
	h := trend.History{Kinds: kinds, Total: make([]int, len(kinds)), Cells: []trend.Cell{{Counts: make([]int, len(kinds))}}}
	for i, k := range kinds {
		h.Total[i] = 600 * 10
		if k == 0 || k == 6 {
			h.Total[i] = 600 * 5
		}
		h.Cells[0].Counts[i] = h.Total[i]
	}
	for day, want := range map[int]float64{60: 6000, 61: 3000, 62: 3000, 63: 6000, 64: 6000, 65: 3000} {
		near(t, "mean", h.Forecasts(day, 1)[0].Mean, want, 0.01*want)
	}
	near(t, "mean of a week", h.Forecasts(63, 7)[0].Mean, 5*6000+2*3000, 300)
}

// TestNoLookAhead: what comes on the day or later, or in the two days before,
// does not change what is expected of it; too few days expect nothing.
func TestNoLookAhead(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	h := cityLike(weekly, 1).draw(r, kindsOf(80, 0))
	before := h.Forecasts(70, 1)
	for i := range h.Cells {
		for day := 68; day < 80; day++ {
			h.Total[day] += 50
			h.Cells[i].Counts[day] += 50
		}
	}
	for i, f := range h.Forecasts(70, 1) {
		if f.NegBin != before[i].NegBin {
			t.Fatalf("cell %d: %v, before %v", i, f.NegBin, before[i].NegBin)
		}
	}
	if h.Forecasts(29, 1) != nil || h.Forecasts(30, 1) == nil || h.Forecasts(35, 7) != nil || h.Forecasts(36, 7) == nil {
		t.Error("an expectation needs 28 days before the two left out")
	}
}
