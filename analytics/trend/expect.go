package trend

import "math"

// The stretch of days that an expectation rests on.
const (
	BaselineDays = 56 // Eight weeks, so that every weekday occurs eight times.
	GuardDays    = 2  // Left out just before the window, so that a rise that has begun does not hide itself (EARS C2).
	MinBaseline  = 28 // Fewer days give no expectation.
)

// MinSurge is the fewest letters that make a surge.
const MinSurge = 4

// patternWeight is how many letters speak for no pattern; half a letter is what
// a level has by Jeffreys' prior before any was seen.
const (
	patternWeight = 20.0
	priorLetters  = 0.5
)

// Cell is one daily series of counts.
type Cell struct {
	Group  int   // Cells of one group share their over-dispersion.
	Counts []int // By day.
}

// History is the counts of all series over the same days.
type History struct {
	Kinds []Kind
	Total []int // Letters of each day, of which the pattern of days is learnt.
	Cells []Cell
}

// Forecast is what a window of days should bring to one cell.
type Forecast struct {
	Count int
	NegBin
}

// P is the probability of as many letters as came, or more.
func (f Forecast) P() float64 { return f.Tail(f.Count) }

// Range is the interval that holds the count with a probability of 99 % at
// least, half of the rest on either side.
func (f Forecast) Range() (low, high int) {
	const side = 0.005
	low = max(0, f.AtLeast(1-side)-1)
	return low, f.AtLeast(side) - 1
}

// Forecasts returns for each cell what the width days up to and including the
// day of index last should bring, from the days before them alone: nil where
// these are too few.
func (h History) Forecasts(last, width int) []Forecast {
	end := last - width + 1 - GuardDays
	first := max(0, end-BaselineDays)
	if end-first < MinBaseline {
		return nil
	}
	factors := h.factors(first, end)
	exposure := sum(factors[first:end])
	ahead := sum(factors[last-width+1 : last+1])
	spread := h.dispersion(first, end, width, factors)
	forecasts := make([]Forecast, len(h.Cells))
	for i, c := range h.Cells {
		// What is not known of the level makes Poisson counts negative binomial.
		shape := float64(sum(c.Counts[first:end])) + priorLetters
		mean := shape / exposure * ahead
		forecasts[i] = Forecast{sum(c.Counts[last-width+1 : last+1]), NegBin{mean, mean / (spread[c.Group] - 1 + mean/shape)}}
	}
	return forecasts
}

// factors returns how many letters each day up to the window's end brings
// beside an average day of the baseline. The pattern is that of its kind, drawn
// towards a plainer one where few letters tell.
func (h History) factors(first, end int) []float64 {
	var letters, days [kinds]float64
	for day := first; day < end; day++ {
		letters[h.Kinds[day]] += float64(h.Total[day])
		days[h.Kinds[day]]++
	}
	mean := float64(sum(h.Total[first:end])) / float64(end-first)
	drawn := func(kind Kind, towards float64) float64 {
		return (letters[kind] + patternWeight*towards) / (mean*days[kind] + patternWeight)
	}
	var pattern [kinds]float64
	var weekdays float64
	for kind := range Holiday {
		pattern[kind] = drawn(kind, 1)
		if kind != 0 && kind != Holiday-1 {
			weekdays += pattern[kind] / 5
		}
	}
	pattern[Holiday] = drawn(Holiday, pattern[0])
	pattern[Eve], pattern[MakeUp] = drawn(Eve, weekdays), drawn(MakeUp, weekdays)
	factors := make([]float64, len(h.Kinds))
	for day, kind := range h.Kinds {
		factors[day] = pattern[kind]
	}
	return factors
}

// dispersion returns for each group how many times the variance of the letters
// of width days exceeds Poisson's: Pearson's statistic over the degrees of
// freedom, all cells of the group taken together, 1 at least.
func (h History) dispersion(first, end, width int, factors []float64) map[int]float64 {
	squares, expected := map[int]float64{}, map[int]float64{}
	blocks := (end - first) / width
	first = end - blocks*width
	exposure := sum(factors[first:end])
	for _, c := range h.Cells {
		level := float64(sum(c.Counts[first:end])) / exposure
		if level == 0 {
			continue
		}
		for start := first; start < end; start += width {
			mean := level * sum(factors[start:start+width])
			squares[c.Group] += math.Pow(float64(sum(c.Counts[start:start+width]))-mean, 2)
			expected[c.Group] += mean
		}
	}
	spread := map[int]float64{}
	for _, c := range h.Cells {
		spread[c.Group] = 1
	}
	for group, mean := range expected {
		spread[group] = max(1, squares[group]/mean*float64(blocks)/float64(blocks-1))
	}
	return spread
}

func sum[T int | float64](values []T) T {
	var total T
	for _, v := range values {
		total += v
	}
	return total
}

// falseAlarmsAWeek is how many surges a week chance may bring over all cells
// when the model holds: half of the one that is allowed, since letters vary in
// more ways than it knows.
const falseAlarmsAWeek = 0.5

// Alpha is the probability with which each of a week's tests may be wrong.
func Alpha(testsAWeek int) float64 { return falseAlarmsAWeek / float64(testsAWeek) }

// Limit returns the count from which a cell is flagged when each test may be
// wrong with probability alpha.
func (f Forecast) Limit(alpha float64) int { return max(MinSurge, f.AtLeast(alpha)) }
