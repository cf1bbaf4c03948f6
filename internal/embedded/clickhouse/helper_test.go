package clickhouse_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"testing"

	chgo "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"jiesu.cn/jiesu/internal/embedded/clickhouse"
)

// A process can run one engine, and the one of the tests is shared; what needs an engine of
// its own runs in a process of its own: this test binary, started again with these set.
const (
	helperVariable    = "JIESU_TEST_HELPER"
	directoryVariable = "JIESU_TEST_DIR"
)

var helpers = map[string]func(ctx context.Context, dir string) error{
	"open":      helpOpen,
	"insert":    helpInsert,
	"count":     helpCount,
	"lifecycle": helpLifecycle,
	"recover":   helpRecover,
	"close":     helpClose,
}

func runHelper(name string) int {
	if err := helpers[name](context.Background(), os.Getenv(directoryVariable)); err != nil {
		fmt.Println("error:", err)
		return 1
	}
	return 0
}

// helper prepares a process that runs the named helper on a directory.
func helper(t *testing.T, name, dir string) *exec.Cmd {
	t.Helper()
	executable, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), executable)
	cmd.Env = append(os.Environ(), helperVariable+"="+name, directoryVariable+"="+dir)
	return cmd
}

func runToEnd(t *testing.T, name, dir string) string {
	t.Helper()
	out, err := helper(t, name, dir).CombinedOutput()
	if err != nil {
		t.Fatalf("helper %s: %v\n%s", name, err, out)
	}
	return strings.TrimSpace(string(out))
}

func open(ctx context.Context, dir string) (*clickhouse.Engine, driver.Conn, error) {
	cfg := clickhouse.DefaultConfig()
	cfg.Dir = dir
	cfg.Connections = 2
	engine, err := clickhouse.Open(ctx, cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, nil, err
	}
	conn, err := chgo.Open(engine.Options(""))
	if err != nil {
		return nil, nil, errors.Join(err, engine.Close())
	}
	return engine, conn, nil
}

// helpOpen opens the directory and holds it until its input ends.
func helpOpen(ctx context.Context, dir string) error {
	engine, _, err := open(ctx, dir)
	if err != nil {
		return err
	}
	fmt.Println("open", os.Getpid())
	bufio.NewScanner(os.Stdin).Scan()
	return engine.Close()
}

// helpInsert inserts batches of 100 rows for ever and says so after each.
func helpInsert(ctx context.Context, dir string) error {
	_, conn, err := open(ctx, dir)
	if err != nil {
		return err
	}
	for _, sql := range []string{
		"CREATE DATABASE IF NOT EXISTS ledger ENGINE = Atomic",
		"CREATE TABLE IF NOT EXISTS ledger.rows (batch UInt64, n UInt64, text String) ENGINE = MergeTree ORDER BY (batch, n)",
	} {
		if err := conn.Exec(ctx, sql); err != nil {
			return err
		}
	}
	var first uint64
	if err := conn.QueryRow(ctx, "SELECT max(batch) FROM ledger.rows").Scan(&first); err != nil {
		return err
	}
	for number := first + 1; ; number++ {
		err := sendBatch(ctx, conn, "INSERT INTO ledger.rows", func(batch driver.Batch) error {
			for n := range uint64(100) {
				if err := batch.Append(number, n, "来信"); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		fmt.Println("acknowledged", number)
	}
}

// sendBatch sends the rows that fill appends.
func sendBatch(ctx context.Context, conn driver.Conn, sql string, fill func(driver.Batch) error) (err error) {
	batch, err := conn.PrepareBatch(ctx, sql)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, batch.Close()) }()
	if err := fill(batch); err != nil {
		return err
	}
	return batch.Send()
}

// helpCount prints the highest batch, how many batches there are and how many are torn.
func helpCount(ctx context.Context, dir string) error {
	engine, conn, err := open(ctx, dir)
	if err != nil {
		return err
	}
	var last, batches, torn uint64
	if err := conn.QueryRow(ctx, `
		SELECT max(batch), count(), countIf(rows != 100)
		FROM (SELECT batch, count() AS rows FROM ledger.rows GROUP BY batch)`).Scan(&last, &batches, &torn); err != nil {
		return err
	}
	fmt.Println(last, batches, torn)
	return errors.Join(conn.Close(), engine.Close())
}

// helpLifecycle opens, refuses a second engine, closes twice, and opens again.
func helpLifecycle(ctx context.Context, dir string) error {
	for round := range 3 {
		engine, conn, err := open(ctx, dir)
		if err != nil {
			return fmt.Errorf("round %d: %w", round, err)
		}
		if _, _, err := open(ctx, dir+"-other"); !errors.Is(err, clickhouse.ErrOpen) {
			return fmt.Errorf("second engine: want ErrOpen, got: %w", err)
		}
		if err := conn.Exec(ctx, "CREATE TABLE IF NOT EXISTS kept (n UInt64) ENGINE = MergeTree ORDER BY n"); err != nil {
			return err
		}
		if err := conn.Exec(ctx, "INSERT INTO kept VALUES (1)"); err != nil {
			return err
		}
		var rows uint64
		if err := conn.QueryRow(ctx, "SELECT count() FROM kept").Scan(&rows); err != nil {
			return err
		}
		fmt.Println("rows", rows)
		if err := errors.Join(engine.Close(), engine.Close()); err != nil {
			return err
		}
		if err := conn.Ping(ctx); !errors.Is(err, clickhouse.ErrClosed) {
			return fmt.Errorf("after Close: want ErrClosed, got: %w", err)
		}
	}
	return nil
}

// helpRecover checks that the engine left Go its signal handlers: a nil dereference panics.
func helpRecover(ctx context.Context, dir string) error {
	engine, conn, err := open(ctx, dir)
	if err != nil {
		return err
	}
	if err := conn.Exec(ctx, "SELECT sum(number) FROM numbers(1000000)"); err != nil {
		return err
	}
	func() {
		defer func() { fmt.Println("recovered", recover() != nil) }()
		var nothing *struct{ n int }
		nothing.n++
	}()
	return engine.Close()
}

// helpClose closes the engine under a running statement, an open result, and a waiting request.
func helpClose(ctx context.Context, dir string) error {
	engine, conn, err := open(ctx, dir) // Two connections.
	if err != nil {
		return err
	}
	rows, err := conn.Query(ctx, "SELECT number FROM numbers(100000000)")
	if err != nil {
		return err
	}
	ended := make(chan error, 2)
	go func() { ended <- conn.Exec(ctx, endless) }()
	go func() {
		second, err := chgo.Open(engine.Options(""))
		if err == nil {
			err = second.Exec(ctx, endless)
		}
		ended <- err
	}()
	if err := engine.Close(); err != nil {
		return err
	}
	fmt.Println("closed")
	for range 2 {
		if err := <-ended; !errors.Is(err, clickhouse.ErrClosed) {
			return fmt.Errorf("statement: want ErrClosed, got: %w", err)
		}
	}
	for rows.Next() {
		// What had arrived before.
	}
	e, ok := clickhouse.AsException(errors.Join(rows.Err(), rows.Close()))
	if !ok || e.CodeName != "ABORTED" {
		return fmt.Errorf("rows: want ABORTED, got: %w", rows.Err())
	}
	return nil
}
