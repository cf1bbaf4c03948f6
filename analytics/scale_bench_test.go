package analytics_test

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

var scaleLetters = flag.Int("scale-letters", 14_000, "letters that BenchmarkScale generates")

// BenchmarkScale generates -scale-letters letters of 700 days with five events
// each straight into the tables, has the kept tables built, and asks what a
// console asks. Each figure is printed as it comes: see docs/BENCHMARKS.md.
func BenchmarkScale(b *testing.B) {
	store, conn := newStore(b)
	report := func(what string, value any) {
		_, _ = fmt.Fprintf(os.Stdout, "%-48s %v\n", what, value) // A benchmark's own log is cut.
	}
	report("letters", *scaleLetters)
	report("generating", timed(b, func() { generateFive(b, conn, *scaleLetters) }))
	report("building what is kept", timed(b, func() { refresh(b, store) }))
	report("and further figures by day", timed(b, func() { refreshFurther(b, store) }))
	first, last := day(b, "2024-03-04"), day(b, "2026-02-01")
	month := analytics.Query{From: day(b, "2026-01-05"), To: last}
	for b.Loop() {
		report("page: all days and the last 30, median and p95", quantiles(b, 20, func() {
			figures(b, store, analytics.Query{From: first, To: last})
			figures(b, store, month)
		}))
		report("contract's figures, all days", quantiles(b, 5, func() { figures(b, store, analytics.Query{From: first, To: last}) }))
		report("contract's figures, all days, by county", quantiles(b, 5, func() {
			figures(b, store, analytics.Query{From: first, To: last, By: analytics.ByUnit, Tier: 2})
		}))
		slowest, took := "", time.Duration(0)
		for _, m := range analytics.AllMetrics() {
			d := timed(b, func() {
				figures(b, store, analytics.Query{From: first, To: last, By: analytics.ByUnit, Metrics: []string{m.ID}})
			})
			if d > time.Second {
				report("  over a second by unit: "+m.ID, d)
			}
			if d > took {
				slowest, took = m.ID, d
			}
		}
		report("slowest figure by unit, all days: "+slowest, took)
		report("as of the end of a month, that month", quantiles(b, 3, func() {
			figures(b, store, analytics.Query{From: day(b, "2025-06-01"), To: day(b, "2025-06-30"), AsOf: at(b, "2025-07-01 08:00")})
		}))
		report("as of then, by county", quantiles(b, 3, func() {
			figures(b, store, analytics.Query{From: day(b, "2025-06-01"), To: day(b, "2025-06-30"), AsOf: at(b, "2025-07-01 08:00"), By: analytics.ByUnit, Tier: 2})
		}))
		report("from the insert of an event to its figure", quantiles(b, 5, func() { seeEvent(b, store) }))
	}
	var bytes, files uint64
	const size = "SELECT sum(bytes_on_disk), count() FROM system.parts WHERE active AND database = currentDatabase() AND match(table, {table:String})"
	for _, table := range []string{"^letters$", "^events$", "^(rare_events|writings|letter_states|daily_[a-z0-9]+)_", ""} {
		if err := conn.QueryRow(b.Context(), size, driver.NamedValue{Name: "table", Value: table}).Scan(&bytes, &files); err != nil {
			b.Fatal(err)
		}
		report(fmt.Sprintf("bytes a letter in %q, parts", table), fmt.Sprintf("%.0f, %d", float64(bytes)/float64(*scaleLetters), files))
	}
}

func timed(b *testing.B, run func()) time.Duration {
	b.Helper()
	began := time.Now()
	run()
	return time.Since(began).Round(time.Millisecond)
}

// quantiles times a run several times after a first one that is not counted.
func quantiles(b *testing.B, times int, run func()) string {
	b.Helper()
	run()
	took := make([]time.Duration, 0, times)
	for range times {
		took = append(took, timed(b, run))
	}
	slices.Sort(took)
	const percent = 95
	return fmt.Sprintf("%v %v", took[len(took)/2], took[(len(took)*percent+99)/100-1])
}

func refresh(b *testing.B, store *analytics.Store) {
	b.Helper()
	if _, err := store.Refresh(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func refreshFurther(b *testing.B, store *analytics.Store) {
	b.Helper()
	for more := true; more; {
		var err error
		if more, err = store.RefreshFurther(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func figures(b testing.TB, store *analytics.Store, q analytics.Query) analytics.Document {
	b.Helper()
	doc, err := store.KPIs(b.Context(), analytics.LocalOperator("bench"), q)
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// seeEvent inserts an event of the newest day, as ingest does, and asks for
// that day until a running Refresher has it counted.
func seeEvent(b *testing.B, store *analytics.Store) {
	b.Helper()
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	refresher := analytics.NewRefresher(store, time.Second, slog.New(slog.DiscardHandler))
	refresher.Start(ctx)
	defer refresher.Stop()
	newest := day(b, "2026-02-01")
	query := analytics.Query{From: newest, To: newest, Metrics: []string{"backdated"}}
	before := figures(b, store, query).Rows[0].KPIs.Count("backdated")
	now := time.Date(2026, 2, 1, 16, 0, 0, 0, time.UTC).Add(time.Duration(before) * time.Minute)
	event := letter.Event{
		Letter: letter.ID(fmt.Sprintf("20260201%08d", *scaleLetters-1)), Source: "/desk", RecordID: fmt.Sprint("seen", before), Type: letter.TypeSigned,
		At: now.Add(-time.Hour), RecordedAt: now, ExpectedRev: letter.NoRevision, Payload: signed(cityDesk),
	}
	if err := store.InsertEvents(b.Context(), []letter.Event{event}, ""); err != nil {
		b.Fatal(err)
	}
	for figures(b, store, query).Rows[0].KPIs.Count("backdated") == before {
		time.Sleep(time.Millisecond)
	}
}

// generateFive fills the tables inside the engine: letters spread evenly over
// 700 days by a third as many writers, each with five events.
func generateFive(b *testing.B, conn driver.Conn, letters int) {
	b.Helper()
	const seconds = 700 * 24 * 60 * 60
	run := func(statement string) {
		if err := conn.Exec(b.Context(), statement+" SETTINGS max_partitions_per_insert_block = 1000, max_insert_threads = 2"); err != nil {
			b.Fatal(err)
		}
	}
	run(fmt.Sprintf(`INSERT INTO letters (letter_id, source, record_id, received_at, recorded_at, channel, title, body, writer_key, contactable, division)
		SELECT formatDateTime(received_at + INTERVAL 8 HOUR, '%%Y%%m%%d') || leftPad(toString(number), 8, '0'), '/simulate/x', toString(number),
			toDateTime64('2024-03-03 16:00:00', 3, 'UTC') + toIntervalSecond(intDiv(number * %d, %d)) AS received_at, received_at + INTERVAL 1 SECOND,
			'web', 't', 'b', lower(hex(sipHash64(number %% %d))), number %% 50 != 0, '440803'
		FROM numbers(%d)`, seconds, letters, letters/3, letters))
	station := "'44080' || toString(2 + n % 3) || '-P0' || toString(1 + n % 7)"
	for i, e := range []struct{ kind, delay, columns, values, where string }{
		{"letter.relabelled", "60", "unit, label_type, label_topic", "'440800-XX', if(n % 40 = 0, 'L09', 'L02'), 'T0' || toString(n % 9 + 1)", "1"},
		{"letter.forwarded", "90 + n % 700", "unit, to_unit, role", "'440800-XX', " + station + ", 'lead'", "1"},
		{"letter.signed", "200 + n % 900", "unit", station, "n % 89 != 0"},
		{"letter.contacted", "900 + n % 1300", "unit, method, result", station + ", 'call', if(n % 3 = 0, 'no_answer', 'reached')", "n % 83 != 0"},
		{"letter.closed", "86400 * (n % 11)", "unit, result", station + ", 'solved'", "n % 79 != 0"},
		{"lead.accepted", "7200", "unit, lead", station + ", 'lead-' || toString(n)", "n % 25 = 0"},
		{"case.filed", "172800", "unit, case_number, case_kind, leads", station + ", 'case-' || toString(n), 'criminal', ['lead-' || toString(n)]", "n % 75 = 0"},
	} {
		run(fmt.Sprintf(`INSERT INTO events (letter_id, source, record_id, kind, at, recorded_at, %s)
			SELECT letter_id, '/desk/440803', '%d-' || record_id, '%s', received_at + toIntervalSecond(%s) AS at, at + INTERVAL 2 SECOND, %s
			FROM (SELECT letter_id, record_id, received_at, toUInt64(record_id) AS n FROM letters) WHERE %s`, e.columns, i, e.kind, e.delay, e.values, e.where))
	}
}
