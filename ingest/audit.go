package ingest

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// AuditStore tells which records are stored.
type AuditStore interface {
	ExistingLetters(ctx context.Context, keys []letter.Key) (map[letter.Key]bool, error)
	ExistingEvents(ctx context.Context, keys []letter.Key) (map[letter.Key]bool, error)
}

// TopicAudit reconciles one topic with the store over its whole lifetime:
// Committed = Stored + DeadLettered + Missing.
type TopicAudit struct {
	Topic        string            `json:"topic"`
	Partitions   int               `json:"partitions"`
	KeptForEver  bool              `json:"kept_for_ever"` // retention.ms is -1.
	Committed    int64             `json:"committed"`     // Records behind the group's offsets.
	Stored       int64             `json:"stored"`        // Of these; a record that came twice counts twice.
	DeadLettered int64             `json:"dead_lettered"`
	Missing      int64             `json:"missing"` // Neither nor: lost.
	Waiting      int64             `json:"waiting"` // Not yet read by the group.
	Lost         []letter.Position `json:"lost,omitempty"`
}

const (
	auditBatch = 5000
	mostLost   = 20
)

// Audit reads both topics from their beginning to the group's offsets and asks
// of each record whether it is in the store or in the dead-letter topic. It
// takes as long as reading everything takes.
func Audit(ctx context.Context, cfg Config, store AuditStore) (_ []TopicAudit, err error) {
	d, err := NewDeadLetters(cfg)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	buried := map[letter.Position]bool{}
	for dead, err := range d.List(ctx, DeadLetterFilter{}) {
		if err != nil {
			return nil, err
		}
		buried[dead.Source] = true
	}
	var audits []TopicAudit
	for _, t := range []struct {
		topic    string
		existing func(context.Context, []letter.Key) (map[letter.Key]bool, error)
	}{{cfg.LettersTopic, store.ExistingLetters}, {cfg.EventsTopic, store.ExistingEvents}} {
		a := auditor{cfg: cfg, client: d.client, existing: t.existing, buried: buried, audit: TopicAudit{Topic: t.topic}}
		if err := a.run(ctx); err != nil {
			return audits, fmt.Errorf("auditing %s: %w", t.topic, err)
		}
		audits = append(audits, a.audit)
	}
	return audits, nil
}

// auditor reconciles one topic.
type auditor struct {
	cfg      Config
	client   *kafka.Client
	existing func(context.Context, []letter.Key) (map[letter.Key]bool, error)
	buried   map[letter.Position]bool

	audit TopicAudit
	keys  []letter.Key // Of the records not yet asked about,
	at    []letter.Position
}

func (a *auditor) run(ctx context.Context) error {
	ids, err := listPartitions(ctx, a.client, a.audit.Topic)
	if err != nil {
		return err
	}
	slices.Sort(ids)
	a.audit.Partitions = len(ids)
	if a.audit.KeptForEver, err = keptForEver(ctx, a.client, a.audit.Topic); err != nil {
		return err
	}
	spans, err := listOffsets(ctx, a.client, a.audit.Topic, ids)
	if err != nil {
		return err
	}
	committed, err := a.committed(ctx, ids)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(spans)) {
		s := spans[id]
		end := min(max(committed[id], s.first), s.last)
		a.audit.Waiting += s.last - end
		if err := a.partition(ctx, id, span{s.first, end}); err != nil {
			return err
		}
	}
	return a.ask(ctx)
}

// committed returns the group's offsets; partitions without one are absent.
func (a *auditor) committed(ctx context.Context, ids []int) (map[int]int64, error) {
	resp, err := a.client.OffsetFetch(ctx, &kafka.OffsetFetchRequest{GroupID: a.cfg.Group, Topics: map[string][]int{a.audit.Topic: ids}})
	if err != nil {
		return nil, fmt.Errorf("fetching the group's offsets: %w", err)
	}
	if errors.Is(resp.Error, kafka.GroupIdNotFound) {
		return nil, nil // Nobody has read anything yet.
	}
	if resp.Error != nil {
		return nil, fmt.Errorf("fetching the group's offsets: %w", resp.Error)
	}
	offsets := map[int]int64{}
	for _, p := range resp.Topics[a.audit.Topic] {
		if p.Error != nil {
			return nil, fmt.Errorf("fetching the group's offsets: %w", p.Error)
		}
		offsets[p.Partition] = p.CommittedOffset
	}
	return offsets, nil
}

func (a *auditor) partition(ctx context.Context, id int, s span) error {
	if s.first >= s.last {
		return nil
	}
	reader := newPartitionReader(a.cfg, a.audit.Topic, id)
	defer func() { _ = reader.Close() }() // It only read.
	if err := reader.SetOffset(s.first); err != nil {
		return fmt.Errorf("reading from offset %d: %w", s.first, err)
	}
	for next := s.first; next < s.last; {
		m, err := reader.FetchMessage(ctx)
		if err != nil {
			return fmt.Errorf("reading from offset %d: %w", next, err)
		}
		next = m.Offset + 1
		if err := a.record(ctx, &m); err != nil {
			return err
		}
	}
	return nil
}

func (a *auditor) record(ctx context.Context, m *kafka.Message) error {
	a.audit.Committed++
	at := position(m)
	if a.buried[at] {
		a.audit.DeadLettered++
		return nil
	}
	rec, err := decodeRecord(m, a.cfg.Limits)
	if err != nil {
		a.miss(at)
		return nil //nolint:nilerr // An unreadable record that is not buried is the finding.
	}
	a.keys = append(a.keys, letter.Key{Subject: rec.Subject, Source: rec.Source, ID: rec.ID})
	a.at = append(a.at, at)
	if len(a.keys) < auditBatch {
		return nil
	}
	return a.ask(ctx)
}

func (a *auditor) ask(ctx context.Context) error {
	if len(a.keys) == 0 {
		return nil
	}
	found, err := a.existing(ctx, a.keys)
	if err != nil {
		return err
	}
	for n, key := range a.keys {
		if found[key] {
			a.audit.Stored++
		} else {
			a.miss(a.at[n])
		}
	}
	a.keys, a.at = a.keys[:0], a.at[:0]
	return nil
}

func (a *auditor) miss(at letter.Position) {
	a.audit.Missing++
	if len(a.audit.Lost) < mostLost {
		a.audit.Lost = append(a.audit.Lost, at)
	}
}

// keptForEver reports whether the topic never deletes: it is the only source
// of state.
func keptForEver(ctx context.Context, client *kafka.Client, topic string) (bool, error) {
	const setting = "retention.ms"
	values, err := topicSettings(ctx, client, topic, setting)
	return values[setting] == "-1", err
}
