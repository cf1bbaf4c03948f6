package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"jiesu.cn/jiesu/letter"
)

// watch keeps the high water marks fresh and saves how far each partition has
// been read, the empty ones too: a report is final only when all are past it.
func (i *Ingester) watch(ctx, work context.Context, gen *generation) {
	const (
		between = time.Second            // Two regular rounds.
		least   = 200 * time.Millisecond // After a round that was asked for.
	)
	ticker := time.NewTicker(between)
	defer ticker.Stop()
	var saved time.Time
	for {
		asked := false
		select {
		case <-ctx.Done():
			return
		case <-gen.poke:
			asked = true
		case <-ticker.C:
		}
		if err := i.refresh(ctx, gen); err != nil && ctx.Err() == nil {
			i.metrics.retries.WithLabelValues("watch").Inc()
			i.logger.LogAttrs(ctx, slog.LevelWarn, "asking the broker how far it is failed", slog.Any("error", err))
			continue
		}
		age := time.Since(saved)
		if !asked && age < i.cfg.ProgressEvery {
			continue
		}
		if i.saveProgress(work, gen, asked || age >= i.cfg.ProgressIdle) {
			saved = time.Now()
		}
		if asked && !sleep(ctx, least) {
			return
		}
	}
}

// refresh asks for the high water marks. The clock is read first: what the
// broker took before it asked is below the mark it tells.
func (i *Ingester) refresh(ctx context.Context, gen *generation) error {
	asked := time.Now()
	byTopic := map[string][]int{}
	for _, p := range gen.partitions {
		byTopic[p.topic] = append(byTopic[p.topic], p.id)
	}
	for topic, ids := range byTopic {
		spans, err := i.offsets(ctx, topic, ids)
		if err != nil {
			return err
		}
		for _, p := range gen.partitions {
			if p.topic == topic {
				p.see(spans[p.id].last, asked)
				i.observe(p)
			}
		}
	}
	if gen.caughtUp(asked) {
		i.progressed(asked)
	}
	return nil
}

func (i *Ingester) observe(p *partition) {
	p.mu.Lock()
	defer p.mu.Unlock()
	id := strconv.Itoa(p.id)
	i.metrics.lag.WithLabelValues(p.topic, id).Set(float64(max(p.highWater-p.next, 0)))
	i.metrics.lastProgress.WithLabelValues(p.topic, id).Set(float64(p.moved.UnixMilli()) / 1000)
}

// saveProgress writes the rows that changed, or all of them, and reports
// whether that went well. Progress is not retried: the next round says more.
func (i *Ingester) saveProgress(ctx context.Context, gen *generation, all bool) bool {
	var rows []letter.Progress
	for _, p := range gen.partitions {
		row, changed, ok := p.snapshot()
		if ok && (changed || all) {
			rows = append(rows, row)
		}
	}
	if len(rows) == 0 {
		return false
	}
	if err := i.store.SaveProgress(ctx, rows); err != nil {
		i.metrics.retries.WithLabelValues("save_progress").Inc()
		i.logger.LogAttrs(ctx, slog.LevelWarn, "saving progress failed", slog.Any("error", err))
		return false
	}
	return true
}

func (i *Ingester) progressed(at time.Time) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.progressAt = at
}

// caughtUp reports whether every partition was read to its end when last seen.
func (g *generation) caughtUp(now time.Time) bool {
	for _, p := range g.partitions {
		if level, _ := p.level(now); !level {
			return false
		}
	}
	return true
}

// CaughtUp reports whether this process has partitions of the group and had
// read all of them to the end when it last asked, within about a second.
func (i *Ingester) CaughtUp() bool {
	i.mu.Lock()
	gen := i.generation
	i.mu.Unlock()
	return gen != nil && gen.caughtUp(time.Now())
}

// Health returns nil while records move or there are none to move, and an error
// for people once nothing has moved for StallAfter. It does not ask whether the
// process lives: one that is stuck lives too.
func (i *Ingester) Health() error {
	i.mu.Lock()
	gen, started, progressAt := i.generation, i.started, i.progressAt
	i.mu.Unlock()
	if !started {
		return errors.New("ingest has not been started")
	}
	now := time.Now()
	if gen == nil || !gen.caughtUp(now) {
		if still := now.Sub(progressAt); still > i.cfg.StallAfter {
			return fmt.Errorf("no record has been stored for %s although some are waiting; check the store and the broker", still.Round(time.Second))
		}
	}
	if gen == nil {
		return nil
	}
	for _, p := range gen.partitions {
		if level, still := p.level(now); !level && still > i.cfg.StallAfter {
			return fmt.Errorf("partition %d of %s has not moved for %s; check the log for what it waits for", p.id, p.topic, still.Round(time.Second))
		}
	}
	return nil
}
