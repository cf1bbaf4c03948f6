package analytics

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// ComposeLetters and ComposeEvents give tests the statements behind KPIs.
func ComposeLetters(v Viewer, q Query, metrics []Metric) (string, error) {
	return composer{viewer: v}.letters(q, metrics)
}

func ComposeEvents(v Viewer, q Query, metrics []Metric) (string, error) {
	return composer{viewer: v}.events(q, metrics)
}

// LetterMetrics and EventMetrics are the contract's figures of each statement.
func LetterMetrics() []Metric { return of(Metrics(), ofLetters, ofHops) }
func EventMetrics() []Metric  { return of(Metrics(), ofEvents) }

// LoadMigrations gives tests the migrations without a database.
func LoadMigrations(cluster string) ([]Migration, error) {
	return loadMigrations(migrationFiles, cluster)
}

// MigrateFirst applies the first n migrations only, as an older program would.
func MigrateFirst(ctx context.Context, s *Store, n int) error {
	known, err := loadMigrations(migrationFiles, s.cfg.Cluster)
	if err != nil {
		return err
	}
	_, err = s.migrate(ctx, known[:n])
	return err
}

// KPIsFromRecords answers as KPIs does as of an earlier moment, whatever the cut-off.
func KPIsFromRecords(ctx context.Context, s *Store, v Viewer, q Query) (Document, error) {
	if q.AsOf.IsZero() {
		var err error
		if q.AsOf, err = s.LastRecordedAt(ctx); err != nil {
			return Document{}, err
		}
	}
	return s.document(ctx, v, q, fromRecords)
}

// Empty removes all records and what was kept of them.
func Empty(ctx context.Context, s *Store) error {
	for _, table := range append(s.kept.names(), "letters", "events", "touched", "kept") {
		if err := s.conn.Exec(ctx, "TRUNCATE TABLE "+table); err != nil {
			return err
		}
	}
	return nil
}

// SetBack makes what is kept look as if a clock that was so far ahead had
// written it.
func SetBack(ctx context.Context, s *Store, by time.Duration) error {
	for _, name := range s.kept.names() {
		rows := "INSERT INTO " + name + " SELECT * REPLACE (refreshed_at + toIntervalSecond({by:Int64}) AS refreshed_at) FROM " + name + " FINAL"
		if err := s.conn.Exec(ctx, rows, clickhouse.Named("by", int64(by.Seconds()))); err != nil {
			return err
		}
	}
	const kept = "INSERT INTO kept SELECT * REPLACE ({watermark:String} AS watermark, saved_at + toIntervalSecond({by:Int64}) AS saved_at) FROM kept FINAL"
	return s.conn.Exec(ctx, kept, clickhouse.Named("watermark", touchTime(time.Now().Add(by-touchSlack))), clickhouse.Named("by", int64(by.Seconds())))
}

// Touch marks letters as the insert of a record would.
func Touch(ctx context.Context, s *Store, ids ...string) error { return s.touch(ctx, ids) }

// MustBeKept reports why figures as of the last record would not come from what
// Refresh keeps.
func MustBeKept(ctx context.Context, s *Store) error {
	last, err := s.lastStored(ctx)
	if err != nil {
		return err
	}
	state, err := s.keptState(ctx)
	if err != nil {
		return err
	}
	pending, err := s.pendingTouches(ctx, state.watermark)
	if err != nil || !state.built || state.running || !state.lastRecorded.Equal(last) || len(pending.touches) > 0 {
		return fmt.Errorf("kept up to %v of %v, %d touches pending: %w", state.lastRecorded, last, len(pending.touches), err)
	}
	return nil
}

// TakeTurn keeps what is kept from being renewed until the returned function is
// called, as building it anew does.
func TakeTurn(s *Store) (end func()) {
	s.renewing <- struct{}{}
	return s.endTurn
}

// RebuildBy has a store build anew so many letters at a time.
func RebuildBy(s *Store, letters uint64) { s.rebuildLetters = letters }

// DropKept drops the kept tables, as a program of another version would.
func DropKept(ctx context.Context, s *Store) error {
	theirs := s.kept
	s.kept = keptTables{}
	defer func() { s.kept = theirs }()
	return errors.Join(s.dropOthers(ctx), s.conn.Exec(ctx, "TRUNCATE TABLE kept"))
}
