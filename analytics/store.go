package analytics

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
)

// Store reads and writes the tables over one connection pool. It is safe for
// concurrent use. The connection stays the caller's to close.
type Store struct {
	cfg       Config
	conn      driver.Conn
	directory *org.Directory
	calendar  *calendar.Calendar
	logger    *slog.Logger

	kept           keptTables
	rebuildLetters uint64        // How many letters a round of rebuild takes; tests want fewer.
	renewing       chan struct{} // Held by who renews the kept tables, one at a time.
	// refreshing keeps readers of the kept tables from seeing one renewed and
	// the next not yet.
	refreshing sync.RWMutex
}

// New makes a store over a connection whose database is cfg.Database. It does
// nothing yet: call Migrate and Prepare before the first read or write.
func New(cfg Config, conn driver.Conn, dir *org.Directory, cal *calendar.Calendar, logger *slog.Logger) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Store{cfg: cfg, conn: conn, directory: dir, calendar: cal, logger: logger, rebuildLetters: rebuildLetters, renewing: make(chan struct{}, 1)}
	var err error
	if s.kept, err = s.keptNames(); err != nil {
		return nil, err
	}
	return s, nil
}

// CreateDatabase makes the database if it is not there. The connection may use
// any database: a server refuses one that does not exist yet.
func CreateDatabase(ctx context.Context, conn driver.Conn, cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	statement := "CREATE DATABASE IF NOT EXISTS " + cfg.Database
	if cfg.Cluster != "" {
		statement += " ON CLUSTER " + cfg.Cluster
	}
	if err := conn.Exec(ctx, statement); err != nil {
		return fmt.Errorf("creating database %s: %w", cfg.Database, err)
	}
	return nil
}
