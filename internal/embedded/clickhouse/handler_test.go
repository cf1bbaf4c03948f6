package clickhouse_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	chgo "github.com/ClickHouse/clickhouse-go/v2"
	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/embedded/clickhouse"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

// serveSocket serves a handler on a Unix socket until the test ends.
func serveSocket(t *testing.T, handler http.Handler) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	listener, err := new(net.ListenConfig).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	server := &httptest.Server{Listener: listener, Config: &http.Server{Handler: handler}}
	server.Start()
	t.Cleanup(server.Close)
	return path
}

func TestAnotherProcessUsesTheSocket(t *testing.T) {
	local, database := clickhousetest.Database(t)
	socket := serveSocket(t, clickhousetest.Engine(t).Handler())
	methods := map[string]*chgo.Compression{
		"plain": nil,
		"lz4":   {Method: chgo.CompressionLZ4},
		"zstd":  {Method: chgo.CompressionZSTD},
	}
	for name, compression := range methods {
		t.Run(name, func(t *testing.T) {
			options := clickhouse.RemoteOptions(socket, database)
			options.Compression = compression
			conn, err := chgo.Open(options)
			if err != nil {
				t.Fatal(err)
			}
			defer func() {
				if err := conn.Close(); err != nil {
					t.Error(err)
				}
			}()
			mustExec(t, conn, "CREATE OR REPLACE TABLE letters (n UInt64, body String) ENGINE = MergeTree ORDER BY n")
			insertLetters(t, conn, 50_000)
			if got := scanOne[uint64](t, local, "SELECT sum(n) FROM letters"); got != 50_000*49_999/2 {
				t.Errorf("sum is %d", got)
			}
			var letters []struct {
				N    uint64 `ch:"n"`
				Body string `ch:"body"`
			}
			if err := conn.Select(t.Context(), &letters, "SELECT n, body FROM letters ORDER BY n"); err != nil {
				t.Fatal(err)
			}
			if len(letters) != 50_000 || letters[49_999].Body != letterBody(49_999) {
				t.Errorf("read %d letters", len(letters))
			}
			err = conn.Exec(t.Context(), "SELECT * FROM missing")
			if e, ok := clickhouse.AsException(err); !ok || e.Code != 60 || e.CodeName != "UNKNOWN_TABLE" {
				t.Errorf("missing table: %v", err)
			}
			rows, err := conn.Query(t.Context(), "SELECT throwIf(number = 2000000) FROM numbers(10000000)")
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				// Until the exception.
			}
			if e, ok := clickhouse.AsException(errors.Join(rows.Err(), rows.Close())); !ok || e.Code != 395 {
				t.Errorf("exception within the result: %v", rows.Err())
			}
		})
	}
}

func call(t *testing.T, handler http.Handler, method, query string, body io.Reader, header map[string]string) (int, string, http.Header) {
	t.Helper()
	request := httptest.NewRequestWithContext(t.Context(), method, "/?"+query, body)
	for name, value := range header {
		request.Header.Set(name, value)
	}
	recorder := httptest.NewRecorder()
	handler.ServeHTTP(recorder, request)
	return recorder.Code, recorder.Body.String(), recorder.Header()
}

func gzipped(t *testing.T, text string) io.Reader {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	_, err := w.Write([]byte(text))
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return &out
}

func TestHandler(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64, s String) ENGINE = MergeTree ORDER BY n")
	in := "database=" + database + "&"
	q := func(sql string) string { return "query=" + url.QueryEscape(sql) }
	handler := clickhousetest.Engine(t).Handler()
	tests := []struct {
		name, method, query string
		body                io.Reader
		header              map[string]string
		status              int
		want                string
	}{
		{"ping", "GET", "", nil, nil, 200, "Ok.\n"},
		{"statement in the address", "GET", q("SELECT 1"), nil, nil, 200, "1\n"},
		{"statement in the body", "POST", "", strings.NewReader("SELECT 1, '一' FORMAT JSONCompactEachRow"), nil, 200, "[1, \"一\"]\n"},
		{"statement in both", "POST", q("SELECT 1,"), strings.NewReader("2"), nil, 200, "1\t2\n"},
		{"format by header", "POST", "", strings.NewReader("SELECT 1"), map[string]string{"X-ClickHouse-Format": "CSV"}, 200, "1\n"},
		{"parameter", "POST", "param_s=a%5Ctb", strings.NewReader("SELECT {s:String} FORMAT RawBLOB"), nil, 200, "a\tb"},
		{"insert as lines", "POST", in + q("INSERT INTO t FORMAT JSONEachRow"), strings.NewReader("{\"n\":1,\"s\":\"a\"}\n{\"n\":2}"), nil, 200, ""},
		{"insert compressed", "POST", in + q("INSERT INTO t (n) FORMAT TSV"), gzipped(t, "3\n"), map[string]string{"Content-Encoding": "gzip"}, 200, ""},
		{"insert values", "POST", in + q("INSERT INTO t VALUES"), strings.NewReader("(4, 'd')"), nil, 200, ""},
		{"insert inline", "POST", in, strings.NewReader("INSERT INTO t VALUES (5, 'e')"), nil, 200, ""},
		{"insert select", "POST", in + q("INSERT INTO t SELECT 6, 'f'"), nil, nil, 200, ""},
		{"database by header", "POST", "", strings.NewReader("SELECT groupArray(n) FROM (SELECT n FROM t ORDER BY n)"), map[string]string{"X-ClickHouse-Database": database}, 200, "[1,2,3,4,5,6]\n"},
		{"writing with GET", "GET", in + q("INSERT INTO t SELECT 7, 'g'"), nil, nil, 500, "(READONLY)"},
		{"into a file", "POST", "", strings.NewReader("SELECT 1 INTO OUTFILE 'x'"), nil, 500, "(INTO_OUTFILE_NOT_ALLOWED)"},
		{"from a file", "POST", "", strings.NewReader("SELECT * FROM file('/etc/hostname', 'LineAsString')"), nil, 500, "(ACCESS_DENIED)"},
		{"from the network", "POST", "", strings.NewReader("SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')"), nil, 500, "(ACCESS_DENIED)"},
		{"external table", "POST", q("SELECT 1"), strings.NewReader("x"), map[string]string{"Content-Type": "multipart/form-data; boundary=x"}, 500, "(NOT_IMPLEMENTED)"},
		{"unknown database", "POST", "database=missing", strings.NewReader("SELECT 1"), nil, 500, "(UNKNOWN_DATABASE)"},
		{"hostile setting", "POST", "a%3D1%2Cb=1", strings.NewReader("SELECT 1"), nil, 500, "(UNKNOWN_SETTING)"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			status, body, header := call(t, handler, test.method, test.query, test.body, test.header)
			if status != test.status {
				t.Errorf("status %d, want %d; body %q", status, test.status, body)
			}
			if status == http.StatusOK && body != test.want || !strings.Contains(body, test.want) {
				t.Errorf("body is %q, want %q", body, test.want)
			}
			if code := header.Get("X-ClickHouse-Exception-Code"); (code != "") != (status == 500) {
				t.Errorf("status %d with exception code %q", status, code)
			}
		})
	}
}

func TestReadOnlyHandler(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	mustExec(t, conn, "CREATE TABLE t (n UInt64) ENGINE = MergeTree ORDER BY n")
	mustExec(t, conn, "INSERT INTO t VALUES (1)")
	handler := clickhousetest.Engine(t).ReadOnlyHandler()
	allowed := []string{
		"SELECT count() FROM t", "WITH 1 AS x SELECT x", "SHOW TABLES", "DESCRIBE t", "EXPLAIN SELECT * FROM t", "EXISTS t",
		"SELECT 1 SETTINGS max_threads = 1",
	}
	refused := []string{
		"INSERT INTO t VALUES (2)", "DROP TABLE t", "ALTER TABLE t DELETE WHERE 1", "TRUNCATE TABLE t", "SET readonly = 0", "SYSTEM FLUSH LOGS",
		"CREATE TABLE u (n UInt8) ENGINE = Memory", "KILL QUERY WHERE 1", "SELECT 1 INTO OUTFILE 'x'",
		"SELECT file('/etc/hostname')", "SELECT * APPLY(file) FROM (SELECT '/etc/hostname')", "SELECT `fil\\x65`('/etc/hostname')",
		"SELECT * FROM (SELECT * FROM file('/etc/hostname', 'LineAsString') SETTINGS readonly = 0)",
		"SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')", "SELECT 1; DROP TABLE t",
	}
	for _, sql := range allowed {
		if status, body, _ := call(t, handler, "POST", "database="+database+"&readonly=0", strings.NewReader(sql), nil); status != 200 {
			t.Errorf("%s: refused: %s", sql, body)
		}
	}
	for _, sql := range refused {
		if status, body, _ := call(t, handler, "POST", "database="+database+"&readonly=0", strings.NewReader(sql), nil); status != 500 {
			t.Errorf("%s: answered %d %q, want a refusal", sql, status, body)
		}
	}
	query := url.Values{"database": {database}, "query": {"INSERT INTO t FORMAT TSV"}}
	if status, body, _ := call(t, handler, "POST", query.Encode(), strings.NewReader("2\n"), nil); status != 500 || !strings.Contains(body, "READONLY") {
		t.Errorf("insert: %d %q, want READONLY", status, body)
	}
	if diff := cmp.Diff([]uint64{1}, scanOne[[]uint64](t, conn, "SELECT groupArray(n) FROM t")); diff != "" {
		t.Errorf("rows afterwards (-want +got):\n%s", diff)
	}
}

func TestAsException(t *testing.T) {
	tests := []struct {
		name string
		err  error
		code int32
		want string
	}{
		{"nil", nil, 0, ""},
		{"server text", errors.New("x: Code: 60. DB::Exception: Table d.t does not exist. (UNKNOWN_TABLE)"), 60, "UNKNOWN_TABLE"},
		{"driver text", errors.New("batch: code: 241, message: Memory limit exceeded (MEMORY_LIMIT_EXCEEDED)"), 241, "MEMORY_LIMIT_EXCEEDED"},
		{"typed", &chgo.Exception{Code: 159, CodeName: "TIMEOUT_EXCEEDED"}, 159, "TIMEOUT_EXCEEDED"},
		{"transport", context.DeadlineExceeded, 0, ""},
		{"other text", errors.New("code: none, message: x"), 0, ""},
		{"not a code", errors.New("Code: 99999999999999. DB::Exception: x"), 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, ok := clickhouse.AsException(test.err)
			if ok != (test.code != 0) {
				t.Fatalf("found %v", got)
			}
			if ok && (got.Code != test.code || got.CodeName != test.want) {
				t.Errorf("got %d %s, want %d %s", got.Code, got.CodeName, test.code, test.want)
			}
		})
	}
}
