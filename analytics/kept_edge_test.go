package analytics_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// checkKept wants all figures of the days from what is kept, and the same as
// from the records.
func checkKept(t *testing.T, store *analytics.Store, from, to string) analytics.Figures {
	t.Helper()
	q := analytics.Query{From: day(t, from), To: day(t, to)}
	for _, m := range analytics.AllMetrics() {
		q.Metrics = append(q.Metrics, m.ID)
	}
	got, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	if err := analytics.MustBeKept(t.Context(), store); err != nil {
		t.Error(err)
	}
	want, err := analytics.KPIsFromRecords(t.Context(), store, analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s to %s (-from records +kept):\n%s", from, to, diff)
	}
	return got.Rows[0].KPIs
}

// TestMovedLetterLeavesItsMonth asks for the month alone from which a letter's
// earlier record moved it.
func TestMovedLetterLeavesItsMonth(t *testing.T) {
	store, _ := newStore(t)
	(&ledger{tb: t}).letter("B", "2024-04-05 10:00").store(store)
	checkKept(t, store, "2024-04-01", "2024-04-30")
	(&ledger{tb: t}).letter("B", "2024-03-31 10:00", func(row *letter.Judged) { row.RecordID = "earlier" }).store(store)
	if got := checkKept(t, store, "2024-04-01", "2024-04-30"); got.Count("open") != 0 {
		t.Errorf("April holds %d open letters, want none", got.Count("open"))
	}
	if got := checkKept(t, store, "2024-03-01", "2024-04-30"); got.Count("open") != 1 {
		t.Errorf("both months hold %d open letters, want 1", got.Count("open"))
	}
}

// TestWriterTurnsOutToBeAnother wants no letter to repeat one that an earlier
// record gives to another writer.
func TestWriterTurnsOutToBeAnother(t *testing.T) {
	store, _ := newStore(t)
	same := func(writer, record string) func(*letter.Judged) {
		return func(row *letter.Judged) {
			row.Normalised = "海滨路夜市的摊主每晚占道经营到两点多，多次投诉没有人来管，请尽快派人处理一下。"
			row.Writer.Key, row.RecordID = writer, record
		}
	}
	(&ledger{tb: t}).letter("A", "2024-03-05 10:00", same("w", "1")).letter("B", "2024-03-06 10:00", same("w", "2")).
		letter("C", "2024-03-07 10:00").store(store)
	if got := checkKept(t, store, "2024-03-01", "2024-03-31"); got["repeat_letters"].Rate.N != 1 {
		t.Fatalf("%d letters repeat another, want 1", got["repeat_letters"].Rate.N)
	}
	(&ledger{tb: t}).letter("A", "2024-03-05 09:00", same("v", "earlier")).store(store)
	if got := checkKept(t, store, "2024-03-01", "2024-03-31"); got["repeat_letters"].Rate.N != 0 {
		t.Errorf("%d letters repeat another, want none", got["repeat_letters"].Rate.N)
	}
}

// TestManyMonthsInOneRound stores letters of more months than the server takes
// in one insert.
func TestManyMonthsInOneRound(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	const months = 101
	for n := range months {
		l.letter(letter.ID(fmt.Sprintf("%03d", n)), fmt.Sprintf("%d-%02d-10 10:00", 2012+n/12, 1+n%12))
	}
	l.store(store)
	if got := checkKept(t, store, "2012-01-01", "2021-12-31"); got.Count("received") != months {
		t.Errorf("%d letters, want %d", got.Count("received"), months)
	}
}

// TestRebuildInSeveralRounds has a writer's letters of one series built anew in
// different rounds.
func TestRebuildInSeveralRounds(t *testing.T) {
	store, _ := newStore(t)
	analytics.RebuildBy(store, 1)
	of := func(row *letter.Judged) { row.Writer.Key = "w" }
	(&ledger{tb: t}).letter("A", "2024-03-05 10:00", of).letter("B", "2024-03-06 10:00", of).letter("C", "2024-03-07 10:00", of).
		event("A", letter.TypeSeriesConfirmed, "2024-03-08 11:00", &letter.SeriesChanged{Common: by(cityDesk), Series: "S", Letters: []letter.ID{"A", "B", "C"}}).
		store(store)
	if _, err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(analytics.DropKept(t.Context(), store), store.Prepare(t.Context())); err != nil {
		t.Fatal(err)
	}
	if got := checkKept(t, store, "2024-03-01", "2024-03-31"); got["repeat_letters"].Rate.N != 2 {
		t.Errorf("%d letters repeat another, want 2", got["repeat_letters"].Rate.N)
	}
}

// TestWritersOfAllTime wants a period that begins before 1970 to have writers.
func TestWritersOfAllTime(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	if got := checkKept(t, store, "1960-01-01", "2024-04-30"); got.Count("writers") != 1 {
		t.Errorf("%d writers, want 1", got.Count("writers"))
	}
}

// TestRoundThatNeverSaidItEnded wants figures from what is kept although the
// last round left word that it was being written.
func TestRoundThatNeverSaidItEnded(t *testing.T) {
	store, conn := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	if _, err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	const running = "INSERT INTO kept (states, days, last_recorded, watermark, running) SELECT states, days, last_recorded, watermark, true FROM kept FINAL"
	if err := conn.Exec(t.Context(), running); err != nil {
		t.Fatal(err)
	}
	checkKept(t, store, "2024-03-01", "2024-04-30")
}

// TestFiguresWhenRefreshFails wants them from the records.
func TestFiguresWhenRefreshFails(t *testing.T) {
	store, conn := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	if err := conn.Exec(t.Context(), "DROP TABLE refreshing"); err != nil {
		t.Fatal(err)
	}
	got, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), spring(t))
	if err != nil {
		t.Fatal(err)
	}
	if n := got.Rows[0].KPIs.Count("letters"); n != 1 {
		t.Errorf("%d letters, want 1", n)
	}
}

// TestRefreshEndsWhileRecordsCome touches a letter again and again: Refresh deals
// with what was pending when it began.
func TestRefreshEndsWhileRecordsCome(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	var group sync.WaitGroup
	defer group.Wait()
	ended := make(chan struct{})
	defer close(ended)
	group.Go(func() {
		for {
			select {
			case <-ended:
				return
			default:
			}
			if err := analytics.Touch(t.Context(), store, "A"); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 2 {
		if _, err := store.Refresh(ctx); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFiguresDoNotWaitForARebuild asks while another builds anew what is kept.
func TestFiguresDoNotWaitForARebuild(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	end := analytics.TakeTurn(store)
	defer end()
	ctx, stop := context.WithTimeout(t.Context(), time.Minute)
	defer stop()
	doc, err := store.KPIs(ctx, analytics.LocalOperator("x"), spring(t))
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Rows[0].KPIs.Count("letters"); got != 1 {
		t.Errorf("counted %d letters, want 1", got)
	}
	if err := analytics.MustBeKept(t.Context(), store); err == nil {
		t.Error("the figures were refreshed out of turn")
	}
}

// TestClockSetBack keeps state under a clock that runs a day ahead, and wants
// what comes after it was set right to count.
func TestClockSetBack(t *testing.T) {
	store, _ := newStore(t)
	(&ledger{tb: t}).letter("A", "2024-03-05 10:00").store(store)
	checkKept(t, store, "2024-03-01", "2024-03-31")
	if err := analytics.SetBack(t.Context(), store, 24*time.Hour); err != nil {
		t.Fatal(err)
	}
	(&ledger{tb: t}).letter("B", "2024-03-06 10:00").event("A", letter.TypeClosed, "2024-03-06 11:00", closed(cityDesk)).store(store)
	got := checkKept(t, store, "2024-03-01", "2024-03-31")
	if got.Count("received") != 2 || got.Count("open") != 1 {
		t.Errorf("%d letters, %d open, want 2 and 1", got.Count("received"), got.Count("open"))
	}
}
