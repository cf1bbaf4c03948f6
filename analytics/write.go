package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

var letterColumns = []string{
	"letter_id", "source", "record_id", "received_at", "recorded_at", "imported", "channel", "title", "body",
	"normalised", "tokens", "signature", "facts", "writer_key", "writer_sealed", "verified", "contactable", "division", "unit_hint",
	"attachments", "kafka_topic", "kafka_partition", "kafka_offset",
}

// InsertLetters stores letters durably. Sending the same rows again with the
// same token, or in other batches, changes nothing.
func (s *Store) InsertLetters(ctx context.Context, letters []letter.Judged, token string) error {
	rows := make([]datedRow, 0, len(letters))
	for _, l := range letters {
		row, err := letterRow(l)
		if err != nil {
			return err
		}
		rows = append(rows, datedRow{month: monthOf(l.ReceivedAt), values: row})
	}
	if err := s.insertDated(ctx, "letters", letterColumns, rows, token); err != nil {
		return err
	}
	return s.touch(ctx, touchedBy(letters, func(l letter.Judged) letter.ID { return l.ID }))
}

func letterRow(l letter.Judged) ([]any, error) {
	attachments, err := jsonText(l.Attachments)
	if err != nil {
		return nil, fmt.Errorf("writing attachments of letter %s: %w", l.ID, err)
	}
	return []any{
		string(l.ID), l.Source, l.RecordID, l.ReceivedAt, l.RecordedAt, l.Imported, string(l.Channel), l.Title, l.Body,
		l.Normalised, l.Tokens, linkage.Signature(l.Normalised), linkage.Facts(l), l.Writer.Key, l.Writer.Sealed, l.Writer.Verified, l.Writer.Contactable, l.Division, l.UnitHint,
		attachments, l.Position.Topic, int32(l.Position.Partition), l.Position.Offset,
	}, nil
}

// InsertEvents stores events durably, as InsertLetters does.
func (s *Store) InsertEvents(ctx context.Context, events []letter.Event, token string) error {
	rows := make([]datedRow, 0, len(events))
	for _, e := range events {
		row, err := eventRow(e)
		if err != nil {
			return err
		}
		rows = append(rows, datedRow{month: monthOf(e.At), values: row})
	}
	if err := s.insertDated(ctx, "events", eventColumns, rows, token); err != nil {
		return err
	}
	return s.touch(ctx, touchedBy(events, func(e letter.Event) letter.ID { return e.Letter }))
}

func jsonText(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}

// datedRow is a row with the month that decides its partition.
type datedRow struct {
	month  int // Months since year 0, UTC.
	values []any
}

func monthOf(t time.Time) int {
	const monthsInYear = 12
	year, month, _ := t.UTC().Date()
	return year*monthsInYear + int(month)
}

// maxMonths is how many partitions one insert may touch. The server's own limit
// (max_partitions_per_insert_block) is 100; a batch of imported history can
// span more.
const maxMonths = 60

// insertDated inserts rows so that no insert touches too many partitions. How
// rows are cut depends on the rows only, so a retry cuts them the same way.
func (s *Store) insertDated(ctx context.Context, table string, columns []string, rows []datedRow, token string) error {
	months := map[int]bool{}
	for _, row := range rows {
		months[row.month] = true
	}
	if len(months) > maxMonths {
		slices.SortStableFunc(rows, func(a, b datedRow) int { return a.month - b.month })
	}
	part := 0
	for len(rows) > 0 {
		n := leadingMonths(rows, maxMonths)
		if len(months) <= maxMonths {
			n = len(rows)
		}
		values := make([][]any, 0, n)
		for _, row := range rows[:n] {
			values = append(values, row.values)
		}
		partToken := token
		if part > 0 {
			partToken += "/" + strconv.Itoa(part)
		}
		if err := s.insert(ctx, table, columns, values, partToken); err != nil {
			return err
		}
		rows = rows[n:]
		part++
	}
	return nil
}

// leadingMonths returns how many of the rows, sorted by month, lie in the first
// n different months.
func leadingMonths(rows []datedRow, n int) int {
	for i := range rows {
		if i > 0 && rows[i].month != rows[i-1].month {
			n--
		}
		if n == 0 {
			return i
		}
	}
	return len(rows)
}

func insertStatement(table string, columns []string) string {
	return "INSERT INTO " + table + " (" + strings.Join(columns, ", ") + ")"
}

// withToken asks the server to take a batch with this token only once.
func withToken(ctx context.Context, token string) context.Context {
	settings := clickhouse.Settings{"async_insert": 0} // Acknowledged must mean written.
	if token != "" {
		settings["insert_deduplicate"] = 1
		settings["insert_deduplication_token"] = token
	}
	return clickhouse.Context(ctx, clickhouse.WithSettings(settings))
}

// SaveProgress records how far partitions have been read.
func (s *Store) SaveProgress(ctx context.Context, progress []letter.Progress) error {
	rows := make([][]any, 0, len(progress))
	for _, p := range progress {
		rows = append(rows, []any{p.Topic, int32(p.Partition), p.Next, p.HighWater, p.CaughtUpAt})
	}
	return s.insert(ctx, "progress", []string{"topic", "partition", "next", "high_water", "caught_up_at"}, rows, "")
}
