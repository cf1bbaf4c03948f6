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

// drawRepeats makes letters of two writers whose texts, facts and times often
// come near each other, and events that may tie them together.
func drawRepeats(t *rapid.T, tb testing.TB) *ledger {
	l := &ledger{tb: tb}
	ids := []letter.ID{"A", "B", "C", "D", "E"}
	start := at(tb, longAgo)
	days := func(label string) time.Duration {
		d := time.Duration(rapid.SampledFrom([]int{0, 1, 29, 30, 31, 89, 90, 91}).Draw(t, label)) * 24 * time.Hour
		return d + time.Duration(rapid.IntRange(-1, 1).Draw(t, label+" ms"))*time.Millisecond
	}
	for _, id := range ids {
		writer := rapid.SampledFrom([]string{"v", "w", ""}).Draw(t, "writer")
		text := rapid.SampledFrom([]string{text0, text1, text2, text3, "短"}).Draw(t, "text")
		accounts := rapid.SliceOfN(rapid.SampledFrom([]string{"1234", "5678"}), 0, 2).Draw(t, "accounts")
		l.letter(id, longAgo, writes(writer, text, accounts...), func(row *letter.Judged) {
			row.ReceivedAt = start.Add(days("received"))
			row.RecordedAt = row.ReceivedAt.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "delay")) * time.Hour)
		})
	}
	id := rapid.SampledFrom(ids)
	for range rapid.IntRange(0, 10).Draw(t, "events") {
		common := by(cityDesk)
		change := &letter.SeriesChanged{
			Common: common, Series: rapid.SampledFrom([]string{"S", "R"}).Draw(t, "series"),
			Letters: rapid.SliceOfNDistinct(id, 1, 3, rapid.ID).Draw(t, "listed"),
		}
		kinds := []struct {
			typ     letter.EventType
			payload letter.Payload
		}{
			{letter.TypeMerged, merged(id.Draw(t, "into"))},
			{letter.TypeUnmerged, &letter.Unmerged{Common: common}},
			{letter.TypeClosed, closed(cityDesk)},
			{letter.TypeReopened, &letter.Reopened{Common: common}},
			{letter.TypeWithdrawn, &letter.Withdrawn{Common: common}},
			{letter.TypeRelabelled, relabelled(rapid.SampledFrom([]string{"L02", "L09", ""}).Draw(t, "type"))},
			{letter.TypeClassified, classified(letter.Verdict{Type: rapid.SampledFrom([]string{"L02", "L09"}).Draw(t, "guess")})},
			{letter.TypeInvalidated, &letter.Invalidated{Common: common, Second: "p2", Why: "test"}},
			{letter.TypeSeriesConfirmed, change},
			{letter.TypeSeriesRejected, change},
			{letter.TypeSeriesUnlinked, change},
		}
		kind := rapid.SampledFrom(kinds).Draw(t, "kind")
		when := start.Add(days("at"))
		l.events = append(l.events, letter.Event{
			Letter: id.Draw(t, "letter"), Source: "/desk", RecordID: fmt.Sprintf("e%d", len(l.events)), Type: kind.typ, At: when,
			RecordedAt:  when.Add(time.Duration(rapid.IntRange(0, 1).Draw(t, "lag")) * time.Hour),
			ExpectedRev: letter.NoRevision, Payload: kind.payload,
		})
	}
	return l
}

// TestRepeatsDoNotDependOnDelivery stores letters and events at once and then
// again in another order with copies that came later, and asks again; what is
// recorded after the cut-off must not be seen either.
func TestRepeatsDoNotDependOnDelivery(t *testing.T) {
	store, conn := newStore(t)
	ask := func(asOf time.Time, deliveries ...*ledger) map[string]analytics.Repetition {
		for _, table := range []string{"letters", "events"} {
			if err := conn.Exec(t.Context(), "TRUNCATE TABLE "+table); err != nil {
				t.Fatal(err)
			}
		}
		for _, l := range deliveries {
			l.store(store)
		}
		rows, err := analytics.Repetitions(t.Context(), store, "", asOf)
		if err != nil {
			t.Fatal(err)
		}
		for id, row := range rows {
			if row == (analytics.Repetition{}) {
				delete(rows, id) // As good as no row.
			}
		}
		return rows
	}
	rapid.Check(t, func(rt *rapid.T) {
		l := drawRepeats(rt, t)
		asOf := at(t, longAgo).Add(time.Duration(rapid.SampledFrom([]int{2, 31, 91, 200}).Draw(rt, "as of")) * 24 * time.Hour)
		want := ask(asOf, l)

		again := &ledger{tb: t, letters: rapid.Permutation(l.letters).Draw(rt, "letters"), events: rapid.Permutation(l.events).Draw(rt, "events")}
		copies := &ledger{tb: t, letters: slices.Clone(l.letters), events: slices.Clone(l.events)}
		for i := range copies.letters {
			copies.letters[i].RecordedAt = copies.letters[i].RecordedAt.Add(time.Minute)
		}
		for i := range copies.events {
			copies.events[i].RecordedAt = copies.events[i].RecordedAt.Add(time.Minute)
		}
		if diff := cmp.Diff(want, ask(asOf, &ledger{tb: t, events: again.events}, copies, &ledger{tb: t, letters: again.letters})); diff != "" {
			rt.Fatalf("(-once +again):\n%s", diff)
		}

		known := &ledger{tb: t}
		known.letters = slices.DeleteFunc(slices.Clone(l.letters), func(row letter.Judged) bool { return row.RecordedAt.After(asOf) })
		known.events = slices.DeleteFunc(slices.Clone(l.events), func(e letter.Event) bool { return e.RecordedAt.After(asOf) })
		if diff := cmp.Diff(want, ask(asOf, known)); diff != "" {
			rt.Fatalf("what was recorded later counts (-with +without):\n%s", diff)
		}
	})
}
