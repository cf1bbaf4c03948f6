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

// TestWaitsForItsTopics starts before there are any: ingest must not be the one
// that makes them, as a real broker would with its own settings, a week's
// retention among them.
func TestWaitsForItsTopics(t *testing.T) {
	r := newRig(t)
	r.cfg.LettersTopic, r.cfg.EventsTopic = r.cluster.Name("letters"), r.cluster.Name("events")
	r.cfg.LettersDLQTopic, r.cfg.EventsDLQTopic = r.cluster.Name("letters.dlq"), r.cluster.Name("events.dlq")
	i, stop := r.start()
	r.wait("word of what is missing", func() bool {
		return strings.Contains(r.log.String(), r.cfg.LettersTopic+": the topic does not exist; create it")
	})
	if i.CaughtUp() {
		t.Error("caught up with topics that do not exist")
	}
	r.cluster.Create(4, r.cfg.LettersTopic, r.cfg.EventsTopic)
	r.cluster.Create(1, r.cfg.LettersDLQTopic, r.cfg.EventsDLQTopic)
	r.send(many(20, func(n int) letter.Record { return aLetter(t, n) })...)
	r.waitCounts(20, 20, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	if n := len(r.store.progress); n != 8 {
		t.Errorf("progress of %d partitions, want the 8 created", n)
	}
}

// TestMissingTopicsAreNotMade uses each tool before there are topics.
func TestMissingTopicsAreNotMade(t *testing.T) {
	r := newRig(t)
	r.cfg.LettersTopic, r.cfg.LettersDLQTopic = r.cluster.Name("letters"), r.cluster.Name("letters.dlq")
	p, err := ingest.NewProducer(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	d, err := ingest.NewDeadLetters(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.Close() }()
	for range 2 { // Had the first round made them, the second would go well.
		if err := p.Send(t.Context(), aLetter(t, 0)); err == nil || !strings.Contains(err.Error(), "does not exist; create it") {
			t.Errorf("sending: %v", err)
		}
		if _, err := d.Replay(t.Context(), ingest.DeadLetterFilter{}); err == nil || !strings.Contains(err.Error(), "does not exist; create it") {
			t.Errorf("replaying: %v", err)
		}
		if _, err := ingest.Audit(t.Context(), r.cfg, r.store); err == nil || !strings.Contains(err.Error(), "does not exist; create it") {
			t.Errorf("auditing: %v", err)
		}
	}
}

// TestUnfitTopicsAreNamed uses topics a broker made by its own lights.
func TestUnfitTopicsAreNamed(t *testing.T) {
	r := newRig(t)
	r.cfg.EventsTopic = r.cluster.Name("events")
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(r.cluster.Addr), Timeout: 5 * time.Second, Transport: transport}
	resp, err := client.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{Topics: []kafka.TopicConfig{{
		Topic: r.cfg.EventsTopic, NumPartitions: 1, ReplicationFactor: 1,
		ConfigEntries: []kafka.ConfigEntry{
			{ConfigName: "retention.ms", ConfigValue: "604800000"},
			{ConfigName: "cleanup.policy", ConfigValue: "compact"},
			{ConfigName: "max.message.bytes", ConfigValue: "1048588"},
			{ConfigName: "message.timestamp.type", ConfigValue: "LogAppendTime"},
			{ConfigName: "message.timestamp.before.max.ms", ConfigValue: "86400000"},
		},
	}}})
	if err != nil || resp.Errors[r.cfg.EventsTopic] != nil {
		t.Fatal(err, resp)
	}
	i, stop := r.start()
	r.wait("caught up", i.CaughtUp)
	stop()
	log := r.log.String()
	for _, setting := range []string{"retention.ms", "cleanup.policy", "max.message.bytes", "message.timestamp.type", "message.timestamp.before.max.ms"} {
		if n := strings.Count(log, "setting="+setting+" "); n != 1 {
			t.Errorf("%s is named %d times, want once", setting, n)
		}
	}
	if strings.Contains(log, "setting=retention.bytes") || strings.Contains(log, "topic="+r.cfg.LettersTopic+" setting=") {
		t.Error("a setting that is right is named")
	}
}

func TestAuditReconciles(t *testing.T) {
	r := newRig(t)
	r.store.poison["r3"] = true
	r.send(many(10, func(n int) letter.Record { return aLetter(t, n) })...)
	r.send(many(6, func(n int) letter.Record { return signed(t, n) })...)
	audit := func() []ingest.TopicAudit {
		t.Helper()
		got, err := ingest.Audit(t.Context(), r.cfg, r.store)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	unread := []ingest.TopicAudit{
		{Topic: r.cfg.LettersTopic, Partitions: 4, KeptForEver: true, Waiting: 10},
		{Topic: r.cfg.EventsTopic, Partitions: 4, KeptForEver: true, Waiting: 6},
	}
	if diff := cmp.Diff(unread, audit()); diff != "" {
		t.Errorf("nobody has read yet (-want +got):\n%s", diff)
	}

	i, stop := r.start()
	r.waitCounts(9, 9, 6)
	r.wait("caught up", i.CaughtUp)
	stop()
	read := []ingest.TopicAudit{
		{Topic: r.cfg.LettersTopic, Partitions: 4, KeptForEver: true, Committed: 10, Stored: 9, DeadLettered: 1},
		{Topic: r.cfg.EventsTopic, Partitions: 4, KeptForEver: true, Committed: 15, Stored: 15}, // Nine verdicts.
	}
	if diff := cmp.Diff(read, audit()); diff != "" {
		t.Errorf("all read (-want +got):\n%s", diff)
	}

	r.store.mu.Lock()
	for k := range r.store.letters {
		delete(r.store.letters, k)
		break
	}
	r.store.mu.Unlock()
	if got := audit()[0]; got.Missing != 1 || got.Stored != 8 || len(got.Lost) != 1 {
		t.Errorf("one row vanished: %+v", got)
	}
}
