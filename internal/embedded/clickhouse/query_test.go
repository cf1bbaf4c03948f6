package clickhouse_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	chgo "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"
	"github.com/shopspring/decimal"

	"jiesu.cn/jiesu/internal/embedded/clickhouse"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

func mustExec(tb testing.TB, conn driver.Conn, sql string, args ...any) {
	tb.Helper()
	if err := conn.Exec(tb.Context(), sql, args...); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
}

func scanOne[T any](tb testing.TB, conn driver.Conn, sql string, args ...any) T {
	tb.Helper()
	var value T
	if err := conn.QueryRow(tb.Context(), sql, args...).Scan(&value); err != nil {
		tb.Fatalf("%s: %v", sql, err)
	}
	return value
}

func TestHandshake(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	version, err := conn.ServerVersion()
	if err != nil {
		t.Fatal(err)
	}
	if version.Version.Major < 26 || version.Revision != 0 || version.Timezone.String() != "UTC" {
		t.Errorf("server version is %v at revision %d in %s; want 26 or newer, 0, UTC", version.Version, version.Revision, version.Timezone)
	}
	if err := conn.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
	if got := scanOne[string](t, conn, "SELECT currentDatabase()"); got != database {
		t.Errorf("current database is %q, want %q", got, database)
	}
}

type everything struct {
	At       time.Time         `ch:"at"`
	Day      time.Time         `ch:"day"`
	Maybe    *string           `ch:"maybe"`
	Unit     string            `ch:"unit"`
	Tags     []string          `ch:"tags"`
	Nested   [][]uint8         `ch:"nested"`
	ID       uuid.UUID         `ch:"id"`
	Amount   decimal.Decimal   `ch:"amount"`
	Big      uint64            `ch:"big"`
	Small    int8              `ch:"small"`
	Ratio    float64           `ch:"ratio"`
	Flag     bool              `ch:"flag"`
	Kind     string            `ch:"kind"`
	Code     string            `ch:"code"`
	Labels   map[string]string `ch:"labels"`
	Body     string            `ch:"body"`
	MaybeLow *string           `ch:"maybe_low"`
}

func TestTypesSurviveTheRoundTrip(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, `CREATE TABLE everything (
		at DateTime64(3, 'UTC'), day Date, maybe Nullable(String), unit LowCardinality(String), tags Array(String),
		nested Array(Array(UInt8)), id UUID, amount Decimal(18, 2), big UInt64, small Int8, ratio Float64, flag Bool,
		kind Enum8('help' = 1, 'complaint' = 2), code FixedString(12), labels Map(LowCardinality(String), String), body String,
		maybe_low LowCardinality(Nullable(String))
	) ENGINE = MergeTree ORDER BY big`)
	text := "有"
	want := []everything{{
		At:  time.Date(2024, 3, 4, 15, 59, 59, 987e6, time.UTC),
		Day: time.Date(2024, 10, 22, 0, 0, 0, 0, time.UTC), Maybe: nil, Unit: "440800-03", Tags: []string{},
		Nested: [][]uint8{{1, 2}, {}}, ID: uuid.MustParse("0189d5c4-7b1e-7c6a-9f00-1234567890ab"),
		Amount: decimal.RequireFromString("-1180.05"), Big: 1, Small: -128, Ratio: 0.1, Kind: "help", Code: "440800000000",
		Labels: map[string]string{}, Body: "a\x00b\xff'\\\n",
	}, {
		At:  time.Date(1970, 1, 1, 0, 0, 0, 1e6, time.UTC),
		Day: time.Date(1970, 1, 1, 0, 0, 0, 0, time.UTC), Maybe: &text, Unit: "", Tags: []string{"诈骗", "", "噪音"},
		Nested: [][]uint8{}, ID: uuid.Nil, Amount: decimal.RequireFromString("9999999999999999.99"),
		Big: 18446744073709551615, Small: 127, Ratio: -1e300, Flag: true, Kind: "complaint", Code: "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
		Labels: map[string]string{"来源": "局长信箱", "": ""}, Body: "湛江市霞山区乾塘镇🚓", MaybeLow: &text,
	}}
	err := sendBatch(t.Context(), conn, "INSERT INTO everything", func(batch driver.Batch) error {
		return errors.Join(batch.AppendStruct(&want[0]), batch.AppendStruct(&want[1]))
	})
	if err != nil {
		t.Fatal(err)
	}
	var got []everything
	if err := conn.Select(t.Context(), &got, "SELECT * FROM everything ORDER BY big"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestLargeBatch(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE letters (n UInt64, body String) ENGINE = MergeTree ORDER BY n")
	const rows = 200_000
	insertLetters(t, conn, rows)
	if got := scanOne[uint64](t, conn, "SELECT count() FROM letters"); got != rows {
		t.Errorf("%d rows, want %d", got, rows)
	}
	if got := scanOne[uint64](t, conn, "SELECT sum(n) FROM letters"); got != rows*(rows-1)/2 {
		t.Errorf("sum is %d, want %d", got, rows*(rows-1)/2)
	}

	// The same rows out again: far more than what is collected before an answer starts.
	result, err := conn.Query(t.Context(), "SELECT n, body FROM letters ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	next := uint64(0)
	for result.Next() {
		var n uint64
		var body string
		if err := result.Scan(&n, &body); err != nil {
			t.Fatal(err)
		}
		if n != next || body != letterBody(n) {
			t.Fatalf("row %d is %d, %q", next, n, body)
		}
		next++
	}
	if err := errors.Join(result.Err(), result.Close()); err != nil || next != rows {
		t.Errorf("read %d rows of %d: %v", next, rows, err)
	}
}

func letterBody(n uint64) string {
	return fmt.Sprintf("第%d封来信：楼下夜间施工噪音扰民。", n)
}

func insertLetters(tb testing.TB, conn driver.Conn, rows uint64) {
	tb.Helper()
	err := sendBatch(tb.Context(), conn, "INSERT INTO letters (n, body)", func(batch driver.Batch) error {
		for n := range rows {
			if err := batch.Append(n, letterBody(n)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		tb.Fatal(err)
	}
}

func TestQueryParameters(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	texts := []string{
		"", "来信", "'; DROP TABLE letters; --", `back\slash`, `\N`, "tab\tline\nreturn\r", "zero\x00byte", `"double"`, "`tick`",
		"{n:UInt8}", "a&b=c?d#e%20", "\u202e\u200b", strings.Repeat("长", 10_000),
	}
	for _, text := range texts {
		if got := scanOne[string](t, conn, "SELECT {text:String}", chgo.Named("text", text)); got != text {
			t.Errorf("parameter %.40q came back as %.40q", text, got)
		}
	}
	at := time.Date(2024, 10, 22, 1, 2, 3, 456e6, time.UTC)
	if got := scanOne[time.Time](t, conn, "SELECT {at:DateTime64(3, 'UTC')}", chgo.Named("at", at)); !got.Equal(at) {
		t.Errorf("time came back as %v, want %v", got, at)
	}
	if got := scanOne[uint64](t, conn, "SELECT sum(n) FROM (SELECT arrayJoin({ns:Array(UInt64)}) AS n)",
		chgo.Named("ns", []uint64{1, 2, 18446744073709551000})); got != 18446744073709551003 {
		t.Errorf("sum of the array is %d", got)
	}
	// Parameters end with their statement.
	var text string
	err := conn.QueryRow(t.Context(), "SELECT {text:String}").Scan(&text)
	if e, ok := clickhouse.AsException(err); !ok || e.CodeName != "UNKNOWN_QUERY_PARAMETER" {
		t.Errorf("statement without its parameter: %v, want UNKNOWN_QUERY_PARAMETER", err)
	}
}

func TestEmptyResults(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	rows, err := conn.Query(t.Context(), "SELECT number FROM numbers(10) WHERE number > 10")
	if err != nil {
		t.Fatal(err)
	}
	if rows.Next() {
		t.Error("a row came out of nothing")
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		t.Error(err)
	}
	var numbers []struct {
		Number uint64 `ch:"number"`
	}
	if err := conn.Select(t.Context(), &numbers, "SELECT number FROM numbers(0)"); err != nil || len(numbers) != 0 {
		t.Errorf("Select: %v, %v", numbers, err)
	}
}

func TestExceptions(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n")
	tests := []struct {
		sql  string
		code int32
		name string
	}{
		{"SELEC 1", 62, "SYNTAX_ERROR"},
		{"SELECT 1; SELECT 2", 62, "SYNTAX_ERROR"},
		{"SELECT * FROM missing", 60, "UNKNOWN_TABLE"},
		{"SELECT missing FROM t", 47, "UNKNOWN_IDENTIFIER"},
		{"INSERT INTO missing VALUES (1)", 60, "UNKNOWN_TABLE"},
		{"CREATE TABLE t (n UInt8) ENGINE = MergeTree ORDER BY n", 57, "TABLE_ALREADY_EXISTS"},
		{"SELECT throwIf(1)", 395, "FUNCTION_THROW_IF_VALUE_IS_NON_ZERO"},
		{"SELECT 1 SETTINGS missing = 1", 115, "UNKNOWN_SETTING"},
	}
	for _, test := range tests {
		t.Run(test.sql, func(t *testing.T) {
			err := conn.Exec(t.Context(), test.sql)
			e, ok := clickhouse.AsException(err)
			if !ok || e.Code != test.code || e.CodeName != test.name {
				t.Fatalf("got %v, want %d %s", err, test.code, test.name)
			}
			if strings.Contains(err.Error(), "Stack trace") || strings.Contains(err.Error(), "(version") {
				t.Errorf("message carries the engine's internals: %v", err)
			}
		})
	}
}

func TestExceptionInTheMiddleOfAResult(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	rows, err := conn.Query(t.Context(), "SELECT throwIf(number = 2000000) FROM numbers(10000000)")
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for rows.Next() {
		read++
	}
	if read == 0 {
		t.Error("no row came before the exception")
	}
	if e, ok := clickhouse.AsException(errors.Join(rows.Err(), rows.Close())); !ok || e.Code != 395 {
		t.Errorf("after %d rows: %v, want exception 395", read, rows.Err())
	}
	if got := scanOne[uint8](t, conn, "SELECT 7"); got != 7 {
		t.Errorf("the next statement returned %d", got)
	}
}

func TestFailedInsertKeepsNothing(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64, CONSTRAINT odd CHECK n % 2 = 1) ENGINE = MergeTree ORDER BY n")
	err := sendBatch(t.Context(), conn, "INSERT INTO t", func(batch driver.Batch) error {
		return errors.Join(batch.Append(uint64(1)), batch.Append(uint64(3)), batch.Append(uint64(4)))
	})
	if e, ok := clickhouse.AsException(err); !ok || e.CodeName != "VIOLATED_CONSTRAINT" {
		t.Errorf("Send: %v, want VIOLATED_CONSTRAINT", err)
	}
	if got := scanOne[uint64](t, conn, "SELECT count() FROM t"); got != 0 {
		t.Errorf("%d rows are there, want none", got)
	}
}

func TestSettingsHoldForOneRequest(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	ctx := chgo.Context(t.Context(), chgo.WithSettings(chgo.Settings{"max_threads": 3, "insert_deduplication_token": `it's "\ 一`}))
	var threads, token string
	if err := conn.QueryRow(ctx, "SELECT toString(getSetting('max_threads')), getSetting('insert_deduplication_token')").Scan(&threads, &token); err != nil {
		t.Fatal(err)
	}
	if threads != "3" || token != `it's "\ 一` {
		t.Errorf("settings arrived as %s, %q", threads, token)
	}
	mustExec(t, conn, "SET max_block_size = 77")
	for range 20 { // More often than there are connections.
		if got := scanOne[string](t, conn, "SELECT getSetting('insert_deduplication_token')"); got != "" {
			t.Fatalf("a later request has the token %q", got)
		}
		if got := scanOne[string](t, conn, "SELECT toString(getSetting('max_block_size'))"); got == "77" {
			t.Fatal("a later request has the block size of an earlier SET")
		}
	}
	bad := chgo.Context(t.Context(), chgo.WithSettings(chgo.Settings{"missing_setting": 1}))
	if e, ok := clickhouse.AsException(conn.Exec(bad, "SELECT 1")); !ok || e.Code != 115 {
		t.Errorf("unknown setting: %v, want exception 115", e)
	}
}

func TestDeduplicationToken(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n SETTINGS non_replicated_deduplication_window = 100")
	send := func(token string, n uint64) {
		t.Helper()
		ctx := chgo.Context(t.Context(), chgo.WithSettings(chgo.Settings{"insert_deduplication_token": token}))
		err := sendBatch(ctx, conn, "INSERT INTO t", func(batch driver.Batch) error { return batch.Append(n) })
		if err != nil {
			t.Fatal(err)
		}
	}
	send("a", 1)
	send("a", 1) // A repetition.
	send("a", 2) // The token decides, not the rows.
	send("b", 1) // Another batch with the same rows.
	got := scanOne[[]uint64](t, conn, "SELECT groupArray(n) FROM t")
	if diff := cmp.Diff([]uint64{1, 1}, got); diff != "" {
		t.Errorf("rows (-want +got):\n%s", diff)
	}
}

func TestInsertsAreSynced(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	for _, name := range []string{"fsync_after_insert", "fsync_part_directory"} {
		if got := scanOne[string](t, conn, "SELECT value FROM system.merge_tree_settings WHERE name = {name:String}", chgo.Named("name", name)); got != "1" {
			t.Errorf("%s is %q, want 1", name, got)
		}
	}
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
	const count = "SELECT value FROM system.events WHERE event = 'FileSync'"
	mustExec(t, conn, "INSERT INTO t VALUES (0)")
	before := scanOne[uint64](t, conn, count)
	mustExec(t, conn, "INSERT INTO t VALUES (1)")
	if after := scanOne[uint64](t, conn, count); after <= before {
		t.Errorf("the engine synced %d files before the insert and %d after it", before, after)
	}
}

// TestStatementsRunInParallel needs as many statements inside the engine at one time: each
// waits until it sees all of them in the list of running ones.
func TestStatementsRunInParallel(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	const statements = 3
	var group sync.WaitGroup
	for range statements {
		group.Go(func() {
			err := conn.Exec(t.Context(), "SELECT sleepEachRow(0.2) FROM numbers(5) SETTINGS max_block_size = 1")
			if err != nil {
				t.Error(err)
			}
		})
	}
	overlapped := uint64(0)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for ctx.Err() == nil && overlapped < statements {
			var running uint64
			if err := conn.QueryRow(ctx, "SELECT countIf(query LIKE 'SELECT sleepEachRow%') FROM system.processes").Scan(&running); err == nil {
				overlapped = max(overlapped, running)
			}
		}
	}()
	group.Wait()
	cancel()
	<-watched
	if overlapped != statements {
		t.Errorf("%d statements ran at the same time, want %d", overlapped, statements)
	}
}

func TestAsyncInsertIsThereOnceAcknowledged(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
	ctx := chgo.Context(t.Context(), chgo.WithAsync(true))
	if err := conn.Exec(ctx, "INSERT INTO t VALUES (1), (2)"); err != nil {
		t.Fatal(err)
	}
	if got := scanOne[uint64](t, conn, "SELECT count() FROM t"); got != 2 {
		t.Errorf("%d rows, want 2", got)
	}
}

func TestStatementWhileRowsAreRead(t *testing.T) {
	conn, _ := clickhousetest.Database(t)
	rows, err := conn.Query(t.Context(), "SELECT number FROM numbers(100)")
	if err != nil {
		t.Fatal(err)
	}
	var sum uint64
	for rows.Next() {
		var n uint64
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
		sum += scanOne[uint64](t, conn, "SELECT {n:UInt64}", chgo.Named("n", n))
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil || sum != 4950 {
		t.Errorf("sum is %d, want 4950: %v", sum, err)
	}
}

func TestBackupAndRestore(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
	mustExec(t, conn, "INSERT INTO t SELECT number FROM numbers(1000)")
	// Sessions that have streamed an insert would fail a backup with a repeated query id.
	mustExec(t, conn, "CREATE TABLE other (n UInt64) ENGINE = MergeTree ORDER BY n")
	for range 16 { // All connections, twice.
		if err := sendBatch(t.Context(), conn, "INSERT INTO other", func(batch driver.Batch) error { return batch.Append(uint64(1)) }); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 16 {
		mustExec(t, conn, fmt.Sprintf("BACKUP TABLE t TO File('%s-%d')", database, i))
	}
	mustExec(t, conn, "BACKUP TABLE t TO File('"+database+".tar.gz')")
	mustExec(t, conn, "DROP TABLE t SYNC")
	mustExec(t, conn, "RESTORE TABLE t FROM File('"+database+".tar.gz')")
	if got := scanOne[uint64](t, conn, "SELECT sum(n) FROM t"); got != 499500 {
		t.Errorf("after the restore the sum is %d, want 499500", got)
	}
}
