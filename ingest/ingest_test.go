package ingest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

func TestLettersAndEventsReachTheStore(t *testing.T) {
	r := newRig(t)
	const letters, events = 300, 500
	// Before the group exists: a new group must not skip what is there. Some
	// events come before, some without their letter.
	r.send(many(events, func(n int) letter.Record { return signed(t, n) })...)
	r.send(many(letters, func(n int) letter.Record { return aLetter(t, n) })...)

	i, stop := r.start()
	r.waitCounts(letters, letters, events)
	r.wait("caught up", i.CaughtUp)
	if err := i.Health(); err != nil {
		t.Errorf("Health: %v", err)
	}
	stop()

	want := ingest.Accounting{
		Letters: ingest.Count{Consumed: letters, New: letters},
		Events:  ingest.Count{Consumed: events + letters, New: events + letters},
	}
	if diff := cmp.Diff(want, i.Accounting()); diff != "" {
		t.Errorf("accounting (-want +got):\n%s", diff)
	}
	if len(r.store.progress) != 8 {
		t.Errorf("progress of %d partitions, want 8", len(r.store.progress))
	}
	total := map[string]int64{}
	for _, p := range r.store.progress {
		total[p.Topic] += p.Next
		if p.Next != p.HighWater || p.CaughtUpAt.IsZero() {
			t.Errorf("not caught up: %+v", p)
		}
	}
	if diff := cmp.Diff(map[string]int64{r.cfg.LettersTopic: letters, r.cfg.EventsTopic: events + letters}, total); diff != "" {
		t.Errorf("offsets (-want +got):\n%s", diff)
	}
	for id, n := range r.classifier.seen {
		if n != 1 {
			t.Errorf("letter %s classified %d times", id, n)
		}
	}
}

func TestReadAgainChangesNothing(t *testing.T) {
	r := newRig(t)
	all := many(50, func(n int) letter.Record { return aLetter(t, n) })
	r.send(all...)
	r.send(all[:20]...)
	i, stop := r.start()
	r.waitCounts(50, 50, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	if got := i.Accounting().Letters; got != (ingest.Count{Consumed: 70, New: 50, AlreadyThere: 20}) {
		t.Errorf("first run: %+v", got)
	}

	// Offsets were committed: a second run reads nothing.
	i, stop = r.start()
	r.wait("caught up", i.CaughtUp)
	stop()
	if got := i.Accounting(); got != (ingest.Accounting{}) {
		t.Errorf("second run: %+v", got)
	}

	// Another group reads all of it and finds it there.
	r.cfg.Group += "-2"
	i, stop = r.start()
	r.wait("caught up", i.CaughtUp)
	stop()
	if got := i.Accounting().Letters; got != (ingest.Count{Consumed: 70, AlreadyThere: 70}) {
		t.Errorf("other group: %+v", got)
	}
	if r.store.doubled != 0 {
		t.Errorf("%d rows inserted although they were there", r.store.doubled)
	}
}

func TestRebuildDecidesNothingAgain(t *testing.T) {
	r := newRig(t)
	r.send(many(120, func(n int) letter.Record { return aLetter(t, n) })...)
	i, stop := r.start()
	r.waitCounts(120, 120, 0)
	r.wait("caught up", i.CaughtUp)
	stop()

	// Empty tables, a fresh group, a newer model.
	r.store, r.cfg.Group = newStore(), r.cfg.Group+"-rebuild"
	r.classifier = &classifier{model: "m2"}
	i, stop = r.start()
	r.waitCounts(120, 120, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	for k, e := range r.store.events {
		if m := e.Payload.(*letter.Classified).Model; m != "m1" { //nolint:forcetypeassert // Only verdicts were sent.
			t.Errorf("verdict %v is of model %s, want the old one", k, m)
		}
	}
	if n := len(r.messages(r.cfg.EventsTopic)); n != 120 {
		t.Errorf("%d records in the events topic, want the 120 old verdicts", n)
	}
}
