package recount_test

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics/recount"
	"jiesu.cn/jiesu/analytics/recount/recounttest"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

func TestMain(m *testing.M) {
	if err := flag.Set("rapid.checks", "150"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

type rows = map[string]map[string]recount.Figure

// world is what does not change between draws.
type world struct {
	dir *org.Directory
	cal *calendar.Calendar
}

func newWorld(t *testing.T) world {
	t.Helper()
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return world{dir, cal}
}

// count says that B is like A, and that C and D name one fact.
func (w world) count(l recounttest.Ledger, q recount.Query) rows {
	links := recount.Links{
		Similar: func(a, b letter.ID) float64 { return map[bool]float64{true: 0.6, false: 0.59}[a == "A" && b == "B"] },
		Facts: func(id letter.ID) []string {
			return map[letter.ID][]string{"C": {"x", "y"}, "D": {"y"}, "E": {"z"}}[id]
		},
	}
	return recount.Count(l.Plain(), l.Events, w.dir, w.cal, links, q)
}

// split is a day that letters come before, on and after.
var (
	first = calendar.Date{Year: 2024, Month: time.March, Day: 5}
	split = calendar.Date{Year: 2024, Month: time.March, Day: 9}
	last  = calendar.Date{Year: 2027, Month: time.December, Day: 31}
)

// TestSums: additive figures add up over the keys of every dimension and over
// the parts of a period.
func TestSums(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		l := recounttest.Draw(rt, w.cal)
		q := recount.Query{From: first, To: last, AsOf: l.AsOf(rt)}
		whole := sum(w.count(l, q))
		for _, by := range []recount.Query{
			{By: "unit"},
			{By: "unit", Tier: 1},
			{By: "unit", Tier: 2},
			{By: "unit", Tier: 3},
			{By: "type"},
			{By: "topic"},
			{By: "division"},
			{By: "channel"},
			{By: "day"},
		} {
			q.By, q.Tier = by.By, by.Tier
			if diff := cmp.Diff(whole, sum(w.count(l, q))); diff != "" {
				rt.Fatalf("by %s tier %d (-whole +sum):\n%s", q.By, q.Tier, diff)
			}
		}
		before, after := recount.Query{From: first, To: split, AsOf: q.AsOf}, recount.Query{From: split.AddDays(1), To: last, AsOf: q.AsOf}
		parts := rows{"before": w.count(l, before)[""], "after": w.count(l, after)[""]}
		if diff := cmp.Diff(whole, sum(parts)); diff != "" {
			rt.Fatalf("by period (-whole +sum):\n%s", diff)
		}
	})
}

// sum adds the additive figures of all rows: a count under its id, the parts of
// a rate under theirs. Figures without members are left out.
func sum(all rows) map[string]int {
	// Several units and days file or solve one case here, which the rule forbids.
	once := []string{"writers", "matters", "problems_solved", "leads", "arrests", "cases_filed", "cases_criminal", "cases_administrative", "cases_solved"}
	total := map[string]int{}
	add := func(name string, n int) {
		if n > 0 {
			total[name] += n
		}
	}
	for _, figures := range all {
		for id, f := range figures {
			switch {
			case slices.Contains(once, id) || f.Ratio != nil || f.Quantiles != nil:
			case f.Rate == nil:
				add(id, f.Count)
			default:
				add(id+" n", f.Rate.N)
				add(id+" d", f.Rate.D)
				for key, n := range f.Rate.Excluded {
					add(id+" "+key, n)
				}
			}
		}
	}
	return total
}

// TestParts: a numerator is part of its denominator, a denominator and what is
// left out make up all that the rate is about, and the
// stricter one of two has no more in its numerator.
func TestParts(t *testing.T) {
	w := newWorld(t)
	// Figures about the same: each letter in P, each hop, each letter with a rating.
	groups := map[string][]string{
		"received": {
			"response", "contacted_in_time", "contacted_reached_in_time", "contacted_in_time_net", "replied_in_time", "closure", "closure_mature",
			"closed_in_time", "first_signed_in_time", "all_signed_in_time", "owner_signed_in_time", "contacted_first", "closed_once", "reletters",
			"repeat_letters", "revisited", "rated", "lead_rate", "supervised_rate", "escalated_rate", "transferred_rate", "reworked_rate",
		},
		"signed_in_time": {"forwarded_in_time", "signed_in_time_net", "forwarded_in_time_net"},
		"satisfied":      {"dissatisfied"},
	}
	rapid.Check(t, func(rt *rapid.T) {
		l := recounttest.Draw(rt, w.cal)
		row := w.count(l, recount.Query{From: first, To: last, AsOf: l.AsOf(rt)})[""]
		for id, f := range row {
			if f.Rate != nil && f.Rate.N > f.Rate.D {
				rt.Errorf("%s: n %d > d %d", id, f.Rate.N, f.Rate.D)
			}
		}
		for like, ids := range groups {
			for _, id := range ids {
				if members(row[like]) != members(row[id]) {
					rt.Errorf("%s is about %d, %s about %d", like, members(row[like]), id, members(row[id]))
				}
			}
		}
		for _, pair := range [][2]string{
			{"contacted_reached_in_time", "contacted_in_time"},
			{"closure_mature", "closure"},
			{"closed_in_time", "closure"},
			{"all_signed_in_time", "first_signed_in_time"},
			{"signed_in_time", "signed_in_time_net"},
			{"closed_by_first", "closure"},
		} {
			if row[pair[0]].Rate.N > row[pair[1]].Rate.N {
				rt.Errorf("%s has n %d, %s %d", pair[0], row[pair[0]].Rate.N, pair[1], row[pair[1]].Rate.N)
			}
		}
		if got, want := row["letters"].Count, row["received"].Count-row["invalidated"].Count-row["merged"].Count; got != want {
			rt.Errorf("%d letters, want %d", got, want)
		}
		if row["satisfied"].Rate.N+row["dissatisfied"].Rate.N != row["satisfied"].Rate.D {
			rt.Error("satisfied and dissatisfied do not make up the rated")
		}
		if row["closure"].Rate.D-row["closure"].Rate.N != row["open"].Count {
			rt.Error("open letters are not those that closure lacks")
		}
	})
}

func members(f recount.Figure) int {
	if f.Rate == nil {
		return f.Count
	}
	n := f.Rate.D
	for _, left := range f.Rate.Excluded {
		n += left
	}
	return n
}

// TestDelivery: sending records again, in any order and later than before,
// changes nothing; nor does what is recorded after T.
func TestDelivery(t *testing.T) {
	w := newWorld(t)
	rapid.Check(t, func(rt *rapid.T) {
		l := recounttest.Draw(rt, w.cal)
		q := recount.Query{From: first, To: last, AsOf: l.AsOf(rt), By: rapid.SampledFrom([]string{"", "unit", "day"}).Draw(rt, "by")}
		want := w.count(l, q)

		again := recounttest.Ledger{Letters: slices.Clone(l.Letters), Events: slices.Clone(l.Events)}
		for _, e := range l.Events {
			if rapid.Bool().Draw(rt, "again") {
				e.RecordedAt = e.RecordedAt.Add(time.Hour)
				again.Events = append(again.Events, e)
			}
		}
		again.Letters = rapid.Permutation(again.Letters).Draw(rt, "letters")
		again.Events = rapid.Permutation(again.Events).Draw(rt, "events")
		if diff := cmp.Diff(want, w.count(again, q)); diff != "" {
			rt.Fatalf("delivered again (-once +again):\n%s", diff)
		}

		known := recounttest.Ledger{Letters: slices.Clone(l.Letters), Events: slices.Clone(l.Events)}
		known.Letters = slices.DeleteFunc(known.Letters, func(row letter.Judged) bool { return row.RecordedAt.After(q.AsOf) })
		known.Events = slices.DeleteFunc(known.Events, func(e letter.Event) bool { return e.RecordedAt.After(q.AsOf) })
		if diff := cmp.Diff(want, w.count(known, q)); diff != "" {
			rt.Fatalf("(-all +only what was known by T):\n%s", diff)
		}
	})
}

// TestDrawsReachEverything keeps the other tests from passing for lack of
// cases: in some thousand ledgers every rate says yes and no and leaves letters
// out for every reason it knows.
func TestDrawsReachEverything(t *testing.T) {
	w := newWorld(t)
	seen := map[string]int{}
	for seed := range 3000 {
		l := rapid.Custom(func(rt *rapid.T) recounttest.Ledger { return recounttest.Draw(rt, w.cal) }).Example(seed)
		asOf := l.Moments[seed*7919%len(l.Moments)]
		row := w.count(l, recount.Query{From: first, To: last, AsOf: asOf})
		maps.Copy(seen, sum(row))
		for id, f := range row[""] {
			if f.Rate != nil && f.Rate.D > f.Rate.N {
				seen[id+" no"]++
			}
			if f.Count > 0 || f.Ratio != nil && f.Ratio.N > f.Ratio.D {
				seen[id]++
			}
			if f.Quantiles != nil && f.Quantiles.P90AtLeast && !f.Quantiles.P50AtLeast {
				seen[id]++
			}
		}
	}
	missing := []string{}
	for id, f := range w.count(recounttest.Ledger{}, recount.Query{From: first, To: last, AsOf: last.End()})[""] {
		wanted := []string{id}
		if f.Rate != nil {
			wanted = []string{id + " n", id + " no"}
			for _, key := range keysOf(id) {
				wanted = append(wanted, id+" "+key)
			}
		}
		for _, what := range wanted {
			if seen[what] == 0 {
				missing = append(missing, what)
			}
		}
	}
	slices.Sort(missing)
	if diff := cmp.Diff([]string{}, missing); diff != "" {
		t.Errorf("never seen (-want +got):\n%s", diff)
	}
}

// keysOf returns the keys under which docs/metrics.md leaves letters out.
func keysOf(id string) []string {
	keys := map[string]string{
		"response": "invalidated merged uncontactable immature", "signed_in_time": "invalidated merged immature",
		"forwarded_in_time": "invalidated merged immature", "contacted_in_time": "invalidated merged uncontactable immature",
		"contacted_reached_in_time": "invalidated merged uncontactable immature",
		"replied_in_time":           "invalidated merged thanks transferred calendar_missing immature", "closure": "invalidated merged thanks transferred",
		"closure_mature": "invalidated merged thanks transferred calendar_missing immature",
		"closed_in_time": "invalidated merged thanks transferred calendar_missing immature",

		"first_signed_in_time": "invalidated merged immature", "all_signed_in_time": "invalidated merged immature",
		"owner_signed_in_time": "invalidated merged immature", "signed_in_time_net": "invalidated merged immature",
		"forwarded_in_time_net": "invalidated merged immature", "contacted_in_time_net": "invalidated merged uncontactable immature",
		"contacted_first": "invalidated merged thanks uncontactable open", "closed_once": "invalidated merged thanks transferred open immature",
		"reletters": "invalidated merged thanks transferred open immature", "repeat_letters": "invalidated thanks",
		"revisited":       "invalidated merged thanks transferred uncontactable withdrawn open immature",
		"revisit_reached": "invalidated merged", "rated": "invalidated merged thanks transferred uncontactable withdrawn open immature",
		"satisfied": "invalidated merged thanks", "dissatisfied": "invalidated merged thanks", "solved_rate": "invalidated merged transferred",
		"lead_rate": "invalidated merged", "leads_true": "immature", "leads_filed": "immature", "supervised_rate": "invalidated merged",
		"supervision_answered": "invalidated merged immature", "escalated_rate": "invalidated merged", "instruction_done": "invalidated merged immature",
		"transferred_rate": "invalidated merged", "transferred_in_time": "invalidated merged", "closed_by_first": "invalidated merged thanks transferred",
		"returned_rate": "invalidated merged", "reworked_rate": "invalidated merged thanks transferred open",
	}
	return strings.Fields(keys[id])
}
