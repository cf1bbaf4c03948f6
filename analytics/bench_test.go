package analytics_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

func BenchmarkInsertLetters(b *testing.B) {
	const batch = 10_000
	store, _ := newStore(b)
	body := "我在海滨路被人骗了钱，请尽快处理。"
	for i := 0; b.Loop(); i++ {
		rows := make([]letter.Judged, batch)
		for n := range rows {
			received := time.Date(2024, 3, 5, 2, 0, n, 0, time.UTC)
			rows[n] = letter.Judged{
				Letter: letter.Letter{
					ID: letter.ID(fmt.Sprintf("20240305%d%05d", i, n)), Source: "/mailbox/web", RecordID: strconv.Itoa(n),
					ReceivedAt: received, RecordedAt: received,
					Received: letter.Received{Channel: letter.ChannelWeb, Title: "诈骗", Body: body, Writer: letter.Writer{Key: strconv.Itoa(n), Contactable: true}},
				},
				Judgement: letter.Judgement{Normalised: body, Tokens: []string{"海滨路", "骗", "钱"}},
			}
		}
		if err := store.InsertLetters(b.Context(), rows, strconv.Itoa(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "rows/s")
}

func BenchmarkInsertEvents(b *testing.B) {
	const batch = 10_000
	store, _ := newStore(b)
	for i := 0; b.Loop(); i++ {
		rows := make([]letter.Event, batch)
		for n := range rows {
			when := time.Date(2024, 3, 5, 2, 0, n, 0, time.UTC)
			rows[n] = letter.Event{
				Letter: letter.ID(fmt.Sprintf("20240305%d%05d", i, n/8)), Source: "/desk", RecordID: strconv.Itoa(n), Type: letter.TypeForwarded,
				At: when, RecordedAt: when, ExpectedRev: letter.NoRevision, Payload: forwarded(cityDesk, countyDesk),
			}
		}
		if err := store.InsertEvents(b.Context(), rows, strconv.Itoa(i)); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*batch/b.Elapsed().Seconds(), "rows/s")
}

// BenchmarkKPIs asks for all figures of two years, with nine to ten events a letter.
func BenchmarkKPIs(b *testing.B) {
	for _, letters := range []int{14_000, 1_000_000} {
		b.Run(strconv.Itoa(letters), func(b *testing.B) {
			store, conn := newStore(b)
			generate(b, conn, letters)
			for _, q := range []struct {
				name  string
				query analytics.Query
			}{
				{"city", analytics.Query{From: day(b, "2024-03-04"), To: day(b, "2026-02-01")}},
				{"by_unit", analytics.Query{From: day(b, "2024-03-04"), To: day(b, "2026-02-01"), By: analytics.ByUnit, Tier: 2}},
				{"month", analytics.Query{From: day(b, "2025-06-01"), To: day(b, "2025-06-30")}},
			} {
				b.Run(q.name, func(b *testing.B) {
					for b.Loop() {
						if _, err := store.KPIs(b.Context(), analytics.LocalOperator("bench"), q.query); err != nil {
							b.Fatal(err)
						}
					}
				})
			}
		})
	}
}

// generate fills the tables inside the engine: letters spread evenly over 700
// days, each passed from the city desk to a county desk to a station.
func generate(b testing.TB, conn driver.Conn, letters int) {
	b.Helper()
	const seconds = 700 * 24 * 60 * 60
	run := func(statement string) {
		if err := conn.Exec(b.Context(), statement+" SETTINGS max_partitions_per_insert_block = 1000"); err != nil {
			b.Fatal(err)
		}
	}
	run(fmt.Sprintf(`INSERT INTO letters (letter_id, source, record_id, received_at, recorded_at, channel, title, body, writer_key, contactable, division)
		SELECT formatDateTime(received_at + INTERVAL 8 HOUR, '%%Y%%m%%d') || leftPad(toString(number), 8, '0'), '/simulate/x', toString(number),
			toDateTime64('2024-03-04 00:00:00', 3, 'UTC') + toIntervalSecond(intDiv(number * %d, %d)) AS received_at, received_at + INTERVAL 1 SECOND,
			'web', 't', 'b', lower(hex(sipHash64(number %% %d))), number %% 50 != 0, '440803'
		FROM numbers(%d)`, seconds, letters, letters/3, letters))
	county := "'44080' || toString(2 + n % 3) || '-XX'"
	station := "'44080' || toString(2 + n % 3) || '-P0' || toString(1 + n % 7)"
	for i, e := range []struct{ kind, delay, columns, values string }{
		{"letter.classified", "1", "label_type, label_topic", "'L02', 'T01'"},
		{"letter.relabelled", "60", "unit, label_type, label_topic", "'440800-XX', if(n % 40 = 0, 'L09', 'L02'), 'T0' || toString(n % 9 + 1)"},
		{"letter.signed", "30 + n % 700", "unit", "'440800-XX'"},
		{"letter.forwarded", "90 + n % 700", "unit, to_unit, role", "'440800-XX', " + county + ", 'lead'"},
		{"letter.signed", "200 + n % 700", "unit", county},
		{"letter.forwarded", "300 + n % 700", "unit, to_unit, role", county + ", " + station + ", 'lead'"},
		{"letter.signed", "400 + n % 900", "unit", station},
		{"letter.contacted", "900 + n % 1300", "unit, method, result", station + ", 'call', if(n % 3 = 0, 'no_answer', 'reached')"},
		{"letter.replied", "86400 * (n % 8)", "unit", station},
		{"letter.closed", "86400 * (n % 11)", "unit", station},
	} {
		run(fmt.Sprintf(`INSERT INTO events (letter_id, source, record_id, kind, at, recorded_at, %s)
			SELECT letter_id, '/desk/440803', '%d-' || record_id, '%s', received_at + toIntervalSecond(%s) AS at, at + INTERVAL 2 SECOND, %s
			FROM (SELECT letter_id, record_id, received_at, toUInt64(record_id) AS n FROM letters) WHERE n %% 97 != %d`, e.columns, i, e.kind, e.delay, e.values, i))
	}
}
