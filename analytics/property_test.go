package analytics_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// drawLedger makes a handful of letters with events of any kind, at times that
// often coincide.
func drawLedger(t *rapid.T, tb testing.TB) *ledger {
	l := &ledger{tb: tb}
	units := []string{cityDesk, countyDesk, station, far, county}
	unit := rapid.SampledFrom(units)
	ids := []letter.ID{"A", "B", "C"}
	start := at(tb, "2024-03-05 10:00")
	for _, id := range ids {
		l.letter(id, "2024-03-05 10:00", func(row *letter.Judged) {
			row.ReceivedAt = start.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "day")) * 24 * time.Hour)
			row.RecordedAt = row.ReceivedAt.Add(time.Duration(rapid.IntRange(0, 3).Draw(t, "delay")) * time.Minute)
			row.Writer.Contactable = rapid.Bool().Draw(t, "contactable")
			row.Writer.Key = rapid.SampledFrom([]string{"", "w"}).Draw(t, "writer")
		})
	}
	events := rapid.IntRange(0, 25).Draw(t, "events")
	for range events {
		by := by(unit.Draw(t, "unit"))
		to := unit.Draw(t, "to")
		kinds := []struct {
			typ     letter.EventType
			payload letter.Payload
		}{
			{letter.TypeSigned, &letter.Signed{Common: by}},
			{letter.TypeForwarded, &letter.Forwarded{Common: by, To: to, Role: rapid.SampledFrom([]string{"lead", "support"}).Draw(t, "role")}},
			{letter.TypeReturned, &letter.Returned{Common: by, To: to, Why: "other"}},
			{letter.TypeSelfHandled, &letter.SelfHandled{Common: by}},
			{letter.TypeContacted, &letter.Contacted{Common: by, Method: rapid.SampledFrom([]string{"call", "sms", "auto"}).Draw(t, "method"), Result: rapid.SampledFrom([]string{"reached", "no_answer"}).Draw(t, "result")}},
			{letter.TypeReplied, &letter.Replied{Common: by, Kind: "interim"}},
			{letter.TypeClosed, &letter.Closed{Common: by, Reason: "solved"}},
			{letter.TypeReopened, &letter.Reopened{Common: by}},
			{letter.TypeMerged, &letter.Merged{Common: by, Into: "A"}},
			{letter.TypeUnmerged, &letter.Unmerged{Common: by}},
			{letter.TypeInvalidated, &letter.Invalidated{Common: by, Second: "p2", Why: "test"}},
			{letter.TypeRelabelled, &letter.Relabelled{Common: by, Type: rapid.SampledFrom([]string{"L02", "L09", ""}).Draw(t, "type")}},
			{letter.TypeClassified, &letter.Classified{Model: "m", Verdict: letter.Verdict{Type: "L03"}}},
			{letter.TypeExtensionDecided, &letter.ExtensionDecided{Common: by, Approved: true, Until: "2024-03-20"}},
			{letter.TypeSeriesConfirmed, &letter.SeriesChanged{Common: by, Series: "S", Letters: ids[:2]}},
			{letter.TypeSeriesRejected, &letter.SeriesChanged{Common: by, Series: "S", Letters: ids[1:]}},
			{letter.TypeRevisited, &letter.Revisited{Common: by, Solved: "yes"}},
			{letter.TypeLeadAccepted, &letter.LeadAccepted{Common: by, Lead: "X"}},
			{letter.TypeCaseFiled, &letter.CaseFiled{Common: by, Case: "C", Kind: "criminal"}},
		}
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		when := start.Add(time.Duration(rapid.SampledFrom([]int{0, 5, 10, 20, 40, 1500, 9000, 14000}).Draw(t, "minute")) * time.Minute)
		l.events = append(l.events, letter.Event{
			Letter: rapid.SampledFrom(ids).Draw(t, "letter"), Source: rapid.SampledFrom([]string{"/a", "/b"}).Draw(t, "source"),
			RecordID: fmt.Sprintf("e%d", len(l.events)), Type: kind.typ, At: when,
			RecordedAt:  when.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 1, 20}).Draw(t, "lag")) * time.Minute),
			ExpectedRev: letter.NoRevision, Payload: kind.payload,
		})
	}
	return l
}

// TestFiguresDoNotDependOnDelivery stores a ledger at once and then again in
// another order, with copies that came later, and asks the same questions.
func TestFiguresDoNotDependOnDelivery(t *testing.T) {
	store, _ := newStore(t)
	empty := func() {
		if err := analytics.Empty(t.Context(), store); err != nil {
			t.Fatal(err)
		}
	}
	check := func(rt *rapid.T) {
		l := drawLedger(rt, t)
		asOf := at(t, "2024-03-05 10:00").Add(time.Duration(rapid.SampledFrom([]int{10, 30, 1500, 12000, 15000}).Draw(rt, "as of")) * time.Minute)
		empty()
		l.store(store)
		want := allDocuments(t, store, asOf)

		again := &ledger{tb: t, letters: slices.Clone(l.letters)}
		for _, i := range rapid.SliceOfN(rapid.IntRange(0, max(0, len(l.events)-1)), 0, 10).Draw(rt, "copies") {
			if i < len(l.events) {
				twin := l.events[i]
				twin.RecordedAt = twin.RecordedAt.Add(time.Duration(rapid.IntRange(0, 60).Draw(rt, "later")) * time.Minute)
				again.events = append(again.events, twin)
			}
		}
		again.events = rapid.Permutation(append(again.events, l.events...)).Draw(rt, "order")
		empty()
		cut := rapid.IntRange(0, len(again.events)).Draw(rt, "cut")
		(&ledger{tb: t, events: again.events[:cut]}).store(store) // Events before their letters.
		(&ledger{tb: t, letters: again.letters, events: again.events[cut:]}).store(store)
		if diff := cmp.Diff(want, allDocuments(t, store, asOf)); diff != "" {
			rt.Fatalf("(-once +again):\n%s", diff)
		}
		checkAdditive(rt, want)
	}
	rapid.Check(t, check)
}

func allDocuments(t *testing.T, store *analytics.Store, asOf time.Time) []analytics.Document {
	t.Helper()
	var docs []analytics.Document
	for _, q := range []analytics.Query{{}, {By: analytics.ByUnit}, {By: analytics.ByUnit, Tier: 2}, {By: analytics.ByType}, {By: analytics.ByDay}} {
		q.From, q.To, q.AsOf = day(t, "2024-03-01"), day(t, "2024-03-31"), asOf
		doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q)
		if err != nil {
			t.Fatal(err)
		}
		recounted, err := analytics.KPIsFromRecords(t.Context(), store, analytics.LocalOperator("x"), q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(recounted, doc); diff != "" {
			t.Fatalf("as of %v by %q (-from records +answer):\n%s", asOf, q.By, diff)
		}
		docs = append(docs, doc)
	}
	return docs
}

// checkAdditive sums every additive figure over the rows of each document and
// compares it with the city's, which is the first document.
func checkAdditive(t *rapid.T, docs []analytics.Document) {
	city := docs[0].Rows[0].KPIs
	for _, doc := range docs[1:] {
		sum := analytics.Figures{}
		for _, row := range doc.Rows {
			for id, figure := range row.KPIs {
				sum[id] = plus(sum[id], figure)
			}
		}
		for _, m := range analytics.Metrics() {
			// Here several units file one case, which the rule forbids.
			if !m.Additive || len(doc.Rows) == 0 || m.ID == "cases_filed" {
				continue
			}
			if diff := cmp.Diff(city[m.ID], sum[m.ID]); diff != "" {
				t.Fatalf("%s by %s does not add up (-city +sum):\n%s", m.ID, doc.By, diff)
			}
		}
	}
}

func plus(a, b analytics.Figure) analytics.Figure {
	if b.Rate == nil {
		return analytics.Figure{Count: a.Count + b.Count}
	}
	sum := analytics.Rate{Excluded: map[string]uint64{}}
	for _, rate := range []*analytics.Rate{a.Rate, b.Rate} {
		if rate == nil {
			continue
		}
		sum.N, sum.D = sum.N+rate.N, sum.D+rate.D
		for key, n := range rate.Excluded {
			sum.Excluded[key] += n
		}
	}
	return analytics.Figure{Rate: &sum}
}
