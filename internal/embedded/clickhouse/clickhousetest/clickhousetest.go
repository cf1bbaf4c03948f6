// Package clickhousetest gives tests an embedded ClickHouse: one engine per test binary,
// because a process can run only one, and a database of its own for each test.
//
// A package that uses it should close the engine when its tests are over:
//
//	func TestMain(m *testing.M) { os.Exit(clickhousetest.Main(m)) }
//
// Without that, everything works too, but the engine's directory stays behind until the
// next test run sweeps it.
package clickhousetest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	chgo "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"jiesu.cn/jiesu/internal/embedded/clickhouse"
)

// shared is the engine of this test binary. It is a variable of the package because tests
// share nothing else that lives as long as the process does.
var shared struct {
	once   sync.Once
	engine *clickhouse.Engine
	dir    string
	err    error
}

// directoryPrefix starts the names of the engines' directories.
const directoryPrefix = "jiesu-clickhousetest-"

// Main runs the tests, closes the engine if a test opened it, removes its directory and
// returns the exit code.
func Main(m *testing.M) int {
	code := m.Run()
	if err := stop(); err != nil {
		fmt.Fprintln(os.Stderr, "clickhousetest:", err)
		return max(code, 1)
	}
	return code
}

func stop() error {
	var err error
	if shared.engine != nil {
		err = shared.engine.Close()
	}
	if shared.dir != "" {
		err = errors.Join(err, os.RemoveAll(shared.dir))
	}
	return err
}

// Engine returns the engine of this test binary. It fails the test, and never skips it,
// where the engine's library is missing: `make engine` fetches it.
func Engine(tb testing.TB) *clickhouse.Engine {
	tb.Helper()
	shared.once.Do(start)
	if shared.err != nil {
		tb.Fatalf("The tests need the embedded ClickHouse (run `make engine`): %v", shared.err)
	}
	return shared.engine
}

func start() {
	sweep(os.TempDir())
	if shared.dir, shared.err = os.MkdirTemp("", directoryPrefix); shared.err != nil {
		return
	}
	cfg := clickhouse.DefaultConfig()
	cfg.Dir = shared.dir
	cfg.Library = os.Getenv("JIESU_LIBCHDB")
	shared.engine, shared.err = clickhouse.Open(context.Background(), cfg, slog.New(slog.DiscardHandler))
}

// sweep removes directories that test binaries left behind: those whose lock is free.
// Directories without a lock file are left alone, their engine may just be starting.
func sweep(parent string) {
	directories, err := filepath.Glob(filepath.Join(parent, directoryPrefix+"*"))
	if err != nil {
		return
	}
	for _, directory := range directories {
		lock, err := os.OpenFile(filepath.Join(directory, "lock"), os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			_ = os.RemoveAll(directory) // The next run tries again.
		}
		_ = lock.Close() // Opened for its lock only.
	}
}

// Database creates a database of engine Atomic under a random name and returns a connection
// that has it selected. Both end with the test.
func Database(tb testing.TB) (driver.Conn, string) {
	tb.Helper()
	engine := Engine(tb)
	name := "test_" + strings.ToLower(rand.Text())
	admin := connect(tb, engine, "")
	if err := admin.Exec(tb.Context(), "CREATE DATABASE "+name+" ENGINE = Atomic"); err != nil {
		tb.Fatalf("Creating the database of the test: %v", err)
	}
	tb.Cleanup(func() {
		// The test's own context is done by now.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(tb.Context()), time.Minute)
		defer cancel()
		if err := admin.Exec(ctx, "DROP DATABASE "+name+" SYNC"); err != nil {
			tb.Errorf("Dropping the database of the test: %v", err)
		}
	})
	return connect(tb, engine, name), name
}

func connect(tb testing.TB, engine *clickhouse.Engine, database string) driver.Conn {
	tb.Helper()
	conn, err := chgo.Open(engine.Options(database))
	if err != nil {
		tb.Fatalf("Connecting to the embedded engine: %v", err)
	}
	tb.Cleanup(func() {
		if err := conn.Close(); err != nil {
			tb.Errorf("Closing the connection: %v", err)
		}
	})
	return conn
}
