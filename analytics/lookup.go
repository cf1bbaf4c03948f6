package analytics

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
)

// idsPerLookup bounds a query's parameters: over HTTP they travel in the URL.
const idsPerLookup = 1000

// ExistingLetters returns those keys whose letter record is stored already.
func (s *Store) ExistingLetters(ctx context.Context, keys []letter.Key) (map[letter.Key]bool, error) {
	return s.existing(ctx, "letters", keys)
}

// ExistingEvents returns those keys whose event is stored already.
func (s *Store) ExistingEvents(ctx context.Context, keys []letter.Key) (map[letter.Key]bool, error) {
	return s.existing(ctx, "events", keys)
}

// existing reads all records of the keys' subjects, which the tables are sorted
// by, and picks the keys out of them.
func (s *Store) existing(ctx context.Context, table string, keys []letter.Key) (map[letter.Key]bool, error) {
	wanted := make(map[letter.Key]bool, len(keys))
	subjects := make([]string, 0, len(keys))
	for _, key := range keys {
		wanted[key] = true
		subjects = append(subjects, key.Subject)
	}
	found := map[letter.Key]bool{}
	err := s.eachSubject(ctx, "SELECT letter_id, source, record_id FROM "+table+" WHERE letter_id IN {ids:Array(String)}",
		subjects, func(scan func(...any) error) error {
			var key letter.Key
			if err := scan(&key.Subject, &key.Source, &key.ID); err != nil {
				return err
			}
			if wanted[key] {
				found[key] = true
			}
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("looking up records in %s: %w", table, err)
	}
	return found, nil
}

// Judged returns those ids that have a letter.classified event.
func (s *Store) Judged(ctx context.Context, ids []letter.ID) (map[letter.ID]bool, error) {
	found := map[letter.ID]bool{}
	err := s.eachSubject(ctx, "SELECT DISTINCT letter_id FROM events WHERE letter_id IN {ids:Array(String)} AND kind = 'letter.classified'",
		texts(ids), func(scan func(...any) error) error {
			var id string
			if err := scan(&id); err != nil {
				return err
			}
			found[letter.ID(id)] = true
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("looking up verdicts: %w", err)
	}
	return found, nil
}

// eachSubject runs the query for the distinct ids, some at a time.
func (s *Store) eachSubject(ctx context.Context, query string, ids []string, row func(scan func(...any) error) error) error {
	slices.Sort(ids)
	ids = slices.Compact(ids)
	for some := range slices.Chunk(ids, idsPerLookup) {
		if err := s.each(ctx, query, row, clickhouse.Named("ids", some)); err != nil {
			return err
		}
	}
	return nil
}

// each runs a query and hands every row to the function.
func (s *Store) each(ctx context.Context, query string, row func(scan func(...any) error) error, args ...any) error {
	rows, err := s.conn.Query(clickhouse.Context(ctx, clickhouse.WithSettings(readSettings())), query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // Err has said all there is to say.
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// Progress returns what SaveProgress recorded last, by topic and partition.
func (s *Store) Progress(ctx context.Context) ([]letter.Progress, error) {
	var all []letter.Progress
	err := s.each(ctx, "SELECT topic, partition, next, high_water, caught_up_at FROM progress FINAL ORDER BY topic, partition",
		func(scan func(...any) error) error {
			var p letter.Progress
			var partition int32
			if err := scan(&p.Topic, &partition, &p.Next, &p.HighWater, &p.CaughtUpAt); err != nil {
				return err
			}
			p.Partition = int(partition)
			all = append(all, p)
			return nil
		})
	if err != nil {
		return nil, fmt.Errorf("reading progress: %w", err)
	}
	return all, nil
}

// LastRecordedAt returns the newest recorded_at in the store, UTC; zero when it
// is empty. It first has what is kept of each letter brought up to date.
func (s *Store) LastRecordedAt(ctx context.Context) (time.Time, error) {
	if !s.cfg.Follow {
		whole, err := s.bringUpToDate(ctx)
		if err != nil {
			return time.Time{}, err
		}
		if whole {
			state, err := s.keptState(ctx)
			return state.lastRecorded, err
		}
	}
	return s.lastStored(ctx)
}

// lastStored reads the newest recorded_at from all records.
func (s *Store) lastStored(ctx context.Context) (time.Time, error) {
	var last *time.Time
	const query = "SELECT max(last) FROM (SELECT maxOrNull(recorded_at) AS last FROM letters UNION ALL SELECT maxOrNull(recorded_at) FROM events)"
	if err := s.conn.QueryRow(ctx, query).Scan(&last); err != nil {
		return time.Time{}, fmt.Errorf("reading the last recorded time: %w", err)
	}
	if last == nil {
		return time.Time{}, nil
	}
	return last.UTC(), nil
}

// KnownBy counts the records that were known at a moment. It changes when, and
// only when, something is imported behind that moment.
func (s *Store) KnownBy(ctx context.Context, asOf time.Time) (uint64, error) {
	var letters, events uint64
	const query = `SELECT
		(SELECT count() FROM letters WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')}),
		(SELECT count() FROM events WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')})`
	err := s.conn.QueryRow(ctx, query, clickhouse.DateNamed("as_of", asOf, clickhouse.MilliSeconds)).Scan(&letters, &events)
	if err != nil {
		return 0, fmt.Errorf("counting what was known: %w", err)
	}
	return letters + events, nil
}

// Synthetic reports whether any letter known at that moment comes from the
// simulator.
func (s *Store) Synthetic(ctx context.Context, asOf time.Time) (bool, error) {
	var found bool
	const query = `SELECT count() > 0 FROM
		(SELECT 1 FROM letters WHERE startsWith(source, '/simulate/') AND recorded_at <= {as_of:DateTime64(3, 'UTC')} LIMIT 1)`
	if err := s.conn.QueryRow(ctx, query, clickhouse.DateNamed("as_of", asOf, clickhouse.MilliSeconds)).Scan(&found); err != nil {
		return false, fmt.Errorf("looking for simulated letters: %w", err)
	}
	return found, nil
}

// Counts describes the store for a health check.
type Counts struct {
	Rows                map[string]uint64 // By table.
	EventsWithoutLetter uint64            // Stored, but ignored by figures until the letter comes.
}

// Counts counts rows as a reader sees them: a record that came twice counts once.
func (s *Store) Counts(ctx context.Context) (Counts, error) {
	counts := Counts{Rows: map[string]uint64{}}
	for _, table := range []string{"letters", "events", "progress", "units", "due_days"} {
		var n uint64
		if err := s.conn.QueryRow(ctx, "SELECT count() FROM "+table+" FINAL").Scan(&n); err != nil {
			return Counts{}, fmt.Errorf("counting %s: %w", table, err)
		}
		counts.Rows[table] = n
	}
	const orphans = "SELECT count() FROM events FINAL WHERE kind != 'system.outage' AND letter_id NOT IN (SELECT letter_id FROM letters)"
	if err := s.conn.QueryRow(ctx, orphans).Scan(&counts.EventsWithoutLetter); err != nil {
		return Counts{}, fmt.Errorf("counting events without letter: %w", err)
	}
	return counts, nil
}
