package analytics

import (
	"context"
	"errors"
	"fmt"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
)

// ParseDSN reads clickhouse://user:password@host:9000/database?secure=true and
// the HTTP forms. The database of the DSN is ignored; Config names it.
func ParseDSN(dsn string) (*clickhouse.Options, error) {
	opts, err := clickhouse.ParseDSN(dsn)
	if err != nil {
		// The driver's error may repeat the DSN, password included.
		return nil, errors.New("reading the ClickHouse DSN: it must look like clickhouse://user:password@host:9000")
	}
	return opts, nil
}

// Dial makes sure that cfg.Database exists and returns a connection pool that
// uses it. The caller closes the pool.
func Dial(ctx context.Context, cfg Config, opts *clickhouse.Options) (driver.Conn, error) {
	if err := prepareDatabase(ctx, cfg, opts); err != nil {
		return nil, err
	}
	inside := *opts
	inside.Auth.Database = cfg.Database
	conn, err := clickhouse.Open(&inside)
	if err != nil {
		return nil, fmt.Errorf("connecting to ClickHouse: %w", err)
	}
	if err := conn.Ping(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("connecting to ClickHouse: %w", err), conn.Close())
	}
	return conn, nil
}

// prepareDatabase works from the database every server has: a server refuses
// a connection to one that does not exist yet.
func prepareDatabase(ctx context.Context, cfg Config, opts *clickhouse.Options) error {
	outside := *opts
	outside.Auth.Database = "default"
	conn, err := clickhouse.Open(&outside)
	if err != nil {
		return fmt.Errorf("connecting to ClickHouse: %w", err)
	}
	return errors.Join(CreateDatabase(ctx, conn, cfg), conn.Close())
}

// Conn is the driver's connection pool, so that callers need not import it.
type Conn = driver.Conn
