package clickhouse

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"jiesu.cn/jiesu/internal/embedded/dirlock"
)

// Errors of Open and of a closed engine.
var (
	ErrOpen   = errors.New("an embedded engine is already open in this process")
	ErrClosed = errors.New("the embedded engine is closed")
	ErrLocked = dirlock.ErrLocked // Another process holds the directory.
)

// opened guards the one engine that the library can run in a process. It mirrors state
// that the library itself keeps per process, which is why it is a variable of the package.
var opened sync.Mutex

// sessionSettings are in force in every session unless a request says otherwise. They undo
// what the engine changes for interactive use, and keep dates independent of the machine.
var sessionSettings = map[string]string{
	"allow_introspection_functions": "0",
	"implicit_select":               "0",
	"session_timezone":              "UTC",
}

// Engine is a running ClickHouse. It is safe for concurrent use.
type Engine struct {
	logger  *slog.Logger
	lib     *library
	lock    *dirlock.Lock
	version string
	size    int

	arguments   []string         // Of every connection.
	connections chan *connection // Those that are free.
	killing     sync.Mutex       // Guards killer.
	killer      *connection      // Reserved for stopping statements of the others.
	requests    atomic.Uint64    // Numbers the requests, so that each can be found and stopped.

	running   context.Context // Ends when Close begins.
	stop      context.CancelCauseFunc
	closeOnce sync.Once
	closeErr  error
}

// Open locks the directory, boots the engine in it and opens its connections. The error
// wraps ErrLocked if another process holds the directory, ErrOpen if this process already
// has an engine. The context bounds nothing but its own check: booting cannot be interrupted
// (about 0.2 s, longer with many tables).
func Open(ctx context.Context, cfg Config, logger *slog.Logger) (*Engine, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path, err := FindLibrary(cfg.Library)
	if err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(cfg.Dir)
	if err != nil {
		return nil, fmt.Errorf("resolving the data directory: %w", err)
	}
	if !opened.TryLock() {
		return nil, fmt.Errorf("opening %s: %w: it can run only one; close it first", dir, ErrOpen)
	}
	e := &Engine{
		logger:      logger,
		size:        cfg.Connections,
		connections: make(chan *connection, cfg.Connections),
	}
	e.running, e.stop = context.WithCancelCause(context.WithoutCancel(ctx))
	started := time.Now()
	if err := e.boot(ctx, path, dir); err != nil {
		err = errors.Join(fmt.Errorf("starting the embedded engine in %s: %w", dir, err), e.release())
		opened.Unlock()
		return nil, err
	}
	logger.LogAttrs(ctx, slog.LevelInfo, "embedded engine started",
		slog.String("version", e.version), slog.String("dir", dir), slog.Duration("took", time.Since(started)))
	return e, nil
}

func (e *Engine) boot(ctx context.Context, library, dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("creating the directory: %w", err)
	}
	var err error
	if e.lock, err = dirlock.Acquire(dir); err != nil {
		return err
	}
	configFile, err := writeServerConfig(dir)
	if err != nil {
		return err
	}
	if e.lib, err = openLibrary(library); err != nil {
		return err
	}
	// Only the first of these boots the engine; the others must name the same path.
	e.arguments = []string{"clickhouse", "--path=" + filepath.Join(dir, "data"), "--config-file=" + configFile}
	if e.killer, err = openConnection(e.lib, e.arguments); err != nil {
		return err
	}
	if e.version, err = e.killer.simple("SELECT version()"); err != nil {
		return fmt.Errorf("asking for the version: %w", err)
	}
	for range e.size {
		if err := ctx.Err(); err != nil {
			return err
		}
		c, err := openConnection(e.lib, e.arguments)
		if err != nil {
			return err
		}
		e.connections <- c
	}
	return nil
}

// Version returns the engine's version, such as "26.7.2.1".
func (e *Engine) Version() string { return e.version }

// closeWithin bounds how long Close waits for statements that cannot be stopped.
const closeWithin = 15 * time.Second

// Close refuses new requests, stops those that run, and releases the directory. It waits
// for the engine to let go of every connection, but not for ever: a statement that writes
// cannot be stopped, and then the directory stays locked until the process ends. Calls
// after the first return the same error.
func (e *Engine) Close() error {
	e.closeOnce.Do(func() {
		e.stop(ErrClosed)
		deadline := time.After(closeWithin)
		for n := range e.size {
			select {
			case c := <-e.connections:
				c.close()
			case <-deadline:
				e.closeErr = fmt.Errorf("closing the embedded engine: %d statements were still running after %s; they end with the process", e.size-n, closeWithin)
				return
			}
		}
		e.closeErr = e.release()
		opened.Unlock()
	})
	return e.closeErr
}

// release gives up everything that boot got hold of.
func (e *Engine) release() error {
	for len(e.connections) > 0 {
		(<-e.connections).close()
	}
	e.killing.Lock()
	defer e.killing.Unlock()
	if e.killer != nil {
		e.killer.close()
		e.killer = nil
	}
	if e.lock != nil {
		return e.lock.Release()
	}
	return nil
}

// bind makes the context of a request end with the engine, too. The returned function must
// be called when the request is over.
func (e *Engine) bind(ctx context.Context) (context.Context, func()) {
	ctx, cancel := context.WithCancelCause(ctx)
	unbind := context.AfterFunc(e.running, func() { cancel(ErrClosed) })
	return ctx, func() {
		unbind()
		cancel(nil)
	}
}

// acquire waits for a free connection.
func (e *Engine) acquire(ctx context.Context) (*connection, error) {
	if e.running.Err() != nil {
		return nil, ErrClosed
	}
	select {
	case c := <-e.connections:
		return c, nil
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// putBack gives a connection back to the pool, or a fresh one in its place if something may
// have been left in its session: settings, the tables of a statement that failed, an id that
// sticks. A fresh one takes half a millisecond.
func (e *Engine) putBack(ctx context.Context, c *connection) {
	if c.spoiled {
		if fresh, err := openConnection(e.lib, e.arguments); err == nil {
			c.close()
			c = fresh
		} else {
			e.logger.LogAttrs(ctx, slog.LevelError, "replacing a session of the embedded engine failed",
				slog.String("error", err.Error()))
		}
	}
	e.connections <- c
}

// requestMark is the setting that carries a request's number into the engine's process list.
const requestMark = "log_comment"

func (e *Engine) nextMark() string {
	return "request " + strconv.FormatUint(e.requests.Add(1), 10)
}

// kill asks the engine to stop the statement of a request that nobody waits for any more.
// Statements that write are left to end: what they did must not depend on the moment.
func (e *Engine) kill(ctx context.Context, q *request) {
	if q.rows != nil || !streamable.MatchString(q.sql) {
		return
	}
	e.killing.Lock()
	defer e.killing.Unlock()
	if e.killer == nil { // Closed.
		return
	}
	_, err := e.killer.simple("KILL QUERY WHERE Settings['" + requestMark + "'] = " + quoteText(q.mark) + " ASYNC")
	if err != nil {
		e.logger.LogAttrs(ctx, slog.LevelWarn, "stopping an abandoned statement failed",
			slog.String("error", strings.TrimSpace(err.Error())))
	}
}
