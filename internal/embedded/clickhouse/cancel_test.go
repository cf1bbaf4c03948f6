package clickhouse_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"go.uber.org/goleak"

	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

// endless runs for hours unless it is stopped.
const endless = "SELECT count() FROM numbers(1000000000000) WHERE sipHash64(number) = 1"

func running(tb testing.TB, conn driver.Conn, prefix string) uint64 {
	tb.Helper()
	return scanOne[uint64](tb, conn, "SELECT count() FROM system.processes WHERE startsWith(query, '"+prefix+"')")
}

// waitFor polls until the condition holds; the test's own time limit ends the wait.
func waitFor(tb testing.TB, condition func() bool) {
	tb.Helper()
	for !condition() {
		select {
		case <-tb.Context().Done():
			tb.Fatal("the condition never held")
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func TestCanceledStatementIsStopped(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- conn.Exec(ctx, endless) }()
	waitFor(t, func() bool { return running(t, conn, endless) == 1 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Exec: %v, want context canceled", err)
	}
	waitFor(t, func() bool { return running(t, conn, endless) == 0 })
}

func TestCanceledResultFreesItsConnection(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	const rows = "SELECT number, randomPrintableASCII(100) FROM numbers(100000000)"
	for range 10 { // More often than there are connections.
		ctx, cancel := context.WithCancel(t.Context())
		result, err := conn.Query(ctx, rows)
		if err != nil {
			t.Fatal(err)
		}
		if !result.Next() {
			t.Fatal("no row", result.Err())
		}
		cancel()
		for result.Next() {
			// Rows that had arrived before the end.
		}
		if err := errors.Join(result.Err(), result.Close()); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
	}
	waitFor(t, func() bool { return running(t, conn, rows) == 0 })
}

func TestAbandonedStatementsDoNotHoldTables(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
	mustExec(t, conn, "INSERT INTO t SELECT number FROM numbers(1000000)")
	ctx, cancel := context.WithCancel(t.Context())
	result, err := conn.Query(ctx, "SELECT n, randomPrintableASCII(200) FROM t")
	if err != nil {
		t.Fatal(err)
	}
	if !result.Next() {
		t.Fatal("no row", result.Err())
	}
	cancel() // And the rows are neither read nor closed.
	if err := conn.Exec(t.Context(), "SELECT throwIf(n = 10) FROM t"); err == nil {
		t.Error("throwIf did not throw")
	}
	mustExec(t, conn, "DROP TABLE "+database+".t SYNC")
}

func TestWaitForAConnectionEndsWithTheContext(t *testing.T) {
	engine := clickhousetest.Engine(t)
	conn, _ := clickhousetest.Database(t)
	client := &http.Client{Transport: engine.RoundTripper()}

	// Results that are open hold every connection of the pool.
	var bodies []io.Closer
	for range 8 {
		response, err := client.Do(newRequest(t, t.Context(), "SELECT number FROM numbers(10000000)")) //nolint:bodyclose // Closed below.
		if err != nil {
			t.Fatal(err)
		}
		bodies = append(bodies, response.Body)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		response, err := client.Do(newRequest(t, ctx, "SELECT 1"))
		if err == nil {
			err = response.Body.Close()
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("the statement got a connection though none was free: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("waiting for a connection ended with %v, want context canceled", err)
	}
	for _, body := range bodies {
		if err := body.Close(); err != nil {
			t.Error(err)
		}
	}
	if got := scanOne[uint8](t, conn, "SELECT 1"); got != 1 {
		t.Errorf("after the wait: %d", got)
	}
}

// brokenBody is a request body that fails after its first bytes, as when a client dies.
type brokenBody struct{ first io.Reader }

var errBroken = errors.New("connection lost")

func (b brokenBody) Read(p []byte) (int, error) {
	n, err := b.first.Read(p)
	if errors.Is(err, io.EOF) {
		err = errBroken
	}
	return n, err
}

func TestInsertCutShortKeepsNothing(t *testing.T) {
	engine := clickhousetest.Engine(t)
	conn, database := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
	request := newRequest(t, t.Context(), "")
	values := url.Values{"query": {"INSERT INTO t FORMAT TSV"}, "database": {database}}
	request.URL.RawQuery = values.Encode()
	request.Body = io.NopCloser(brokenBody{strings.NewReader("1\n2\n3\n")})
	response, err := (&http.Client{Transport: engine.RoundTripper()}).Do(request)
	if err == nil {
		_ = response.Body.Close()
	}
	if !errors.Is(err, errBroken) {
		t.Errorf("insert: %v, want %v", err, errBroken)
	}
	if got := scanOne[uint64](t, conn, "SELECT count() FROM t"); got != 0 {
		t.Errorf("%d rows are there, want none", got)
	}
	mustExec(t, conn, "DROP TABLE t SYNC")
}

func TestNothingLeaks(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE letters (n UInt64, body String) ENGINE = MergeTree ORDER BY n")
	before := goleak.IgnoreCurrent()
	insertLetters(t, conn, 1000)
	scanOne[uint64](t, conn, "SELECT count() FROM letters")
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- conn.Exec(ctx, endless) }()
	waitFor(t, func() bool { return running(t, conn, endless) == 1 })
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("Exec: %v, want context canceled", err)
	}
	waitFor(t, func() bool { return running(t, conn, endless) == 0 })
	goleak.VerifyNone(t, before)
}

func newRequest(tb testing.TB, ctx context.Context, sql string) *http.Request { //nolint:revive // Tests come first.
	tb.Helper()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://embedded/", strings.NewReader(sql))
	if err != nil {
		tb.Fatal(err)
	}
	return request
}
