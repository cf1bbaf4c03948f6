package analytics

import (
	"context"
	"fmt"
	"slices"
	"time"

	"jiesu.cn/jiesu/analytics/trend"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// TrendQuery asks for daily series and their surges.
type TrendQuery struct {
	From, To  calendar.Date // Both included; To is cut to the day of AsOf.
	AsOf      time.Time     // Cut-off on recorded_at; zero means the last recorded_at in the store.
	Topics    []string      // Codes shown, AllCodes among them where wanted; none means every series.
	Divisions []string      // The same, of counties and zones.
}

// AllCodes stands for all topics, or all divisions, together.
const AllCodes = "*"

// TrendCell is what a series counts: a topic in a county or zone with its
// townships, either of them AllCodes. The city's own code is for letters placed
// no closer than that, "" is 未定.
type TrendCell struct {
	Topic    string `json:"topic"`
	Division string `json:"division"`
}

// TrendPoint is a day of a series.
type TrendPoint struct {
	Day      calendar.Date  `json:"day"`
	Letters  int            `json:"letters"`
	Counted  int            `json:"counted"`  // Of a writer's letters about one topic in one place, one.
	Expected *ExpectedRange `json:"expected"` // Nil where fewer than 28 days lie before.
}

// ExpectedRange is what Counted should be, from the days before alone.
type ExpectedRange struct {
	Mean float64 `json:"mean"`
	Low  int     `json:"low"` // Low to High holds the count with 99 % or more.
	High int     `json:"high"`
}

// TrendSeries is the daily letters of a cell.
type TrendSeries struct {
	TrendCell

	Points []TrendPoint `json:"points"`
}

// Trends is the daily series with a letter in the period, and all surges of
// those asked for.
type Trends struct {
	From        calendar.Date `json:"from"`
	To          calendar.Date `json:"to"`
	AsOf        time.Time     `json:"as_of"`        // UTC; zero when the store is empty.
	Incomplete  bool          `json:"incomplete"`   // The last day is not over by AsOf.
	Series      []TrendSeries `json:"series"`       // Widest first, then by code.
	Surges      []Surge       `json:"surges"`       // The least likely first.
	Tests       int           `json:"tests"`        // Questions asked a week, over all cells whatever is shown.
	FalseAlarms float64       `json:"false_alarms"` // Surges to be expected a week were every letter as before: 1 at most.
}

// Trends returns how many letters came by topic and division, beside what the
// eight weeks before let expect. A series counts the letters that the figure
// letters of docs/metrics.md counts. A code that no series has is refused: no
// surge of it would mean nothing.
func (s *Store) Trends(ctx context.Context, v Viewer, q TrendQuery) (Trends, error) {
	asOf, err := s.trendCutOff(ctx, q.From, q.To, q.AsOf)
	if err != nil {
		return Trends{}, err
	}
	if err := q.checkCodes(s.trendCells()); err != nil {
		return Trends{}, err
	}
	t := Trends{From: q.From, To: q.To, AsOf: asOf, Series: []TrendSeries{}, Surges: []Surge{}}
	if err := v.Validate(); err != nil || asOf.IsZero() {
		return t, err
	}
	return readTrend(ctx, s, v, asOf, func(r trendReader) (Trends, error) { return r.trends(ctx, q, t) })
}

func (r trendReader) trends(ctx context.Context, q TrendQuery, t Trends) (Trends, error) {
	if today := calendar.DateOf(r.asOf); t.To.After(today) {
		t.To = today
	}
	if t.To.Before(t.From) {
		return t, nil
	}
	t.Incomplete = r.asOf.Before(t.To.End())
	counts, err := r.counts(ctx, t.From, t.To)
	if err != nil {
		return Trends{}, err
	}
	alarms := counts.surges(t.From, &t)
	for i, cell := range counts.cells {
		if !q.shows(cell) {
			continue
		}
		if series, seen := counts.series(i, t.From); seen {
			t.Series = append(t.Series, series)
		}
	}
	alarms = slices.DeleteFunc(alarms, func(a Surge) bool { return !q.shows(a.TrendCell) })
	t.Surges, err = r.withLetters(ctx, alarms)
	return t, err
}

// trendCutOff checks the period and returns the moment as of which it is seen.
func (s *Store) trendCutOff(ctx context.Context, from, to calendar.Date, asOf time.Time) (time.Time, error) {
	if err := (Query{From: from, To: to}).Validate(); err != nil {
		return time.Time{}, err
	}
	if asOf.IsZero() {
		return s.LastRecordedAt(ctx)
	}
	return asOf.UTC().Truncate(time.Millisecond), nil
}

func (q TrendQuery) checkCodes(cells []TrendCell) error {
	for _, topic := range q.Topics {
		if !slices.ContainsFunc(cells, func(c TrendCell) bool { return c.Topic == topic }) {
			return badQuery("unknown_code", "topics", fmt.Sprintf("no topic has the code %q", topic))
		}
	}
	for _, division := range q.Divisions {
		if !slices.ContainsFunc(cells, func(c TrendCell) bool { return c.Division == division }) {
			return badQuery("unknown_code", "divisions", fmt.Sprintf("no county or zone has the code %q", division))
		}
	}
	return nil
}

func (q TrendQuery) shows(c TrendCell) bool {
	return (len(q.Topics) == 0 || slices.Contains(q.Topics, c.Topic)) &&
		(len(q.Divisions) == 0 || slices.Contains(q.Divisions, c.Division))
}

// trendCounts is the daily letters of all cells, from long enough before the
// period for its first day to have its baseline.
type trendCounts struct {
	first     calendar.Date
	cells     []TrendCell
	letters   [][]int            // By cell and day.
	history   trend.History      // Of what is counted.
	forecasts [][]trend.Forecast // By day; filled for windows of a day.
}

// surgeWidths are the windows in which surges are looked for, in days.
func surgeWidths() []int { return []int{1, 7} }

// trendCells lists every series there can be, whether or not it has letters:
// the number of tests must not depend on what came in.
func (s *Store) trendCells() []TrendCell {
	topics, divisions := []string{AllCodes}, []string{AllCodes}
	for _, term := range letter.Topics.Terms() {
		topics = append(topics, term.Code)
	}
	for _, d := range s.directory.Divisions() {
		if s.district(d.Code) == d.Code {
			divisions = append(divisions, d.Code)
		}
	}
	var cells []TrendCell
	for _, topic := range append(topics, "") {
		for _, division := range append(divisions, "") {
			cells = append(cells, TrendCell{topic, division})
		}
	}
	slices.SortStableFunc(cells, func(a, b TrendCell) int { return a.group() - b.group() })
	return cells
}

// district returns the county or zone a division lies in; the city and an
// unknown code stay themselves. Townships have too few letters for a series.
func (s *Store) district(code string) string {
	for {
		d, ok := s.directory.Division(code)
		above, found := s.directory.Division(d.Parent)
		if !ok || !found || above.Parent == "" {
			return code
		}
		code = d.Parent
	}
}

// group numbers the kinds of cells: all letters, a topic, a division, both.
func (c TrendCell) group() int {
	group := 0
	if c.Division != AllCodes {
		group++
	}
	if c.Topic != AllCodes {
		group += 2
	}
	return group
}

func (r trendReader) counts(ctx context.Context, from, to calendar.Date) (*trendCounts, error) {
	widest := slices.Max(surgeWidths())
	first := from.AddDays(1 - widest - trend.GuardDays - trend.BaselineDays)
	opened, ok, err := r.store.FirstDay(ctx, r.asOf)
	if err != nil {
		return nil, err
	}
	if ok && opened.After(first) {
		first = opened // Days before the mailbox was open are no days without letters.
	}
	counts := &trendCounts{first: first, cells: r.store.trendCells()}
	numbers := make(map[TrendCell]int, len(counts.cells))
	days := daysBetween(first, to) + 1
	for i, cell := range counts.cells {
		numbers[cell] = i
		counts.letters = append(counts.letters, make([]int, max(days, 0)))
		counts.history.Cells = append(counts.history.Cells, trend.Cell{Group: cell.group(), Counts: make([]int, max(days, 0))})
	}
	for day := first; !day.After(to); day = day.AddDays(1) {
		counts.history.Kinds = append(counts.history.Kinds, trend.KindOf(r.store.calendar, day))
	}
	if days < 1 {
		return counts, nil // The period ends before the first letter.
	}
	err = r.each(ctx, "counts", first, to, func(scan func(...any) error) error {
		var text, topic, division string
		var received, writers uint64
		if err := scan(&text, &topic, &division, &received, &writers); err != nil {
			return err
		}
		day, err := calendar.ParseDate(text)
		if err != nil {
			return err
		}
		division = r.store.district(division)
		for _, cell := range []TrendCell{{topic, division}, {topic, AllCodes}, {AllCodes, division}, {AllCodes, AllCodes}} {
			if i, known := numbers[cell]; known {
				counts.letters[i][daysBetween(first, day)] += int(received)
				counts.history.Cells[i].Counts[daysBetween(first, day)] += int(writers)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting letters by topic and division: %w", err)
	}
	counts.history.Total = counts.history.Cells[numbers[TrendCell{AllCodes, AllCodes}]].Counts
	return counts, nil
}

// series returns the days of a cell, and whether any letter came.
func (c *trendCounts) series(cell int, from calendar.Date) (series TrendSeries, seen bool) {
	series.TrendCell = c.cells[cell]
	for i := max(0, daysBetween(c.first, from)); i < len(c.history.Kinds); i++ {
		point := TrendPoint{Day: c.first.AddDays(i), Letters: c.letters[cell][i], Counted: c.history.Cells[cell].Counts[i]}
		seen = seen || point.Letters > 0
		if c.forecasts[i] != nil {
			f := c.forecasts[i][cell]
			low, high := f.Range()
			point.Expected = &ExpectedRange{Mean: f.Mean, Low: low, High: high}
		}
		series.Points = append(series.Points, point)
	}
	return series, seen
}
