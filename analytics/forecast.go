package analytics

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/analytics/trend"
	"jiesu.cn/jiesu/internal/calendar"
)

// Outlook is what is about to run out of time, as of a moment.
type Outlook struct {
	AsOf       time.Time      `json:"as_of"` // UTC; zero when the store is empty.
	Units      []UnitOutlook  `json:"units"` // By unit code; those without a letter that runs out are left out.
	Clocks     []RunningClock `json:"clocks"`
	Unforeseen string         `json:"unforeseen,omitempty"` // Why no expected numbers stand beside the letters, in Chinese.
}

// UnitOutlook is the letters of a unit that run out of time soon.
type UnitOutlook struct {
	Unit     string    `json:"unit"` // The owner; "" is all units together.
	Name     string    `json:"name"`
	Horizons []Horizon `json:"horizons"` // Within 1, 2 and 3 working days.
}

// Horizon is the open letters due between T and the end of the n-th working day
// after T's day.
type Horizon struct {
	WorkingDays int               `json:"working_days"`
	Until       time.Time         `json:"until"` // UTC, an exclusive end.
	Letters     []TrendLetter     `json:"letters"`
	Breaches    *ExpectedBreaches `json:"breaches"` // Nil where the past says too little.
}

// ExpectedBreaches is how many of the letters will still be open when their
// time is over.
type ExpectedBreaches struct {
	Mean float64 `json:"mean"`
	Low  int     `json:"low"` // Low to High holds the number with 90 % or more.
	High int     `json:"high"`
}

// RunningClock is a clock of minutes that has time left.
type RunningClock struct {
	TrendLetter

	Clock       string    `json:"clock"` // "sign" or "contact".
	Unit        string    `json:"unit"`  // That has to sign, or owns the letter; empty when withheld.
	StartedAt   time.Time `json:"started_at"`
	EndsAt      time.Time `json:"ends_at"`
	SecondsLeft int       `json:"seconds_left"`
}

// horizons is how many working days ahead the outlook looks.
const horizons = 3

// reach is how long before its due time a letter can have come in: extensions
// are granted for weeks, not months.
const reach = 120 * 24 * time.Hour

// Outlook returns the letters of each unit that run out of time within three
// working days, how many of them are to be expected to, and the running clocks
// of minutes. A missing holiday notice is an *calendar.UncoveredError.
func (s *Store) Outlook(ctx context.Context, v Viewer, asOf time.Time) (Outlook, error) {
	if asOf.IsZero() {
		last, err := s.LastRecordedAt(ctx)
		if err != nil {
			return Outlook{}, err
		}
		asOf = last
	}
	asOf = asOf.UTC().Truncate(time.Millisecond)
	o := Outlook{AsOf: asOf, Units: []UnitOutlook{}, Clocks: []RunningClock{}}
	if err := v.Validate(); err != nil || asOf.IsZero() {
		return o, err
	}
	return readTrend(ctx, s, v, asOf, func(r trendReader) (Outlook, error) { return r.outlook(ctx, o) })
}

func (r trendReader) outlook(ctx context.Context, o Outlook) (Outlook, error) {
	letters, err := r.dueLetters(ctx)
	if err != nil {
		return Outlook{}, err
	}
	if o.Units, err = r.store.unitOutlooks(letters, r.asOf); err != nil {
		return Outlook{}, err
	}
	if len(o.Units) > 0 && o.Units[0].Horizons[horizons-1].Breaches == nil {
		o.Unforeseen = fmt.Sprintf("前八周到期的来信不足%d件,不作预计", trend.MinPast)
	}
	o.Clocks, err = r.runningClocks(ctx)
	return o, err
}

// dueLetter is a letter that ran out of time, or was closed before, or will.
type dueLetter struct {
	TrendLetter

	owner  string
	due    time.Time
	closed *time.Time
}

func (l dueLetter) openAt(t time.Time) bool {
	return !l.ReceivedAt.After(t) && (l.closed == nil || l.closed.After(t))
}

// dueLetters returns the letters due from eight weeks before T to the last horizon.
func (r trendReader) dueLetters(ctx context.Context) ([]dueLetter, error) {
	until, err := r.store.calendar.Due(r.asOf, horizons)
	if err != nil {
		return nil, fmt.Errorf("looking ahead: %w", err)
	}
	since := r.asOf.AddDate(0, 0, -trend.BaselineDays)
	var letters []dueLetter
	err = r.each(ctx, "open", calendar.DateOf(since.Add(-reach)), calendar.DateOf(r.asOf), func(scan func(...any) error) error {
		var l dueLetter
		err := scan((*string)(&l.Letter), &l.ReceivedAt, (*string)(&l.Type), &l.Withheld, &l.owner, &l.due, &l.closed)
		l.ReceivedAt = l.ReceivedAt.UTC()
		letters = append(letters, l)
		return err
	}, clickhouse.DateNamed("since", since, clickhouse.MilliSeconds), clickhouse.DateNamed("until", until.At, clickhouse.MilliSeconds))
	if err != nil {
		return nil, fmt.Errorf("listing letters by due time: %w", err)
	}
	return letters, nil
}

// pastOf is what became of past letters, by unit ("" for all) and by the
// working days that were left.
type pastOf map[string]*[horizons + 1]trend.Past

// unitOutlooks sets each unit's open letters against its past.
func (s *Store) unitOutlooks(letters []dueLetter, asOf time.Time) ([]UnitOutlook, error) {
	past, open := pastOf{}, map[string]*[horizons + 1][]TrendLetter{}
	for _, l := range letters {
		if l.due.After(asOf) {
			if err := s.addOpen(open, l, asOf); err != nil {
				return nil, err
			}
			continue
		}
		if err := s.addPast(past, l, asOf); err != nil {
			return nil, err
		}
	}
	outlooks := []UnitOutlook{}
	for unit, byLeft := range open {
		o := UnitOutlook{Unit: unit, Name: cmp.Or(s.directory.FullName(unit), unit)}
		if unit == "" {
			o.Name = "合计"
		}
		for n := 1; n <= horizons; n++ {
			until, err := s.calendar.Due(asOf, n)
			if err != nil {
				return nil, fmt.Errorf("looking ahead: %w", err)
			}
			o.Horizons = append(o.Horizons, Horizon{
				WorkingDays: n, Until: until.At.UTC(),
				Letters: slices.Concat(byLeft[:n+1]...), Breaches: past.expect(unit, byLeft[:n+1]),
			})
		}
		outlooks = append(outlooks, o)
	}
	slices.SortFunc(outlooks, func(a, b UnitOutlook) int { return cmp.Compare(a.Unit, b.Unit) })
	return outlooks, nil
}

func (s *Store) addOpen(open map[string]*[horizons + 1][]TrendLetter, l dueLetter, asOf time.Time) error {
	if !l.openAt(asOf) {
		return nil
	}
	left, err := s.calendar.WorkdaysBetween(calendar.DateOf(asOf), lastDay(l.due))
	if err != nil {
		return fmt.Errorf("looking ahead: %w", err)
	}
	units := []string{"", l.owner}
	if l.Withheld {
		units = units[:1] // Whose letter it is must not show.
	}
	for _, unit := range units {
		if open[unit] == nil {
			open[unit] = new([horizons + 1][]TrendLetter)
		}
		open[unit][left] = append(open[unit][left], l.TrendLetter)
	}
	return nil
}

// addPast counts a past letter at each number of working days left at which it
// was open, at the hour of T. Days of a year without notice do not count.
func (s *Store) addPast(past pastOf, l dueLetter, asOf time.Time) error {
	last := lastDay(l.due)
	hour := asOf.Sub(calendar.DateOf(asOf).Start())
	day := last
	for left := range horizons + 1 {
		if l.openAt(day.Start().Add(hour)) {
			for _, unit := range []string{"", l.owner} {
				if past[unit] == nil {
					past[unit] = new([horizons + 1]trend.Past)
				}
				p := &past[unit][left]
				p.Open++
				if l.openAt(l.due) {
					p.Breached++
				}
			}
		}
		earlier, err := s.workdayBefore(day)
		if uncovered := (*calendar.UncoveredError)(nil); errors.As(err, &uncovered) {
			return nil
		} else if err != nil {
			return err
		}
		day = earlier
	}
	return nil
}

func (s *Store) workdayBefore(day calendar.Date) (calendar.Date, error) {
	for {
		day = day.AddDays(-1)
		if worked, err := s.calendar.IsWorkday(day); worked || err != nil {
			return day, err
		}
	}
}

// lastDay is the last day on which a letter can still be closed in time.
func lastDay(due time.Time) calendar.Date { return calendar.DateOf(due.Add(-time.Millisecond)) }

// expect forecasts a unit's breaches; all units together are expected to behave
// as the city did.
func (p pastOf) expect(unit string, open [][]TrendLetter) *ExpectedBreaches {
	city, own := p[""], p[unit]
	if city == nil {
		return nil
	}
	if own == nil {
		own = new([horizons + 1]trend.Past)
	}
	var breaches trend.Breaches
	for left, letters := range open {
		if len(letters) == 0 {
			continue
		}
		share, ok := trend.ShareOf(own[left], city[left])
		if !ok {
			return nil
		}
		breaches = breaches.Add(len(letters), share)
	}
	low, high := breaches.Interval()
	return &ExpectedBreaches{Mean: breaches.Mean(), Low: low, High: high}
}

// runningClocks returns the clocks of minutes that run, the shortest first.
func (r trendReader) runningClocks(ctx context.Context) ([]RunningClock, error) {
	clocks := []RunningClock{}
	today := calendar.DateOf(r.asOf)
	err := r.each(ctx, "running", today, today, func(scan func(...any) error) error {
		var c RunningClock
		if err := scan((*string)(&c.Letter), &c.ReceivedAt, (*string)(&c.Type), &c.Withheld, &c.Clock, &c.Unit, &c.StartedAt, &c.EndsAt); err != nil {
			return err
		}
		c.ReceivedAt, c.StartedAt, c.EndsAt = c.ReceivedAt.UTC(), c.StartedAt.UTC(), c.EndsAt.UTC()
		c.SecondsLeft = int(c.EndsAt.Sub(r.asOf) / time.Second)
		if c.Withheld {
			c.Unit = ""
		}
		clocks = append(clocks, c)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing running clocks: %w", err)
	}
	return clocks, nil
}
