package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/embedded/clickhouse"
	"jiesu.cn/jiesu/internal/embedded/dirlock"
	"jiesu.cn/jiesu/internal/embedded/kafka"
	"jiesu.cn/jiesu/internal/org"
)

// Session is what one command works with: the store and the brokers, wherever
// they run. It owns what it opened and closes only that.
type Session struct {
	Store     *analytics.Store
	Brokers   []string
	Directory *org.Directory
	Calendar  *calendar.Calendar

	ingest  ingest.Config      // With the brokers filled in.
	serving string             // Model of the serve process that holds the directory; "" without one.
	engine  *clickhouse.Engine // Nil unless this process opened it.
	closers []func() error     // In order of opening.
}

// Open finds the engine and the broker: external servers if the settings name
// them, else those of a running serve through its socket, else it opens the
// embedded ones itself and brings their schema up to date.
func Open(ctx context.Context, cfg Config, logger *slog.Logger) (*Session, error) {
	s, err := OpenAsIs(ctx, cfg, logger)
	if err != nil {
		return nil, err
	}
	if s.engine == nil {
		return s, nil // Others look after that schema.
	}
	if err := s.prepare(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// OpenAsIs is Open without touching the schema.
func OpenAsIs(ctx context.Context, cfg Config, logger *slog.Logger) (*Session, error) {
	return open(ctx, cfg, func(s *Session) error {
		if cfg.external() {
			cfg.Analytics.Follow = true
			return s.openServers(ctx, cfg, logger)
		}
		return s.untilFree(ctx, func() error {
			if h, ok := askHolder(ctx, cfg.socket()); ok {
				cfg.Analytics.Follow = true
				return s.openShared(ctx, cfg, h, logger)
			}
			return s.openEmbedded(ctx, cfg, logger)
		})
	})
}

// openOwn opens what a serve process needs to itself: external servers, or the
// embedded engine and broker and nobody else's.
func openOwn(ctx context.Context, cfg Config, logger *slog.Logger) (*Session, error) {
	return open(ctx, cfg, func(s *Session) error {
		if cfg.external() {
			return s.openServers(ctx, cfg, logger)
		}
		return s.untilFree(ctx, func() error {
			if h, ok := askHolder(ctx, cfg.socket()); ok {
				return fmt.Errorf("starting: process %d already serves %s; stop it first or choose another directory", h.PID, cfg.Dir)
			}
			return s.openEmbedded(ctx, cfg, logger)
		})
	})
}

func open(ctx context.Context, cfg Config, connect func(*Session) error) (*Session, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := &Session{}
	if err := s.readLists(cfg); err != nil {
		return nil, err
	}
	if err := connect(s); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// untilFree tries again for a while when another process holds the directory:
// a command that is about to end, or a serve that has not opened its socket yet.
func (s *Session) untilFree(ctx context.Context, try func() error) error {
	const patience, pause = 20 * time.Second, 200 * time.Millisecond
	for started := time.Now(); ; {
		err := try()
		held := errors.Is(err, dirlock.ErrLocked)
		if !held || time.Since(started) > patience {
			return err
		}
		if err := s.Close(); err != nil { // What was opened before the locked part.
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(pause):
		}
	}
}

// Close closes what Open opened, in reverse order. It is idempotent.
func (s *Session) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// readLists reads the unit tree and the calendar, the city's own or the
// built-in ones.
func (s *Session) readLists(cfg Config) (err error) {
	if cfg.UnitsDir == "" {
		s.Directory, err = org.Embedded()
	} else {
		s.Directory, err = org.Parse(os.DirFS(cfg.UnitsDir))
	}
	if err != nil {
		return fmt.Errorf("reading the unit tree: %w", err)
	}
	s.Calendar, err = LoadCalendar(cfg.Calendar)
	return err
}

// LoadCalendar reads the city's calendar, or the built-in one when path is empty.
func LoadCalendar(path string) (*calendar.Calendar, error) {
	if path == "" {
		return calendar.Embedded()
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("reading the holiday list: %w", err)
	}
	defer func() { _ = f.Close() }() // Only read.
	c, err := calendar.Parse(f)
	if err != nil {
		return nil, fmt.Errorf("reading the holiday list %s: %w", path, err)
	}
	return c, nil
}

func (s *Session) openServers(ctx context.Context, cfg Config, logger *slog.Logger) error {
	s.Brokers = cfg.Kafka
	opts, err := analytics.ParseDSN(cfg.ClickHouse)
	if err != nil {
		return err
	}
	return s.openStore(cfg, logger, func() (analytics.Conn, error) { return analytics.Dial(ctx, cfg.Analytics, opts) })
}

// openShared works through the socket of the process that holds the directory.
func (s *Session) openShared(ctx context.Context, cfg Config, h holder, logger *slog.Logger) error {
	s.Brokers, s.serving = []string{h.Broker}, h.Model
	return s.openStore(cfg, logger, func() (analytics.Conn, error) {
		return analytics.Dial(ctx, cfg.Analytics, clickhouse.RemoteOptions(cfg.socket(), "default"))
	})
}

func (s *Session) openEmbedded(ctx context.Context, cfg Config, logger *slog.Logger) error {
	engineConfig := clickhouse.DefaultConfig()
	engineConfig.Dir, engineConfig.Library = cfg.engineDir(), cfg.Library
	engine, err := clickhouse.Open(ctx, engineConfig, logger)
	if err != nil {
		return err
	}
	s.engine = engine
	s.closers = append(s.closers, engine.Close)

	brokerConfig := kafka.DefaultConfig()
	brokerConfig.DataDir, brokerConfig.Port, brokerConfig.Topics = cfg.brokerDir(), cfg.BrokerPort, cfg.Ingest.Topics()
	broker, err := kafka.New(brokerConfig, logger)
	if err != nil {
		return err
	}
	if err := broker.Start(ctx); err != nil {
		return err
	}
	s.closers = append(s.closers, broker.Stop)
	s.Brokers = []string{broker.Addr()}

	return s.openStore(cfg, logger, func() (analytics.Conn, error) {
		return analytics.Dial(ctx, cfg.Analytics, engine.Options("default"))
	})
}

func (s *Session) openStore(cfg Config, logger *slog.Logger, dial func() (analytics.Conn, error)) error {
	conn, err := dial()
	if err != nil {
		return err
	}
	s.closers = append(s.closers, conn.Close)
	s.ingest = cfg.Ingest
	s.ingest.Brokers = s.Brokers
	s.Store, err = analytics.New(cfg.Analytics, conn, s.Directory, s.Calendar, logger)
	return err
}

// prepare brings the schema up to date and loads the lists into it.
func (s *Session) prepare(ctx context.Context) error {
	if _, err := s.Store.Migrate(ctx); err != nil {
		return err
	}
	return s.Store.Prepare(ctx)
}
