package clickhouse

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestNewException(t *testing.T) {
	tests := []struct {
		name, message string
		code          int
		text          string
	}{
		{
			"plain", "Code: 60. DB::Exception: Table d.t does not exist. (UNKNOWN_TABLE)",
			60, "Code: 60. DB::Exception: Table d.t does not exist. (UNKNOWN_TABLE)",
		},
		{
			"with version", "Code: 60. DB::Exception: x. (UNKNOWN_TABLE) (version 26.7.2.1 (official build))",
			60, "Code: 60. DB::Exception: x. (UNKNOWN_TABLE)",
		},
		{
			"with stack", "Code: 469. DB::Exception: x. (VIOLATED_CONSTRAINT), Stack trace (when copying this message, always include the lines below):\n\n0. a\n1. b",
			469, "Code: 469. DB::Exception: x. (VIOLATED_CONSTRAINT)",
		},
		{
			"within another", "Code: 115. DB::Exception: Code: 115. DB::Exception: Unknown setting 'a'. (UNKNOWN_SETTING) (version 26.7.2.1). (UNKNOWN_SETTING)",
			115, "Code: 115. DB::Exception: Unknown setting 'a'. (UNKNOWN_SETTING)",
		},
		{
			"no code", "Error: something odd",
			1002, "Code: 1002. DB::Exception: something odd (UNKNOWN_EXCEPTION)",
		},
		{
			"code further on", "odd: Code: 5. DB::Exception: x",
			1002, "Code: 1002. DB::Exception: odd: Code: 5. DB::Exception: x (UNKNOWN_EXCEPTION)",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := newException(test.message)
			if got.code != test.code || got.text != test.text {
				t.Errorf("got %d, %q; want %d, %q", got.code, got.text, test.code, test.text)
			}
		})
	}
}

func TestSplitInsert(t *testing.T) {
	tests := []struct{ sql, statement, format string }{
		{"INSERT INTO t FORMAT Native", "INSERT INTO t", "Native"},
		{"insert into t (a, b)\nformat JSONEachRow ;\n", "insert into t (a, b)", "JSONEachRow"},
		{"INSERT INTO t VALUES", "INSERT INTO t", "Values"},
		{"INSERT INTO format FORMAT CSV", "INSERT INTO format", "CSV"},
		{"INSERT INTO t SETTINGS a = 1 FORMAT TSV", "INSERT INTO t SETTINGS a = 1", "TSV"},
		{"INSERT INTO t SELECT 1", "", ""},
		{"INSERT INTO t VALUES (1)", "", ""},
		{"SELECT 1 FORMAT CSV", "", ""},
		{"", "", ""},
	}
	for _, test := range tests {
		statement, format, ok := splitInsert(test.sql)
		if statement != test.statement || format != test.format || ok != (test.format != "") {
			t.Errorf("splitInsert(%q) = %q, %q, %v", test.sql, statement, format, ok)
		}
	}
}

func TestSettingsChange(t *testing.T) {
	tests := []struct {
		name     string
		from, to map[string]string
		want     string
	}{
		{"new", nil, map[string]string{"b": "2", "a": "1"}, "SET a = '1', b = '2'"},
		{"changed, kept and gone", map[string]string{"a": "1", "b": "2", "c": "3"}, map[string]string{"a": "1", "b": "4"}, "SET b = '4', c = DEFAULT"},
		{"hostile value", nil, map[string]string{"a": `x', b = '\`}, `SET a = 'x\', b = \'\\'`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := settingsChange(test.from, test.to)
			if err != nil || got != test.want {
				t.Errorf("got %q, %v; want %q", got, err, test.want)
			}
		})
	}
	for _, name := range []string{"", "a b", "a=1, b", "1a", "a'"} {
		if got, err := settingsChange(nil, map[string]string{name: "1"}); err == nil {
			t.Errorf("setting %q was accepted: %s", name, got)
		}
	}
}

func TestReadRequest(t *testing.T) {
	values := url.Values{
		"database": {"d"}, "default_format": {"Native"}, "client_protocol_version": {"54460"}, "query_id": {"q"}, "user": {"u"},
		"password": {"p"}, "compress": {"1"}, "param_x": {"1"}, "param_": {"2"}, "max_threads": {"4"}, "implicit_select": {"1"},
		"log_comment": {"mine"},
	}
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/?"+values.Encode(), strings.NewReader("SELECT {x:UInt8}"))
	got, err := new(Engine).readRequest(r)
	if err != nil {
		t.Fatal(err)
	}
	want := statement{
		sql: "SELECT {x:UInt8}", format: "Native", database: "d",
		settings: map[string]string{
			"allow_introspection_functions": "0", "implicit_select": "1", "log_comment": "request 1",
			"max_threads": "4", "session_timezone": "UTC",
		},
		parameters: map[string]string{"x": "1", "": "2"},
	}
	if diff := cmp.Diff(want, got.statement, cmp.AllowUnexported(statement{})); diff != "" {
		t.Errorf("statement (-want +got):\n%s", diff)
	}
	if !got.compressed || got.rows != nil {
		t.Errorf("compressed %v, rows %v; want compressed without rows", got.compressed, got.rows)
	}
}

func FuzzReadRequest(f *testing.F) {
	f.Add("query=INSERT+INTO+t+FORMAT+Native&database=d", "\x01\x02", "")
	f.Add("param_a=1&decompress=1", "x", "gzip")
	f.Add("query=SELECT+1&compress=1&readonly=1", "", "")
	f.Fuzz(func(t *testing.T, query, body, encoding string) {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
		r.URL.RawQuery = query
		r.Header.Set("Content-Encoding", encoding)
		got, err := new(Engine).readRequest(r)
		if err != nil {
			return
		}
		for name := range sessionSettings {
			if _, set := got.settings[name]; !set {
				t.Errorf("%s is left to chance", name)
			}
		}
		if got.settings[requestMark] != got.mark {
			t.Errorf("the request is marked %q, want %q", got.settings[requestMark], got.mark)
		}
		if got.rows != nil && got.rowsFormat == "" {
			t.Error("rows without a format")
		}
	})
}

func FuzzAsException(f *testing.F) {
	f.Add("Code: 60. DB::Exception: x (UNKNOWN_TABLE)")
	f.Add("code: 7, message: y")
	f.Fuzz(func(t *testing.T, text string) {
		if e, ok := AsException(fmt.Errorf("wrapped: %s", text)); ok && e.Code <= 0 {
			t.Errorf("%q has code %d", text, e.Code)
		}
		if e := newException(text); e.code <= 0 || !strings.HasPrefix(e.text, "Code:") {
			t.Errorf("%q became %d, %q", text, e.code, e.text)
		}
	})
}
