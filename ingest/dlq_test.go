package ingest_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

// badRecord is one kind of malformed message and the reason it is refused for.
type badRecord struct {
	name, topic, reason string
	message             kafka.Message
}

const secretPhone = "13912345678"

// badRecords is the table of twenty kinds and some more.
func badRecords(t *testing.T, r *rig) []badRecord {
	t.Helper()
	encode := func(rec letter.Record) string {
		b, err := rec.Encode()
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	good, step := encode(aLetter(t, 0)), encode(signed(t, 0))
	id := string(letter.NewID(day, 1))
	edit := func(in, from, to string) string {
		if !strings.Contains(in, from) {
			t.Fatalf("the record lost %q", from)
		}
		return strings.Replace(in, from, to, 1)
	}
	msg := func(key, value string) kafka.Message { return kafka.Message{Key: []byte(key), Value: []byte(value)} }
	l, e := r.cfg.LettersTopic, r.cfg.EventsTopic
	return []badRecord{
		{"tombstone", l, "empty", kafka.Message{Key: []byte(id)}},
		{"blank", l, "empty", msg(id, "  \n")},
		{"not json", l, "bad_json", msg(id, "hello")},
		{"cut short", l, "bad_json", msg(id, good[:len(good)-4])},
		{"an array", l, "bad_json", msg(id, "["+good+"]")},
		{"byte order mark", l, "bad_encoding", msg(id, "\xef\xbb\xbf"+good)},
		{"GBK", l, "bad_utf8", msg(id, edit(good, "路灯", "\xc2\xb7\xb5\xc6"))},
		{"too large", l, "too_large", msg(id, edit(good, "第0封", strings.Repeat("x", 1<<20)))},
		{"too deep", l, "too_deep", msg(id, edit(good, `"路灯不亮"`, strings.Repeat("[", 20)+strings.Repeat("]", 20)))},
		{"key twice", l, "duplicate_key", msg(id, edit(good, `"title":`, `"title":"a","title":`))},
		{"odd key", l, "bad_key", msg(id, edit(good, `"title"`, `"张三`+secretPhone+`"`))},
		{"unknown field", l, "bad_data", msg(id, edit(good, `"title"`, `"titel"`))},
		{"clear phone", l, "clear_identity", msg(id, edit(good, `"key":""`, `"key":"`+secretPhone+`"`))},
		{"unknown channel", l, "unknown_code", msg(id, edit(good, `"web"`, `"fax"`))},
		{"unknown unit hint", l, "unknown_unit", msg(id, edit(good, `"unit_hint":""`, `"unit_hint":"999999-XX"`))},
		{"old spec", l, "bad_envelope", msg(id, edit(good, `"1.0"`, `"0.3"`))},
		{"no id", l, "missing_field", msg(id, edit(good, `"id":"r0"`, `"id":""`))},
		{"another key", l, "key_mismatch", msg("2024040599999", good)},
		{"event among letters", l, "unknown_type", msg(id, step)},
		{"future", l, "time_out_of_range", msg(id, edit(good, `"time":"2024`, `"time":"2124`))},
		{"letter among events", e, "unknown_type", msg(id, good)},
		{"type of another version", e, "unknown_type", msg(id, edit(step, "letter.signed", "letter.burnt"))},
		{"no offset", e, "bad_time", msg(id, edit(step, "Z\"", "\""))},
		{"bad subject", e, "bad_id", msg("../x", edit(step, id, "../x"))},
		{"unknown unit", e, "unknown_unit", msg(id, edit(step, "440800-XX", "999999-XX"))},
		{"no actor", e, "missing_field", msg(id, edit(step, `"actor":"p1"`, `"actor":""`))},
		{"no key", e, "key_mismatch", kafka.Message{Value: []byte(step)}},
		{"1999", e, "no_timestamp", kafka.Message{Key: []byte(id), Value: []byte(step), Time: time.Date(1999, 1, 1, 0, 0, 0, 0, time.UTC)}},
		// Kafka 4 itself refuses what lies more than an hour ahead.
		{"a clock ahead", e, "time_out_of_range", kafka.Message{Key: []byte(id), Value: []byte(step), Time: time.Now().Add(30 * time.Minute)}},
	}
}

func TestThousandBadRecordsBetweenGoodOnes(t *testing.T) {
	r := newRig(t)
	kinds := badRecords(t, r)
	const bad = 1000
	want := map[string]map[string]int{r.cfg.LettersDLQTopic: {}, r.cfg.EventsDLQTopic: {}}
	var messages []kafka.Message
	for n := range bad {
		k := kinds[n%len(kinds)]
		m := k.message
		m.Topic = k.topic
		m.Headers = []kafka.Header{{Key: "trace", Value: fmt.Append(nil, n)}}
		messages = append(messages, m)
		dlq := r.cfg.LettersDLQTopic
		if k.topic == r.cfg.EventsTopic {
			dlq = r.cfg.EventsDLQTopic
		}
		want[dlq][k.reason]++
		if n%10 == 0 {
			value, err := aLetter(t, n+1).Encode()
			if err != nil {
				t.Fatal(err)
			}
			messages = append(messages, kafka.Message{Topic: r.cfg.LettersTopic, Key: []byte(letter.NewID(day, n+2)), Value: value})
		}
	}
	r.raw(messages...)
	i, stop := r.start()
	r.waitCounts(bad/10, bad/10, 0)
	r.wait("caught up", i.CaughtUp)
	stop()

	got := map[string]map[string]int{}
	traces := map[string]bool{}
	for topic := range want {
		got[topic] = map[string]int{}
		for _, m := range r.messages(topic) {
			h := map[string]string{}
			for _, kv := range m.Headers {
				h[kv.Key] = string(kv.Value)
			}
			got[topic][h[ingest.HeaderReason]]++
			traces[h["trace"]] = true
			checkDeadMessage(t, h, m, messages)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if len(traces) != bad {
		t.Errorf("%d different records in the dead-letter topics, want %d", len(traces), bad)
	}
	a := i.Accounting()
	if !a.Letters.Balanced() || !a.Events.Balanced() || a.Letters.DeadLettered+a.Events.DeadLettered != bad {
		t.Errorf("accounting %+v", a)
	}
	if strings.Contains(r.log.String(), secretPhone) || strings.Contains(r.log.String(), "路灯") {
		t.Error("the log repeats a record")
	}
}

// checkDeadMessage compares a dead letter with what was sent.
func checkDeadMessage(t *testing.T, h map[string]string, m kafka.Message, sent []kafka.Message) {
	t.Helper()
	var original kafka.Message
	for _, s := range sent {
		if len(s.Headers) > 0 && string(s.Headers[0].Value) == h["trace"] {
			original = s
		}
	}
	switch {
	case !bytes.Equal(original.Key, m.Key):
		t.Errorf("record %s: key %q became %q", h["trace"], original.Key, m.Key)
	case h[ingest.HeaderReason] == "clear_identity":
		if len(m.Value) != 0 || h[ingest.HeaderWithheld] != "clear_identity" {
			t.Errorf("record %s: an identity in clear was copied", h["trace"])
		}
	case !bytes.Equal(original.Value, m.Value):
		t.Errorf("record %s (%s): the value changed", h["trace"], h[ingest.HeaderReason])
	}
	if h[ingest.HeaderTopic] != original.Topic || h[ingest.HeaderOffset] == "" || h[ingest.HeaderPartition] == "" {
		t.Errorf("record %s: source headers %v", h["trace"], h)
	}
	if _, err := time.Parse(time.RFC3339Nano, h[ingest.HeaderFailedAt]); err != nil {
		t.Errorf("record %s: %v", h["trace"], err)
	}
	if d := h[ingest.HeaderDetail]; d == "" || strings.Contains(d, secretPhone) || strings.Contains(d, "张三") {
		t.Errorf("record %s: detail %q", h["trace"], d)
	}
}

func TestStoreRefusesSingleRows(t *testing.T) {
	r := newRig(t)
	const n = 200
	bad := []int{0, 7, 8, 100, n - 1}
	for _, b := range bad {
		r.store.poison[fmt.Sprintf("r%d", b)] = true
		r.store.poison[fmt.Sprintf("s%d", b)] = true
	}
	r.send(many(n, func(k int) letter.Record { return aLetter(t, k) })...)
	r.send(many(n, func(k int) letter.Record { return signed(t, k) })...)
	i, stop := r.start()
	r.waitCounts(n-len(bad), n-len(bad), n-len(bad))
	r.wait("caught up", i.CaughtUp)
	stop()
	want := ingest.Accounting{
		Letters: ingest.Count{Consumed: n, New: int64(n - len(bad)), DeadLettered: int64(len(bad))},
		Events:  ingest.Count{Consumed: int64(2*n - len(bad)), New: int64(2*n - 2*len(bad)), DeadLettered: int64(len(bad))},
	}
	if diff := cmp.Diff(want, i.Accounting()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClassifierRefusesALetter(t *testing.T) {
	r := newRig(t)
	poison := letter.NewID(day, 5)
	r.classifier.fail = func(letters []letter.Letter) error {
		for _, l := range letters {
			if l.ID == poison {
				return &letter.Error{Kind: letter.KindInvalid, Reason: "unclassifiable", Detail: "text"}
			}
		}
		return nil
	}
	r.send(many(20, func(k int) letter.Record { return aLetter(t, k) })...)
	i, stop := r.start()
	r.waitCounts(19, 19, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	if got := i.Accounting().Letters; got != (ingest.Count{Consumed: 20, New: 19, DeadLettered: 1}) {
		t.Errorf("got %+v", got)
	}
}

func TestListAndReplay(t *testing.T) {
	r := newRig(t)
	r.store.poison["r3"], r.store.poison["s4"] = true, true
	r.send(many(10, func(k int) letter.Record { return aLetter(t, k) })...)
	r.send(many(10, func(k int) letter.Record { return signed(t, k) })...)
	value, err := aLetter(t, 50).Encode()
	if err != nil {
		t.Fatal(err)
	}
	r.raw(kafka.Message{
		Topic: r.cfg.LettersTopic, Key: []byte(letter.NewID(day, 51)),
		Value: bytes.Replace(value, []byte(`"key":""`), []byte(`"key":"`+secretPhone+`"`), 1),
	})
	_, _ = r.start()
	r.waitCounts(9, 9, 9)
	r.wait("three dead letters", func() bool {
		return len(r.messages(r.cfg.LettersDLQTopic))+len(r.messages(r.cfg.EventsDLQTopic)) == 3
	})

	tool, err := ingest.NewDeadLetters(r.cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = tool.Close() })
	var got []ingest.DeadLetter
	for d, err := range tool.List(t.Context(), ingest.DeadLetterFilter{Reason: "store_refused"}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, d)
	}
	want := []ingest.DeadLetter{
		{Topic: r.cfg.LettersDLQTopic, Reason: "store_refused", Source: letter.Position{Topic: r.cfg.LettersTopic}},
		{Topic: r.cfg.EventsDLQTopic, Reason: "store_refused", Source: letter.Position{Topic: r.cfg.EventsTopic}},
	}
	ignore := cmpopts.IgnoreFields(ingest.DeadLetter{}, "Detail", "FailedAt", "Size", "Offset", "Source.Offset", "Source.Partition")
	if diff := cmp.Diff(want, got, ignore); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	// What made the store refuse them is repaired.
	r.store.mu.Lock()
	clear(r.store.poison)
	r.store.mu.Unlock()
	sent, err := tool.Replay(t.Context(), ingest.DeadLetterFilter{})
	if sent != 2 || !errors.Is(err, ingest.ErrWithheld) {
		t.Errorf("replayed %d, %v; want 2 and the one withheld named", sent, err)
	}
	r.waitCounts(10, 10, 10)
	if sent, err := tool.Replay(t.Context(), ingest.DeadLetterFilter{Topic: r.cfg.EventsDLQTopic, Offsets: []int64{99}}); sent != 0 || err != nil {
		t.Errorf("an offset nobody has: replayed %d, %v", sent, err)
	}
}
