package analytics_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// A scenario is a small ledger whose figures were worked out by hand from
// docs/metrics.md. The period is March 2024 unless another is given. A letter
// of Tuesday 5 March 2024 is due at the end of Tuesday 12 March.
type scenario struct {
	name     string
	ledger   func(l *ledger)
	from, to string // Default: 2024-03-01 to 2024-03-31.
	asOf     string
	viewer   string // Default: leadership.
	by       analytics.Dimension
	tier     int
	metrics  []string // Default: the contract's.
	want     []string // One line a row: see printed.
}

func TestScenarios(t *testing.T) {
	store, _ := newStore(t)
	for _, group := range [][]scenario{
		clockScenarios, stateScenarios, dueScenarios, labelScenarios, identityScenarios,
		matterScenarios, caseScenarios, groupScenarios, viewerScenarios,
		signingScenarios, handlingScenarios, revisitScenarios, commandScenarios, outageScenarios, leadScenarios, quantileScenarios,
	} {
		for _, sc := range group {
			t.Run(sc.name, func(t *testing.T) {
				if err := analytics.Empty(t.Context(), store); err != nil {
					t.Fatal(err)
				}
				l := &ledger{tb: t}
				sc.ledger(l)
				l.store(store)
				doc, err := store.KPIs(t.Context(), sc.viewedBy(t), sc.query(t))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(sc.want, printed(doc, sc.metrics...)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				recounted, err := analytics.KPIsFromRecords(t.Context(), store, sc.viewedBy(t), sc.query(t))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(doc, recounted); diff != "" {
					t.Errorf("(-answer +from records):\n%s", diff)
				}
			})
		}
	}
}

func (sc scenario) viewedBy(t *testing.T) analytics.Viewer {
	t.Helper()
	if sc.viewer == "" {
		sc.viewer = "leadership"
	}
	v, err := analytics.ParseViewer(sc.viewer)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (sc scenario) query(t *testing.T) analytics.Query {
	t.Helper()
	q := analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), By: sc.by, Tier: sc.tier, Metrics: sc.metrics}
	if sc.from != "" {
		q.From, q.To = day(t, sc.from), day(t, sc.to)
	}
	if sc.asOf != "" {
		q.AsOf = at(t, sc.asOf)
	}
	return q
}

// printed writes each row as its key and the figures that are not zero, in
// the order of the catalogue: counts as id=n, rates as id=n/d-excluded, ratios
// as id=n/d, durations as id=p50,p90,mean of finished+running.
func printed(doc analytics.Document, ids ...string) []string {
	metrics := analytics.Metrics()
	if len(ids) > 0 {
		metrics = slices.DeleteFunc(analytics.AllMetrics(), func(m analytics.Metric) bool { return !slices.Contains(ids, m.ID) })
	}
	var lines []string
	for _, row := range doc.Rows {
		words := []string{row.Key + ":"}
		for _, m := range metrics {
			figure, ok := row.KPIs[m.ID]
			switch {
			case !ok:
				words = append(words, m.ID+" is missing")
			case figure.Duration != nil && figure.Duration.Finished+figure.Duration.Running > 0:
				words = append(words, m.ID+"="+printedDuration(*figure.Duration))
			case figure.Ratio != nil && figure.Ratio.D > 0:
				words = append(words, fmt.Sprintf("%s=%d/%d", m.ID, figure.Ratio.N, figure.Ratio.D))
			case m.IsRate() && (figure.Rate.D > 0 || len(figure.Rate.Excluded) > 0):
				word := fmt.Sprintf("%s=%d/%d", m.ID, figure.Rate.N, figure.Rate.D)
				for _, key := range []string{"invalidated", "merged", "thanks", "transferred", "uncontactable", "withdrawn", "open", "calendar_missing", "immature"} {
					if n := figure.Rate.Excluded[key]; n > 0 {
						word += fmt.Sprintf("-%d%s", n, key)
					}
				}
				words = append(words, word)
			case !m.IsRate() && figure.Count > 0:
				words = append(words, fmt.Sprintf("%s=%d", m.ID, figure.Count))
			}
		}
		lines = append(lines, strings.Join(words, " "))
	}
	return lines
}

func printedDuration(d analytics.Duration) string {
	quantile := func(value *uint32, atLeast bool) string {
		if atLeast {
			return fmt.Sprintf("≥%d", *value)
		}
		return strconv.FormatUint(uint64(*value), 10)
	}
	return fmt.Sprintf("%s,%s,%s of %d+%d", quantile(d.P50, d.P50AtLeast), quantile(d.P90, d.P90AtLeast), d.Mean, d.Finished, d.Running)
}

// one is what any one plain letter contributes before its rates.
const one = ": received=1 letters=1 writers=1 matters=1 "

const (
	station = "440803-P01"
	far     = "440804-XX" // The desk of another county.
)

// untouched is a letter of 5 March 10:00 without any event.
func untouched(l *ledger) { l.letter("A", "2024-03-05 10:00") }

var clockScenarios = []scenario{
	{
		name: "all in time",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).
				event("A", letter.TypeForwarded, "2024-03-05 10:09", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeSigned, "2024-03-05 10:10", signed(countyDesk)).
				event("A", letter.TypeSelfHandled, "2024-03-05 10:12", &letter.SelfHandled{Common: by(countyDesk)}).
				event("A", letter.TypeContacted, "2024-03-05 10:29", contacted(countyDesk, "call", "reached")).
				event("A", letter.TypeReplied, "2024-03-06 09:00", replied(countyDesk)).
				event("A", letter.TypeClosed, "2024-03-07 09:00", closed(countyDesk))
		},
		asOf: "2024-03-13 00:00",
		want: []string{one + "response=1/1 signed_in_time=2/2 forwarded_in_time=2/2 contacted_in_time=1/1 contacted_reached_in_time=1/1 " +
			"replied_in_time=1/1 closure=1/1 closure_mature=1/1 closed_in_time=1/1"},
	},
	{
		name:   "a moment before the first clock ends everything is immature",
		ledger: untouched,
		asOf:   "2024-03-05 10:09:59.999",
		want: []string{one + "response=0/0-1immature signed_in_time=0/0-1immature forwarded_in_time=0/0-1immature " +
			"contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature replied_in_time=0/0-1immature " +
			"closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name:   "at ten minutes sharp the desk is late",
		ledger: untouched,
		asOf:   "2024-03-05 10:10",
		want: []string{one + "response=0/0-1immature signed_in_time=0/1 forwarded_in_time=0/1 " +
			"contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature replied_in_time=0/0-1immature " +
			"closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name:   "at thirty minutes sharp contact is late",
		ledger: untouched,
		asOf:   "2024-03-05 10:30",
		want: []string{one + "response=0/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "limits are inclusive",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:10", signed(cityDesk)).
				event("A", letter.TypeSelfHandled, "2024-03-05 10:10", &letter.SelfHandled{Common: by(cityDesk)}).
				event("A", letter.TypeContacted, "2024-03-05 10:30", contacted(cityDesk, "visit", "reached")).
				event("A", letter.TypeReplied, "2024-03-13 00:00", replied(cityDesk)).
				event("A", letter.TypeClosed, "2024-03-13 00:00", closed(cityDesk))
		},
		asOf: "2024-03-13 00:00",
		want: []string{one + "response=1/1 signed_in_time=1/1 forwarded_in_time=1/1 contacted_in_time=1/1 contacted_reached_in_time=1/1 " +
			"replied_in_time=1/1 closure=1/1 closure_mature=1/1 closed_in_time=1/1"},
	},
	{
		name: "a millisecond over each limit is late",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:10:00.001", signed(cityDesk)).
				event("A", letter.TypeSelfHandled, "2024-03-05 10:10:00.001", &letter.SelfHandled{Common: by(cityDesk)}).
				event("A", letter.TypeContacted, "2024-03-05 10:30:00.001", contacted(cityDesk, "visit", "reached")).
				event("A", letter.TypeReplied, "2024-03-13 00:00:00.001", replied(cityDesk)).
				event("A", letter.TypeClosed, "2024-03-13 00:00:00.001", closed(cityDesk))
		},
		asOf: "2024-03-14 00:00",
		want: []string{one + "response=1/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=0/1 closure=1/1 closure_mature=1/1 closed_in_time=0/1"},
	},
	{
		name: "entered 15 minutes later is no backdating, a moment more is",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).recorded("2024-03-05 10:20").
				event("A", letter.TypeSelfHandled, "2024-03-05 10:05", &letter.SelfHandled{Common: by(cityDesk)}).recorded("2024-03-05 10:20:00.001").
				event("A", letter.TypeContacted, "2024-03-05 10:05", contacted(cityDesk, "call", "reached")).recorded("2024-03-05 10:31").
				// Automatic messages and other kinds are never counted as backdated.
				event("A", letter.TypeContacted, "2024-03-05 10:05", contacted(cityDesk, "auto", "reached")).recorded("2024-03-05 10:31").
				event("A", letter.TypeReplied, "2024-03-05 10:05", replied(cityDesk)).recorded("2024-03-05 10:31")
		},
		asOf: "2024-03-05 11:00",
		want: []string{one + "backdated=2 response=1/1 signed_in_time=1/1 forwarded_in_time=0/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=1/1 closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "imported history is exempt from backdating",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).recorded("2024-03-09 10:00").imported().
				event("A", letter.TypeSelfHandled, "2024-03-05 10:05", &letter.SelfHandled{Common: by(cityDesk)}).recorded("2024-03-09 10:00").imported()
		},
		asOf: "2024-03-09 10:00",
		want: []string{one + "response=0/1 signed_in_time=1/1 forwarded_in_time=1/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "a second signing in time saves a backdated first",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:01", signed(cityDesk)).recorded("2024-03-05 10:40").
				event("A", letter.TypeSigned, "2024-03-05 10:08", signed(cityDesk))
		},
		asOf: "2024-03-05 11:00",
		want: []string{one + "backdated=1 response=0/1 signed_in_time=1/1 forwarded_in_time=0/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "a returned letter starts no second clock at the desk, and one at a new unit",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
				// Back after an hour: the desk's own forwarding stands, the county's is late.
				event("A", letter.TypeReturned, "2024-03-05 11:05", &letter.Returned{Common: by(countyDesk), To: cityDesk, Why: "not_ours"}).
				event("A", letter.TypeForwarded, "2024-03-05 11:10", forwarded(cityDesk, far)).
				event("A", letter.TypeSigned, "2024-03-05 11:20", signed(far)).
				// Coming back to the county does not restart its clock either.
				event("A", letter.TypeReturned, "2024-03-05 11:21", &letter.Returned{Common: by(far), To: countyDesk, Why: "other"}).
				event("A", letter.TypeSigned, "2024-03-05 11:22", signed(countyDesk))
		},
		asOf: "2024-03-05 11:22",
		by:   analytics.ByUnit,
		want: []string{
			"440800-XX: signed_in_time=0/1 forwarded_in_time=1/1",
			"440803-XX: received=1 letters=1 writers=1 matters=1 response=0/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/1 " +
				"contacted_reached_in_time=0/1 replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
			"440804-XX: signed_in_time=1/1 forwarded_in_time=0/1", // Sent back after eleven minutes.
		},
	},
	{
		name: "support is no hop, ends no hop and owns nothing",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", &letter.Forwarded{Common: by(cityDesk), To: countyDesk, Role: "support"}).
				recorded("2024-03-05 12:00") // And is not counted as backdated.
		},
		asOf: "2024-03-05 12:00",
		by:   analytics.ByUnit,
		want: []string{"440800-XX" + one + "response=0/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "a unit that acts without arrival has no hop, but can own",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:01", signed(station)).
				event("A", letter.TypeSelfHandled, "2024-03-05 10:02", &letter.SelfHandled{Common: by(station)})
		},
		asOf: "2024-03-05 10:05",
		by:   analytics.ByUnit,
		want: []string{
			"440800-XX: signed_in_time=0/0-1immature forwarded_in_time=0/0-1immature",
			"440803-P01" + one + "response=0/0-1immature contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature " +
				"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
		},
	},
	{
		name: "arrival at a unit is when it was sent, however late that was entered",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).recorded("2024-03-05 10:30").
				event("A", letter.TypeSigned, "2024-03-05 10:31", signed(countyDesk))
		},
		asOf: "2024-03-05 10:31",
		by:   analytics.ByUnit,
		want: []string{
			"440800-XX: signed_in_time=0/1 forwarded_in_time=0/1",
			"440803-XX: received=1 letters=1 writers=1 matters=1 backdated=1 response=0/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/1 " +
				"contacted_reached_in_time=0/1 replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
		},
	},
}
