package analytics_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// TestBaselines writes down the periods and cut-offs by hand. The mailbox opens
// on 4 March 2024, so that some have no complete base.
func TestBaselines(t *testing.T) {
	for _, tt := range []struct {
		name, from, to, asOf string
		baseline             analytics.Baseline
		want                 string
	}{
		{"days before", "2024-05-06", "2024-05-12", "2024-05-13 08:00", analytics.PreviousPeriod, "2024-04-29..2024-05-05 @2024-05-06 08:00 complete"},
		{"one day", "2024-05-06", "2024-05-06", "2024-05-07 08:00", analytics.PreviousPeriod, "2024-05-05..2024-05-05 @2024-05-06 08:00 complete"},
		{"a whole month", "2024-05-01", "2024-05-31", "2024-06-03 08:00", analytics.PreviousPeriod, "2024-04-01..2024-04-30 @2024-05-03 08:00 complete"},
		{"a quarter", "2024-07-01", "2024-09-30", "2024-10-01 00:00", analytics.PreviousPeriod, "2024-04-01..2024-06-30 @2024-07-01 00:00 complete"},
		{"a month that runs counts from its start", "2024-05-01", "2024-05-31", "2024-05-11 12:00", analytics.PreviousPeriod, "2024-04-01..2024-04-30 @2024-04-11 12:00 complete"},
		{"a longer month that runs ends with the shorter", "2024-05-01", "2024-05-31", "2024-05-31 12:00", analytics.PreviousPeriod, "2024-04-01..2024-04-30 @2024-05-01 00:00 complete"},
		{"days a year before", "2025-05-06", "2025-05-12", "2025-05-13 08:00", analytics.LastYear, "2024-05-06..2024-05-12 @2024-05-13 08:00 complete"},
		{"equal length across a leap day", "2025-02-20", "2025-03-10", "2025-03-11 00:00", analytics.LastYear, "2024-02-20..2024-03-09 @2024-03-10 00:00 partial"},
		{"February against a longer one", "2025-02-01", "2025-02-28", "2025-03-02 00:00", analytics.LastYear, "2024-02-01..2024-02-29 @2024-03-02 00:00 missing"},
		{"a leap day", "2024-02-29", "2024-02-29", "2024-03-05 00:00", analytics.LastYear, "2023-02-28..2023-02-28 @2023-03-05 00:00 missing"},
		{"the year before", "2025-05-01", "2026-04-30", "2026-05-01 00:00", analytics.LastYear, "2024-05-01..2025-04-30 @2025-05-01 00:00 complete"},
		{"before the mailbox", "2024-03-04", "2024-03-10", "2024-03-11 00:00", analytics.PreviousPeriod, "2024-02-26..2024-03-03 @2024-03-04 00:00 missing"},
		{"from its first day", "2024-03-11", "2024-03-17", "2024-03-18 00:00", analytics.PreviousPeriod, "2024-03-04..2024-03-10 @2024-03-11 00:00 complete"},
		{"across its first day", "2024-03-10", "2024-03-16", "2024-03-18 00:00", analytics.PreviousPeriod, "2024-03-03..2024-03-09 @2024-03-11 00:00 partial"},
		{"its first month is not whole", "2024-04-01", "2024-04-30", "2024-05-01 00:00", analytics.PreviousPeriod, "2024-03-01..2024-03-31 @2024-04-01 00:00 partial"},
		{"nor a base a year later", "2025-03-01", "2025-03-31", "2025-04-01 00:00", analytics.LastYear, "2024-03-01..2024-03-31 @2024-04-01 00:00 partial"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			q := analytics.Query{From: day(t, tt.from), To: day(t, tt.to), AsOf: at(t, tt.asOf)}
			earlier, cutOff, base, err := analytics.BaselineOf(q, tt.baseline, day(t, "2024-03-04"))
			if err != nil {
				t.Fatal(err)
			}
			got := fmt.Sprintf("%s..%s @%s %s", earlier.From, earlier.To, cutOff.In(calendar.Shanghai).Format("2006-01-02 15:04"), base)
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestCompareWithoutBase wants no change where the mailbox is too young.
func TestCompareWithoutBase(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("A", "2024-03-04 10:00")
	l.store(store)
	for from, want := range map[string]analytics.Base{"2024-03-04": analytics.BaseMissing, "2024-03-03": analytics.BaseMissing, "2024-03-05": analytics.BaseComplete} {
		c, err := store.Compare(t.Context(), analytics.LocalOperator("x"),
			analytics.Query{From: day(t, from), To: day(t, from), AsOf: at(t, "2024-03-06 00:00"), Metrics: []string{"received", "closure"}}, analytics.PreviousPeriod)
		if err != nil {
			t.Fatal(err)
		}
		complete := want == analytics.BaseComplete
		if c.Base != want || (c.Reason == "") != complete || c.Before.AsOf.IsZero() == complete {
			t.Errorf("%s: base %s, reason %q, cut-off %s, want %s", from, c.Base, c.Reason, c.Before.AsOf, want)
		}
		for id, change := range c.Rows[0].Changes {
			text, err := json.Marshal(change)
			if change.Incomplete == complete || err != nil || strings.Contains(string(text), `"before":null`) == complete {
				t.Errorf("%s: %s %s, %v", from, id, text, err)
			}
		}
	}
}

// TestCompareRefuses lists questions without an answer.
func TestCompareRefuses(t *testing.T) {
	store, _ := newStore(t)
	for _, tt := range []struct {
		by       analytics.Dimension
		baseline analytics.Baseline
	}{{analytics.ByDay, analytics.PreviousPeriod}, {analytics.ByNone, "next"}} {
		_, err := store.Compare(t.Context(), analytics.LocalOperator("x"),
			analytics.Query{From: day(t, "2024-05-06"), To: day(t, "2024-05-12"), By: tt.by}, tt.baseline)
		if letter.KindOf(err) != letter.KindInvalid {
			t.Errorf("by %q, baseline %q: %v", tt.by, tt.baseline, err)
		}
	}
}

// TestCompare works a comparison of two days out by hand: four letters, of
// which one is closed at once, and 40 letters, of which half are; later
// closings lie outside the equal lag.
func TestCompare(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("first", "2024-03-04 00:00")
	add := func(day string, n, closedAtOnce int) {
		for i := range n {
			id := letter.ID(fmt.Sprintf("%s-%d", day, i))
			l.letter(id, day+" 10:00")
			if i < closedAtOnce {
				l.event(id, letter.TypeClosed, day+" 11:00", closed(cityDesk))
			} else {
				l.event(id, letter.TypeClosed, "2024-06-01 00:00", closed(cityDesk))
			}
		}
	}
	add("2024-05-06", 4, 1)
	add("2024-05-07", 40, 20)
	l.store(store)
	c, err := store.Compare(t.Context(), analytics.LocalOperator("x"), analytics.Query{
		From: day(t, "2024-05-07"), To: day(t, "2024-05-07"), AsOf: at(t, "2024-05-08 00:00"),
		Metrics: []string{"letters", "overdue", "closure", "closure_mature"},
	}, analytics.PreviousPeriod)
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.MarshalIndent(c, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	// 20/40 − 1/4 = 25 points; the intervals were computed
	// apart from the formulas: 20/40 35.2–64.8, 1/4 4.6–69.9.
	want := strings.Join([]string{
		`"letters":{"now":40,"before":4,"difference":36,"percent":900.0,"flags":["small"]}`,
		`"closure":{"now":{"n":20,"d":40,"pct":50.0,"excluded":{}},"now_ci":[35.2,64.8],"before":{"n":1,"d":4,"pct":25.0,"excluded":{}},"before_ci":[4.6,69.9],"points":25.0,"points_ci":[-22.3,50.2],"flags":["small","immature"]}`,
		`"closure_mature":{"now":{"n":0,"d":0,"pct":null,"excluded":{"immature":40}},"before":{"n":0,"d":0,"pct":null,"excluded":{"immature":4}},"points":null,"flags":["small","immature"]}`,
		`"overdue":{"now":0,"before":0,"difference":0,"percent":null,"flags":["small"]}`,
	}, ",")
	var doc struct {
		Now, Before struct{ Workdays int }
		Rows        []struct{ Changes json.RawMessage }
	}
	if err := json.Unmarshal(got, &doc); err != nil {
		t.Fatal(err)
	}
	compact := new(strings.Builder)
	_ = json.NewEncoder(compact).Encode(doc.Rows[0].Changes)
	if diff := cmp.Diff("{"+want+"}\n", compact.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if doc.Now.Workdays != 1 || doc.Before.Workdays != 1 {
		t.Errorf("working days %+v, want 1 and 1", doc)
	}
}

// TestRank places three districts by hand and leaves two apart.
func TestRank(t *testing.T) {
	row := func(key string, n, d uint64) analytics.Row {
		return analytics.Row{Key: key, KPIs: analytics.Figures{"closure": {Rate: &analytics.Rate{N: n, D: d}}}}
	}
	doc := analytics.Document{Rows: []analytics.Row{
		row("a", 29, 29), row("b", 30, 40), row("c", 1000, 1000), row("d", 60, 80), row("g", 28, 40), row("e", 0, 0), row("f", 10, 1000),
	}}
	ranking, err := analytics.Rank(doc, "closure")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range append(ranking.Ranked, ranking.Apart...) {
		got = append(got, fmt.Sprintf("%d %s %v", p.Place, p.Key, p.Overlaps))
	}
	if diff := cmp.Diff([]string{"1 c false", "2 b false", "2 d false", "4 g true", "5 f false", "0 a false", "0 e false"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, err := json.Marshal(ranking.Apart[0])
	if want := `{"key":"a","name":"","n":29,"d":29,"ci":[88.3,100.0]}`; err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
	if _, err := analytics.Rank(doc, "letters"); letter.KindOf(err) != letter.KindInvalid {
		t.Errorf("a count ranks: %v", err)
	}
}
