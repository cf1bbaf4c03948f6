package ingest

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// partition is one assigned partition within one generation. The buffer belongs
// to the goroutine that reads it; the figures below are shared with the watcher.
type partition struct {
	topic     string
	id        int
	committed int64 // As the group had it at the start; negative when it had none.

	buffer []kafka.Message
	bytes  int

	mu         sync.Mutex
	opened     bool
	next       int64 // Offset after the last record committed.
	highWater  int64
	caughtUpAt time.Time // UTC.
	moved      time.Time // When next last grew, or was last level with highWater.
	changed    bool      // Since the progress was last saved.
	held       bool      // Waiting for the events; see awaitVerdicts.
}

func newPartition(topic string, a kafka.PartitionAssignment) *partition {
	return &partition{topic: topic, id: a.ID, committed: a.Offset, moved: time.Now()}
}

// add buffers a message and reports whether it is the first.
func (p *partition) add(m kafka.Message) bool {
	p.buffer = append(p.buffer, m)
	p.bytes += len(m.Value)
	return len(p.buffer) == 1
}

// clear empties the buffer and lets go of the messages.
func (p *partition) clear() {
	clear(p.buffer)
	p.buffer, p.bytes = p.buffer[:0], 0
}

func (p *partition) start(next, highWater int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.opened, p.next, p.highWater, p.moved, p.changed = true, next, highWater, time.Now(), true
}

func (p *partition) position() int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.next
}

// advance notes a commit and reports whether all known records are behind us.
func (p *partition) advance(next int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next, p.moved, p.changed = next, time.Now(), true
	return next >= p.highWater
}

// see notes the high water mark the broker told when asked at that time.
func (p *partition) see(highWater int64, asked time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.opened {
		return
	}
	p.changed = p.changed || highWater != p.highWater
	p.highWater = highWater
	if p.next >= highWater {
		p.caughtUpAt, p.moved = asked.UTC(), asked
	}
}

// hold notes whether the partition waits for others; the time it waits does not
// count as standing still.
func (p *partition) hold(held bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held, p.moved = held, time.Now()
}

// snapshot returns the progress row and whether it changed since the last one
// taken; ok is false until the partition was opened.
func (p *partition) snapshot() (row letter.Progress, changed, ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	row = letter.Progress{Topic: p.topic, Partition: p.id, Next: p.next, HighWater: p.highWater, CaughtUpAt: p.caughtUpAt}
	changed, p.changed = p.changed, false
	return row, changed, p.opened
}

// level reports whether the partition was read to its end when last seen, and
// how long it has not moved.
func (p *partition) level(now time.Time) (caughtUp bool, still time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.held {
		return false, 0
	}
	return p.opened && !p.caughtUpAt.IsZero() && p.next >= p.highWater, now.Sub(p.moved)
}

// span is the range of a partition's offsets: first record, and one after the last.
type span struct{ first, last int64 }

func (i *Ingester) offsets(ctx context.Context, topic string, ids []int) (map[int]span, error) {
	return listOffsets(ctx, i.client, topic, ids)
}

func listOffsets(ctx context.Context, client *kafka.Client, topic string, ids []int) (map[int]span, error) {
	req := make([]kafka.OffsetRequest, 0, 2*len(ids))
	for _, id := range ids {
		req = append(req, kafka.FirstOffsetOf(id), kafka.LastOffsetOf(id))
	}
	resp, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: req}})
	if err != nil {
		return nil, fmt.Errorf("listing offsets of %s: %w", topic, err)
	}
	spans := make(map[int]span, len(ids))
	for _, o := range resp.Topics[topic] {
		if o.Error != nil {
			return nil, fmt.Errorf("listing offsets of %s: %w", topic, o.Error)
		}
		spans[o.Partition] = span{o.FirstOffset, o.LastOffset}
	}
	if len(spans) != len(ids) {
		return nil, fmt.Errorf("listing offsets of %s: got %d of %d partitions", topic, len(spans), len(ids))
	}
	return spans, nil
}

func (i *Ingester) partitionsOf(ctx context.Context, topic string) ([]int, error) {
	return listPartitions(ctx, i.client, topic)
}

func listPartitions(ctx context.Context, client *kafka.Client, topic string) ([]int, error) {
	meta, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, fmt.Errorf("listing partitions of %s: %w", topic, err)
	}
	var ids []int
	for _, t := range meta.Topics {
		if t.Error != nil {
			return nil, fmt.Errorf("listing partitions of %s: %w", topic, explainMissing(t.Error))
		}
		for _, p := range t.Partitions {
			ids = append(ids, p.ID)
		}
	}
	return ids, nil
}
