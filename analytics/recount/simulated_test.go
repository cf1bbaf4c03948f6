package recount_test

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics/recount"
	"jiesu.cn/jiesu/analytics/recount/recounttest"
	"jiesu.cn/jiesu/internal/simulate"
)

// TestSimulatedLedgers counts ledgers of every profile, with seeds that nothing
// else uses, and wants the figures that the simulator counted as it wrote them.
func TestSimulatedLedgers(t *testing.T) {
	w := newWorld(t)
	for i, profile := range simulate.Profiles() {
		t.Run(profile.Name, func(t *testing.T) {
			l, truth := recounttest.Simulated(t, simulate.Options{Profile: profile.Name, Seed: uint64(1001 + i), Letters: 1200})
			figures := 0
			for _, doc := range truth {
				want := map[string]map[string]any{}
				for _, row := range doc.Rows {
					want[row.Key] = row.KPIs
					figures += len(row.KPIs)
				}
				q := recount.Query{From: doc.Period.From, To: doc.Period.To, AsOf: doc.AsOf, By: doc.By, Tier: doc.Tier}
				q.Metrics = slices.Collect(maps.Keys(doc.Rows[0].KPIs))
				got := recount.Count(l.Plain(), l.Events, w.dir, w.cal, recount.Links{}, q)
				if diff := cmp.Diff(want, printed(t, got)); diff != "" {
					t.Errorf("by %q tier %d as of %s (-truth +recount):\n%s", q.By, q.Tier, q.AsOf, diff)
				}
			}
			if figures < 1000 {
				t.Errorf("only %d figures compared", figures)
			}
		})
	}
}

// printed returns the figures as decoded from what is printed of them.
func printed(t *testing.T, all rows) (out map[string]map[string]any) {
	t.Helper()
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &out); err != nil {
		t.Fatal(err)
	}
	return out
}
