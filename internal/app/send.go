package app

import (
	"context"
	"errors"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/internal/identity"
)

// SendOptions says what to send and how.
type SendOptions struct {
	Files    []string
	Source   string // Of plain rows; empty means the default.
	Keys     *identity.Keys
	Backfill bool // Send history behind published figures too; Correct tells what that changes.
	Progress func(done, total int64)
}

// Send sends files of letters and events to the session's brokers. History that
// lies behind published figures is refused unless told otherwise.
func (s *Session) Send(ctx context.Context, o SendOptions) (report send.Report, err error) {
	producer, err := ingest.NewProducer(s.ingest)
	if err != nil {
		return send.Report{}, err
	}
	defer func() { err = errors.Join(err, producer.Close()) }()
	cfg := send.DefaultConfig()
	cfg.Progress, cfg.Division, cfg.Unit = o.Progress, s.divisionNamed, s.Directory.HasUnit
	cfg.History = s.ingest.HonoursRecordedTime
	if o.Source != "" {
		cfg.Source = o.Source
	}
	if !o.Backfill {
		if cfg.FrozenUntil, err = s.Store.FrozenUntil(ctx); err != nil {
			return send.Report{}, err
		}
	}
	sender, err := send.New(cfg, producer, o.Keys)
	if err != nil {
		return send.Report{}, err
	}
	return sender.Files(ctx, o.Files...)
}

// divisionNamed finds a division by its code, full or short name.
func (s *Session) divisionNamed(name string) (code string, ok bool) {
	for _, d := range s.Directory.Divisions() {
		if name == d.Code || name == d.Name || name == d.Short {
			if ok && code != d.Code {
				return "", false // Two places of one name: a person must say which.
			}
			code, ok = d.Code, true
		}
	}
	return code, ok
}
