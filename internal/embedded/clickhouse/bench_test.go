package clickhouse_test

import (
	"errors"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

// BenchmarkInsert measures synced inserts of 10,000 letters per batch, on one connection.
func BenchmarkInsert(b *testing.B) {
	conn, _ := clickhousetest.Database(b)
	mustExec(b, conn, "CREATE TABLE letters (n UInt64, body String) ENGINE = MergeTree ORDER BY n")
	const rows = 10_000
	for b.Loop() {
		insertLetters(b, conn, rows)
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSelect measures reading 100,000 letters through the driver.
func BenchmarkSelect(b *testing.B) {
	conn, _ := clickhousetest.Database(b)
	mustExec(b, conn, "CREATE TABLE letters (n UInt64, body String) ENGINE = MergeTree ORDER BY n")
	const rows = 100_000
	insertLetters(b, conn, rows)
	for b.Loop() {
		result, err := conn.Query(b.Context(), "SELECT n, body FROM letters")
		if err != nil {
			b.Fatal(err)
		}
		read := 0
		for result.Next() {
			var n uint64
			var body string
			if err := result.Scan(&n, &body); err != nil {
				b.Fatal(err)
			}
			read++
		}
		if err := errors.Join(result.Err(), result.Close()); err != nil || read != rows {
			b.Fatalf("read %d rows: %v", read, err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkSmallStatement measures what a statement costs that does next to nothing.
func BenchmarkSmallStatement(b *testing.B) {
	conn, _ := clickhousetest.Database(b)
	for b.Loop() {
		scanOne[uint8](b, conn, "SELECT 1")
	}
}
