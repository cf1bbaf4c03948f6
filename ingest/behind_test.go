package ingest_test

import (
	"testing"
	"time"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

// TestRecordsBehindPublishedFigures stores what lies behind a cut-off, with or
// without anybody's leave, and counts it with its verdicts.
func TestRecordsBehindPublishedFigures(t *testing.T) {
	r := newRig(t)
	r.store.frozen = day.Add(2 * time.Minute)
	records := many(5, func(n int) letter.Record {
		rec := aLetter(t, n)
		rec.Source, rec.RecordedTime = "/import/old", rec.Time
		return rec
	})
	r.send(records...)
	r.send(aLetter(t, 9)) // Known only now.
	i, stop := r.start()
	r.waitCounts(6, 6, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	if got := i.Accounting().Letters; got != (ingest.Count{Consumed: 6, New: 6}) {
		t.Errorf("accounting %+v", got)
	}
	got := r.metrics()
	for _, topic := range []string{r.cfg.LettersTopic, r.cfg.EventsTopic} { // Minutes 0, 1 and 2; verdicts carry their letters' times.
		if n := got["jiesu_ingest_behind_snapshot_total "+topic]; n != 3 {
			t.Errorf("%s: %v records behind the snapshot, want 3", topic, n)
		}
	}
}

// TestFrozenUntilAway loses nothing where the store cannot say what is frozen.
func TestFrozenUntilAway(t *testing.T) {
	r := newRig(t)
	r.store.failWith(func(op string) error {
		if op == "frozen_until" {
			return errAway
		}
		return nil
	})
	rec := aLetter(t, 0)
	rec.Source, rec.RecordedTime = "/import/old", rec.Time
	r.send(rec)
	i, stop := r.start()
	r.waitCounts(1, 1, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
}
