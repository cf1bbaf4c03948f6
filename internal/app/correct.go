package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

// ErrNotRead says that what was sent has not reached the store.
var ErrNotRead = errors.New("what was sent has not been read into the store yet")

// Correct waits until all that was sent is in the store, then checks those
// snapshots behind which something has come, and returns what it found. It is
// ErrNotRead when nothing moves for the patience, as when nobody runs ingest.
func (s *Session) Correct(ctx context.Context, v analytics.Viewer, patience time.Duration) ([]analytics.SnapshotCheck, error) {
	if err := s.awaitRead(ctx, patience); err != nil {
		return nil, err
	}
	pending, err := s.Store.PendingCorrections(ctx)
	if err != nil {
		return nil, err
	}
	var checks []analytics.SnapshotCheck
	for _, number := range pending {
		check, err := s.Store.CheckSnapshot(ctx, v, number)
		if err != nil {
			return checks, err
		}
		checks = append(checks, check)
	}
	return checks, nil
}

// awaitRead returns when the store has got to the end of both topics, verdicts
// on what was sent included.
func (s *Session) awaitRead(ctx context.Context, patience time.Duration) error {
	if s.engine != nil {
		return ErrNotRead // This process holds the directory: nobody reads.
	}
	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	var most int64
	for moved := time.Now(); ; {
		read, waiting, err := s.behind(ctx)
		if err != nil || !waiting {
			return err
		}
		if read > most {
			most, moved = read, time.Now()
		}
		if time.Since(moved) > patience {
			return ErrNotRead
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for what was sent: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

// behind returns how many records of both topics were read, and whether any
// wait. A letter's verdict stands in its topic before the letter counts as read.
func (s *Session) behind(ctx context.Context) (read int64, waiting bool, err error) {
	rows, err := s.Store.Progress(ctx)
	if err != nil {
		return 0, false, err
	}
	ends, err := ingest.Ends(ctx, s.ingest)
	if err != nil {
		return 0, false, err
	}
	next := map[letter.Position]int64{}
	for _, r := range rows {
		next[letter.Position{Topic: r.Topic, Partition: r.Partition}] = r.Next
		read += r.Next
	}
	for _, end := range ends {
		if next[letter.Position{Topic: end.Topic, Partition: end.Partition}] < end.Offset {
			waiting = true
		}
	}
	return read, waiting, nil
}
