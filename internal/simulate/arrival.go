package simulate

import (
	"math"
	"sort"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// arrivals spreads the letters over the days of a profile.
type arrivals struct {
	seed uint64
	days []arrivalDay
	cdf  [25]float64 // Share of a day's letters before each hour.
}

type arrivalDay struct {
	day   calendar.Date
	first int // Index of the day's first letter.
	count int
	due   time.Time // End of the fifth working day; zero when a notice is missing.
}

// hourWeights follow people's days: office hours, and a hump after supper.
func hourWeights() [24]float64 {
	return [24]float64{
		1.2, 0.7, 0.4, 0.3, 0.3, 0.5, 1.1, 2.2, 4.8, 7.2, 7.4, 6.0,
		4.3, 4.2, 5.6, 6.8, 6.6, 5.4, 4.4, 5.0, 6.2, 6.0, 4.6, 2.6,
	}
}

func newArrivals(p Profile, cal *calendar.Calendar, seed uint64, n int) arrivals {
	a := arrivals{seed: seed}
	hours := hourWeights()
	total := 0.0
	for _, w := range hours {
		total += w
	}
	for h, w := range hours {
		a.cdf[h+1] = a.cdf[h] + w/total
	}
	a.cdf[24] = 1
	a.days = spread(p.Windows, cal, n)
	return a
}

// spread deals n letters to the days in proportion to their weights.
func spread(windows []Span, cal *calendar.Calendar, n int) []arrivalDay {
	var days []arrivalDay
	var weights []float64
	total := 0.0
	for _, w := range windows {
		for day := w.From; !day.After(w.To); day = day.AddDays(1) {
			d := arrivalDay{day: day}
			if due, err := cal.Due(day.Start(), 5); err == nil {
				d.due = due.At
			}
			days = append(days, d)
			weights = append(weights, dayWeight(cal, day, len(days)))
			total += weights[len(weights)-1]
		}
	}
	sum, first := 0.0, 0
	for i := range days {
		sum += weights[i]
		next := int(math.Round(sum / total * float64(n)))
		days[i].first, days[i].count = first, next-first
		first = next
	}
	return days
}

// dayWeight: many letters in the first weeks after the opening, fewer on days
// off, more on Mondays.
func dayWeight(cal *calendar.Calendar, day calendar.Date, sinceOpening int) float64 {
	w := 1 + 0.9*math.Exp(-float64(sinceOpening)/12) + 0.0008*float64(sinceOpening)
	if worked, err := cal.IsWorkday(day); err == nil && !worked {
		return w * 0.72
	}
	if day.Weekday() == time.Monday {
		return w * 1.18
	}
	return w
}

// of returns the day of letter i, and its serial on that day from 0.
func (a *arrivals) of(i int) (arrivalDay, int) {
	k := sort.Search(len(a.days), func(k int) bool { return a.days[k].first > i }) - 1
	return a.days[k], i - a.days[k].first
}

// at returns when letter i arrives, and its id. Times never go back with i.
func (a *arrivals) at(i int) (time.Time, letter.ID) {
	d, serial := a.of(i)
	u := (float64(serial) + unit(mix(a.seed, streamArrival, uint64(i)))) / float64(d.count)
	h := min(sort.SearchFloat64s(a.cdf[1:], u), 23)
	part := (u - a.cdf[h]) / (a.cdf[h+1] - a.cdf[h])
	offset := time.Duration((float64(h) + part) * float64(time.Hour)).Truncate(time.Millisecond)
	t := d.day.Start().Add(min(offset, 24*time.Hour-time.Second)).UTC()
	return t, letter.NewID(t, serial+1)
}
