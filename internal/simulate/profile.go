package simulate

import (
	"fmt"
	"strings"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// DefaultProfile imitates the mailbox's published first months.
const DefaultProfile = "zhanjiang-2024"

// Profile says what ledger to write.
type Profile struct {
	Name       string
	Windows    []Span    // The days that get letters, in order.
	AsOf       time.Time // Nothing is recorded later.
	Letters    int       // When the caller names no number.
	Returns    float64   // Share of passings-on that come back.
	Extensions float64   // Share of letters with a request for more time.
	Outages    []Outage
	Month      Span  // A part of the period for truth.json, as of AsOf.
	Cuts       []Cut // Earlier cut-offs for truth.json.
}

// Span is a run of Shanghai days, both ends included.
type Span struct{ From, To calendar.Date }

// Cut is a period and an earlier cut-off to count it at.
type Cut struct {
	Span
	AsOf time.Time
}

// Outage is a stretch of downtime of a unit's desk.
type Outage struct {
	Unit     string
	From, To time.Time
}

// whole returns the period from the first day with letters to the last.
func (p Profile) whole() Span {
	return Span{p.Windows[0].From, p.Windows[len(p.Windows)-1].To}
}

// Profiles returns all profiles, the default first.
func Profiles() []Profile {
	base := zhanjiang()
	returns := base
	returns.Name, returns.Letters, returns.Returns = "stress-returns", 3_000, 0.35
	extensions := base
	extensions.Name, extensions.Letters, extensions.Extensions = "stress-extensions", 3_000, 0.40
	return []Profile{base, returns, extensions, holidayEdges()}
}

// FindProfile returns the profile of the name; "" means the default.
func FindProfile(name string) (Profile, error) {
	all := Profiles()
	if name == "" {
		return all[0], nil
	}
	names := make([]string, len(all))
	for i, p := range all {
		if p.Name == name {
			return p, nil
		}
		names[i] = p.Name
	}
	return Profile{}, fmt.Errorf("finding profile %q: choose one of %s", name, strings.Join(names, ", "))
}

func zhanjiang() Profile {
	return Profile{
		Name:       DefaultProfile,
		Windows:    []Span{{date(2024, 3, 4), date(2024, 10, 22)}},
		AsOf:       date(2024, 10, 22).End(),
		Letters:    quotaBasis,
		Returns:    0.03,
		Extensions: 0.04,
		Outages: []Outage{
			{"440800-XX", date(2024, 5, 17).Start().Add(2 * time.Hour), date(2024, 5, 17).Start().Add(3*time.Hour + 25*time.Minute)},
			{"440882-XX", date(2024, 9, 6).Start().Add(14 * time.Hour), date(2024, 9, 6).Start().Add(21 * time.Hour)}, // A typhoon's afternoon.
		},
		Month: Span{date(2024, 7, 1), date(2024, 7, 31)},
		Cuts: []Cut{
			{Span{date(2024, 3, 4), date(2024, 7, 31)}, date(2024, 8, 1).Start().Add(8 * time.Hour)},
			{Span{date(2024, 5, 6), date(2024, 5, 6)}, date(2024, 5, 7).Start().Add(8 * time.Hour)},
			{Span{date(2024, 6, 10), date(2024, 6, 12)}, date(2024, 6, 12).Start().Add(16*time.Hour + 40*time.Minute)},
			{Span{date(2024, 9, 27), date(2024, 10, 7)}, date(2024, 10, 8).Start().Add(8 * time.Hour)},
		},
	}
}

// holidayEdges puts the letters around long holidays and the exchanged working
// days, and at the end of a year whose next notice is not out: the fifth
// working day of its last letters is unknown.
func holidayEdges() Profile {
	p := zhanjiang()
	p.Name, p.Letters, p.Outages = "stress-calendar", 3_000, nil
	p.Windows = []Span{
		{date(2024, 4, 25), date(2024, 5, 8)},
		{date(2024, 9, 26), date(2024, 10, 12)},
		{date(2025, 1, 22), date(2025, 2, 8)},
		{date(2026, 2, 10), date(2026, 2, 28)},
		{date(2026, 12, 18), date(2026, 12, 31)},
	}
	p.AsOf = date(2027, 1, 11).End()
	p.Month = Span{date(2026, 12, 1), date(2026, 12, 31)}
	p.Cuts = []Cut{
		{Span{date(2024, 4, 25), date(2024, 5, 8)}, date(2024, 5, 9).Start().Add(8 * time.Hour)},
		{Span{date(2026, 12, 18), date(2026, 12, 31)}, date(2027, 1, 1).Start().Add(8 * time.Hour)},
	}
	return p
}

func date(year int, month time.Month, day int) calendar.Date {
	return calendar.Date{Year: year, Month: month, Day: day}
}
