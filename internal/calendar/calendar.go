// Package calendar counts working days in mainland China: weekends, public
// holidays and the weekend days worked in exchange (调休), as the State Council's
// yearly notices set them. A year without a loaded notice gives an error and
// never a guess.
package calendar

import (
	"fmt"
	"iter"
	"time"
)

// Calendar knows the working days of the years whose notices are loaded. It
// never changes after parsing, so it is safe for concurrent use.
type Calendar struct {
	version    string
	notices    map[int]string     // Number of the notice, by the year it is for.
	exceptions map[Date]exception // Days named in a notice.
}

// exception is a day named in a notice.
type exception struct {
	worked bool
	year   int // The year the notice is for.
}

// Due is the end of a working-day deadline.
type Due struct {
	At  time.Time // Exclusive end: 24:00 of Day in Shanghai.
	Day Date      // The last day to act on.
}

// UncoveredError says that a count ran into a year whose holiday notice is not
// loaded, so that its working days are unknown.
type UncoveredError struct{ Year int }

func (e *UncoveredError) Error() string {
	return fmt.Sprintf("no holiday notice is loaded for %d: add that year's notice to the holiday list", e.Year)
}

// Version names the loaded list, such as "2024-2026/1": the years it covers and
// its revision. Figures that depend on working days are stamped with it.
func (c *Calendar) Version() string { return c.version }

// Covers reports whether the notice for the year is loaded. (A later year's
// notice has at times also moved days of the December before it; such rows
// come with that notice.)
func (c *Calendar) Covers(year int) bool {
	_, ok := c.notices[year]
	return ok
}

// Notice returns the number of the notice for the year, or "" when it is not
// loaded.
func (c *Calendar) Notice(year int) string { return c.notices[year] }

// IsWorkday reports whether the day is worked. The error is an
// *UncoveredError.
func (c *Calendar) IsWorkday(day Date) (bool, error) {
	if !c.Covers(day.Year) {
		return false, &UncoveredError{day.Year}
	}
	if e, named := c.exceptions[day]; named {
		return e.worked, nil
	}
	return !day.isWeekend(), nil
}

// Due returns the end of the n-th working day after the day of receipt. That
// day itself does not count (Civil Code, article 201), whatever the hour, and a
// letter that arrives on a day off counts from the next working day. n is at
// least 1. When a day to be counted lies in a year without a notice, the error
// is an *UncoveredError.
func (c *Calendar) Due(received time.Time, n int) (Due, error) {
	if n < 1 {
		return Due{}, fmt.Errorf("counting %d working days: want at least 1", n)
	}
	day := DateOf(received)
	for n > 0 {
		day = day.AddDays(1)
		worked, err := c.IsWorkday(day)
		if err != nil {
			return Due{}, err
		}
		if worked {
			n--
		}
	}
	return Due{At: day.End(), Day: day}, nil
}

// EarliestDue returns the earliest day on which the n-th working day after the
// day of receipt can fall, whatever a missing notice may bring. Every day of a
// year without a notice counts as worked: weekdays because nothing says that
// they are off, weekends because a notice can turn any of them into a working
// day. Where all years are loaded it is Due's day. An n below 1 gives the day
// of receipt.
func (c *Calendar) EarliestDue(received time.Time, n int) Date {
	day := DateOf(received)
	for n > 0 {
		day = day.AddDays(1)
		if worked, err := c.IsWorkday(day); worked || err != nil {
			n--
		}
	}
	return day
}

// WorkdaysBetween counts the working days after a, up to and including b, so
// that a letter's due day lies exactly n working days after its receipt. It is
// negative when b is before a. The error is an *UncoveredError.
func (c *Calendar) WorkdaysBetween(a, b Date) (int, error) {
	if b.Before(a) {
		n, err := c.WorkdaysBetween(b, a)
		return -n, err
	}
	n := 0
	for day := a.AddDays(1); !day.After(b); day = day.AddDays(1) {
		worked, err := c.IsWorkday(day)
		if err != nil {
			return 0, err
		}
		if worked {
			n++
		}
	}
	return n, nil
}

// replyDays is the mailbox's promise: a reply within five working days.
const replyDays = 5

// Day is one row of the calendar table: what a letter received on the day is
// due to.
type Day struct {
	Day       Date
	Covered   bool  // Whether Workday is known.
	Workday   bool  // False when not covered.
	Due5      *Date // Last day of five working days; nil when a year is missing.
	Earliest5 Date  // See EarliestDue; equals Due5 when that is known.
}

// Days yields a row for each day from from to to, both included.
func (c *Calendar) Days(from, to Date) iter.Seq[Day] {
	return func(yield func(Day) bool) {
		for day := from; !day.After(to); day = day.AddDays(1) {
			if !yield(c.row(day)) {
				return
			}
		}
	}
}

func (c *Calendar) row(day Date) Day {
	row := Day{Day: day, Earliest5: c.EarliestDue(day.Start(), replyDays)}
	if worked, err := c.IsWorkday(day); err == nil {
		row.Covered, row.Workday = true, worked
	}
	if due, err := c.Due(day.Start(), replyDays); err == nil {
		row.Due5 = &due.Day
	}
	return row
}
