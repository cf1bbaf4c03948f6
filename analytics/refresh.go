package analytics

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// A touch names the letters that an insert concerned. Its id begins with the
// time, so that ids sort by age. It is written after the records and before
// the insert is acknowledged: a letter is touched once too often rather than
// once too seldom.
func (s *Store) touch(ctx context.Context, ids []string) error {
	touch, err := newTouch(time.Now())
	if err != nil {
		return err
	}
	rows := make([][]any, 0, len(ids))
	for _, id := range ids {
		rows = append(rows, []any{touch, id})
	}
	return s.insert(ctx, "touched", []string{"touch", "letter_id"}, rows, "")
}

// Touch has Refresh look at letters whose records are stored, but may not have
// been touched: an insert can be cut short between the two.
func (s *Store) Touch(ctx context.Context, ids []letter.ID) error {
	return s.touch(ctx, touchedBy(ids, func(id letter.ID) letter.ID { return id }))
}

func newTouch(at time.Time) (string, error) {
	const bytes = 8
	random := make([]byte, bytes)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("naming a touch: %w", err)
	}
	return touchTime(at) + hex.EncodeToString(random), nil
}

// touchTime is how the ids of touches made at a time begin.
func touchTime(at time.Time) string { return fmt.Sprintf("%016x-", at.UnixMicro()) }

// touchedBy lists the distinct letters of the records.
func touchedBy[R any](records []R, id func(R) letter.ID) []string {
	ids := make([]string, 0, len(records))
	for _, r := range records {
		ids = append(ids, string(id(r)))
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

const (
	// roundLetters bounds the letters of a round, so that one takes about a second.
	roundLetters = 20_000
	// roundTouches bounds its touches: their names travel in the URL of a statement.
	roundTouches = 1000
	// touchSlack is how much later than its id says a touch may become visible:
	// the time of an insert and the difference of two processes' clocks.
	touchSlack = 15 * time.Minute
)

// Refresh brings up to date what is kept of each letter and each day, and
// returns how many letters were touched since the last time. It deals with what
// is pending when it begins, so that it ends however fast records come. Figures
// as of now call it themselves; a process that stores records should call it
// about every second, so that readers find little to do. Two processes may call
// it at the same time: of two states of a letter the one read later stays. It
// does nothing in a store that follows another, and while another call builds
// anew all that is kept, which may take minutes.
func (s *Store) Refresh(ctx context.Context) (letters uint64, err error) {
	if s.cfg.Follow {
		return 0, nil
	}
	letters, _, err = s.refresh(ctx, math.MaxInt64)
	return letters, err
}

// refresh is Refresh for who would rather not wait than wait longer than the
// patience: for another's turn to end, and then for rounds of its own. It is
// not whole where it gave up.
func (s *Store) refresh(ctx context.Context, patience time.Duration) (letters uint64, whole bool, err error) {
	// Who finds nothing to do need not wait for those who read.
	state, fresh, err := s.isFresh(ctx)
	if err != nil || fresh {
		return 0, fresh, err
	}
	wait := patience
	if !state.built {
		wait = 0
	}
	if !s.takeTurn(ctx, wait) {
		return 0, false, ctx.Err()
	}
	defer s.endTurn()
	if state, err = s.keptState(ctx); err != nil {
		return 0, false, err
	}
	if !state.built {
		if state.ahead {
			if err := s.forgetKept(ctx); err != nil {
				return 0, false, err
			}
		}
		if state, err = s.rebuild(ctx); err != nil {
			return 0, false, err
		}
	}
	return s.refreshPending(ctx, &state, patience)
}

// takeTurn waits until nobody else renews the kept tables. It is false where
// that takes longer than the patience, or ctx ends.
func (s *Store) takeTurn(ctx context.Context, patience time.Duration) bool {
	select {
	case s.renewing <- struct{}{}:
		return true
	default:
	}
	select {
	case s.renewing <- struct{}{}:
		return true
	case <-ctx.Done():
	case <-time.After(patience):
	}
	return false
}

func (s *Store) endTurn() { <-s.renewing }

// refreshPending deals with the touches that are pending, a round at a time.
func (s *Store) refreshPending(ctx context.Context, state *keptState, patience time.Duration) (letters uint64, whole bool, err error) {
	began := time.Now()
	for newest := ""; ; {
		p, err := s.pendingTouches(ctx, state.watermark)
		if err != nil {
			return letters, false, err
		}
		newest = cmp.Or(newest, p.newest)
		switch {
		case len(p.touches) == 0 && state.running:
			state.running = false // Whose round it was has ended without saying so.
			return letters, true, s.saveKeptState(ctx, *state)
		case len(p.touches) == 0 || p.touches[0] > newest:
			return letters, true, nil
		case letters > 0 && time.Since(began) > patience:
			return letters, false, nil
		}
		if err := s.refreshTouched(ctx, state, p); err != nil {
			return letters, false, err
		}
		letters += p.letters
	}
}

// isFresh reports whether the kept tables are whole and no touch is pending.
func (s *Store) isFresh(ctx context.Context) (state keptState, fresh bool, err error) {
	if state, err = s.keptState(ctx); err != nil || !state.built || state.running {
		return state, false, err
	}
	p, err := s.pendingTouches(ctx, state.watermark)
	return state, err == nil && len(p.touches) == 0, err
}

// keptState says how far the kept tables reach.
type keptState struct {
	built        bool
	lastRecorded time.Time // Newest recorded_at among the records considered; zero for none.
	watermark    string    // All touches before it are dealt with.
	running      bool      // A round is being written.
	savedAt      time.Time
	ahead        bool // Kept by a clock that was set back since: then built is false.
}

// keptState reads it. Of two rows of a kept table the one written later holds,
// so that after a clock was set back none could take the place of those from
// before: they are as good as not there. Clocks of replicas may differ a little.
func (s *Store) keptState(ctx context.Context) (state keptState, err error) {
	const query = `SELECT last_recorded, watermark, running, saved_at, saved_at > now64(6) + INTERVAL 10 SECOND
		FROM kept FINAL WHERE states = {states:String} AND days = {days:String}`
	err = s.each(ctx, query, func(scan func(...any) error) error {
		err := scan(&state.lastRecorded, &state.watermark, &state.running, &state.savedAt, &state.ahead)
		state.ahead = state.ahead || state.watermark > touchTime(time.Now())
		state.built = !state.ahead
		return err
	}, clickhouse.Named("states", s.kept.states), clickhouse.Named("days", s.kept.days))
	if err != nil {
		return state, fmt.Errorf("reading how far letters are kept: %w", err)
	}
	if state.lastRecorded.Unix() == 0 { // How a column holds the time of no record.
		state.lastRecorded = time.Time{}
	}
	return state, nil
}

// saveKeptState never moves the last record back: another process may have
// taken up a newer one meanwhile.
func (s *Store) saveKeptState(ctx context.Context, state keptState) error {
	saved, err := s.keptState(ctx)
	if err != nil {
		return err
	}
	if saved.lastRecorded.After(state.lastRecorded) {
		state.lastRecorded = saved.lastRecorded
	}
	return s.insert(ctx, "kept", []string{"states", "days", "last_recorded", "watermark", "running"},
		[][]any{{s.kept.states, s.kept.days, state.lastRecorded, state.watermark, state.running}}, "")
}

// refreshTouched deals with the touches; meanwhile nobody reads what is kept.
func (s *Store) refreshTouched(ctx context.Context, state *keptState, p pending) error {
	s.refreshing.Lock()
	defer s.refreshing.Unlock()
	state.running = true
	if err := s.saveKeptState(ctx, *state); err != nil {
		return err
	}
	names := clickhouse.Named("touches", p.touches)
	if err := s.refreshRound(ctx, state, "SELECT letter_id FROM touched WHERE touch IN {touches:Array(String)}", names); err != nil {
		return err
	}
	// How far the tables reach is said before the touches are done with: if the
	// process ends in between, the round is done again.
	//
	// A touch may still become visible among those of the last minutes.
	state.watermark = max(state.watermark, min(p.watermark, touchTime(time.Now().Add(-touchSlack))))
	state.running = false
	if err := s.saveKeptState(ctx, *state); err != nil {
		return err
	}
	err := s.conn.Exec(ctx, "INSERT INTO touched (touch, letter_id, done) SELECT touch, letter_id, true FROM touched FINAL WHERE touch IN {touches:Array(String)}", names)
	if err != nil {
		return fmt.Errorf("marking touched letters as done: %w", err)
	}
	return nil
}

// pending is what Refresh has still to look at, as far as one round goes.
type pending struct {
	touches   []string // The oldest.
	letters   uint64   // Of these.
	newest    string   // The last touch that is pending, whether or not in touches.
	watermark string   // The last touch before all of them.
}

// pendingTouches lists the touches from a watermark on that are not dealt with.
func (s *Store) pendingTouches(ctx context.Context, from string) (pending, error) {
	p := pending{watermark: from}
	const query = "SELECT touch, count(), max(done) FROM touched FINAL WHERE touch >= {watermark:String} GROUP BY touch ORDER BY touch"
	err := s.each(ctx, query, func(scan func(...any) error) error {
		var touch string
		var of uint64
		var done bool
		if err := scan(&touch, &of, &done); err != nil {
			return err
		}
		switch {
		case !done:
			p.newest = touch
			if p.letters < roundLetters && len(p.touches) < roundTouches {
				p.touches = append(p.touches, touch)
				p.letters += of
			}
		case len(p.touches) == 0:
			p.watermark = touch
		}
		return nil
	}, clickhouse.Named("watermark", from))
	if err != nil {
		return pending{}, fmt.Errorf("listing touched letters: %w", err)
	}
	return p, nil
}

// refreshRound brings up to date the letters that the query lists, those whose
// state depends on them, and their days.
func (s *Store) refreshRound(ctx context.Context, state *keptState, query string, args ...any) error {
	round, err := newTouch(time.Now())
	if err != nil {
		return err
	}
	dependents, err := render("sql/refresh/dependents.sql", map[string]any{"asked": func() string { return query }})
	if err != nil {
		return err
	}
	if err := s.conn.Exec(ctx, dependents, append(args, clickhouse.Named("round", round))...); err != nil {
		return fmt.Errorf("listing letters to refresh: %w", err)
	}
	before, err := s.daysOfRound(ctx, round)
	if err != nil {
		return err
	}
	for _, f := range []filling{s.kept.rareEventsFilling(), s.kept.writingsFilling(), s.kept.statesFilling()} {
		if err := s.fill(ctx, f, round); err != nil {
			return err
		}
	}
	if err := s.dropMoved(ctx, round); err != nil {
		return err
	}
	after, err := s.daysOfRound(ctx, round)
	if err != nil {
		return err
	}
	last, err := s.lastRecordedOf(ctx, query, args...)
	if err != nil {
		return err
	}
	if last.After(state.lastRecorded) {
		state.lastRecorded = last
	}
	cases, err := s.days(ctx, "SELECT DISTINCT toDate32(at + INTERVAL 8 HOUR) FROM "+s.kept.rareEvents+ofRound, clickhouse.Named("round", round))
	if err != nil {
		return err
	}
	received := distinctDays(append(before, after...))
	for _, table := range s.kept.dayTables() {
		days := received
		if table.name == s.kept.caseDays {
			days = distinctDays(cases)
		}
		if err := s.refreshDays(ctx, table, days, state.lastRecorded); err != nil {
			return err
		}
	}
	return nil
}

// fill computes a kept table anew for the letters of a round.
func (s *Store) fill(ctx context.Context, f filling, round string) error {
	statement, err := s.fillStatement(f)
	if err != nil {
		return err
	}
	if err := s.execKept(ctx, "INSERT INTO "+f.table+"\n"+statement, round, nil, endOfTime); err != nil {
		return fmt.Errorf("refreshing %s: %w", f.table, err)
	}
	return nil
}

const ofRound = " WHERE letter_id IN (SELECT letter_id FROM refreshing WHERE round = {round:String})"

// daysOfRound lists the days on which the kept letters of a round were received.
func (s *Store) daysOfRound(ctx context.Context, round string) ([]calendar.Date, error) {
	return s.days(ctx, "SELECT DISTINCT received_day FROM "+s.kept.states+ofRound, clickhouse.Named("round", round))
}

// days returns the days that the query lists.
func (s *Store) days(ctx context.Context, query string, args ...any) ([]calendar.Date, error) {
	var days []calendar.Date
	err := s.each(ctx, query, func(scan func(...any) error) error {
		var day time.Time
		err := scan(&day)
		days = append(days, calendar.Date{Year: day.Year(), Month: day.Month(), Day: day.Day()})
		return err
	}, args...)
	if err != nil {
		return nil, fmt.Errorf("listing days to refresh: %w", err)
	}
	return days, nil
}

// dropMoved marks kept rows as gone whose letter is now known to have been
// received in another month: each month is a partition of its own.
func (s *Store) dropMoved(ctx context.Context, round string) error {
	statement, err := render("sql/refresh/moved.sql", map[string]any{"letter_states": func() string { return s.kept.states }})
	if err != nil {
		return err
	}
	if err := s.execKept(ctx, statement, round, nil, endOfTime); err != nil {
		return fmt.Errorf("dropping moved letters: %w", err)
	}
	return nil
}

// lastRecordedOf returns the newest recorded_at of the records of the subjects
// that the query lists.
func (s *Store) lastRecordedOf(ctx context.Context, query string, args ...any) (time.Time, error) {
	of := " WHERE letter_id IN (" + query + ")"
	query = "SELECT max(last) FROM (SELECT max(recorded_at) AS last FROM letters" + of + " UNION ALL SELECT max(recorded_at) FROM events" + of + ")"
	var last time.Time
	if err := s.conn.QueryRow(ctx, query, args...).Scan(&last); err != nil {
		return last, fmt.Errorf("reading the last recorded time: %w", err)
	}
	return last.UTC(), nil // 1970 where there is none.
}

func distinctDays(days []calendar.Date) []calendar.Date {
	slices.SortFunc(days, func(a, b calendar.Date) int { return a.Start().Compare(b.Start()) })
	return slices.Compact(days)
}

// refreshDays computes the figures of the days as of a cut-off, or marks those
// of a lazy table as not holding.
func (s *Store) refreshDays(ctx context.Context, t dayTable, days []calendar.Date, asOf time.Time) error {
	if !t.lazy {
		return s.fillDays(ctx, t, days, asOf)
	}
	if len(days) == 0 {
		return nil
	}
	statement, err := render("sql/refresh/days_to_come.sql", map[string]any{"table": func() string { return t.name }, "dimensions": keptDimensionsSQL})
	if err != nil {
		return err
	}
	if err := s.execKept(ctx, statement, "", days, endOfTime); err != nil {
		return fmt.Errorf("marking days of %s: %w", t.name, err)
	}
	return nil
}

// fillDays computes the figures of the days as of a cut-off. A day without
// members is kept as one.
func (s *Store) fillDays(ctx context.Context, t dayTable, days []calendar.Date, asOf time.Time) error {
	if len(days) == 0 {
		return nil
	}
	filling, err := s.fillStatement(t.filling())
	if err != nil {
		return err
	}
	if err := s.execKept(ctx, "INSERT INTO "+t.name+"\n"+filling, "", days, asOf.UTC().Format(timeLayout)); err != nil {
		return fmt.Errorf("refreshing %s: %w", t.name, err)
	}
	return nil
}

// RefreshFurther computes kept figures that no round computes, for some of the
// days that lack them, the newest first. It is false where none does.
func (s *Store) RefreshFurther(ctx context.Context) (more bool, err error) {
	if !s.takeTurn(ctx, math.MaxInt64) {
		return false, ctx.Err()
	}
	defer s.endTurn()
	state, err := s.keptState(ctx)
	if err != nil || !state.built || state.lastRecorded.IsZero() {
		return false, err
	}
	const daysAtOnce = 14
	for _, table := range s.kept.dayTables() {
		if !table.lazy {
			continue
		}
		query := "SELECT day FROM " + table.name + ` FINAL
			WHERE by = '' AND NOT (valid_from <= {as_of:DateTime64(3, 'UTC')} AND {as_of:DateTime64(3, 'UTC')} < valid_until)
			ORDER BY day DESC LIMIT {some:UInt32}`
		days, err := s.days(ctx, query, clickhouse.DateNamed("as_of", state.lastRecorded, clickhouse.MilliSeconds), clickhouse.Named("some", uint32(daysAtOnce)))
		if err != nil {
			return false, err
		}
		more = more || len(days) > 0
		s.refreshing.Lock()
		err = s.fillDays(ctx, table, distinctDays(days), state.lastRecorded)
		s.refreshing.Unlock()
		if err != nil {
			return false, err
		}
	}
	return more, nil
}

const timeLayout = "2006-01-02 15:04:05.000"
