package analytics

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// rebuildLetters is how many letters a round of rebuild computes in memory.
const rebuildLetters uint64 = 200_000

// rebuildWithin is how long the letters of a rebuild's rounds stay listed: the
// hour of other rounds is too short for a large store on a slow machine.
const rebuildWithin = 7 * 24 * time.Hour

// rebuild fills the kept tables from the records, some letters at a time. What
// a letter's state needs of the others of its writer must be there before.
func (s *Store) rebuild(ctx context.Context) (keptState, error) {
	began := time.Now()
	state := keptState{watermark: touchTime(began.Add(-touchSlack))}
	rounds, err := s.rebuildRounds(ctx)
	if err != nil {
		return state, err
	}
	for _, f := range []filling{s.kept.rareEventsFilling(), s.kept.writingsFilling(), s.kept.statesFilling()} {
		for _, round := range rounds {
			if err := s.fill(ctx, f, round); err != nil {
				return state, err
			}
		}
	}
	for _, round := range rounds { // An older rebuild may have left letters in another month.
		if err := s.dropMoved(ctx, round); err != nil {
			return state, err
		}
	}
	if state.lastRecorded, err = s.lastStored(ctx); err != nil {
		return state, err
	}
	if err := s.rebuildDays(ctx, state.lastRecorded); err != nil {
		return state, err
	}
	if len(rounds) > 0 {
		s.logger.LogAttrs(ctx, slog.LevelInfo, "rebuilt kept letters", slog.Int("rounds", len(rounds)), slog.Duration("took", time.Since(began)))
	}
	return state, s.saveKeptState(ctx, state)
}

// forgetKept empties the kept tables, those last that say how far they reach.
func (s *Store) forgetKept(ctx context.Context) error {
	s.logger.LogAttrs(ctx, slog.LevelWarn, "a clock was set back: what is kept of letters is built anew")
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	for _, name := range append(s.kept.names(), "kept") {
		statement, err := renderDDL("TRUNCATE TABLE "+name+" {{on_cluster}}", s.cfg.Cluster)
		if err != nil {
			return err
		}
		if err := s.conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("emptying table %s: %w", name, err)
		}
	}
	return nil
}

// rebuildRounds deals all letters out to rounds in the order of their ids, which
// is mostly that of their receipt.
func (s *Store) rebuildRounds(ctx context.Context) ([]string, error) {
	prefix, err := newTouch(time.Now())
	if err != nil {
		return nil, err
	}
	const deal = `INSERT INTO refreshing (round, letter_id, at)
		SELECT {prefix:String} || leftPad(toString(intDiv(rowNumberInAllBlocks(), {size:UInt64})), 6, '0'), letter_id, now() + toIntervalSecond({within:UInt32})
		FROM (SELECT DISTINCT letter_id FROM letters ORDER BY letter_id)`
	named := clickhouse.Named("prefix", prefix)
	if err := s.conn.Exec(ctx, deal, named, clickhouse.Named("size", s.rebuildLetters), clickhouse.Named("within", uint32(rebuildWithin/time.Second))); err != nil {
		return nil, fmt.Errorf("listing letters to rebuild: %w", err)
	}
	var rounds []string
	err = s.each(ctx, "SELECT DISTINCT round FROM refreshing WHERE startsWith(round, {prefix:String}) ORDER BY round", func(scan func(...any) error) error {
		var round string
		err := scan(&round)
		rounds = append(rounds, round)
		return err
	}, named)
	if err != nil {
		return nil, fmt.Errorf("listing rounds to rebuild: %w", err)
	}
	return rounds, nil
}

// rebuildDays computes the figures of every day, a few weeks at a time.
func (s *Store) rebuildDays(ctx context.Context, asOf time.Time) error {
	const daysAtOnce = 14
	for _, table := range s.kept.dayTables() {
		query := "SELECT DISTINCT received_day AS day FROM " + s.kept.states
		if table.name == s.kept.caseDays {
			query = "SELECT DISTINCT toDate32(at + INTERVAL 8 HOUR) AS day FROM " + s.kept.rareEvents
		}
		days, err := s.days(ctx, query)
		if err != nil {
			return err
		}
		for some := range slices.Chunk(distinctDays(days), daysAtOnce) {
			if err := s.refreshDays(ctx, table, some, asOf); err != nil {
				return err
			}
		}
	}
	return nil
}
