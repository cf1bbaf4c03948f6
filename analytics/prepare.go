package analytics

import (
	"context"
	"fmt"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
)

// Prepare fills the tables that follow from the directory and the calendar.
// Call it at every start, after Migrate.
func (s *Store) Prepare(ctx context.Context) error {
	if err := s.fillUnits(ctx); err != nil {
		return err
	}
	if err := s.fillDueDays(ctx); err != nil {
		return err
	}
	return s.createKept(ctx)
}

func (s *Store) fillUnits(ctx context.Context) error {
	rows := make([][]any, 0)
	for _, unit := range s.directory.Units() {
		rows = append(rows, []any{
			unit.Code, s.directory.FullName(unit.Code), unit.Parent,
			s.directory.AtTier(unit.Code, org.TierCity),
			s.directory.AtTier(unit.Code, org.TierCounty),
			s.directory.AtTier(unit.Code, org.TierStation),
			append([]string{}, s.directory.Ancestors(unit.Code)...),
		})
	}
	return s.insert(ctx, "units", []string{"code", "name", "parent", "tier1", "tier2", "tier3", "above"}, rows, "")
}

func (s *Store) fillDueDays(ctx context.Context) error {
	first, last, ok := coveredDays(s.calendar)
	if !ok {
		return nil
	}
	rows := make([][]any, 0)
	var worked int32
	for day := range s.calendar.Days(first, last) {
		var workIndex *int32
		if day.Workday {
			worked++
		}
		if day.Covered || s.calendar.Covers(day.Day.AddDays(1).Year) { // The eve is where counting starts.
			index := worked
			workIndex = &index
		}
		var due5 *time.Time
		if day.Due5 != nil {
			due := dateColumn(*day.Due5)
			due5 = &due
		}
		rows = append(rows, []any{s.calendar.Version(), dateColumn(day.Day), due5, dateColumn(day.Earliest5), workIndex})
	}
	return s.insert(ctx, "due_days", []string{"calendar_version", "day", "due5", "earliest", "work_index"}, rows, "")
}

// coveredDays spans all days of receipt whose due day the calendar may know,
// and a year around them. A day without a row has no due day.
func coveredDays(c *calendar.Calendar) (first, last calendar.Date, ok bool) {
	const firstYear, lastYear = 2000, 2199 // No letter is older; no notice reaches further.
	for year := firstYear; year <= lastYear; year++ {
		if !c.Covers(year) {
			continue
		}
		if !ok {
			first = calendar.Date{Year: year - 1, Month: time.January, Day: 1}
		}
		last, ok = calendar.Date{Year: year + 1, Month: time.December, Day: 31}, true
	}
	return first, last, ok
}

// dateColumn returns the day as the driver wants it for a date column.
func dateColumn(d calendar.Date) time.Time {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC)
}

// insert appends the rows in one batch. A token lets the server drop a batch it
// has already taken; rows of the same batch must then keep their order.
func (s *Store) insert(ctx context.Context, table string, columns []string, rows [][]any, token string) error {
	if len(rows) == 0 {
		return nil
	}
	batch, err := s.conn.PrepareBatch(withToken(ctx, token), insertStatement(table, columns))
	if err != nil {
		return fmt.Errorf("inserting into %s: %w", table, err)
	}
	defer func() { _ = batch.Close() }() // Send has said all there is to say.
	for _, row := range rows {
		if err := batch.Append(row...); err != nil {
			return fmt.Errorf("inserting into %s: %w", table, err)
		}
	}
	if err := batch.Send(); err != nil {
		return fmt.Errorf("inserting into %s: %w", table, err)
	}
	return nil
}
