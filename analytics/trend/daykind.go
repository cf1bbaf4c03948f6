package trend

import (
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Kind is what sort of day it is, as far as the number of letters depends on it.
// The values 0 to 6 are ordinary days, by time.Weekday.
type Kind int

// The days that are none of the seven ordinary ones.
const (
	Holiday Kind = 7 + iota // In a stretch of at least three days off.
	Eve                     // The working day before such a stretch.
	MakeUp                  // A weekend day that is worked in exchange.
	kinds
)

// longStretch is how many days off in a row make a holiday.
const longStretch = 3

// KindOf says what the day is. A day whose notice is not loaded is ordinary.
func KindOf(cal *calendar.Calendar, day calendar.Date) Kind {
	worked := func(d calendar.Date) bool {
		w, err := cal.IsWorkday(d)
		if err != nil {
			return !isWeekend(d)
		}
		return w
	}
	if !worked(day) {
		stretch := 1
		for d := day.AddDays(-1); stretch < longStretch && !worked(d); d = d.AddDays(-1) {
			stretch++
		}
		for d := day.AddDays(1); stretch < longStretch && !worked(d); d = d.AddDays(1) {
			stretch++
		}
		if stretch >= longStretch {
			return Holiday
		}
		return Kind(day.Weekday())
	}
	if !worked(day.AddDays(1)) && !worked(day.AddDays(2)) && !worked(day.AddDays(longStretch)) {
		return Eve
	}
	if isWeekend(day) {
		return MakeUp
	}
	return Kind(day.Weekday())
}

func isWeekend(d calendar.Date) bool {
	return d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
}
