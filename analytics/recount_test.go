package analytics_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/analytics/recount"
	"jiesu.cn/jiesu/analytics/recount/recounttest"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

// TestEveryFigureIsRecounted keeps a new figure from being left out below.
func TestEveryFigureIsRecounted(t *testing.T) {
	q := recount.Query{From: day(t, "2024-03-05"), To: day(t, "2024-03-05")}
	row := recount.Count(nil, nil, directory(t), holidays(t), recount.Links{}, q)[""]
	want := idsOf(analytics.AllMetrics())
	slices.Sort(want)
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(row))); diff != "" {
		t.Errorf("(-catalogue +recount):\n%s", diff)
	}
}

// TestRecountAgrees asks for figures of drawn ledgers, at times when something
// changes, and counts them again without the SQL. A query takes the engine as
// long for ten letters as for a hundred, so many ledgers are stored as one.
func TestRecountAgrees(t *testing.T) {
	contract, _ := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		rules := rapid.SampledFrom(drawnRules()).Draw(rt, "rules")
		store := underRules(t, contract, rules)
		l := recounttest.DrawMany(rt, holidays(t), 15)
		if err := analytics.Empty(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		events := rapid.Permutation(l.Events).Draw(rt, "order")
		(&ledger{tb: t, events: events[:len(events)/2]}).store(store) // Before their letters.
		(&ledger{tb: t, letters: l.Letters, events: events[len(events)/2:]}).store(store)
		for _, metrics := range [][]analytics.Metric{analytics.Metrics(), analytics.AllMetrics()} {
			q := rapid.SampledFrom(allBreakdowns()).Draw(rt, "breakdown")
			q.From, q.To = day(t, "2024-03-05"), day(t, rapid.SampledFrom([]string{"2024-03-09", "2026-12-31"}).Draw(rt, "to"))
			q.AsOf = l.AsOf(rt)
			q.Metrics = idsOf(metrics)
			if diff := recountDiff(t, store, l.Letters, l.Events, q); diff != "" {
				rt.Fatalf("by %q tier %d to %s as of %s, %s (-recount +store):\n%s", q.By, q.Tier, q.To, q.AsOf, rules, diff)
			}
		}
	})
}

// TestRecountAgreesOnSimulatedLedger does the same for a ledger in which a third
// of the passings-on come back, as it stands at its end and in mid-stream.
func TestRecountAgreesOnSimulatedLedger(t *testing.T) {
	store, _ := newStore(t)
	l, truth := recounttest.Simulated(t, simulate.Options{Profile: "stress-returns", Seed: 2024, Letters: 3000})
	(&ledger{tb: t, letters: l.Letters, events: l.Events}).store(store)
	middle, end := at(t, "2024-07-09 10:15:30"), truth[0].AsOf
	for _, q := range []analytics.Query{
		{By: analytics.ByUnit, AsOf: end}, {By: analytics.ByUnit, Tier: 2, AsOf: middle}, {By: analytics.ByTopic, AsOf: middle}, {By: analytics.ByDay, AsOf: end},
	} {
		q.From, q.To, q.Metrics = truth[0].Period.From, truth[0].Period.To, idsOf(analytics.AllMetrics())
		if diff := recountDiff(t, store, l.Letters, l.Events, q); diff != "" {
			t.Errorf("by %q tier %d as of %s (-recount +store):\n%s", q.By, q.Tier, q.AsOf, diff)
		}
	}
}

func allBreakdowns() []analytics.Query {
	return []analytics.Query{
		{},
		{By: analytics.ByUnit},
		{By: analytics.ByUnit, Tier: 1},
		{By: analytics.ByUnit, Tier: 2},
		{By: analytics.ByUnit, Tier: 3},
		{By: analytics.ByType},
		{By: analytics.ByTopic},
		{By: analytics.ByDivision},
		{By: analytics.ByChannel},
		{By: analytics.ByDay},
	}
}

func idsOf(metrics []analytics.Metric) []string {
	ids := make([]string, len(metrics))
	for i, m := range metrics {
		ids[i] = m.ID
	}
	return ids
}

// recountDiff compares what the store answers with a second count, in the form
// that is printed.
func recountDiff(t *testing.T, store *analytics.Store, letters []letter.Judged, events []letter.Event, q analytics.Query) string {
	t.Helper()
	doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]analytics.Figures{}
	for _, row := range doc.Rows {
		got[row.Key] = row.KPIs
	}
	plain := make([]letter.Letter, len(letters))
	for i, row := range letters {
		plain[i] = row.Letter
	}
	want := recount.Count(plain, events, directory(t), holidays(t), linksOf(letters), recount.Query{
		From: q.From, To: q.To, AsOf: doc.AsOf, By: string(q.By), Tier: q.Tier, Metrics: q.Metrics, Rules: recountRules(doc.Rules),
	})
	return cmp.Diff(withoutZeroRows(decoded(t, want)), withoutZeroRows(decoded(t, got)))
}

// withoutZeroRows leaves out rows that nothing has come to: an event that is
// none of the figures' asked for may leave one.
func withoutZeroRows(rows map[string]map[string]any) map[string]map[string]any {
	maps.DeleteFunc(rows, func(_ string, figures map[string]any) bool {
		for _, figure := range figures {
			if !isZero(figure) {
				return false
			}
		}
		return true
	})
	return rows
}

// isZero reports a 0, or an object without anything but zeros.
func isZero(v any) bool {
	parts, isObject := v.(map[string]any)
	if !isObject {
		return v == nil || v == 0.0 || v == false
	}
	for _, part := range parts {
		if !isZero(part) {
			return false
		}
	}
	return true
}

// linksOf compares letters by what the store keeps of their texts: how that is
// made of a text is tested where it is made.
func linksOf(letters []letter.Judged) recount.Links {
	signatures := map[letter.ID][]uint32{}
	facts := map[letter.ID][]string{}
	first := map[letter.ID]letter.Judged{}
	for _, row := range letters {
		if kept, again := first[row.ID]; again && !recordedBefore(row, kept) {
			continue
		}
		first[row.ID] = row
		signatures[row.ID] = linkage.Signature(row.Normalised)
		facts[row.ID] = nil
		for _, fact := range linkage.Facts(row) {
			facts[row.ID] = append(facts[row.ID], strconv.FormatUint(fact, 16))
		}
	}
	return recount.Links{
		Similar: func(a, b letter.ID) float64 { return linkage.Similarity(signatures[a], signatures[b]) },
		Facts:   func(id letter.ID) []string { return facts[id] },
	}
}

func recordedBefore(a, b letter.Judged) bool {
	if !a.RecordedAt.Equal(b.RecordedAt) {
		return a.RecordedAt.Before(b.RecordedAt)
	}
	return fmt.Sprint(a.Source, "\x00", a.RecordID) < fmt.Sprint(b.Source, "\x00", b.RecordID)
}

// decoded returns rows of figures as their JSON, so that two types can be compared.
func decoded(t *testing.T, figures any) (rows map[string]map[string]any) {
	t.Helper()
	text, err := json.Marshal(figures)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &rows); err != nil {
		t.Fatal(err)
	}
	return rows
}
