package analytics_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

// clockOf names the clock behind each rate, by the scope of signing.
var clockOf = map[clock.SignScope]map[string]string{
	clock.PerHop: {
		"signed_in_time": "sign", "forwarded_in_time": "forward", "contacted_in_time": "contact", "contacted_reached_in_time": "contact_reached",
		"replied_in_time": "reply", "closed_in_time": "close",
		"signed_in_time_net": "sign", "forwarded_in_time_net": "forward", "contacted_in_time_net": "contact",
	},
	clock.EndToEnd: {
		"first_signed_in_time": "sign_first", "owner_signed_in_time": "sign_through",
		"contacted_in_time": "contact", "contacted_reached_in_time": "contact_reached", "contacted_in_time_net": "contact",
	},
}

// TestRatesAgreeWithTheClocks counts the clocks that internal/clock finds in a
// ledger, by the contract's rules and others, and compares them with the
// figures: two calculations that share no code, one over events in Go and one in
// SQL.
func TestRatesAgreeWithTheClocks(t *testing.T) {
	contract, _ := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		rules := rapid.SampledFrom(drawnRules()).Draw(rt, "rules")
		store := underRules(t, contract, rules)
		if err := analytics.Empty(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		l := drawLedger(rt, t)
		for _, e := range l.events {
			if c, ok := e.Payload.(*letter.Classified); ok {
				c.Verdict.ID = e.Letter // As ingest makes sure of.
			}
		}
		outages := drawOutages(rt, t)
		l.store(store)
		(&ledger{tb: t, events: outages}).store(store)
		asOf := at(t, "2024-03-05 10:00").Add(time.Duration(rapid.SampledFrom([]int{6, 10, 30, 1500, 12000, 15000, 40000}).Draw(rt, "as of")) * time.Minute)
		counted := clocksOf(t, l, outages, rules, asOf)
		names := clockOf[rules.Sign]
		for by, group := range map[analytics.Dimension]func(clock.Clock) string{
			analytics.ByNone: func(clock.Clock) string { return "" },
			analytics.ByUnit: func(c clock.Clock) string { return c.Subject },
		} {
			doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), analytics.Query{
				From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: asOf, By: by,
				Metrics: slices.Collect(maps.Keys(names)),
			})
			if err != nil {
				t.Fatal(err)
			}
			for id, name := range names {
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
					if !strings.HasSuffix(id, "_net") {
						c.State = c.GrossState
					}
					want[group(c)] = with(want[group(c)], c.Bucket(asOf))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					rt.Fatalf("%s by %q, %s (-clocks +figures):\n%s", id, by, rules, diff)
				}
			}
		}
	})
}

// drawOutages makes outages of a few minutes around the letters' own times, some
// of them confirmed by the person who registered them, which does not count.
func drawOutages(t *rapid.T, tb testing.TB) []letter.Event {
	var outages []letter.Event
	for i := range rapid.IntRange(0, 4).Draw(t, "outages") {
		from := at(tb, "2024-03-05 09:50").Add(time.Duration(rapid.IntRange(0, 40).Draw(t, "from"))*time.Minute +
			time.Duration(rapid.IntRange(0, 3).Draw(t, "day"))*24*time.Hour)
		to := from.Add(time.Duration(rapid.IntRange(1, 25).Draw(t, "long")) * time.Minute)
		outages = append(outages, letter.Event{
			Letter: letter.ID(rapid.SampledFrom([]string{"440800", cityDesk, countyDesk, county, station}).Draw(t, "down")),
			Source: "/ops", RecordID: fmt.Sprintf("o%d", i), Type: letter.TypeSystemOutage, At: to, RecordedAt: to, ExpectedRev: letter.NoRevision,
			Payload: &letter.SystemOutage{Common: by("440800"), Second: rapid.SampledFrom([]string{"p1", "p2", "p2"}).Draw(t, "second"), From: from, To: to},
		})
	}
	return outages
}

// clocksOf returns the clocks of all letters as of then, by id. Where the contact
// clock has not started it is immature.
func clocksOf(t *testing.T, l *ledger, outages []letter.Event, rules analytics.Rules, asOf time.Time) map[string][]clock.Clock {
	t.Helper()
	settings := rules.Settings()
	settings.Above = directory(t).Ancestors
	all := map[string][]clock.Clock{}
	for _, row := range l.letters {
		clocks := clock.Of(clock.History{Letter: row.Letter, Events: l.events, Outages: outages}, settings, holidays(t), asOf)
		for _, c := range clocks {
			all[c.ID] = append(all[c.ID], c)
		}
		if len(clocks) > 0 && !slices.ContainsFunc(clocks, func(c clock.Clock) bool { return c.ID == "contact" }) {
			left := clocks[0].Excluded // Of signing: invalidated or merged.
			if left == "" && !row.Writer.Contactable {
				left = "uncontactable"
			}
			for _, id := range []string{"contact", "contact_reached"} {
				all[id] = append(all[id], clock.Clock{ID: id, State: clock.Running, GrossState: clock.Running, Excluded: left})
			}
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
