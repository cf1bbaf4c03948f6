package analytics_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

func TestPercent(t *testing.T) {
	tests := []struct {
		n, d uint64
		want string
	}{
		{0, 0, ""},
		{0, 7, "0.0"},
		{7, 7, "100.0"},
		{1, 3, "33.3"},
		{2, 3, "66.7"},
		{1, 8, "12.5"},
		{1, 16, "6.3"},   // 6.25 rounds up.
		{1, 80, "1.3"},   // 1.25 rounds up.
		{9, 80, "11.3"},  // 11.25 rounds up.
		{1, 2000, "0.1"}, // 0.05 rounds up.
		{1, 2001, "0.1"}, // Not 0.0: there is one.
		{1, 1 << 40, "0.1"},
		{1999, 2000, "99.9"},   // Not 100.0: one is missing.
		{14171, 14200, "99.8"}, // 99.796.
		{9994, 10000, "99.9"},  // 99.94.
		{1<<40 - 1, 1 << 40, "99.9"},
	}
	for _, tt := range tests {
		if got := (analytics.Rate{N: tt.n, D: tt.d}).Percent(); got != tt.want {
			t.Errorf("%d of %d: got %q, want %q", tt.n, tt.d, got, tt.want)
		}
	}
}

func TestSmall(t *testing.T) {
	if !(analytics.Rate{D: 29}).Small() || (analytics.Rate{D: 30}).Small() {
		t.Error("a rate is small below 30")
	}
}

// TestDocumentJSON holds the printed form against one written by hand.
func TestDocumentJSON(t *testing.T) {
	const want = `{"rule_version":"2026-1","calendar_version":"c/1","period":{"from":"2024-03-04","to":"2024-10-22"},` +
		`"as_of":"2024-10-23T00:00:00+08:00","final":true,"by":"unit","tier":2,"rows":[{"key":"440803","name":"霞山","kpis":` +
		`{"received":3,"response":{"n":1,"d":1,"pct":100.0,"excluded":{"merged":1,"immature":1}},"closure":{"n":0,"d":0,"pct":null,"excluded":{}},"arrests":0}}]}`
	doc := analytics.Document{
		RuleVersion: "2026-1", CalendarVersion: "c/1", Rules: analytics.DefaultRules(), From: day(t, "2024-03-04"), To: day(t, "2024-10-22"),
		AsOf: time.Date(2024, 10, 22, 16, 0, 0, 0, time.UTC), Final: true, By: analytics.ByUnit, Tier: 2,
		Rows: []analytics.Row{{Key: "440803", Name: "霞山", KPIs: analytics.Figures{
			"arrests":  {},
			"closure":  {Rate: &analytics.Rate{Excluded: map[string]uint64{}}},
			"response": {Rate: &analytics.Rate{N: 1, D: 1, Excluded: map[string]uint64{"immature": 1, "merged": 1}}},
			"received": {Count: 3},
		}}},
	}
	got, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var back analytics.Document
	if err := json.Unmarshal([]byte(want), &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(doc, back); diff != "" {
		t.Errorf("read back (-want +got):\n%s", diff)
	}
}

func TestEmptyStore(t *testing.T) {
	store, _ := newStore(t)
	doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-02")})
	if err != nil {
		t.Fatal(err)
	}
	got, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"rule_version":"2026-1","calendar_version":"2024-2026/1","period":{"from":"2024-03-01","to":"2024-03-02"},"as_of":null,"final":false,"by":null,"rows":[`
	if !strings.HasPrefix(string(got), want) {
		t.Errorf("got %s, want it to begin with %s", got, want)
	}
}

// TestEveryFigureInEveryRow checks that no row lacks a metric, whatever the
// dimension, and that keys have names.
func TestEveryFigureInEveryRow(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	travelled(l)
	l.event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Type: "L02", Topic: "T01", Division: "440803"})).store(store)
	names := map[analytics.Dimension]string{
		analytics.ByNone: "", analytics.ByUnit: "440800-XX 局长信箱工作专班(市级)|440803-P01 湛江市公安局霞山分局解放派出所|440803-XX 湛江市公安局霞山分局局长信箱专班",
		analytics.ByType: " 未定|L02 求助", analytics.ByTopic: " 未定|T01 户政", analytics.ByDivision: " 未定|440803 霞山区",
		analytics.ByChannel: "web 网站", analytics.ByDay: "2024-03-05 2024-03-05",
	}
	for by, want := range names {
		doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), By: by})
		if err != nil {
			t.Fatal(err)
		}
		var keys []string
		for _, row := range doc.Rows {
			keys = append(keys, row.Key+" "+row.Name)
			if len(row.KPIs) != len(analytics.Metrics()) {
				t.Errorf("by %q: row %q has %d figures, want %d", by, row.Key, len(row.KPIs), len(analytics.Metrics()))
			}
		}
		if got := strings.Join(keys, "|"); strings.TrimSpace(got) != strings.TrimSpace(want) {
			t.Errorf("by %q: got rows %q, want %q", by, got, want)
		}
	}
}

func TestFinal(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	cut := at(t, "2024-03-05 12:00")
	steps := []struct {
		name     string
		progress []letter.Progress
		want     bool
	}{
		{"nothing is known of the partitions", nil, false},
		{"only one topic was read", []letter.Progress{{Topic: "jiesu.letters", CaughtUpAt: cut.Add(time.Second)}}, false},
		{"the other up to the cut-off only", []letter.Progress{{Topic: "jiesu.events", CaughtUpAt: cut}}, false},
		{"both past it", []letter.Progress{{Topic: "jiesu.events", CaughtUpAt: cut.Add(time.Millisecond)}}, true},
		{"but a further partition is behind", []letter.Progress{{Topic: "jiesu.events", Partition: 1, CaughtUpAt: cut.Add(-time.Hour)}}, false},
		{"until it caught up; other topics do not matter", []letter.Progress{
			{Topic: "jiesu.events", Partition: 1, CaughtUpAt: cut.Add(time.Hour)}, {Topic: "other", CaughtUpAt: cut.Add(-time.Hour)},
		}, true},
	}
	for _, step := range steps {
		if err := store.SaveProgress(t.Context(), step.progress); err != nil {
			t.Fatal(err)
		}
		doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: cut})
		if err != nil {
			t.Fatal(err)
		}
		if doc.Final != step.want {
			t.Errorf("%s: got final %v, want %v", step.name, doc.Final, step.want)
		}
	}
}

func TestQueryValidate(t *testing.T) {
	first, last := day(t, "2024-03-01"), day(t, "2024-03-31")
	tests := []struct {
		name  string
		query analytics.Query
		want  string // Reason, or empty.
	}{
		{"a month", analytics.Query{From: first, To: last}, ""},
		{"one day", analytics.Query{From: first, To: first}, ""},
		{"by unit at a tier", analytics.Query{From: first, To: last, By: analytics.ByUnit, Tier: 3}, ""},
		{"no period", analytics.Query{}, "missing_field"},
		{"backwards", analytics.Query{From: last, To: first}, "bad_period"},
		{"unknown dimension", analytics.Query{From: first, To: last, By: "writer_key"}, "unknown_code"},
		{"unknown tier", analytics.Query{From: first, To: last, By: analytics.ByUnit, Tier: 4}, "unknown_code"},
		{"a tier of types", analytics.Query{From: first, To: last, By: analytics.ByType, Tier: 2}, "bad_query"},
	}
	for _, tt := range tests {
		if got := letter.ReasonOf(tt.query.Validate()); got != tt.want {
			t.Errorf("%s: got reason %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestParseViewer(t *testing.T) {
	tests := []struct {
		text string
		want analytics.Viewer
		ok   bool
	}{
		{"leadership", analytics.Viewer{Name: "leadership", Unit: "440800", Role: analytics.RoleLeadership}, true},
		{"unit:440803", analytics.Viewer{Name: "unit:440803", Unit: "440803", Role: analytics.RoleUnit}, true},
		{"investigator:440803-P01", analytics.Viewer{Name: "investigator:440803-P01", Unit: "440803-P01", Role: analytics.RoleInvestigator}, true},
		{"leadership:440803", analytics.Viewer{}, false},
		{"unit:", analytics.Viewer{}, false},
		{"unit", analytics.Viewer{}, false},
		{"root", analytics.Viewer{}, false},
		{"", analytics.Viewer{}, false},
	}
	for _, tt := range tests {
		got, err := analytics.ParseViewer(tt.text)
		if (err == nil) != tt.ok {
			t.Errorf("%q: got error %v, want success %v", tt.text, err, tt.ok)
		}
		if diff := cmp.Diff(tt.want, got); tt.ok && diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestNobodySeesNothing(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	untouched(l)
	l.store(store)
	q := analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31")}
	for _, v := range []analytics.Viewer{{}, {Role: analytics.RoleUnit, Unit: "no such unit"}, {Role: analytics.RoleLeadership, Unit: "440803"}} {
		if _, err := store.KPIs(t.Context(), v, q); err == nil {
			t.Errorf("viewer %+v got figures, want an error", v)
		}
	}
}

// TestStatementsGolden shows every change of the composed SQL in review.
func TestStatementsGolden(t *testing.T) {
	tests := []struct {
		file   string
		viewer string
		query  analytics.Query
	}{
		{"city", "leadership", analytics.Query{}},
		{"unit_at_tier", "unit:440803", analytics.Query{By: analytics.ByUnit, Tier: 2}},
		{"investigator_by_day", "investigator:440803", analytics.Query{By: analytics.ByDay}},
	}
	for _, tt := range tests {
		v, err := analytics.ParseViewer(tt.viewer)
		if err != nil {
			t.Fatal(err)
		}
		letters, err := analytics.ComposeLetters(v, tt.query, analytics.LetterMetrics())
		if err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/statements/letters_"+tt.file+".sql", letters+"\n")
		events, err := analytics.ComposeEvents(v, tt.query, analytics.EventMetrics())
		if err != nil {
			t.Fatal(err)
		}
		checkGolden(t, "testdata/statements/events_"+tt.file+".sql", events+"\n")
	}
}
