package analytics

import (
	"context"
	"log/slog"
	"time"
)

// readKept computes an answer as of a cut-off, or as of the last record for the
// zero time: from what Refresh keeps if that holds no later record, else from
// the records. compute must not call Refresh.
func readKept[T any](ctx context.Context, s *Store, asOf time.Time, compute func(source, time.Time) (T, error)) (T, error) {
	past, err := s.isPast(ctx, asOf)
	if err != nil {
		return *new(T), err
	}
	if past { // Holding up Refresh for it would help nobody.
		return compute(fromRecords, asOf)
	}
	const attempts = 3 // What another process renews while it is read is read again.
	for range attempts {
		whole, err := s.bringUpToDate(ctx)
		if err != nil {
			return *new(T), err
		}
		if !whole {
			break
		}
		answer, done, err := readKeptOnce(ctx, s, asOf, compute)
		if err != nil || done {
			return answer, err
		}
	}
	if asOf.IsZero() {
		if asOf, err = s.lastStored(ctx); err != nil {
			return *new(T), err
		}
	}
	return compute(fromRecords, asOf)
}

// isPast reports whether records are kept that came after the cut-off; the last
// record never moves back.
func (s *Store) isPast(ctx context.Context, asOf time.Time) (bool, error) {
	if asOf.IsZero() {
		return false, nil
	}
	state, err := s.keptState(ctx)
	return state.built && asOf.Before(state.lastRecorded), err
}

// readKeptOnce is false where what is kept cannot answer: it is not there, being
// renewed by another process, or was meanwhile.
func readKeptOnce[T any](ctx context.Context, s *Store, asOf time.Time, compute func(source, time.Time) (T, error)) (answer T, done bool, err error) {
	s.refreshing.RLock()
	defer s.refreshing.RUnlock()
	before, err := s.keptState(ctx)
	if err != nil || !before.built || before.running {
		return answer, false, err
	}
	if asOf.IsZero() {
		asOf = before.lastRecorded
	}
	if asOf.Before(before.lastRecorded) {
		answer, err = compute(fromRecords, asOf)
		return answer, true, err
	}
	if answer, err = compute(fromState, asOf); err != nil {
		return answer, false, err
	}
	after, err := s.keptState(ctx)
	return answer, after.savedAt.Equal(before.savedAt), err
}

// readPatience is how long a reader waits for what is kept to be brought up to
// date before it takes the records.
const readPatience = 3 * time.Second

// bringUpToDate has all acknowledged records considered: by Refresh, or by
// waiting for the process that this one follows. It is false where nothing is
// kept, or could be, or where that takes too long.
func (s *Store) bringUpToDate(ctx context.Context) (bool, error) {
	if s.cfg.Follow {
		return s.awaitRefresh(ctx)
	}
	_, whole, err := s.refresh(ctx, readPatience)
	if err != nil {
		s.logger.LogAttrs(ctx, slog.LevelWarn, "figures come from the records: what is kept of them was not refreshed", slog.Any("error", err))
	}
	return whole, ctx.Err()
}

// awaitRefresh waits for the process that this one follows.
func (s *Store) awaitRefresh(ctx context.Context) (bool, error) {
	const pause = 100 * time.Millisecond
	for began := time.Now(); time.Since(began) < readPatience; {
		state, err := s.keptState(ctx)
		if err != nil || !state.built {
			return false, err
		}
		pending, err := s.pendingTouches(ctx, state.watermark)
		if err != nil || len(pending.touches) == 0 {
			return true, err
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(pause):
		}
	}
	return false, nil
}
