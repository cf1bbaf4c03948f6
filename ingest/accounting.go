package ingest

import (
	"errors"
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

// Count is what became of one topic's records. A record is counted once it is
// durable; one that is read again after a crash or a rebalance counts again, as
// already there.
type Count struct {
	Consumed     int64
	New          int64
	AlreadyThere int64
	DeadLettered int64
}

// Balanced reports whether every record consumed went somewhere.
func (c Count) Balanced() bool { return c.Consumed == c.New+c.AlreadyThere+c.DeadLettered }

// Accounting is what this process did since it started.
type Accounting struct {
	Letters Count
	Events  Count
}

// Accounting returns the counts so far.
func (i *Ingester) Accounting() Accounting {
	return Accounting{Letters: i.books.read(i.cfg.LettersTopic), Events: i.books.read(i.cfg.EventsTopic)}
}

// books keeps the counts and shows them as metrics.
type books struct {
	mu      sync.Mutex
	counts  map[string]*Count
	metrics *metrics
}

func newBooks(cfg Config, m *metrics) *books {
	return &books{counts: map[string]*Count{cfg.LettersTopic: {}, cfg.EventsTopic: {}}, metrics: m}
}

func (b *books) add(topic string, c Count) {
	b.mu.Lock()
	total := b.counts[topic]
	total.Consumed += c.Consumed
	total.New += c.New
	total.AlreadyThere += c.AlreadyThere
	total.DeadLettered += c.DeadLettered
	b.mu.Unlock()
	b.metrics.consumed.WithLabelValues(topic).Add(float64(c.Consumed))
	b.metrics.outcomes.WithLabelValues(topic, "new").Add(float64(c.New))
	b.metrics.outcomes.WithLabelValues(topic, "already_there").Add(float64(c.AlreadyThere))
	b.metrics.outcomes.WithLabelValues(topic, "dead_lettered").Add(float64(c.DeadLettered))
}

func (b *books) read(topic string) Count {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.counts[topic]
}

// metrics are the Prometheus side of ingest.
type metrics struct {
	consumed     *prometheus.CounterVec
	outcomes     *prometheus.CounterVec
	dead         *prometheus.CounterVec
	retries      *prometheus.CounterVec
	discarded    *prometheus.CounterVec
	behind       *prometheus.CounterVec
	batchRows    *prometheus.HistogramVec
	flushSeconds *prometheus.HistogramVec
	lag          *prometheus.GaugeVec
	lastProgress *prometheus.GaugeVec
	generations  prometheus.Counter
}

func newMetrics(reg prometheus.Registerer) (*metrics, error) {
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "jiesu", Subsystem: "ingest", Name: name, Help: help}, labels)
	}
	histogram := func(name, help string, buckets []float64) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: "jiesu", Subsystem: "ingest", Name: name, Help: help, Buckets: buckets}, []string{"topic"})
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "jiesu", Subsystem: "ingest", Name: name, Help: help}, []string{"topic", "partition"})
	}
	m := &metrics{
		consumed:     counter("consumed_total", "Records finished with.", "topic"),
		outcomes:     counter("records_total", "Records by what became of them; they add up to consumed.", "topic", "outcome"),
		dead:         counter("dead_letters_total", "Records sent to the dead-letter topic.", "topic", "reason"),
		retries:      counter("retries_total", "Repeated attempts after a transient error.", "stage"),
		discarded:    counter("discarded_total", "Records thrown away unfinished when a partition was given away; they are read again.", "topic"),
		behind:       counter("behind_snapshot_total", "Records stored although known, by their own time, no later than the cut-off of published figures.", "topic"),
		batchRows:    histogram("batch_rows", "Records per flush.", prometheus.ExponentialBuckets(1, 4, 8)),
		flushSeconds: histogram("flush_seconds", "Time from the start of a flush to its commit.", prometheus.ExponentialBuckets(0.005, 2.5, 10)),
		lag:          gauge("lag_records", "Records the broker has that are not durable in the store."),
		lastProgress: gauge("last_progress_timestamp_seconds", "When a partition last moved or was last caught up."),
		generations: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: "jiesu", Subsystem: "ingest", Name: "generations_total", Help: "Times partitions were handed out by the group.",
		}),
	}
	var errs []error
	for _, c := range []prometheus.Collector{
		m.consumed, m.outcomes, m.dead, m.retries, m.discarded, m.behind, m.batchRows, m.flushSeconds, m.lag, m.lastProgress, m.generations,
	} {
		errs = append(errs, reg.Register(c))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("registering metrics: %w", err)
	}
	return m, nil
}
