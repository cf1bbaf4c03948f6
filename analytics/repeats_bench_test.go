package analytics_test

import (
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/analytics"
)

// BenchmarkRepeats asks for the figures about repeats of a month, for what is
// said of one writer's letters, and for a month's lists, with three letters a
// writer, signatures and facts.
func BenchmarkRepeats(b *testing.B) {
	for _, letters := range []int{14_000, 1_000_000} {
		b.Run(strconv.Itoa(letters), func(b *testing.B) {
			store, conn := newStore(b)
			generate(b, conn, letters)
			// Every third letter of a writer is like the one before it.
			fill := fmt.Sprintf(`ALTER TABLE letters UPDATE
				signature = arrayMap(i -> toUInt32(sipHash64(i, if(toUInt64(record_id) %% 3 = 0, writer_key, record_id))), range(64)),
				facts = [bitShiftLeft(sipHash64(record_id), 4)] WHERE true SETTINGS mutations_sync = 2`)
			if err := conn.Exec(b.Context(), fill); err != nil {
				b.Fatal(err)
			}
			june := analytics.Period{From: day(b, "2025-06-01"), To: day(b, "2025-06-30")}
			leadership := analytics.LocalOperator("bench")
			b.Run("figures", func(b *testing.B) {
				q := analytics.Query{From: june.From, To: june.To, Metrics: []string{"closed_once", "reletters", "repeat_letters", "thanked"}}
				defer reportCPU(b)()
				for b.Loop() {
					if _, err := store.KPIs(b.Context(), leadership, q); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("one_writer", func(b *testing.B) {
				defer reportCPU(b)()
				for b.Loop() {
					if _, err := analytics.Repetitions(b.Context(), store, fmt.Sprintf("20250601%08d", letters*454/700+letters/2000), at(b, "2026-03-01 10:00")); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("list", func(b *testing.B) {
				defer reportCPU(b)()
				for b.Loop() {
					if _, err := store.Repeats(b.Context(), leadership, june); err != nil {
						b.Fatal(err)
					}
				}
			})
			b.Run("joint", func(b *testing.B) {
				defer reportCPU(b)()
				for b.Loop() {
					if _, err := store.Joint(b.Context(), leadership, june); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}

// reportCPU reports the processor time of engine and program together, which
// what else the machine does changes less than it does the time that passes.
func reportCPU(b *testing.B) (stop func()) {
	used := func() float64 {
		var u syscall.Rusage
		if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
			b.Fatal(err)
		}
		return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
	}
	before := used()
	return func() { b.ReportMetric((used()-before)/float64(b.N), "cpu-s/op") }
}

// TestWritersAreLookedUp: finding the letters of a writer reads the projection,
// and only the granules in which the writer stands.
func TestWritersAreLookedUp(t *testing.T) {
	_, conn := newStore(t)
	err := conn.Exec(t.Context(), `INSERT INTO letters (letter_id, source, record_id, received_at, recorded_at, writer_key)
		SELECT 'L' || toString(number), '/x', toString(number), toDateTime64('2024-03-01 00:00:00', 3, 'UTC') AS received, received, 'w' || toString(intDiv(number, 3)) FROM numbers(100000)`)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := conn.Query(t.Context(), `EXPLAIN indexes = 1, projections = 1 SELECT groupUniqArray(letter_id) FROM letters
		WHERE writer IN (SELECT writer FROM letters WHERE letter_id IN ({ids:Array(String)}) AND writer != 0) GROUP BY writer`,
		clickhouse.Named("ids", []string{"L5"}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var plan strings.Builder
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		plan.WriteString(line + "\n")
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	t.Log(plan.String())
	for _, want := range []string{"ReadFromMergeTree (by_writer)", "Granules: 1/"} {
		if !strings.Contains(plan.String(), want) {
			t.Errorf("the plan lacks %q:\n%s", want, plan.String())
		}
	}
}
