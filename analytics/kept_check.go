package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/calendar"
)

// KeptReport says whether what Refresh keeps stands for the records.
type KeptReport struct {
	Built         bool          // The kept tables were filled under these rules and this calendar.
	Letters       uint64        // Letters in the store.
	States        uint64        // Letters whose state is kept.
	Pending       int           // Inserts that Refresh has still to look at, or that came during the check.
	OldestPending time.Duration // How long the oldest of them has waited.
	Checked       []calendar.Date
	Differing     []calendar.Date // Days of Checked whose kept figures are not those of the records.
}

// spotDays is how many of the newest days are counted anew.
const spotDays = 3

// CheckKept compares what is kept with the records: the number of letters, and
// the figures of the newest days as of the last record. It changes nothing.
// Where records keep coming while it looks it cannot tell, and reports these as
// pending.
func (s *Store) CheckKept(ctx context.Context) (KeptReport, error) {
	const attempts, pause = 5, time.Second
	for n := 1; ; n++ {
		report, settled, err := s.lookAtKept(ctx)
		if err != nil || settled {
			return report, err
		}
		if n == attempts {
			report.Pending, report.Differing = max(1, report.Pending), nil
			return report, nil
		}
		select {
		case <-ctx.Done():
			return report, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// lookAtKept compares once. A difference is not settled where something was
// stored between one count and the other.
func (s *Store) lookAtKept(ctx context.Context) (report KeptReport, settled bool, err error) {
	state, err := s.keptState(ctx)
	if err != nil || !state.built {
		return report, err == nil, err
	}
	report.Built = true
	p, err := s.pendingTouches(ctx, state.watermark)
	if err != nil {
		return report, false, err
	}
	if report.Pending = len(p.touches); report.Pending > 0 {
		report.OldestPending = touchAge(p.touches[0])
	}
	counts := "SELECT (SELECT uniqExact(letter_id) FROM letters), (SELECT uniqExact(letter_id) FROM " + s.kept.states + " FINAL WHERE NOT gone)"
	if err := s.conn.QueryRow(ctx, counts).Scan(&report.Letters, &report.States); err != nil {
		return report, false, fmt.Errorf("counting kept letters: %w", err)
	}
	last, err := s.lastStored(ctx)
	if err != nil || report.Pending > 0 || last.IsZero() {
		return report, err == nil, err // What waits would differ, and nothing would be wrong.
	}
	if err := s.checkDays(ctx, last, &report); err != nil {
		return report, false, err
	}
	if report.States == report.Letters && len(report.Differing) == 0 {
		return report, true, nil
	}
	after, fresh, err := s.isFresh(ctx)
	return report, fresh && after.savedAt.Equal(state.savedAt), err
}

// checkDays counts the newest days from both sources.
func (s *Store) checkDays(ctx context.Context, asOf time.Time, report *KeptReport) error {
	const query = `SELECT DISTINCT toDate32(received_at + INTERVAL 8 HOUR) AS day FROM letters ORDER BY day DESC LIMIT {days:UInt8}`
	err := s.each(ctx, query, func(scan func(...any) error) error {
		var day time.Time
		err := scan(&day)
		report.Checked = append(report.Checked, calendar.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()})
		return err
	}, clickhouse.Named("days", spotDays))
	if err != nil {
		return fmt.Errorf("listing the newest days: %w", err)
	}
	for _, day := range report.Checked {
		kept, err := s.dayFrom(ctx, day, asOf, fromState)
		if err != nil {
			return err
		}
		counted, err := s.dayFrom(ctx, day, asOf, fromRecords)
		if err != nil {
			return err
		}
		if kept != counted {
			report.Differing = append(report.Differing, day)
		}
	}
	return nil
}

// dayFrom returns the figures of one day by unit from the source, as printed.
func (s *Store) dayFrom(ctx context.Context, day calendar.Date, asOf time.Time, from source) (string, error) {
	s.refreshing.RLock()
	defer s.refreshing.RUnlock()
	doc, err := s.document(ctx, LocalOperator("doctor"), Query{From: day, To: day, AsOf: asOf, By: ByUnit}, from)
	if err != nil {
		return "", fmt.Errorf("counting %s: %w", day, err)
	}
	text, err := json.Marshal(doc.Rows)
	if err != nil {
		return "", fmt.Errorf("writing the figures of %s: %w", day, err)
	}
	return string(text), nil
}

// touchAge reads from a touch's id how long ago it was made.
func touchAge(touch string) time.Duration {
	const hexDigits = 16
	if len(touch) < hexDigits {
		return 0
	}
	micros, err := strconv.ParseInt(touch[:hexDigits], 16, 64)
	if err != nil {
		return 0
	}
	return max(0, time.Since(time.UnixMicro(micros)))
}
