package analytics_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// TestCheckKept looks at a store before anything is kept, while an insert waits,
// when all is kept, and after a record was taken away behind its back.
func TestCheckKept(t *testing.T) {
	store, conn := newStore(t)
	check := func(when string, want analytics.KeptReport) {
		t.Helper()
		got, err := store.CheckKept(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got.Pending > 0 && got.OldestPending <= 0 {
			t.Errorf("%s: the oldest insert has waited %v", when, got.OldestPending)
		}
		got.OldestPending = 0
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", when, diff)
		}
	}
	check("before", analytics.KeptReport{})
	refresh := func() {
		t.Helper()
		if _, err := store.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	refresh()
	check("empty", analytics.KeptReport{Built: true})
	l := &ledger{tb: t}
	l.letter("A", "2024-03-05 10:00").letter("B", "2024-03-06 10:00").letter("C", "2024-03-07 10:00").letter("D", "2024-03-08 10:00")
	l.event("B", letter.TypeSigned, "2024-03-06 10:05", signed(cityDesk))
	l.store(store)
	check("waiting", analytics.KeptReport{Built: true, Letters: 4, Pending: 2})
	refresh()
	days := []calendar.Date{day(t, "2024-03-08"), day(t, "2024-03-07"), day(t, "2024-03-06")}
	check("kept", analytics.KeptReport{Built: true, Letters: 4, States: 4, Checked: days})
	for _, table := range []string{"letters DELETE WHERE letter_id = 'C'", "events DELETE WHERE letter_id = 'B'"} {
		if err := conn.Exec(t.Context(), "ALTER TABLE "+table+" SETTINGS mutations_sync = 1"); err != nil {
			t.Fatal(err)
		}
	}
	check("damaged", analytics.KeptReport{
		Built: true, Letters: 3, States: 4, Checked: []calendar.Date{day(t, "2024-03-08"), day(t, "2024-03-06"), day(t, "2024-03-05")},
		Differing: []calendar.Date{day(t, "2024-03-06")},
	})
}
