package app

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/letter"
)

// spoilers are twenty ways to spoil a good letter record, and the reason each
// must be refused for.
var spoilers = []struct {
	reason string
	spoil  func(key, value string) (string, string)
}{
	{"empty", func(k, _ string) (string, string) { return k, "" }},
	{"bad_json", func(k, _ string) (string, string) { return k, "局长您好" }},
	{"bad_json", func(k, v string) (string, string) { return k, v[:len(v)-2] }},
	{"bad_json", func(k, v string) (string, string) { return k, "[" + v + "]" }},
	{"bad_encoding", func(k, v string) (string, string) { return k, "\xef\xbb\xbf" + v }},
	{"bad_utf8", func(k, v string) (string, string) {
		return k, strings.Replace(v, `"title":"`, "\"title\":\"\xc4\xfa\xba\xc3", 1)
	}},
	{"too_large", func(k, v string) (string, string) {
		return k, strings.Replace(v, `"title":"`, `"title":"`+strings.Repeat("a", 1<<20), 1)
	}},
	{"too_deep", func(k, v string) (string, string) {
		return k, strings.Replace(v, `"data":`, `"deep":`+strings.Repeat("[", 40)+strings.Repeat("]", 40)+`,"data":`, 1)
	}},
	{"duplicate_key", func(k, v string) (string, string) { return k, strings.Replace(v, `"data":`, `"id":"again","data":`, 1) }},
	{"bad_key", func(k, v string) (string, string) { return k, strings.Replace(v, `"channel"`, `"Channel"`, 1) }},
	{"bad_data", func(k, v string) (string, string) { return k, strings.Replace(v, `"channel"`, `"chanel"`, 1) }},
	{"bad_data", func(k, v string) (string, string) {
		return k, strings.Replace(v, `"verified":`, `"verified":7,"was":`, 1)
	}},
	{"clear_identity", func(k, v string) (string, string) { return k, setField(v, "key", "13900001234") }},
	{"bad_envelope", func(k, v string) (string, string) {
		return k, strings.Replace(v, `"specversion":"1.0"`, `"specversion":"2"`, 1)
	}},
	{"unknown_type", func(k, v string) (string, string) { return k, strings.Replace(v, "letter.received", "letter.lost", 1) }},
	{"bad_id", func(k, v string) (string, string) {
		return "a/b", strings.Replace(v, `"subject":"`+k, `"subject":"a/b`, 1)
	}},
	{"key_mismatch", func(_, v string) (string, string) { return "1999010100001", v }},
	{"bad_time", func(k, v string) (string, string) { return k, strings.Replace(v, `"time":"`, `"time":"on `, 1) }},
	{"time_out_of_range", func(k, v string) (string, string) { return k, strings.Replace(v, `"time":"2024`, `"time":"1824`, 1) }},
	{"unknown_unit", func(k, v string) (string, string) { return k, setField(v, "unit_hint", "123456-X") }},
}

// setField gives the first text field of that name another value.
func setField(v, name, value string) string {
	start := `"` + name + `":"`
	from := strings.Index(v, start) + len(start)
	return v[:from] + value + v[from+strings.IndexByte(v[from:], '"'):]
}

// TestMalformedRecordsStopNothing puts 1,000 malformed records of twenty kinds
// between the good ones of a ledger, on the real engine and broker.
func TestMalformedRecordsStopNothing(t *testing.T) {
	dir := t.TempDir()
	ledger := filepath.Join(dir, "ledger")
	if _, err := simulate.Run(t.Context(), simulate.Options{Seed: 5, Letters: 400, Dir: ledger}); err != nil {
		t.Fatal(err)
	}
	cfg := testConfig(filepath.Join(dir, "data"))
	a, err := New(cfg, Parts{Ingest: true, Console: true}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	}()
	const bad = 1000
	want := sendSpoiled(t, a.session.ingest, filepath.Join(ledger, "letters.jsonl"), bad)
	if _, err := a.session.Send(t.Context(), SendOptions{Files: []string{filepath.Join(ledger, "events.jsonl")}}); err != nil {
		t.Fatal(err)
	}

	got := map[string]int{}
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(200 * time.Millisecond) {
		clear(got)
		total := 0
		err := a.session.DeadLetters(t.Context(), ingest.DeadLetterFilter{}, func(d ingest.DeadLetter) error {
			got[d.Reason]++
			total++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if total == bad || time.Now().After(deadline) {
			break
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("dead letters by reason (-want +got):\n%s", diff)
	}
	waitAudit(t, a.session, bad)
	verifyExact(t, a.session, ledger)
}

// sendSpoiled sends every letter of the file once as it is, and n spoiled
// copies between them. It returns how many to expect by reason.
func sendSpoiled(t *testing.T, cfg ingest.Config, path string, n int) map[string]int {
	t.Helper()
	lines := readLines(t, path)
	want := map[string]int{}
	var messages []kafka.Message
	for i := range max(n, len(lines)) {
		value := lines[i%len(lines)]
		rec, err := letter.DecodeRecord(value, letter.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		if i < n {
			s := spoilers[i%len(spoilers)]
			key, spoiled := s.spoil(rec.Subject, string(value))
			messages = append(messages, kafka.Message{Key: []byte(key), Value: []byte(spoiled)})
			want[s.reason]++
		}
		if i < len(lines) {
			messages = append(messages, kafka.Message{Key: []byte(rec.Subject), Value: value})
		}
	}
	w := &kafka.Writer{
		Addr: kafka.TCP(cfg.Brokers...), Topic: cfg.LettersTopic, RequiredAcks: kafka.RequireAll,
		Balancer: kafka.Murmur2Balancer{Consistent: true}, BatchBytes: 2<<20 - 4096, BatchTimeout: 5 * time.Millisecond,
	}
	if err := w.WriteMessages(t.Context(), messages...); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return want
}

func readLines(t *testing.T, path string) [][]byte {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var lines [][]byte
	for s := bufio.NewScanner(bytes.NewReader(content)); s.Scan(); {
		lines = append(lines, bytes.Clone(s.Bytes()))
	}
	return lines
}
