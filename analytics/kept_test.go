package analytics_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
	"jiesu.cn/jiesu/letter"
)

// spring asks for the contract's figures as of the last record.
func spring(t *testing.T) analytics.Query {
	return analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-04-30")}
}

// TestKeptFiguresFollowRecords stores a ledger bit by bit and wants what is
// kept to say the same as the records after each.
func TestKeptFiguresFollowRecords(t *testing.T) {
	store, _ := newStore(t)
	steps := []func(l *ledger){
		untouched,
		func(l *ledger) { l.event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)) },
		func(l *ledger) { // An event before its letter.
			l.event("B", letter.TypeForwarded, "2024-04-05 10:05", forwarded(cityDesk, countyDesk))
		},
		func(l *ledger) { l.letter("B", "2024-04-05 10:00") },
		func(l *ledger) { // Another letter joins the matter of the first.
			l.letter("C", "2024-04-06 10:00", func(row *letter.Judged) { row.Writer.Key = "w-A" })
			l.event("C", letter.TypeSeriesConfirmed, "2024-04-06 11:00", &letter.SeriesChanged{Common: by(cityDesk), Series: "S", Letters: []letter.ID{"A", "C"}})
		},
		func(l *ledger) { // The last event of all comes first to be known.
			l.event("A", letter.TypeClosed, "2024-03-06 10:00", closed(countyDesk)).recorded("2024-04-07 10:00")
		},
		func(l *ledger) {
			l.event("A", letter.TypeReopened, "2024-04-08 10:00", &letter.Reopened{Common: by(countyDesk)})
		},
		func(l *ledger) {
			l.event("A", letter.TypeLeadAccepted, "2024-04-08 10:30", &letter.LeadAccepted{Common: by(station), Lead: "X"})
		},
		func(l *ledger) { // A record that was made earlier moves the letter to another month and empties its day.
			l.letter("B", "2024-03-31 10:00", func(row *letter.Judged) { row.RecordID = "earlier" })
		},
		func(l *ledger) { // And again, of a letter nothing else is known of, on the newest day.
			l.letter("D", "2024-04-08 11:00")
		},
		func(l *ledger) {
			l.letter("D", "2024-03-30 11:00", func(row *letter.Judged) { row.RecordID = "earlier" })
		},
		func(l *ledger) { // The same writer again, and the first letter merged away.
			l.letter("E", "2024-04-08 12:00", func(row *letter.Judged) { row.Writer.Key = "w-A" })
			l.event("A", letter.TypeMerged, "2024-04-08 12:30", &letter.Merged{Common: by(cityDesk), Into: "E"})
		},
		func(l *ledger) {
			l.event("C", letter.TypeCaseFiled, "2024-04-08 13:00", &letter.CaseFiled{Common: by(station), Case: "1", Kind: "criminal", Leads: []string{"X"}})
			l.event("C", letter.TypeRevisited, "2024-04-08 13:00", &letter.Revisited{Common: by(station), Reached: true, Solved: "yes"})
			l.event("C", letter.TypeCaseRecovered, "2024-04-08 13:30", &letter.CaseRecovered{Common: by(far), Case: "1", Yuan: 10.5})
			l.event("C", letter.TypeCaseArrested, "2024-04-08 14:00", &letter.CaseArrested{Common: by(station), Case: "1", Suspects: []string{"s1", "s2"}})
		},
		func(l *ledger) {
			l.event("B", letter.TypeInvalidated, "2024-04-09 10:00", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"})
		},
	}
	for i, step := range steps {
		l := &ledger{tb: t}
		step(l)
		for n := range l.events {
			l.events[n].RecordID = time.Duration(100*i + n).String()
		}
		l.store(store)
		for _, by := range []analytics.Dimension{analytics.ByNone, analytics.ByUnit, analytics.ByDay} {
			q := spring(t)
			q.By = by
			got, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := analytics.KPIsFromRecords(t.Context(), store, analytics.LocalOperator("x"), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("step %d by %q (-from records +kept):\n%s", i, by, diff)
			}
		}
	}
	if err := analytics.MustBeKept(t.Context(), store); err != nil {
		t.Error(err)
	}
	for more := true; more; { // From none of the further figures kept by day to all of them.
		for _, by := range []analytics.Dimension{analytics.ByNone, analytics.ByUnit} {
			q := spring(t)
			q.By = by
			for _, m := range analytics.AllMetrics() {
				q.Metrics = append(q.Metrics, m.ID)
			}
			got, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q)
			if err != nil {
				t.Fatal(err)
			}
			want, err := analytics.KPIsFromRecords(t.Context(), store, analytics.LocalOperator("x"), q)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("all figures by %q (-from records +kept):\n%s", by, diff)
			}
		}
		var err error
		if more, err = store.RefreshFurther(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestKeptTablesAreBuiltAnew wants a store to build anew what a program
// with another calendar kept otherwise.
func TestKeptTablesAreBuiltAnew(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	first := openStore(t, cfg, conn)
	if _, err := first.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := first.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := &ledger{tb: t}
	untouched(l)
	l.store(first)
	want, err := first.KPIs(t.Context(), analytics.LocalOperator("x"), spring(t))
	if err != nil {
		t.Fatal(err)
	}
	if err := analytics.DropKept(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	second := openStore(t, cfg, conn)
	if err := second.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	got, err := second.KPIs(t.Context(), analytics.LocalOperator("x"), spring(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-before +built anew):\n%s", diff)
	}
	if err := analytics.MustBeKept(t.Context(), second); err != nil {
		t.Error(err)
	}
}

// TestFollower answers from what another process keeps, and from the records
// while that lags behind.
func TestFollower(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	leader := openStore(t, cfg, conn)
	if _, err := leader.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := leader.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	cfg.Follow = true
	follower := openStore(t, cfg, conn)
	l := &ledger{tb: t}
	untouched(l)
	l.store(leader)
	behind, err := follower.KPIs(t.Context(), analytics.LocalOperator("x"), spring(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := behind.Rows[0].KPIs.Count("letters"); got != 1 {
		t.Errorf("a follower of a leader that lags behind counts %d letters, want 1", got)
	}
	refresher := analytics.NewRefresher(leader, time.Millisecond, slog.New(slog.DiscardHandler))
	refresher.Start(t.Context())
	refresher.Start(t.Context())
	for analytics.MustBeKept(t.Context(), follower) != nil {
		time.Sleep(10 * time.Millisecond)
	}
	refresher.Stop()
	refresher.Stop()
	got, err := follower.KPIs(t.Context(), analytics.LocalOperator("x"), spring(t))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(behind, got); diff != "" {
		t.Errorf("(-from records +kept):\n%s", diff)
	}
}
