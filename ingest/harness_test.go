package ingest_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"
	"go.uber.org/goleak"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/embedded/kafka/kafkatest"
	"jiesu.cn/jiesu/letter"
)

func TestMain(m *testing.M) {
	// The embedded broker closes its connections in its own time.
	goleak.VerifyTestMain(m,
		goleak.IgnoreAnyFunction("github.com/twmb/franz-go/pkg/kfake.(*clientConn).read"),
		goleak.IgnoreAnyFunction("github.com/twmb/franz-go/pkg/kfake.(*clientConn).write"))
}

var (
	errAway = errors.New("store is away")
	errData = errors.New("row refused")
)

// store is a table in memory that fails when told to.
type store struct {
	mu       sync.Mutex
	letters  map[letter.Key]letter.Judged
	events   map[letter.Key]letter.Event
	doubled  int             // Rows inserted although they were there.
	tokens   map[string]bool // Of inserts done.
	progress map[string]letter.Progress
	inserts  int
	touched  map[letter.ID]bool

	frozen time.Time

	fail   func(op string) error // Called before each operation.
	poison map[string]bool       // Record ids no insert may hold, beside those that begin with "poison".
}

func newStore() *store {
	return &store{
		letters: map[letter.Key]letter.Judged{}, events: map[letter.Key]letter.Event{},
		tokens: map[string]bool{}, progress: map[string]letter.Progress{}, poison: map[string]bool{}, touched: map[letter.ID]bool{},
	}
}

func (s *store) check(op string) error {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail == nil {
		return nil
	}
	return fail(op)
}

func (s *store) failWith(fail func(op string) error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = fail
}

func (s *store) ExistingLetters(_ context.Context, keys []letter.Key) (map[letter.Key]bool, error) {
	if err := s.check("existing_letters"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	there := map[letter.Key]bool{}
	for _, k := range keys {
		if _, ok := s.letters[k]; ok {
			there[k] = true
		}
	}
	return there, nil
}

func (s *store) ExistingEvents(_ context.Context, keys []letter.Key) (map[letter.Key]bool, error) {
	if err := s.check("existing_events"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	there := map[letter.Key]bool{}
	for _, k := range keys {
		if _, ok := s.events[k]; ok {
			there[k] = true
		}
	}
	return there, nil
}

func (s *store) FrozenUntil(context.Context) (time.Time, error) {
	if err := s.check("frozen_until"); err != nil {
		return time.Time{}, err
	}
	return s.frozen, nil
}

func (s *store) Judged(_ context.Context, ids []letter.ID) (map[letter.ID]bool, error) {
	if err := s.check("judged"); err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	known := map[letter.ID]bool{}
	for _, e := range s.events {
		if e.Type == letter.TypeClassified {
			known[e.Letter] = true
		}
	}
	judged := map[letter.ID]bool{}
	for _, id := range ids {
		judged[id] = known[id]
	}
	return judged, nil
}

func (s *store) InsertLetters(_ context.Context, rows []letter.Judged, token string) error {
	if err := s.check("insert_letters"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		if s.poison[r.RecordID] || strings.HasPrefix(r.RecordID, "poison") {
			return errData
		}
	}
	s.inserts++
	if !s.tokens[token] {
		for _, r := range rows {
			if _, ok := s.letters[r.Key()]; ok {
				s.doubled++
			}
			s.letters[r.Key()] = r
		}
	}
	s.tokens[token] = true
	return nil
}

func (s *store) Touch(_ context.Context, ids []letter.ID) error {
	if err := s.check("touch"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, id := range ids {
		s.touched[id] = true
	}
	return nil
}

func (s *store) InsertEvents(_ context.Context, rows []letter.Event, token string) error {
	if err := s.check("insert_events"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		if s.poison[r.RecordID] || strings.HasPrefix(r.RecordID, "poison") {
			return errData
		}
	}
	s.inserts++
	if !s.tokens[token] {
		for _, r := range rows {
			if _, ok := s.events[r.Key()]; ok {
				s.doubled++
			}
			s.events[r.Key()] = r
		}
	}
	s.tokens[token] = true
	return nil
}

func (s *store) SaveProgress(_ context.Context, rows []letter.Progress) error {
	if err := s.check("save_progress"); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range rows {
		s.progress[fmt.Sprintf("%s/%d", r.Topic, r.Partition)] = r
	}
	return nil
}

func (s *store) IsDataError(err error) bool { return errors.Is(err, errData) }

// counts returns letters, verdicts and other events.
func (s *store) counts() (letters, verdicts, others int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, e := range s.events {
		if e.Type == letter.TypeClassified {
			verdicts++
		}
	}
	return len(s.letters), verdicts, len(s.events) - verdicts
}

// classifier gives every letter the same label.
type classifier struct {
	model string
	mu    sync.Mutex
	seen  map[letter.ID]int
	fail  func([]letter.Letter) error
	extra []letter.Evidence // In every verdict.
}

func (c *classifier) Classify(_ context.Context, letters []letter.Letter) ([]letter.Judgement, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.fail != nil {
		if err := c.fail(letters); err != nil {
			return nil, err
		}
	}
	if c.seen == nil {
		c.seen = map[letter.ID]int{}
	}
	out := make([]letter.Judgement, len(letters))
	for n, l := range letters {
		c.seen[l.ID]++
		out[n].Verdict = letter.Verdict{ID: l.ID, Type: "L05", Model: c.model, Dictionary: "d1", Evidence: c.extra}
		out[n].Tokens = []string{"x"}
	}
	return out, nil
}

// directory knows these units.
type directory map[string]bool

func (d directory) HasUnit(code string) bool { return d[code] }

var units = directory{"440800-XX": true, "440803-XX": true, "440803-P01": true}

// rig is a broker with topics, a store, and the means to send.
type rig struct {
	t          testing.TB
	cluster    *kafkatest.Cluster
	cfg        ingest.Config
	store      *store
	classifier *classifier
	log        *syncBuffer
	registry   *prometheus.Registry // Of the ingester started last.
}

func newRig(t testing.TB) *rig {
	t.Helper()
	return newRigOn(t, kafkatest.Broker(t))
}

func newRigOn(t testing.TB, c *kafkatest.Cluster) *rig {
	t.Helper()
	cfg := ingest.DefaultConfig()
	cfg.Brokers = []string{c.Addr}
	cfg.Group = c.Name("group")
	cfg.LettersTopic, cfg.EventsTopic = c.Topic("letters", 4), c.Topic("events", 4)
	cfg.LettersDLQTopic, cfg.EventsDLQTopic = c.Topic("letters.dlq", 1), c.Topic("events.dlq", 1)
	cfg.MaxAge = 50 * time.Millisecond
	cfg.RetryMin, cfg.RetryMax = 5*time.Millisecond, 50*time.Millisecond
	cfg.Heartbeat = 200 * time.Millisecond
	cfg.SessionTimeout = 6 * time.Second
	cfg.FinalFlush = 2 * time.Second
	return &rig{t: t, cluster: c, cfg: cfg, store: newStore(), classifier: &classifier{model: "m1"}, log: &syncBuffer{}}
}

// start makes an ingester and runs it until the test or stop ends it.
func (r *rig) start() (i *ingest.Ingester, stop func()) {
	r.t.Helper()
	logger := slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	r.registry = prometheus.NewRegistry()
	i, err := ingest.New(r.cfg, r.store, r.classifier, units, logger, r.registry)
	if err != nil {
		r.t.Fatal(err)
	}
	if err := i.Start(r.t.Context()); err != nil {
		r.t.Fatal(err)
	}
	var once sync.Once
	stop = func() {
		once.Do(func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(r.t.Context()), 20*time.Second)
			defer cancel()
			if err := i.Stop(ctx); err != nil {
				r.t.Errorf("Stop: %v", err)
			}
		})
	}
	r.t.Cleanup(stop)
	return i, stop
}

// send writes records through the product's own producer.
func (r *rig) send(records ...letter.Record) {
	r.t.Helper()
	p, err := ingest.NewProducer(r.cfg)
	if err != nil {
		r.t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	if err := p.Send(r.t.Context(), records...); err != nil {
		r.t.Fatal(err)
	}
}

// raw writes messages as they are.
func (r *rig) raw(messages ...kafka.Message) {
	r.t.Helper()
	transport := &kafka.Transport{}
	w := &kafka.Writer{
		Addr: kafka.TCP(r.cluster.Addr), Balancer: kafka.Murmur2Balancer{Consistent: true}, RequiredAcks: kafka.RequireAll,
		BatchTimeout: time.Millisecond, BatchBytes: 2<<20 - 4096, Transport: transport,
	}
	defer transport.CloseIdleConnections()
	defer func() { _ = w.Close() }()
	if err := w.WriteMessages(r.t.Context(), messages...); err != nil {
		r.t.Fatal(err)
	}
}

// messages reads a whole topic.
func (r *rig) messages(topic string) []kafka.Message {
	r.t.Helper()
	transport := &kafka.Transport{}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(r.cluster.Addr), Timeout: 5 * time.Second, Transport: transport}
	meta, err := client.Metadata(r.t.Context(), &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		r.t.Fatal(err)
	}
	var all []kafka.Message
	for _, p := range meta.Topics[0].Partitions {
		ends, err := client.ListOffsets(r.t.Context(), &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: {kafka.LastOffsetOf(p.ID)}}})
		if err != nil {
			r.t.Fatal(err)
		}
		reader := kafka.NewReader(kafka.ReaderConfig{Brokers: []string{r.cluster.Addr}, Topic: topic, Partition: p.ID, MaxWait: 50 * time.Millisecond, MaxBytes: 4 << 20, ReadLagInterval: -1})
		for n := int64(0); n < ends.Topics[topic][0].LastOffset; n++ {
			m, err := reader.ReadMessage(r.t.Context())
			if err != nil {
				r.t.Fatal(err)
			}
			all = append(all, m)
		}
		_ = reader.Close()
	}
	return all
}

// wait polls until cond holds; the bound is only there for a hanging test.
func (r *rig) wait(what string, cond func() bool) {
	r.t.Helper()
	for range 3000 {
		if cond() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	l, v, o := r.store.counts()
	r.t.Fatalf("still waiting for %s: %d letters, %d verdicts, %d other events\nlog:\n%s", what, l, v, o, tail(r.log.String()))
}

func (r *rig) waitCounts(letters, verdicts, others int) {
	r.t.Helper()
	r.wait(fmt.Sprintf("%d letters, %d verdicts, %d events", letters, verdicts, others), func() bool {
		l, v, o := r.store.counts()
		return l == letters && v == verdicts && o == others
	})
}

// progressLevel reports whether so many partitions stand in the store as read to
// their end.
func (r *rig) progressLevel(partitions int) bool {
	r.store.mu.Lock()
	defer r.store.mu.Unlock()
	for _, p := range r.store.progress {
		if p.Next != p.HighWater || p.CaughtUpAt.IsZero() {
			return false
		}
	}
	return len(r.store.progress) == partitions
}

// metrics returns counters and gauges by name and labels, summed over partitions.
func (r *rig) metrics() map[string]float64 {
	r.t.Helper()
	families, err := r.registry.Gather()
	if err != nil {
		r.t.Fatal(err)
	}
	got := map[string]float64{}
	for _, f := range families {
		for _, m := range f.GetMetric() {
			labels := ""
			for _, l := range m.GetLabel() {
				if l.GetName() != "partition" {
					labels += " " + l.GetValue()
				}
			}
			got[f.GetName()+labels] += m.GetCounter().GetValue() + m.GetGauge().GetValue()
		}
	}
	return got
}

// lag is what the metrics say of both topics.
func (r *rig) lag() float64 {
	got := r.metrics()
	return got["jiesu_ingest_lag_records "+r.cfg.LettersTopic] + got["jiesu_ingest_lag_records "+r.cfg.EventsTopic]
}

func tail(s string) string {
	const most = 4000
	if len(s) > most {
		return s[len(s)-most:]
	}
	return s
}

// syncBuffer is a buffer two goroutines may use.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

var day = time.Date(2024, 4, 5, 1, 0, 0, 0, time.UTC)

// aLetter makes the n-th letter, not imported.
func aLetter(t testing.TB, n int) letter.Record {
	t.Helper()
	at := day.Add(time.Duration(n) * time.Minute)
	rec, err := letter.Letter{
		ID: letter.NewID(day, n+1), Source: "/mailbox/web", RecordID: fmt.Sprintf("r%d", n), ReceivedAt: at,
		Received: letter.Received{Channel: letter.ChannelWeb, Title: "路灯不亮", Body: fmt.Sprintf("第%d封", n)},
	}.Record()
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

// signed makes an event of the n-th letter.
func signed(t testing.TB, n int) letter.Record {
	t.Helper()
	rec, err := letter.Event{
		Letter: letter.NewID(day, n+1), Source: "/desk/440800", RecordID: fmt.Sprintf("s%d", n), Type: letter.TypeSigned,
		At: day.Add(time.Duration(n)*time.Minute + 5*time.Minute), ExpectedRev: letter.NoRevision,
		Payload: &letter.Signed{Common: letter.Common{Unit: "440800-XX", Actor: "p1"}},
	}.Record()
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func many(n int, build func(int) letter.Record) []letter.Record {
	out := []letter.Record{}
	for i := range n {
		out = append(out, build(i))
	}
	return out
}
