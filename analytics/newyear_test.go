package analytics_test

import (
	"log/slog"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

// TestNewYearsCalendarStandsBesideTheOld starts a store with the calendar of
// another year added: its figures know the due dates that were provisional, and
// those under the old version stay what they were.
func TestNewYearsCalendarStandsBesideTheOld(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	before := openStore(t, cfg, conn)
	if _, err := before.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := before.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := &ledger{tb: t}
	l.letter("A", "2026-12-28 10:00").letter("B", "2026-12-21 10:00")
	l.store(before)

	after, err := analytics.New(cfg, conn, directory(t), withNotice(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := after.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	replied := func(s *analytics.Store) analytics.Rate {
		t.Helper()
		doc, err := s.KPIs(t.Context(), analytics.LocalOperator("test"), analytics.Query{
			From: day(t, "2026-12-01"), To: day(t, "2026-12-31"), AsOf: at(t, "2027-01-08 10:00"),
		})
		if err != nil {
			t.Fatal(err)
		}
		return *doc.Rows[0].KPIs["replied_in_time"].Rate
	}
	if diff := cmp.Diff(analytics.Rate{D: 1, Excluded: map[string]uint64{"calendar_missing": 1}}, replied(before)); diff != "" {
		t.Errorf("under the old calendar (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(analytics.Rate{D: 2, Excluded: map[string]uint64{}}, replied(after)); diff != "" {
		t.Errorf("under the new calendar (-want +got):\n%s", diff)
	}
}

// withNotice is the built-in calendar with an invented notice for 2027 added.
func withNotice(t *testing.T) *calendar.Calendar {
	t.Helper()
	f, err := os.Open("../internal/calendar/testdata/notice_2027.csv")
	if err != nil {
		t.Fatal(err)
	}
	notice, err := calendar.ParseNotice(f, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	merged, err := holidays(t).Merge(notice, false)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}
