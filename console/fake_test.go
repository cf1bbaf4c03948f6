package console_test

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/console"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

// fakeStore answers with made-up figures of 2024-03-04 to 2024-10-22.
type fakeStore struct {
	empty bool
	final bool
	asked int // For figures.
	known uint64
	err   error
}

var (
	firstDay = calendar.Date{Year: 2024, Month: time.March, Day: 4}
	lastTime = time.Date(2024, 10, 22, 15, 59, 0, 0, time.UTC)
)

func (f *fakeStore) KPIs(_ context.Context, _ analytics.Viewer, q analytics.Query) (analytics.Document, error) {
	f.asked++
	doc := analytics.Document{
		RuleVersion: "2026-1", CalendarVersion: "2024-2026/1", From: q.From, To: q.To, AsOf: q.AsOf, By: q.By, Final: f.final,
	}
	keys := map[analytics.Dimension][]string{
		analytics.ByNone: {""}, analytics.ByType: {"L01", "L02", "L05", "L09"}, analytics.ByUnit: {"440800-XX", "440802", "440803"},
	}[q.By]
	days := uint64(q.To.Start().Sub(q.From.Start()).Hours()/24) + 1
	for i, key := range keys {
		n := days * 60 / uint64(i+1)
		if q.To.Day%2 == 0 {
			n += 7
		}
		figures := analytics.Figures{}
		for _, m := range analytics.Metrics() {
			figures[m.ID] = analytics.Figure{Count: n / 20}
			if m.IsRate() {
				figures[m.ID] = analytics.Figure{Rate: &analytics.Rate{N: n - n/70, D: n, Excluded: map[string]uint64{"immature": 3}}}
			}
		}
		figures["received"] = analytics.Figure{Count: n}
		figures["writers"] = analytics.Figure{Count: n / 2}
		name := key
		if q.By == analytics.ByType {
			name = letter.Types.Name(key)
		}
		doc.Rows = append(doc.Rows, analytics.Row{Key: key, Name: name, KPIs: figures})
	}
	return doc, f.err
}

func (f *fakeStore) KeyLetters(context.Context, analytics.Viewer, calendar.Date, time.Time, uint32) ([]analytics.KeyLetter, error) {
	return []analytics.KeyLetter{{
		ID: "2024102100037", Type: "L05", Urgency: "P0", Division: "440803", Owner: "440800-XX", WriterKey: "w1", Yuan: 48000,
		Title: `</script><script>document.title="broken"</script>`, Body: "对方电话13800138000。",
	}}, f.err
}

func (f *fakeStore) NewLeads(context.Context, analytics.Viewer, calendar.Date, time.Time) ([]analytics.NewLead, error) {
	return []analytics.NewLead{{Lead: "XS1", Type: "F01", Letter: "2024102100037", Division: "440803", Unit: "440803", Accepted: true}}, f.err
}

func (f *fakeStore) OpenByDue(context.Context, analytics.Viewer, time.Time, time.Time) ([]analytics.OpenLetter, error) {
	return []analytics.OpenLetter{{ID: "2024101000001", ReceivedAt: lastTime.AddDate(0, 0, -12), Type: "L02", Owner: "440803", Due: lastTime.AddDate(0, 0, -5)}}, f.err
}

func (f *fakeStore) DayCounts(_ context.Context, _ analytics.Viewer, from, to calendar.Date, _ time.Time) ([]analytics.DayCount, error) {
	var counts []analytics.DayCount
	for day := from; !day.After(to); day = day.AddDays(1) {
		counts = append(counts, analytics.DayCount{Day: day, Received: uint64(50 + day.Day%9), Closed: uint64(45 + day.Day%13)})
	}
	return counts, f.err
}

func (f *fakeStore) FirstDay(context.Context, time.Time) (calendar.Date, bool, error) {
	return firstDay, !f.empty, f.err
}

func (f *fakeStore) Synthetic(context.Context, time.Time) (bool, error) { return true, f.err }

func (f *fakeStore) LastRecordedAt(context.Context) (time.Time, error) {
	if f.empty {
		return time.Time{}, f.err
	}
	return lastTime, f.err
}

func (f *fakeStore) KnownBy(context.Context, time.Time) (uint64, error) { return f.known, f.err }

func (f *fakeStore) Progress(context.Context) ([]letter.Progress, error) {
	return []letter.Progress{
		{Topic: "jiesu.letters", Partition: 0, Next: 7000, HighWater: 7012, CaughtUpAt: lastTime},
		{Topic: "jiesu.letters", Partition: 1, Next: 7000, HighWater: 7000, CaughtUpAt: lastTime.Add(time.Hour)},
		{Topic: "jiesu.events", Partition: 0, Next: 0, HighWater: 90_000},
	}, f.err
}

func (f *fakeStore) Counts(context.Context) (analytics.Counts, error) {
	return analytics.Counts{Rows: map[string]uint64{"letters": 14_000, "events": 130_000}, EventsWithoutLetter: 2}, f.err
}

// newServer returns a console over the store; change may alter what it works with.
func newServer(t *testing.T, store *fakeStore, change ...func(*console.Config, *console.Deps)) *console.Server {
	t.Helper()
	directory, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cfg := console.DefaultConfig()
	cfg.Addr = "127.0.0.1:0"
	deps := console.Deps{
		Store: store, Briefs: reports.Loader{Store: store, Directory: directory, Calendar: holidays}, Viewer: analytics.LocalOperator("test"),
		Engine: "26.5.1.1", Ready: func() error { return nil }, Gatherer: prometheus.NewRegistry(),
	}
	for _, c := range change {
		c(&cfg, &deps)
	}
	s, err := console.New(cfg, deps, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return s
}
