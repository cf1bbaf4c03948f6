package calendar

import (
	"cmp"
	"fmt"
	"time"
)

// Shanghai is the zone of every decision about days: UTC+8. It is a fixed
// offset, not a zone loaded by name, because mainland China has kept UTC+8
// without summer time since September 1991; so no zone database is needed. Do
// not use it for instants before 1992.
var Shanghai = time.FixedZone("CST", 8*60*60)

// Date is a day of the Gregorian calendar in Shanghai. Dates are comparable
// with == and can be map keys; the zero Date is not a day.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// ParseDate reads a day written YYYY-MM-DD. It refuses other forms and days
// that do not exist.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("reading date %q: want an existing day as YYYY-MM-DD", s)
	}
	return dateIn(t), nil
}

// DateOf returns the Shanghai day that holds the instant t.
func DateOf(t time.Time) Date { return dateIn(t.In(Shanghai)) }

// dateIn returns the day of t in t's own zone.
func dateIn(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// String returns the day as YYYY-MM-DD.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Start returns the day's first instant, 00:00 in Shanghai.
func (d Date) Start() time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, Shanghai)
}

// End returns the day's exclusive end: 24:00, which is the next day's 00:00.
func (d Date) End() time.Time { return d.AddDays(1).Start() }

// AddDays returns the day n days later, or earlier when n is negative.
func (d Date) AddDays(n int) Date {
	return dateIn(time.Date(d.Year, d.Month, d.Day+n, 0, 0, 0, 0, time.UTC))
}

// Weekday returns the day of the week.
func (d Date) Weekday() time.Weekday {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Weekday()
}

func (d Date) isWeekend() bool {
	weekday := d.Weekday()
	return weekday == time.Saturday || weekday == time.Sunday
}

// canBeSetBy reports whether the notice for the year may name the day: New
// Year's holiday may begin in the December before.
func (d Date) canBeSetBy(year int) bool {
	return d.Year == year || d.Month == time.December && d.Year == year-1
}

// Compare returns -1, 0 or +1 as d is before, equal to or after e.
func (d Date) Compare(e Date) int {
	return cmp.Or(cmp.Compare(d.Year, e.Year), cmp.Compare(d.Month, e.Month), cmp.Compare(d.Day, e.Day))
}

// Before reports whether d is earlier than e.
func (d Date) Before(e Date) bool { return d.Compare(e) < 0 }

// After reports whether d is later than e.
func (d Date) After(e Date) bool { return d.Compare(e) > 0 }

// MarshalText writes the day as YYYY-MM-DD, for JSON and command-line flags.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes, as strictly as ParseDate.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
