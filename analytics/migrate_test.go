package analytics_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

var update = flag.Bool("update", false, "rewrite golden files")

// checkGolden compares with a file, or rewrites it.
func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v (write it with -update)", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s differs, look at it and rewrite it with -update (-want +got):\n%s", path, diff)
	}
}

// lineBreaks lays a statement out so that a changed column is a changed line.
var lineBreaks = strings.NewReplacer(" (`", "\n(\n    `", ", `", ",\n    `", ") ENGINE", "\n)\nENGINE",
	" PARTITION BY", "\nPARTITION BY", " ORDER BY", "\nORDER BY", " SETTINGS", "\nSETTINGS")

// schema returns what SHOW CREATE says of every table.
func schema(t *testing.T, conn driver.Conn, database string) string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT create_table_query FROM system.tables WHERE database = currentDatabase() ORDER BY name")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var out strings.Builder
	for rows.Next() {
		var statement string
		if err := rows.Scan(&statement); err != nil {
			t.Fatal(err)
		}
		statement = lineBreaks.Replace(strings.ReplaceAll(statement, database+".", ""))
		out.WriteString(statement + ";\n\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func newDatabase(t *testing.T) (*analytics.Store, driver.Conn, string) {
	t.Helper()
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	return openStore(t, cfg, conn), conn, database
}

func TestSchemaGolden(t *testing.T) {
	store, conn, database := newDatabase(t)
	planned, err := store.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := schema(t, conn, database); got != "" {
		t.Errorf("planning made tables:\n%s", got)
	}
	applied, err := store.Migrate(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(planned) == 0 || len(applied) != len(planned) {
		t.Fatalf("applied %d of %d planned migrations", len(applied), len(planned))
	}
	for i := range planned {
		if diff := cmp.Diff(planned[i], applied[i].Migration); diff != "" {
			t.Errorf("(-planned +applied):\n%s", diff)
		}
	}
	checkGolden(t, "schema.golden.sql", schema(t, conn, database))

	again, err := store.Migrate(t.Context())
	if err != nil || len(again) != 0 {
		t.Errorf("a second run applied %d migrations, error %v", len(again), err)
	}
}

// TestMigrateFromEveryState cuts the migrations short after each step, and
// once more between a step and its record.
func TestMigrateFromEveryState(t *testing.T) {
	want, err := os.ReadFile("schema.golden.sql")
	if err != nil {
		t.Fatal(err)
	}
	store, conn, database := newDatabase(t)
	plan, err := store.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for done := range plan {
		for _, recorded := range []bool{true, false} {
			if err := analytics.MigrateFirst(t.Context(), store, done+1); err != nil {
				t.Fatal(err)
			}
			if !recorded {
				if err := conn.Exec(t.Context(), "TRUNCATE TABLE schema_migrations"); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := store.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), schema(t, conn, database)); diff != "" {
				t.Errorf("after step %d (-want +got):\n%s", done+1, diff)
			}
			for _, table := range []string{"letters", "events", "progress", "units", "due_days", "schema_migrations"} {
				if err := conn.Exec(t.Context(), "DROP TABLE "+table+" SYNC"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

func TestMigrateRefuses(t *testing.T) {
	tests := []struct{ name, change, want string }{
		{"a changed file", "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (1, 'letters', 'other', now64(3) + 1)", "0001_letters is not the file that was applied"},
		{"a newer database", "INSERT INTO schema_migrations (version, name, checksum, applied_at) VALUES (9999, 'future', 'x', now64(3))", "step 9999, which this program does not know"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store, conn, _ := newDatabase(t)
			if _, err := store.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if err := conn.Exec(t.Context(), tt.change); err != nil {
				t.Fatal(err)
			}
			if _, err := store.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
			if _, err := store.Plan(t.Context()); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("planning: got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestMigrationsOfACluster(t *testing.T) {
	cfg := analytics.DefaultConfig()
	cfg.Cluster = "city"
	plan, err := analytics.LoadMigrations(cfg.Cluster)
	if err != nil {
		t.Fatal(err)
	}
	single, err := analytics.LoadMigrations("")
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range plan {
		if !strings.Contains(m.SQL, "ON CLUSTER city") || strings.Contains(m.SQL, "CREATE TABLE") && !strings.Contains(m.SQL, "ReplicatedReplacingMergeTree(") {
			t.Errorf("%s is not made for a cluster:\n%s", m.Name, m.SQL)
		}
		if m.Checksum != single[i].Checksum {
			t.Errorf("%s: the checksum depends on the cluster", m.Name)
		}
	}
}

// TestPrepare checks the rows that follow from the directory and the calendar,
// and that filling them again adds none.
func TestPrepare(t *testing.T) {
	store, conn := newStore(t)
	before, err := store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	after, err := store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("(-first +second):\n%s", diff)
	}
	tests := []struct{ query, want string }{
		{"SELECT concatWithSeparator(' ', name, parent, tier1, tier2, tier3) FROM units FINAL WHERE code = '440803-P01'", "湛江市公安局霞山分局解放派出所 440803 440800 440803 440803-P01"},
		{"SELECT concatWithSeparator(' ', due5, earliest) FROM due_days FINAL WHERE day = '2024-03-05'", "2024-03-12 2024-03-12"},
		{"SELECT concatWithSeparator(' ', due5, earliest) FROM due_days FINAL WHERE day = '2024-04-26'", "2024-05-07 2024-05-07"},
		{"SELECT concatWithSeparator(' ', due5 IS NULL, earliest) FROM due_days FINAL WHERE day = '2026-12-29'", "1 2027-01-03"},
		{"SELECT arrayStringConcat(above, ' ') FROM units FINAL WHERE code = '440803-P01'", "440803 440800"},
		// 22 days in January, 18 in February (two Sundays worked), 3 in March.
		{"SELECT arrayStringConcat(groupArray(toString(work_index)), ' ') FROM (SELECT work_index FROM due_days FINAL WHERE day IN ('2023-12-31', '2024-01-01', '2024-01-02', '2024-03-05') ORDER BY day)", "0 0 1 43"},
		{"SELECT toString(countIf(work_index IS NULL)) FROM due_days FINAL WHERE day IN ('2023-12-30', '2027-01-01')", "2"},
	}
	for _, tt := range tests {
		var got string
		if err := conn.QueryRow(t.Context(), tt.query).Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != tt.want {
			t.Errorf("%s: got %q, want %q", tt.query, got, tt.want)
		}
	}
}

func TestKPIsNeedsPrepare(t *testing.T) {
	store, _, _ := newDatabase(t)
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	q := analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31")}
	if _, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q); err == nil || !strings.Contains(err.Error(), "Prepare") {
		t.Errorf("got error %v, want one that asks for Prepare", err)
	}
}
