package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/analytics/trend"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Surge is more letters of a cell than the days before let expect. Windows that
// overlap are one surge; the numbers are those of the least likely of them.
type Surge struct {
	TrendCell

	From     calendar.Date `json:"from"` // Of all its windows together.
	To       calendar.Date `json:"to"`
	PeakTo   calendar.Date `json:"peak_to"`  // Last day of the least likely window.
	Days     int           `json:"days"`     // Length of that window: 1 or 7.
	Count    int           `json:"count"`    // Letters in that window, of a writer's on one day about one topic in one place one.
	Expected float64       `json:"expected"` // Letters expected in it.
	Limit    int           `json:"limit"`    // Letters from which it is flagged.
	P        float64       `json:"p"`        // Probability of as many or more, were all as before.
	Writers  int           `json:"writers"`  // Different writers of Letters; an anonymous letter has one of its own.
	Letters  []TrendLetter `json:"letters"`  // From From to To, in order of receipt.
}

// TrendLetter is a letter behind a surge or a phrase. Of a withheld letter (see
// KeyLetter) nothing else is ever given.
type TrendLetter struct {
	Letter     letter.ID       `json:"letter"`
	ReceivedAt time.Time       `json:"received_at"` // UTC.
	Type       letter.TypeCode `json:"type"`
	Withheld   bool            `json:"withheld,omitempty"`
}

// minWriters is how many different people stand behind a surge or a phrase.
const minWriters = 3

const weekDays = 7

// surges tests all cells on each day of the period, and says in t how many
// questions that were and how many of them chance answers wrongly.
func (c *trendCounts) surges(from calendar.Date, t *Trends) []Surge {
	t.Tests = len(c.cells) * len(surgeWidths()) * weekDays
	alpha := trend.Alpha(t.Tests)
	c.forecasts = make([][]trend.Forecast, len(c.history.Kinds))
	flagged := map[int][]Surge{} // By cell.
	tested := 0
	start := max(0, daysBetween(c.first, from))
	for i := start; i < len(c.history.Kinds); i++ {
		for _, width := range surgeWidths() {
			forecasts := c.history.Forecasts(i, width)
			if width == 1 {
				c.forecasts[i] = forecasts
			}
			if forecasts != nil && width == 1 {
				tested++
			}
			for cell, f := range forecasts {
				limit := f.Limit(alpha)
				t.FalseAlarms += f.Tail(limit)
				if f.Count < limit {
					continue
				}
				day := c.first.AddDays(i)
				flagged[cell] = append(flagged[cell], Surge{
					TrendCell: c.cells[cell], From: day.AddDays(1 - width), To: day, PeakTo: day,
					Days: width, Count: f.Count, Expected: f.Mean, Limit: limit, P: f.P(),
				})
			}
		}
	}
	if tested > 0 {
		t.FalseAlarms *= weekDays / float64(tested)
	}
	var surges []Surge
	for cell := range c.cells {
		surges = append(surges, joinOverlapping(flagged[cell])...)
	}
	slices.SortStableFunc(surges, func(a, b Surge) int { return cmp.Compare(a.P, b.P) })
	return surges
}

// joinOverlapping makes one surge of windows of a cell that share a day.
func joinOverlapping(windows []Surge) []Surge {
	slices.SortStableFunc(windows, func(a, b Surge) int { return a.From.Compare(b.From) })
	var joined []Surge
	for _, w := range windows {
		if n := len(joined); n > 0 && !w.From.After(joined[n-1].To) {
			last := joined[n-1]
			if w.P > last.P {
				w, last = last, w
			}
			if last.From.Before(w.From) {
				w.From = last.From
			}
			if last.To.After(w.To) {
				w.To = last.To
			}
			joined[n-1] = w
			continue
		}
		joined = append(joined, w)
	}
	return joined
}

// withLetters adds the letters behind each surge, and drops what too few
// writers wrote: many letters of one person are no surge.
func (r trendReader) withLetters(ctx context.Context, surges []Surge) ([]Surge, error) {
	if len(surges) == 0 {
		return []Surge{}, nil
	}
	from, to := surges[0].From, surges[0].To
	var topics []string
	for _, surge := range surges {
		topics = append(topics, surge.Topic)
		if surge.From.Before(from) {
			from = surge.From
		}
		if surge.To.After(to) {
			to = surge.To
		}
	}
	writers := make([]map[string]bool, len(surges))
	err := r.each(ctx, "letters", from, to, func(scan func(...any) error) error {
		var l TrendLetter
		var cell TrendCell
		var writer string
		if err := scan((*string)(&l.Letter), &l.ReceivedAt, (*string)(&l.Type), &l.Withheld, &cell.Topic, &cell.Division, &writer); err != nil {
			return err
		}
		l.ReceivedAt, cell.Division = l.ReceivedAt.UTC(), r.store.district(cell.Division)
		for i, surge := range surges {
			if !surge.covers(cell, calendar.DateOf(l.ReceivedAt)) {
				continue
			}
			if writers[i] == nil {
				writers[i] = map[string]bool{}
			}
			writers[i][cmp.Or(writer, "/"+string(l.Letter))] = true
			surges[i].Letters = append(surges[i].Letters, l)
		}
		return nil
	}, clickhouse.Named("topics", topics))
	if err != nil {
		return nil, fmt.Errorf("listing the letters of surges: %w", err)
	}
	for i := range surges {
		surges[i].Writers = len(writers[i])
	}
	return slices.DeleteFunc(surges, func(s Surge) bool { return s.Writers < minWriters }), nil
}

// covers reports whether a letter of the cell received on the day is part of
// the surge.
func (s Surge) covers(cell TrendCell, day calendar.Date) bool {
	return (s.Topic == AllCodes || s.Topic == cell.Topic) && (s.Division == AllCodes || s.Division == cell.Division) &&
		!day.Before(s.From) && !day.After(s.To)
}
