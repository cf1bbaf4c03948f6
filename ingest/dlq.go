package ingest

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"time"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// DeadLetter describes a record in a dead-letter topic; the record itself is
// not shown.
type DeadLetter struct {
	Topic     string          `json:"topic"` // The dead-letter topic.
	Partition int             `json:"partition"`
	Offset    int64           `json:"offset"`
	Source    letter.Position `json:"source"` // Where the record first stood.
	FailedAt  time.Time       `json:"failed_at"`
	Reason    string          `json:"reason"`
	Detail    string          `json:"detail"`
	Size      int             `json:"size"`               // Bytes of the value.
	Withheld  string          `json:"withheld,omitempty"` // Why the value stands at the source alone.
}

// DeadLetterFilter chooses dead letters; a zero field chooses all.
type DeadLetterFilter struct {
	Topic     string // The dead-letter topic.
	Partition *int
	Offsets   []int64 // Of the dead-letter topic; wants Topic and Partition too.
	Reason    string
	Since     time.Time // Failed at or after.
	Until     time.Time // Failed before.
}

func (f DeadLetterFilter) matches(d DeadLetter) bool {
	switch {
	case f.Topic != "" && f.Topic != d.Topic,
		f.Partition != nil && *f.Partition != d.Partition,
		len(f.Offsets) > 0 && !slices.Contains(f.Offsets, d.Offset),
		f.Reason != "" && f.Reason != d.Reason,
		!f.Since.IsZero() && d.FailedAt.Before(f.Since),
		!f.Until.IsZero() && !d.FailedAt.Before(f.Until):
		return false
	}
	return true
}

// DeadLetters looks into the dead-letter topics and sends records back.
type DeadLetters struct {
	cfg       Config
	transport *kafka.Transport
	client    *kafka.Client
	writer    *kafka.Writer
}

// NewDeadLetters makes the tool; it connects when it is first used.
func NewDeadLetters(cfg Config) (*DeadLetters, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the settings: %w", err)
	}
	transport := &kafka.Transport{DialTimeout: cfg.NetworkTimeout}
	return &DeadLetters{
		cfg: cfg, transport: transport,
		client: &kafka.Client{Addr: kafka.TCP(cfg.Brokers...), Timeout: cfg.NetworkTimeout, Transport: transport},
		writer: newWriter(cfg, transport),
	}, nil
}

// Close disconnects.
func (d *DeadLetters) Close() error {
	err := d.writer.Close()
	d.transport.CloseIdleConnections()
	return err
}

// List yields the dead letters there are now, by topic, partition and offset.
func (d *DeadLetters) List(ctx context.Context, filter DeadLetterFilter) iter.Seq2[DeadLetter, error] {
	return func(yield func(DeadLetter, error) bool) {
		for found, err := range d.scan(ctx, filter) {
			if !yield(found.DeadLetter, err) || err != nil {
				return
			}
		}
	}
}

// ErrWithheld is wrapped by Replay for a record whose value was not copied.
var ErrWithheld = errors.New("the dead letter holds no value; send the record again from where it came")

// Replay sends the chosen records to where they first stood, the bytes as they
// were, and returns how many. They stay in the dead-letter topic; replaying one
// twice is harmless. Records without a value are left out and counted in the
// error, which then wraps ErrWithheld.
func (d *DeadLetters) Replay(ctx context.Context, filter DeadLetterFilter) (sent int, err error) {
	const most = 500
	var batch []kafka.Message
	withheld := 0
	flush := func() error {
		if len(batch) == 0 {
			return nil
		}
		n := len(batch)
		if err := write(ctx, d.writer, &batch); err != nil {
			return err
		}
		sent, batch = sent+n, batch[:0]
		return nil
	}
	for found, err := range d.scan(ctx, filter) {
		if err != nil {
			return sent, err
		}
		if found.Withheld != "" {
			withheld++
			continue
		}
		batch = append(batch, found.original(d.cfg))
		if len(batch) == most {
			if err := flush(); err != nil {
				return sent, fmt.Errorf("replaying: %w", err)
			}
		}
	}
	if err := flush(); err != nil {
		return sent, fmt.Errorf("replaying: %w", err)
	}
	if withheld > 0 {
		return sent, fmt.Errorf("replaying: %d left out: %w", withheld, ErrWithheld)
	}
	return sent, nil
}

// found is a dead letter with its message.
type found struct {
	DeadLetter
	message kafka.Message
}

// original is the record as it first came, without our headers and with a new
// Kafka timestamp: it becomes known now, or a report that was final already
// would change.
func (f found) original(cfg Config) kafka.Message {
	topic := f.Source.Topic
	if topic == "" {
		topic = cfg.sourceOf(f.Topic)
	}
	m := kafka.Message{Topic: topic, Key: f.message.Key, Value: f.message.Value}
	for _, h := range f.message.Headers {
		if !slices.Contains(ownHeaders, h.Key) {
			m.Headers = append(m.Headers, h)
		}
	}
	return m
}

var ownHeaders = []string{HeaderReason, HeaderDetail, HeaderTopic, HeaderPartition, HeaderOffset, HeaderFailedAt, HeaderWithheld}

func (c Config) sourceOf(deadLetterTopic string) string {
	if deadLetterTopic == c.LettersDLQTopic {
		return c.LettersTopic
	}
	return c.EventsTopic
}

func (d *DeadLetters) scan(ctx context.Context, filter DeadLetterFilter) iter.Seq2[found, error] {
	return func(yield func(found, error) bool) {
		for _, topic := range []string{d.cfg.LettersDLQTopic, d.cfg.EventsDLQTopic} {
			if filter.Topic != "" && filter.Topic != topic {
				continue
			}
			if !d.scanTopic(ctx, topic, filter, yield) {
				return
			}
		}
	}
}

func (d *DeadLetters) scanTopic(ctx context.Context, topic string, filter DeadLetterFilter, yield func(found, error) bool) bool {
	ids, err := listPartitions(ctx, d.client, topic)
	if err != nil {
		yield(found{}, err)
		return false
	}
	slices.Sort(ids)
	spans, err := listOffsets(ctx, d.client, topic, ids)
	if err != nil {
		yield(found{}, err)
		return false
	}
	for _, id := range ids {
		if filter.Partition != nil && *filter.Partition != id {
			continue
		}
		if !d.scanPartition(ctx, topic, id, spans[id], filter, yield) {
			return false
		}
	}
	return true
}

func (d *DeadLetters) scanPartition(ctx context.Context, topic string, id int, s span, filter DeadLetterFilter, yield func(found, error) bool) bool {
	if s.first >= s.last {
		return true
	}
	reader := newPartitionReader(d.cfg, topic, id)
	defer func() { _ = reader.Close() }() // It only read.
	if err := reader.SetOffset(s.first); err != nil {
		yield(found{}, fmt.Errorf("reading %s: %w", topic, err))
		return false
	}
	for next := s.first; next < s.last; {
		m, err := reader.FetchMessage(ctx)
		if err != nil {
			yield(found{}, fmt.Errorf("reading %s: %w", topic, err))
			return false
		}
		next = m.Offset + 1
		if f := describe(m); filter.matches(f.DeadLetter) && !yield(f, nil) {
			return false
		}
	}
	return true
}

func describe(m kafka.Message) found {
	f := found{message: m, DeadLetter: DeadLetter{
		Topic: m.Topic, Partition: m.Partition, Offset: m.Offset, Size: len(m.Value), FailedAt: m.Time.UTC(),
	}}
	for _, h := range m.Headers {
		v := string(h.Value)
		switch h.Key {
		case HeaderReason:
			f.Reason = v
		case HeaderDetail:
			f.Detail = v
		case HeaderWithheld:
			f.Withheld = v
		case HeaderTopic:
			f.Source.Topic = v
		case HeaderPartition:
			f.Source.Partition, _ = strconv.Atoi(v) // Ours; 0 if someone else wrote it.
		case HeaderOffset:
			f.Source.Offset, _ = strconv.ParseInt(v, 10, 64)
		case HeaderFailedAt:
			if t, err := time.Parse(time.RFC3339Nano, v); err == nil {
				f.FailedAt = t
			}
		}
	}
	return f
}
