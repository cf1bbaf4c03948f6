package analytics

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Mark says which records were in the store at a moment: of each partition all
// up to an offset. By partition, "topic/number".
type Mark map[string]int64

// mark reads how far the store has got.
func (s *Store) mark(ctx context.Context) (Mark, error) {
	mark := Mark{}
	const query = `SELECT kafka_topic, kafka_partition, max(kafka_offset) FROM letters GROUP BY ALL
		UNION ALL SELECT kafka_topic, kafka_partition, max(kafka_offset) FROM events GROUP BY ALL`
	err := s.each(ctx, query, func(scan func(...any) error) error {
		var topic string
		var partition int32
		var last int64
		if err := scan(&topic, &partition, &last); err != nil {
			return err
		}
		key := topic + "/" + strconv.Itoa(int(partition))
		mark[key] = max(last, mark[key])
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading how far the store has got: %w", err)
	}
	return mark, nil
}

// LateRecords counts records of one source that came into the store after a
// mark although they were recorded by its cut-off.
type LateRecords struct {
	Source        string    `json:"source"`
	Letters       uint64    `json:"letters"`
	Events        uint64    `json:"events"`
	RecordedFrom  time.Time `json:"recorded_from"` // UTC; when the first and the last of them were recorded,
	RecordedUntil time.Time `json:"recorded_until"`
	HappenedFrom  time.Time `json:"happened_from"` // and when they were received or happened.
	HappenedUntil time.Time `json:"happened_until"`
}

// late lists by source what became known behind the cut-off since the mark.
func (s *Store) late(ctx context.Context, mark Mark, asOf time.Time) ([]LateRecords, error) {
	partitions, lasts := make([]string, 0, len(mark)), make([]int64, 0, len(mark))
	for partition, last := range mark {
		partitions, lasts = append(partitions, partition), append(lasts, last)
	}
	const part = `SELECT source, letter_id, record_id, recorded_at, %[1]s AS happened, %[2]s AS is_letter FROM %[3]s
		WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND kafka_offset > transform(
			concat(kafka_topic, '/', toString(kafka_partition)), {partitions:Array(String)}, {lasts:Array(Int64)}, toInt64(-1))`
	query := `SELECT source, uniqExactIf((letter_id, record_id), is_letter), uniqExactIf((letter_id, record_id), NOT is_letter),
		min(recorded_at), max(recorded_at), min(happened), max(happened) FROM (` +
		fmt.Sprintf(part, "received_at", "true", "letters") + " UNION ALL " + fmt.Sprintf(part, "at", "false", "events") +
		") GROUP BY source ORDER BY source"
	var late []LateRecords
	err := s.each(ctx, query, func(scan func(...any) error) error {
		var l LateRecords
		if err := scan(&l.Source, &l.Letters, &l.Events, &l.RecordedFrom, &l.RecordedUntil, &l.HappenedFrom, &l.HappenedUntil); err != nil {
			return err
		}
		l.RecordedFrom, l.RecordedUntil = l.RecordedFrom.UTC(), l.RecordedUntil.UTC()
		l.HappenedFrom, l.HappenedUntil = l.HappenedFrom.UTC(), l.HappenedUntil.UTC()
		late = append(late, l)
		return nil
	}, clickhouse.DateNamed("as_of", asOf, clickhouse.MilliSeconds), clickhouse.Named("partitions", partitions), clickhouse.Named("lasts", lasts))
	if err != nil {
		return nil, fmt.Errorf("looking for records behind %s: %w", asOf.Format(time.RFC3339), err)
	}
	return late, nil
}
