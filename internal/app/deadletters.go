package app

import (
	"context"
	"errors"

	"jiesu.cn/jiesu/ingest"
)

// DeadLetters calls visit with every dead letter the filter chooses.
func (s *Session) DeadLetters(ctx context.Context, filter ingest.DeadLetterFilter, visit func(ingest.DeadLetter) error) (err error) {
	tool, err := ingest.NewDeadLetters(s.ingest)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tool.Close()) }()
	for d, err := range tool.List(ctx, filter) {
		if err != nil {
			return err
		}
		if err := visit(d); err != nil {
			return err
		}
	}
	return nil
}

// Replay sends the chosen dead letters back to where they first stood and
// returns how many.
func (s *Session) Replay(ctx context.Context, filter ingest.DeadLetterFilter) (sent int, err error) {
	tool, err := ingest.NewDeadLetters(s.ingest)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, tool.Close()) }()
	return tool.Replay(ctx, filter)
}
