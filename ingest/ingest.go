package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// Store keeps what was read. Inserting the same rows with the same token again
// must not double them, and a row that is there already must replace itself.
type Store interface {
	// ExistingLetters says which of the records are there.
	ExistingLetters(ctx context.Context, keys []letter.Key) (map[letter.Key]bool, error)
	// ExistingEvents says which of the records are there.
	ExistingEvents(ctx context.Context, keys []letter.Key) (map[letter.Key]bool, error)
	// Judged says which letters have a verdict among the stored events.
	Judged(ctx context.Context, ids []letter.ID) (map[letter.ID]bool, error)
	InsertLetters(ctx context.Context, rows []letter.Judged, token string) error
	InsertEvents(ctx context.Context, rows []letter.Event, token string) error
	// Touch says that records of these letters are there which an insert that
	// was cut short may not have told the figures of.
	Touch(ctx context.Context, ids []letter.ID) error
	SaveProgress(ctx context.Context, rows []letter.Progress) error
	// FrozenUntil returns the latest cut-off of a published figure set; zero
	// when none was published.
	FrozenUntil(ctx context.Context) (time.Time, error)
	// IsDataError tells a row the store will never take from a store that is away.
	IsDataError(err error) bool
}

// Classifier judges letters. Classify returns one judgement per letter, in
// order, whose verdict names the model and the dictionary; it may use all cores.
// An error of letter.KindInvalid blames a letter, any other is taken for
// transient.
type Classifier interface {
	Classify(ctx context.Context, letters []letter.Letter) ([]letter.Judgement, error)
}

// Directory knows the police units.
type Directory interface {
	HasUnit(code string) bool
}

// Ingester reads both topics into the store until it is stopped.
type Ingester struct {
	cfg        Config
	store      Store
	classifier Classifier
	directory  Directory
	logger     *slog.Logger
	metrics    *metrics
	books      *books

	transport *kafka.Transport
	client    *kafka.Client
	writer    *kafka.Writer // Dead letters and verdicts.

	mu         sync.Mutex
	started    bool
	stopped    bool
	stopGroup  context.CancelFunc // Ends the group; flushes under way may finish.
	stopWork   context.CancelFunc // Ends the flushes as well.
	done       chan struct{}      // Closed when all goroutines are gone.
	generation *generation        // The present one; nil between two.
	progressAt time.Time          // When a record was last stored, or all had been.
}

// New makes an ingester that does nothing until Start. It registers its
// metrics; two ingesters need two registries.
func New(cfg Config, store Store, classifier Classifier, directory Directory, logger *slog.Logger, reg prometheus.Registerer) (*Ingester, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the settings of ingest: %w", err)
	}
	m, err := newMetrics(reg)
	if err != nil {
		return nil, err
	}
	transport := &kafka.Transport{DialTimeout: cfg.NetworkTimeout}
	return &Ingester{
		cfg: cfg, store: store, classifier: classifier, directory: directory,
		logger: logger, metrics: m, books: newBooks(cfg, m),
		transport: transport,
		client:    &kafka.Client{Addr: kafka.TCP(cfg.Brokers...), Timeout: cfg.NetworkTimeout, Transport: transport},
		writer:    newWriter(cfg, transport),
		done:      make(chan struct{}),
	}, nil
}

// Start returns at once; once the topics are there it joins the group and reads
// until Stop, whatever becomes of ctx. Starting a started ingester does nothing.
func (i *Ingester) Start(ctx context.Context) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.started {
		return nil
	}
	if i.stopped {
		return errors.New("starting ingest: it was stopped; make a new one")
	}
	group := i.groupConfig()
	if err := group.Validate(); err != nil {
		return fmt.Errorf("checking the settings of the consumer group: %w", err)
	}
	background := context.WithoutCancel(ctx)
	groupCtx, stopGroup := context.WithCancel(background)
	workCtx, stopWork := context.WithCancel(background)
	i.started, i.stopGroup, i.stopWork, i.progressAt = true, stopGroup, stopWork, time.Now()
	go func() {
		defer close(i.done)
		if err := i.awaitTopics(groupCtx); err != nil {
			return // Only when groupCtx ended.
		}
		i.loop(groupCtx, workCtx, group)
	}()
	return nil
}

// Stop leaves the group after one last flush of each partition and returns when
// everything has ended. When ctx ends first, flushes under way are broken off;
// their records will be read again. Stopping twice does nothing.
func (i *Ingester) Stop(ctx context.Context) error {
	i.mu.Lock()
	first, started := !i.stopped, i.started
	i.stopped = true
	i.mu.Unlock()
	if !started {
		return nil
	}
	i.stopGroup()
	var err error
	select {
	case <-i.done:
	case <-ctx.Done():
		err = fmt.Errorf("stopping ingest: %w", ctx.Err())
		i.stopWork()
		<-i.done
	}
	i.stopWork()
	if !first {
		return err
	}
	err = errors.Join(err, i.writer.Close())
	i.transport.CloseIdleConnections()
	i.logAccounting(ctx)
	return err
}

// Run starts and works until ctx ends, then stops, within the time the final
// flushes may take.
func (i *Ingester) Run(ctx context.Context) error {
	if err := i.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*i.cfg.FinalFlush)
	defer cancel()
	return i.Stop(stopCtx)
}

func (i *Ingester) groupConfig() kafka.ConsumerGroupConfig {
	return kafka.ConsumerGroupConfig{
		ID:                     i.cfg.Group,
		Brokers:                i.cfg.Brokers,
		Topics:                 []string{i.cfg.LettersTopic, i.cfg.EventsTopic},
		StartOffset:            kafka.FirstOffset, // A new group must not skip what is already there.
		HeartbeatInterval:      i.cfg.Heartbeat,
		SessionTimeout:         i.cfg.SessionTimeout,
		RebalanceTimeout:       i.cfg.RebalanceTimeout,
		JoinGroupBackoff:       time.Second,
		Timeout:                i.cfg.NetworkTimeout,
		WatchPartitionChanges:  true,
		PartitionWatchInterval: 30 * time.Second,
	}
}

// loop runs one generation after another. The group waits for all functions of
// a generation before it rejoins, so partitions are never given away in the
// middle of a flush.
func (i *Ingester) loop(groupCtx, workCtx context.Context, cfg kafka.ConsumerGroupConfig) {
	group, err := kafka.NewConsumerGroup(cfg)
	if err != nil { // Not after Validate.
		i.logger.LogAttrs(workCtx, slog.LevelError, "starting the consumer group failed", slog.Any("error", err))
		return
	}
	closed := make(chan struct{})
	stop := context.AfterFunc(groupCtx, func() {
		defer close(closed)
		_ = group.Close() // Never fails.
	})
	defer func() {
		if stop() {
			_ = group.Close()
			return
		}
		<-closed
	}()
	for attempt := 0; ; {
		gen, err := group.Next(groupCtx)
		if groupCtx.Err() != nil {
			return
		}
		if err != nil {
			attempt++
			i.metrics.retries.WithLabelValues("join").Inc()
			i.logger.LogAttrs(workCtx, slog.LevelWarn, "joining the consumer group failed",
				slog.Int("attempt", attempt), slog.Any("error", err))
			if !sleep(groupCtx, backoff(i.cfg, attempt)) {
				return
			}
			continue
		}
		attempt = 0
		i.startGeneration(workCtx, gen)
	}
}

func (i *Ingester) logAccounting(ctx context.Context) {
	a := i.Accounting()
	for _, t := range []struct {
		topic string
		count Count
	}{{i.cfg.LettersTopic, a.Letters}, {i.cfg.EventsTopic, a.Events}} {
		i.logger.LogAttrs(ctx, slog.LevelInfo, "ingest stopped",
			slog.String("topic", t.topic),
			slog.Int64("consumed", t.count.Consumed),
			slog.Int64("new", t.count.New),
			slog.Int64("already_there", t.count.AlreadyThere),
			slog.Int64("dead_lettered", t.count.DeadLettered))
	}
}
