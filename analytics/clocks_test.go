package analytics_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

// clockOf names the clock behind each rate.
var clockOf = map[string]string{
	"signed_in_time": "sign", "forwarded_in_time": "forward", "contacted_in_time": "contact", "contacted_reached_in_time": "contact_reached",
	"replied_in_time": "reply", "closed_in_time": "close",
}

// TestRatesAgreeWithTheClocks counts the clocks that internal/clock finds in a
// ledger and compares them with the figures: two calculations
// that share no code, one over events in Go and one in SQL.
func TestRatesAgreeWithTheClocks(t *testing.T) {
	store, conn := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		for _, table := range []string{"letters", "events"} {
			if err := conn.Exec(t.Context(), "TRUNCATE TABLE "+table); err != nil {
				t.Fatal(err)
			}
		}
		l := drawLedger(rt, t)
		for _, e := range l.events {
			if c, ok := e.Payload.(*letter.Classified); ok {
				c.Verdict.ID = e.Letter // As ingest makes sure of.
			}
		}
		l.store(store)
		asOf := at(t, "2024-03-05 10:00").Add(time.Duration(rapid.SampledFrom([]int{10, 30, 1500, 12000, 15000, 40000}).Draw(rt, "as of")) * time.Minute)
		counted := clocksOf(t, l, asOf)
		for by, group := range map[analytics.Dimension]func(clock.Clock) string{
			analytics.ByNone: func(clock.Clock) string { return "" },
			analytics.ByUnit: func(c clock.Clock) string { return c.Subject },
		} {
			doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), analytics.Query{
				From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: asOf, By: by,
				Metrics: slices.Collect(maps.Keys(clockOf)),
			})
			if err != nil {
				t.Fatal(err)
			}
			for id, name := range clockOf {
				if by == analytics.ByUnit && name != "sign" && name != "forward" {
					continue // These group by the letter's owner, who has no part in its clocks.
				}
				want, got := map[string]analytics.Rate{}, map[string]analytics.Rate{}
				for _, row := range doc.Rows {
					if r := *row.KPIs[id].Rate; r.D > 0 || len(r.Excluded) > 0 {
						got[row.Key] = r
					}
				}
				for _, c := range counted[name] {
					want[group(c)] = with(want[group(c)], c.Bucket(asOf))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatalf("%s by %q (-clocks +figures):\n%s", id, by, diff)
				}
			}
		}
	})
}

// clocksOf returns the clocks of all letters as of then, by id.
func clocksOf(t *testing.T, l *ledger, asOf time.Time) map[string][]clock.Clock {
	t.Helper()
	all := map[string][]clock.Clock{}
	for _, row := range l.letters {
		h := clock.History{Letter: row.Letter, Events: l.events}
		for _, c := range clock.Of(h, clock.DefaultSettings(), holidays(t), asOf) {
			all[c.ID] = append(all[c.ID], c)
		}
	}
	return all
}

func with(r analytics.Rate, bucket string) analytics.Rate {
	if r.Excluded == nil {
		r.Excluded = map[string]uint64{}
	}
	switch bucket {
	case "yes":
		r.N, r.D = r.N+1, r.D+1
	case "no":
		r.D++
	default:
		r.Excluded[bucket]++
	}
	return r
}
