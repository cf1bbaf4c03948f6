package ingest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/segmentio/kafka-go"
)

// generation is the stretch between two rebalances: a fixed set of partitions.
// All state of a partition dies with it, so nothing can be committed for a
// partition that went to someone else.
type generation struct {
	*kafka.Generation
	partitions []*partition
	poke       chan struct{} // Asks the watcher for a round at once; capacity 1.
}

func (i *Ingester) startGeneration(workCtx context.Context, kg *kafka.Generation) {
	gen := &generation{Generation: kg, poke: make(chan struct{}, 1)}
	for topic, assignments := range kg.Assignments {
		for _, a := range assignments {
			gen.partitions = append(gen.partitions, newPartition(topic, a))
		}
	}
	i.metrics.generations.Inc()
	i.logger.LogAttrs(workCtx, slog.LevelInfo, "partitions assigned",
		slog.Int("generation", int(kg.ID)), slog.Int("partitions", len(gen.partitions)))

	// The generation's context ends before the final flush. Work goes on under
	// this one, which outlives it by FinalFlush at most.
	work, cancel := context.WithCancel(workCtx)
	i.setGeneration(gen)
	running := make(chan struct{}, len(gen.partitions)+1)
	start := func(fn func(ctx context.Context)) {
		kg.Start(func(genCtx context.Context) {
			defer func() { running <- struct{}{} }()
			// One goroutine waits for the library's own kind of context; all
			// contexts below are cheap ones.
			ctx, stop := context.WithCancel(genCtx)
			defer stop()
			fn(ctx)
		})
	}
	start(func(ctx context.Context) { i.watch(ctx, work, gen) })
	for _, p := range gen.partitions {
		start(func(ctx context.Context) { i.consume(ctx, work, gen, p) })
	}
	kg.Start(func(genCtx context.Context) {
		<-genCtx.Done()
		defer i.endGeneration(gen)
		defer cancel()
		deadline := time.AfterFunc(i.cfg.FinalFlush, cancel)
		defer deadline.Stop()
		for range cap(running) {
			<-running
		}
		i.saveProgress(work, gen, false)
	})
}

func (i *Ingester) setGeneration(gen *generation) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.generation = gen
}

// endGeneration leaves alone a generation that has already taken gen's place.
func (i *Ingester) endGeneration(gen *generation) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.generation == gen {
		i.generation = nil
	}
}

// consume reads one partition until ctx, the generation's, ends. Returning ends
// the whole generation, so it returns early only where that is the cure.
func (i *Ingester) consume(ctx, work context.Context, gen *generation, p *partition) {
	if err := i.open(ctx, p); err != nil {
		return // Only when ctx ended.
	}
	if p.topic == i.cfg.LettersTopic {
		p.hold(true)
		if err := i.awaitVerdicts(ctx); err != nil {
			return
		}
		p.hold(false)
	}
	reader := newPartitionReader(i.cfg, p.topic, p.id)
	defer func() { _ = reader.Close() }() // Nothing is lost: it only read.
	err := i.read(ctx, work, gen, p, reader)
	if err == nil {
		err = i.flush(work, gen, p) // The one last flush.
	}
	if n := len(p.buffer); n > 0 {
		i.metrics.discarded.WithLabelValues(p.topic).Add(float64(n))
	}
	if err != nil && work.Err() == nil {
		i.logger.LogAttrs(work, slog.LevelWarn, "leaving the generation",
			slog.String("topic", p.topic), slog.Int("partition", p.id), slog.Any("error", err))
	}
}

// open finds out where to read on: the committed offset, else the first record.
func (i *Ingester) open(ctx context.Context, p *partition) error {
	return i.retry(ctx, "open", func(ctx context.Context) error {
		ends, err := i.offsets(ctx, p.topic, []int{p.id})
		if err != nil {
			return err
		}
		end := ends[p.id]
		next := max(p.committed, 0)
		switch {
		case next < end.first && p.committed >= 0:
			i.logger.LogAttrs(ctx, slog.LevelError, "records were deleted from the topic before they were read; check its retention",
				slog.String("topic", p.topic), slog.Int("partition", p.id),
				slog.Int64("from", next), slog.Int64("to", end.first))
			next = end.first
		case next > end.last:
			// The topic was made anew. Reading all of it is safe: what is stored is recognised.
			i.logger.LogAttrs(ctx, slog.LevelWarn, "the committed offset lies beyond the topic; reading from the start",
				slog.String("topic", p.topic), slog.Int("partition", p.id),
				slog.Int64("committed", next), slog.Int64("end", end.last))
			next = end.first
		default:
			next = max(next, end.first)
		}
		p.start(next, end.last)
		return nil
	})
}

// awaitVerdicts holds letters back until the group has committed the events
// topic up to where it ends now. A verdict, once published, stands: whoever
// reads a letter must know of all verdicts published before, or a rebuild of
// the tables with a newer classifier would decide old letters again, and a
// crash between publishing and committing would publish twice. The wait is
// long on a fresh group and nothing at all otherwise. It looks at the group's
// offsets, not at our own reading, because another member may own the events.
func (i *Ingester) awaitVerdicts(ctx context.Context) error {
	var until map[int]span
	return i.retryQuietly(ctx, "await_verdicts", func(ctx context.Context) (bool, error) {
		if until == nil {
			ids, err := i.partitionsOf(ctx, i.cfg.EventsTopic)
			if err != nil {
				return false, err
			}
			if until, err = i.offsets(ctx, i.cfg.EventsTopic, ids); err != nil {
				return false, err
			}
		}
		return i.eventsCommitted(ctx, until)
	})
}

func (i *Ingester) eventsCommitted(ctx context.Context, until map[int]span) (bool, error) {
	ids := make([]int, 0, len(until))
	for id, s := range until {
		if s.last > s.first {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return true, nil
	}
	resp, err := i.client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{
		GroupID: i.cfg.Group, Topics: map[string][]int{i.cfg.EventsTopic: ids},
	})
	if err != nil {
		return false, fmt.Errorf("reading committed offsets: %w", err)
	}
	if resp.Error != nil {
		return false, fmt.Errorf("reading committed offsets: %w", resp.Error)
	}
	reached := 0
	for _, o := range resp.Topics[i.cfg.EventsTopic] {
		if o.Error != nil {
			return false, fmt.Errorf("reading committed offsets: %w", o.Error)
		}
		if o.CommittedOffset >= until[o.Partition].last {
			reached++
		}
	}
	return reached == len(ids), nil
}

// retryQuietly asks until the answer is yes; only errors are retried aloud.
func (i *Ingester) retryQuietly(ctx context.Context, stage string, ask func(context.Context) (bool, error)) error {
	const pause = 100 * time.Millisecond
	for {
		var yes bool
		err := i.retry(ctx, stage, func(ctx context.Context) (err error) {
			yes, err = ask(ctx)
			return err
		})
		if err != nil || yes {
			return err
		}
		if !sleep(ctx, pause) {
			return ctx.Err()
		}
	}
}

// newPartitionReader reads one partition, without a group.
func newPartitionReader(cfg Config, topic string, id int) *kafka.Reader {
	return kafka.NewReader(kafka.ReaderConfig{
		Brokers:               cfg.Brokers,
		Topic:                 topic,
		Partition:             id,
		MinBytes:              1,
		MaxBytes:              max(4<<20, 2*cfg.Limits.MaxBytes), // Above the largest message a topic takes.
		MaxWait:               250 * time.Millisecond,
		QueueCapacity:         500,
		ReadLagInterval:       -1,
		OffsetOutOfRangeError: true,
		Dialer:                &kafka.Dialer{Timeout: cfg.NetworkTimeout, DualStack: true},
	})
}

// read buffers and flushes until ctx ends (nil) or a flush fails.
func (i *Ingester) read(ctx, work context.Context, gen *generation, p *partition, reader *kafka.Reader) error {
	if err := reader.SetOffset(p.position()); err != nil {
		return fmt.Errorf("seeking: %w", err)
	}
	wait := newWindow(ctx)
	defer wait.close()
	for attempt := 0; ; {
		m, err := reader.FetchMessage(wait.ctx) //nolint:contextcheck // newWindow derives it from ctx.
		switch {
		case err == nil:
			attempt = 0
			if p.add(m) {
				wait.open(i.cfg.MaxAge)
			}
			if len(p.buffer) < i.cfg.MaxRows && p.bytes < i.cfg.MaxBytes {
				continue
			}
		case ctx.Err() != nil:
			return nil
		case wait.ctx.Err() != nil: // The buffer is old enough.
		case errors.Is(err, kafka.OffsetOutOfRange), errors.Is(err, io.EOF), errors.Is(err, io.ErrClosedPipe):
			return fmt.Errorf("reading: %w", err)
		default:
			attempt++
			i.metrics.retries.WithLabelValues("read").Inc()
			i.logger.LogAttrs(ctx, slog.LevelWarn, "reading from the broker failed",
				slog.String("topic", p.topic), slog.Int("partition", p.id), slog.Any("error", err))
			if !sleep(ctx, backoff(i.cfg, attempt)) {
				return nil
			}
			if len(p.buffer) == 0 {
				continue
			}
		}
		wait.close()
		if err := i.flush(work, gen, p); err != nil {
			return err
		}
	}
}

// window is the time a buffer may fill. One context serves a whole buffer; one
// per record would cost more than the reading.
type window struct {
	base context.Context
	ctx  context.Context // base while closed.
	stop context.CancelFunc
}

func newWindow(base context.Context) *window {
	return &window{base: base, ctx: base, stop: func() {}}
}

func (w *window) open(d time.Duration) {
	w.stop()
	w.ctx, w.stop = context.WithTimeout(w.base, d)
}

func (w *window) close() {
	w.stop()
	w.ctx, w.stop = w.base, func() {}
}
