package analytics

import (
	"context"
	"time"
)

// readKept computes an answer as of a cut-off, or as of the last record for the
// zero time: from what Refresh keeps if that holds no later record, else from
// the records. compute must not call Refresh.
func readKept[T any](ctx context.Context, s *Store, asOf time.Time, compute func(source, time.Time) (T, error)) (T, error) {
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
		var err error
		if asOf, err = s.lastStored(ctx); err != nil {
			return *new(T), err
		}
	}
	return compute(fromRecords, asOf)
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

// bringUpToDate has all acknowledged records considered: by Refresh, or by
// waiting for the process that this one follows. It is false where nothing is
// kept, or where that process has stopped.
func (s *Store) bringUpToDate(ctx context.Context) (bool, error) {
	if !s.cfg.Follow {
		_, err := s.Refresh(ctx)
		return true, err
	}
	const patience, pause = 3 * time.Second, 100 * time.Millisecond
	for began := time.Now(); time.Since(began) < patience; {
		state, err := s.keptState(ctx)
		if err != nil || !state.built {
			return false, err
		}
		pending, _, _, err := s.pendingTouches(ctx, state.watermark)
		if err != nil || len(pending) == 0 {
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
