package ingest_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

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
	r.wait("the end told in progress and metrics", func() bool { return r.progressLevel(8) && r.lag() == 0 })
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
	checkMetrics(t, r, want)
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
		if m := e.Payload.(*letter.Classified).Model; m != "m1" { // Only verdicts were sent.
			t.Errorf("verdict %v is of model %s, want the old one", k, m)
		}
	}
	if n := len(r.messages(r.cfg.EventsTopic)); n != 120 {
		t.Errorf("%d records in the events topic, want the 120 old verdicts", n)
	}
}

// checkMetrics compares the Prometheus side with the counts.
func checkMetrics(t *testing.T, r *rig, want ingest.Accounting) {
	t.Helper()
	got := r.metrics()
	for topic, c := range map[string]ingest.Count{r.cfg.LettersTopic: want.Letters, r.cfg.EventsTopic: want.Events} {
		for name, n := range map[string]int64{
			"jiesu_ingest_consumed_total " + topic:              c.Consumed,
			"jiesu_ingest_records_total new " + topic:           c.New,
			"jiesu_ingest_records_total already_there " + topic: c.AlreadyThere,
			"jiesu_ingest_records_total dead_lettered " + topic: c.DeadLettered,
			"jiesu_ingest_lag_records " + topic:                 0,
		} {
			if v, ok := got[name]; !ok || v != float64(n) {
				t.Errorf("metric %s is %v (there: %t), want %d", name, v, ok, n)
			}
		}
	}
}

func TestVerdictTooLargeIsCutAndMarked(t *testing.T) {
	r := newRig(t)
	r.cfg.Limits.MaxBytes = 64 << 10
	r.classifier.extra = []letter.Evidence{{For: "type", Text: strings.Repeat("x", 100<<10)}}
	r.send(aLetter(t, 0))
	_, stop := r.start()
	r.waitCounts(1, 1, 0)
	stop()
	for _, e := range r.store.events {
		v := e.Payload.(*letter.Classified).Verdict // Only a verdict was sent.
		if v.Type != "L05" || !v.NeedsReview || len(v.Evidence) != 0 {
			t.Errorf("verdict %+v", v)
		}
	}
}

func TestDeadLetterTooLargeIsNamedWithoutItsValue(t *testing.T) {
	r := newRig(t)
	big := strings.Repeat("x", 100<<10)
	r.raw(
		kafka.Message{Topic: r.cfg.EventsTopic, Key: []byte("a"), Value: []byte("small")},
		kafka.Message{Topic: r.cfg.EventsTopic, Key: []byte("a"), Value: []byte(big)},
		kafka.Message{Topic: r.cfg.EventsTopic, Key: []byte("a"), Value: []byte("small")},
	)
	r.cfg.MaxMessage = 64 << 10 // As if the dead-letter topic took less.
	i, stop := r.start()
	r.wait("caught up", i.CaughtUp)
	stop()
	var sizes []int
	for _, m := range r.messages(r.cfg.EventsDLQTopic) {
		sizes = append(sizes, len(m.Value))
	}
	if diff := cmp.Diff([]int{5, 0, 5}, sizes); diff != "" {
		t.Errorf("sizes (-want +got):\n%s", diff)
	}
	if got := i.Accounting().Events; got != (ingest.Count{Consumed: 3, DeadLettered: 3}) {
		t.Errorf("accounting %+v", got)
	}
}

// TestCommittedOffsetBeyondTheTopic is what a topic that was made anew looks like.
func TestCommittedOffsetBeyondTheTopic(t *testing.T) {
	r := newRig(t)
	r.send(many(20, func(n int) letter.Record { return signed(t, n) })...)
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(r.cluster.Addr), Timeout: 5 * time.Second, Transport: transport}
	commits := map[string][]kafka.OffsetCommit{}
	for p := range 4 {
		commits[r.cfg.EventsTopic] = append(commits[r.cfg.EventsTopic], kafka.OffsetCommit{Partition: p, Offset: 1000})
	}
	resp, err := client.OffsetCommit(t.Context(), &kafka.OffsetCommitRequest{GroupID: r.cfg.Group, GenerationID: -1, Topics: commits})
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range resp.Topics[r.cfg.EventsTopic] {
		if p.Error != nil {
			t.Fatal(p.Error)
		}
	}
	i, stop := r.start()
	r.waitCounts(0, 0, 20)
	r.wait("caught up", i.CaughtUp)
	stop()
}
