package ingest_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

func TestStoreComesAndGoes(t *testing.T) {
	r := newRig(t)
	var calls atomic.Int64
	r.store.failWith(func(string) error {
		if calls.Add(1)%3 != 0 {
			return errAway
		}
		return nil
	})
	r.cfg.MaxRows = 10
	r.send(many(200, func(n int) letter.Record { return aLetter(t, n) })...)
	r.send(many(200, func(n int) letter.Record { return signed(t, n) })...)
	i, stop := r.start()
	r.waitCounts(200, 200, 200)
	r.wait("caught up", i.CaughtUp)
	stop()
	want := ingest.Accounting{Letters: ingest.Count{Consumed: 200, New: 200}, Events: ingest.Count{Consumed: 400, New: 400}}
	if diff := cmp.Diff(want, i.Accounting()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r.store.doubled != 0 {
		t.Errorf("%d rows inserted twice", r.store.doubled)
	}
}

func TestStoreDownStopsReadingAndHealthTells(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxRows, r.cfg.StallAfter = 10, 300*time.Millisecond
	r.store.failWith(func(string) error { return errAway })
	r.send(many(2000, func(n int) letter.Record { return signed(t, n) })...)
	i, stop := r.start()
	r.wait("health to tell", func() bool { return i.Health() != nil })
	if i.CaughtUp() {
		t.Error("caught up although nothing was stored")
	}
	if got := i.Accounting(); got != (ingest.Accounting{}) {
		t.Errorf("counted %+v although nothing was stored", got)
	}
	r.store.failWith(nil)
	r.waitCounts(0, 0, 2000)
	r.wait("health to recover", func() bool { return i.Health() == nil && i.CaughtUp() })
	stop()
}

// TestStopWhileStoreIsDown must not wait for the store, and must commit nothing.
func TestStopWhileStoreIsDown(t *testing.T) {
	r := newRig(t)
	r.cfg.FinalFlush = 100 * time.Millisecond
	r.store.failWith(func(string) error { return errAway })
	r.send(many(50, func(n int) letter.Record { return signed(t, n) })...)
	_, stop := r.start()
	r.wait("a retry", func() bool { return strings.Contains(r.log.String(), "waits for a dependency") })
	stop()
	r.store.failWith(nil)
	i, stop := r.start()
	r.waitCounts(0, 0, 50)
	stop()
	if got := i.Accounting().Events; got != (ingest.Count{Consumed: 50, New: 50}) {
		t.Errorf("got %+v", got)
	}
}

// crashing is a store whose process dies right after a letter insert, before
// anything is published or committed.
type crashing struct {
	*store
	once    sync.Once
	crashed chan struct{}
}

func (c *crashing) InsertLetters(ctx context.Context, rows []letter.Judged, token string) error {
	if err := c.store.InsertLetters(ctx, rows, token); err != nil {
		return err
	}
	c.once.Do(func() { close(c.crashed) })
	<-ctx.Done()
	return ctx.Err()
}

func TestCrashBetweenInsertAndCommit(t *testing.T) {
	r := newRig(t)
	r.send(many(40, func(n int) letter.Record { return aLetter(t, n) })...)
	c := &crashing{store: r.store, crashed: make(chan struct{})}
	first, err := ingest.New(r.cfg, c, r.classifier, units, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	<-c.crashed
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := first.Stop(gone); err == nil {
		t.Error("Stop with no time left reports no error")
	}
	if n := len(r.messages(r.cfg.EventsTopic)); n != 0 {
		t.Fatalf("%d verdicts published, the crash came too late for this test", n)
	}

	i, stop := r.start()
	r.waitCounts(40, 40, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	if got := i.Accounting().Letters; got.AlreadyThere == 0 || got.Consumed != 40 || !got.Balanced() {
		t.Errorf("accounting %+v; want 40 consumed, those of the crash already there", got)
	}
	if r.store.doubled != 0 {
		t.Errorf("%d rows inserted twice", r.store.doubled)
	}
	if len(r.store.touched) == 0 {
		t.Error("the letters of the crash were not touched: figures would never hear of them")
	}
	if n := len(r.messages(r.cfg.EventsTopic)); n != 40 {
		t.Errorf("%d verdicts published, want 40", n)
	}
}

func TestSecondMemberJoinsInMidStream(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxRows = 20
	r.store.failWith(func(op string) error {
		if strings.HasPrefix(op, "insert") {
			time.Sleep(5 * time.Millisecond) // The stream lasts long enough to be joined.
		}
		return nil
	})
	const n = 3000
	r.send(many(n, func(k int) letter.Record { return signed(t, k) })...)
	r.send(many(n, func(k int) letter.Record { return aLetter(t, k) })...)
	a, stopA := r.start()
	r.wait("the first to begin", func() bool { return a.Accounting().Events.Consumed > 0 })
	b, stopB := r.start()
	r.waitCounts(n, n, n)
	r.wait("both caught up", func() bool { return a.CaughtUp() && b.CaughtUp() })
	r.send(many(200, func(k int) letter.Record { return signed(t, n+k) })...)
	r.waitCounts(n, n, n+200)
	stopA()
	r.send(many(200, func(k int) letter.Record { return signed(t, n+200+k) })...)
	r.waitCounts(n, n, n+400)
	stopB()

	x, y := a.Accounting(), b.Accounting()
	if y.Events.Consumed == 0 {
		t.Error("the second member got nothing")
	}
	if l, e := x.Letters.New+y.Letters.New, x.Events.New+y.Events.New; l != n || e != 2*n+400 {
		t.Errorf("together %d new letters and %d new events, want %d and %d", l, e, n, 2*n+400)
	}
	for _, c := range []ingest.Count{x.Letters, x.Events, y.Letters, y.Events} {
		if !c.Balanced() {
			t.Errorf("not balanced: %+v", c)
		}
	}
	if r.store.doubled != 0 {
		t.Errorf("%d rows inserted twice", r.store.doubled)
	}
	if m := len(r.messages(r.cfg.EventsTopic)); m != 2*n+400 {
		t.Errorf("%d records in the events topic, want %d: a verdict was decided twice", m, 2*n+400)
	}
}

// TestAnyMixIsAccountedFor sends random mixes while the store fails at random:
// the counts must be those of a model that only knows what was sent.
func TestAnyMixIsAccountedFor(t *testing.T) {
	r := newRig(t)
	r.cfg.MaxRows, r.cfg.MaxAge = 7, 5*time.Millisecond
	r.cfg.RetryMin, r.cfg.RetryMax = time.Millisecond, 2*time.Millisecond
	r.store.failWith(func(string) error {
		if rand.IntN(4) == 0 {
			return errAway
		}
		return nil
	})
	i, stop := r.start()
	defer stop()
	p, err := ingest.NewProducer(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	var want ingest.Accounting
	letters, events := 0, 0
	rapid.Check(t, func(rt *rapid.T) {
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{"letter", "letter again", "event", "event again", "bad letter", "bad event", "poison", "poison again"}), 1, 25).Draw(rt, "kinds")
		var batch []letter.Record
		for _, kind := range kinds {
			switch {
			case kind == "letter", kind == "letter again" && letters == 0:
				batch = append(batch, aLetter(t, letters))
				letters++
				want.Letters.New++
				want.Events.New++ // Its verdict.
			case kind == "letter again":
				batch = append(batch, aLetter(t, rapid.IntRange(0, letters-1).Draw(rt, "which letter")))
				want.Letters.AlreadyThere++
			case kind == "event", kind == "event again" && events == 0:
				batch = append(batch, signed(t, events))
				events++
				want.Events.New++
			case kind == "event again":
				batch = append(batch, signed(t, rapid.IntRange(0, events-1).Draw(rt, "which event")))
				want.Events.AlreadyThere++
			case kind == "bad letter":
				rec := aLetter(t, 90000)
				rec.Data = []byte(`{"channel":"fax"}`)
				batch = append(batch, rec)
				want.Letters.DeadLettered++
			case kind == "bad event":
				rec := signed(t, 90000)
				rec.Data = []byte(`{"unit":"440899-XX","actor":"p"}`)
				batch = append(batch, rec)
				want.Events.DeadLettered++
			default:
				rec := signed(t, 90001)
				rec.ID = fmt.Sprintf("poison%d", want.Events.DeadLettered)
				if kind == "poison again" { // Twice the same, possibly in one flush.
					batch = append(batch, rec)
					want.Events.DeadLettered++
				}
				batch = append(batch, rec)
				want.Events.DeadLettered++
			}
		}
		if err := p.Send(t.Context(), batch...); err != nil {
			rt.Fatal(err)
		}
		for _, c := range []*ingest.Count{&want.Letters, &want.Events} {
			c.Consumed = c.New + c.AlreadyThere + c.DeadLettered
		}
		for range 1000 {
			if got := i.Accounting(); got.Letters.Consumed >= want.Letters.Consumed && got.Events.Consumed >= want.Events.Consumed {
				break
			}
			time.Sleep(5 * time.Millisecond)
		}
		if diff := cmp.Diff(want, i.Accounting()); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestTwoTimes(t *testing.T) {
	r := newRig(t)
	broker := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	recorded := day.Add(time.Hour)
	message := func(n int, source string, when time.Time) kafka.Message {
		rec := aLetter(t, n)
		rec.Source, rec.RecordedTime = source, when
		value, err := rec.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return kafka.Message{Topic: r.cfg.LettersTopic, Key: []byte(rec.Subject), Value: value, Time: broker}
	}
	r.raw(
		message(0, "/import/2024", recorded),    // History: its word counts.
		message(1, "/mailbox/web", recorded),    // Not allowed to say so.
		message(2, "/import/2024", time.Time{}), // Says nothing.
		message(3, "/imports", recorded),        // A prefix that only looks alike.
	)
	i, stop := r.start()
	r.waitCounts(4, 4, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	type times struct {
		Recorded time.Time
		Imported bool
		Verdict  time.Time // When it was said to be known, zero for the broker's time.
	}
	got := map[letter.ID]times{}
	for _, l := range r.store.letters {
		got[l.ID] = times{Recorded: l.RecordedAt, Imported: l.Imported}
	}
	for _, m := range r.messages(r.cfg.EventsTopic) {
		rec, err := letter.DecodeRecord(m.Value, r.cfg.Limits)
		if err != nil {
			t.Fatal(err)
		}
		x := got[letter.ID(rec.Subject)]
		x.Verdict = rec.RecordedTime
		got[letter.ID(rec.Subject)] = x
		if !rec.Time.Equal(x.Recorded) || string(m.Key) != rec.Subject || rec.Source != ingest.ClassifierSource || rec.ID != rec.Subject+":m1" {
			t.Errorf("verdict %+v", rec)
		}
		if !x.Verdict.IsZero() && !m.Time.Equal(x.Verdict) {
			t.Errorf("verdict of history has the Kafka timestamp %s, want %s", m.Time, x.Verdict)
		}
	}
	want := map[letter.ID]times{
		letter.NewID(day, 1): {recorded, true, recorded},
		letter.NewID(day, 2): {broker, false, time.Time{}},
		letter.NewID(day, 3): {broker, true, broker},
		letter.NewID(day, 4): {broker, false, time.Time{}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, e := range r.store.events {
		if w := want[e.Letter]; !w.Verdict.IsZero() && !e.RecordedAt.Equal(w.Verdict) {
			t.Errorf("verdict of %s stored as known at %s, want %s", e.Letter, e.RecordedAt, w.Verdict)
		}
	}
}

func TestBinaryMode(t *testing.T) {
	r := newRig(t)
	rec := signed(t, 0)
	r.raw(kafka.Message{
		Topic: r.cfg.EventsTopic, Key: []byte(rec.Subject), Value: rec.Data,
		Headers: []kafka.Header{
			{Key: "content-type", Value: []byte("application/json")},
			{Key: "ce_specversion", Value: []byte("1.0")},
			{Key: "ce_id", Value: []byte(rec.ID)},
			{Key: "ce_source", Value: []byte(rec.Source)},
			{Key: "ce_type", Value: []byte(rec.Type)},
			{Key: "ce_subject", Value: []byte(rec.Subject)},
			{Key: "ce_time", Value: []byte(rec.Time.Format(time.RFC3339))},
		},
	})
	r.start()
	r.waitCounts(0, 0, 1)
}

func TestValidate(t *testing.T) {
	cfg := ingest.DefaultConfig()
	cfg.Brokers = []string{"127.0.0.1:9092"}
	if err := cfg.Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
	bad := ingest.Config{HistorySources: []string{"/"}, MaxClockSkew: -1}
	err := bad.Validate()
	for _, want := range []string{"brokers", "group", "topics", "max rows", "max message", "history source", "clock skew", "retry", "final flush", "heartbeat"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("the error does not name %q: %v", want, err)
		}
	}
	cfg.FinalFlush = cfg.SessionTimeout
	if err := cfg.Validate(); err == nil {
		t.Error("a final flush as long as the session was accepted")
	}
}

func TestStopIsIdempotentAndStartAfterStopRefused(t *testing.T) {
	r := newRig(t)
	i, stop := r.start()
	if err := i.Start(t.Context()); err != nil {
		t.Errorf("second Start: %v", err)
	}
	stop()
	if err := i.Stop(t.Context()); err != nil {
		t.Errorf("second Stop: %v", err)
	}
}

func TestProducerRefusesUnknownType(t *testing.T) {
	r := newRig(t)
	p, err := ingest.NewProducer(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if err := p.Send(t.Context(), letter.Record{Type: "cn.jiesu.letter.burnt"}); letter.KindOf(err) != letter.KindInvalid {
		t.Errorf("got %v", err)
	}
	if err := p.Send(t.Context()); err != nil {
		t.Errorf("nothing to send: %v", err)
	}
}
