package simulate

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/letter"
)

// shanghai reads a Shanghai time of March 2024, "04 09:00".
func march(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.Parse("2006-01-02 15:04 -0700", "2024-03-"+s+" +0800")
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// tale is a letter with events written down by hand.
type tale struct {
	t *testing.T
	story
}

func newTale(t *testing.T, id letter.ID, received, due string, writer int) *tale {
	at := march(t, received)
	return &tale{t, story{facts: facts{id: id, at: at, recorded: at, due: march(t, due), writer: writer, contactable: true, channel: "web"}}}
}

// on adds an event that is recorded when it happens.
func (w *tale) on(when string, kind letter.EventType, p letter.Payload) *tale {
	return w.late(when, when, kind, p)
}

func (w *tale) late(when, recorded string, kind letter.EventType, p letter.Payload) *tale {
	w.events = append(w.events, letter.Event{
		Letter: w.id, Type: kind, At: march(w.t, when), RecordedAt: march(w.t, recorded), Payload: p,
	})
	return w
}

func by(unit string) letter.Common { return letter.Common{Unit: unit, Actor: "p1"} }

// The letters below are few enough to count by docs/metrics.md with a pencil;
// the comments do.
func pencilLedger(t *testing.T) [][]story {
	const desk, station = "440803-XX", "440803-P01"
	a := newTale(t, "A", "04 09:00", "12 00:00", 1).
		on("04 09:04", letter.TypeSigned, &letter.Signed{Common: by(cityDesk)}).
		on("04 09:05", letter.TypeRelabelled, &letter.Relabelled{Common: by(cityDesk), Type: "L05", Topic: "T05", Division: "440803001"}).
		on("04 09:08", letter.TypeForwarded, &letter.Forwarded{Common: by(cityDesk), To: desk, Role: "lead"}).
		on("04 09:20", letter.TypeSigned, &letter.Signed{Common: by(desk)}).                                  // 12 minutes: late.
		on("04 09:21", letter.TypeForwarded, &letter.Forwarded{Common: by(desk), To: station, Role: "lead"}). // 13 minutes: late.
		late("04 09:25", "04 09:50", letter.TypeSigned, &letter.Signed{Common: by(station)}).                 // Entered 25 minutes later: backdated, late.
		on("04 09:27", letter.TypeSelfHandled, &letter.SelfHandled{Common: by(station)}).                     // In time.
		on("04 09:28", letter.TypeContacted, &letter.Contacted{Common: by(station), Method: "auto", Result: "reached"}).
		on("04 09:29", letter.TypeContacted, &letter.Contacted{Common: by(station), Method: "call", Result: "no_answer"}). // In time.
		on("04 09:40", letter.TypeContacted, &letter.Contacted{Common: by(station), Method: "call", Result: "reached"}).   // Too late.
		on("05 10:00", letter.TypeLeadAccepted, &letter.LeadAccepted{Common: by(desk), Lead: "X1"}).
		on("06 10:00", letter.TypeLeadVerified, &letter.LeadVerified{Common: by(station), Lead: "X1", Finding: "true"}).
		on("06 11:00", letter.TypeCaseFiled, &letter.CaseFiled{Common: by(station), Case: "C1", Kind: "criminal"}).
		on("06 12:00", letter.TypeReplied, &letter.Replied{Common: by(station), Kind: "substantive"}).
		on("07 10:00", letter.TypeClosed, &letter.Closed{Common: by(station), Reason: "solved"}).
		on("08 10:00", letter.TypeCaseArrested, &letter.CaseArrested{Common: by(station), Case: "C1", Suspects: []string{"s1", "s2"}}).
		on("09 10:00", letter.TypeCaseArrested, &letter.CaseArrested{Common: by(station), Case: "C1", Suspects: []string{"s2"}}).
		on("10 10:00", letter.TypeRevisited, &letter.Revisited{Common: by(cityDesk), Reached: true, Solved: "yes"}).
		on("10 11:00", letter.TypeSeriesConfirmed, &letter.SeriesChanged{Common: by(cityDesk), Series: "S1", Letters: []letter.ID{"A", "B"}})
	// B: the same writer again. Nobody signs, nobody calls; taken back and opened again.
	b := newTale(t, "B", "05 09:00", "13 00:00", 1).
		on("06 09:00", letter.TypeWithdrawn, &letter.Withdrawn{Common: by(cityDesk)}).
		on("07 09:00", letter.TypeReopened, &letter.Reopened{Common: by(cityDesk)}).
		on("11 09:00", letter.TypeRevisited, &letter.Revisited{Common: by(cityDesk), Reached: true, Solved: "yes"})
	// C: anonymous thanks that nobody can answer.
	c := newTale(t, "C", "05 10:00", "13 00:00", -1).
		on("05 10:05", letter.TypeSigned, &letter.Signed{Common: by(cityDesk)}).
		on("05 10:06", letter.TypeRelabelled, &letter.Relabelled{Common: by(cityDesk), Type: "L09", Topic: "T01"})
	c.contactable = false
	// D: void.
	d := newTale(t, "D", "05 11:00", "13 00:00", 4).
		on("05 12:00", letter.TypeInvalidated, &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"})
	// E: two ways to reach the writer, in vain; the extension comes after the due day.
	e := newTale(t, "E", "05 12:00", "13 00:00", 2).
		on("05 12:10", letter.TypeContacted, &letter.Contacted{Common: by(cityDesk), Method: "call", Result: "no_answer"}).
		on("05 12:20", letter.TypeSigned, &letter.Signed{Common: by(cityDesk)}). // 20 minutes: late.
		on("05 13:00", letter.TypeMerged, &letter.Merged{Common: by(cityDesk), Into: "A"}).
		on("05 14:00", letter.TypeUnmerged, &letter.Unmerged{Common: by(cityDesk)}).
		on("06 12:00", letter.TypeContacted, &letter.Contacted{Common: by(cityDesk), Method: "sms", Result: "no_answer"}).
		on("13 01:00", letter.TypeExtensionDecided, &letter.ExtensionDecided{Common: by(cityDesk), Approved: true, Until: "2024-03-29"})
	// F: came a quarter of an hour before the cut-off.
	f := newTale(t, "F", "20 11:45", "28 00:00", 3)
	// G: typed in after the cut-off.
	g := newTale(t, "G", "06 09:00", "14 00:00", 5).on("06 09:01", letter.TypeSigned, &letter.Signed{Common: by(cityDesk)})
	g.recorded = march(t, "20 12:01")
	return [][]story{{a.story, b.story}, {c.story}, {d.story}, {e.story}, {f.story}, {g.story}}
}

func TestFiguresCountedWithAPencil(t *testing.T) {
	cut := &tally{period: Span{date(2024, 3, 4), date(2024, 3, 20)}, asOf: march(t, "20 12:00"), by: cityWide(), rows: map[string]*row{}}
	for _, group := range pencilLedger(t) {
		cut.add(members(group, cut.asOf))
	}
	body, err := json.Marshal(cut.rows[""].Figures)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
		"received": 6, "invalidated": 1, "merged": 0, "letters": 5, "writers": 3, "matters": 4, "backdated": 1,
		"overdue": 2, "thanks": 1, "problems_solved": 1, "leads": 1, "cases_filed": 1, "cases_solved": 0, "arrests": 2,
		"response": {"n": 2, "d": 3, "pct": 66.7, "excluded": {"invalidated": 1, "uncontactable": 1, "immature": 1}},
		"signed_in_time": {"n": 2, "d": 7, "pct": 28.6, "excluded": {"invalidated": 1}},
		"forwarded_in_time": {"n": 2, "d": 7, "pct": 28.6, "excluded": {"invalidated": 1}},
		"contacted_in_time": {"n": 2, "d": 3, "pct": 66.7, "excluded": {"invalidated": 1, "uncontactable": 1, "immature": 1}},
		"contacted_reached_in_time": {"n": 0, "d": 3, "pct": 0.0, "excluded": {"invalidated": 1, "uncontactable": 1, "immature": 1}},
		"replied_in_time": {"n": 1, "d": 3, "pct": 33.3, "excluded": {"invalidated": 1, "thanks": 1, "immature": 1}},
		"closure": {"n": 1, "d": 4, "pct": 25.0, "excluded": {"invalidated": 1, "thanks": 1}},
		"closure_mature": {"n": 1, "d": 3, "pct": 33.3, "excluded": {"invalidated": 1, "thanks": 1, "immature": 1}},
		"closed_in_time": {"n": 1, "d": 3, "pct": 33.3, "excluded": {"invalidated": 1, "thanks": 1, "immature": 1}}
	}`
	var got, expected map[string]any
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(want), &expected); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(expected, got); diff != "" {
		t.Errorf("figures (-want +got):\n%s", diff)
	}
}

func TestFiguresByUnitCountedWithAPencil(t *testing.T) {
	l, err := open(Options{Letters: 1})
	if err != nil {
		t.Fatal(err)
	}
	doc := &tally{period: Span{date(2024, 3, 4), date(2024, 3, 20)}, asOf: march(t, "20 12:00"), by: l.byUnit(2), rows: map[string]*row{}}
	for _, group := range pencilLedger(t) {
		doc.add(members(group, doc.asOf))
	}
	type line struct{ received, hops, signed, leads, arrests, matters, solved int }
	got := map[string]line{}
	for key, r := range doc.rows {
		got[key] = line{
			r.counts[figReceived], r.rates[rateSigned].d, r.rates[rateSigned].n, r.counts[figLeads], r.counts[figArrests],
			r.counts[figMatters], r.counts[figSolved],
		}
	}
	want := map[string]line{
		// A is the station's, its lead was taken up by desk and station alike: one lead of the county.
		"440803": {received: 1, hops: 2, signed: 0, leads: 1, arrests: 2, matters: 1, solved: 1},
		// B stays at the city desk and counts there as a matter of its own.
		"440800-XX": {received: 5, hops: 5, signed: 2, matters: 4, solved: 1},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Errorf("by unit, tier 2 (-want +got):\n%s", diff)
	}
}

func TestPercentages(t *testing.T) {
	for _, c := range []struct{ n, d, tenths int }{
		{0, 5, 0}, {5, 5, 1000}, {1, 3, 333}, {2, 3, 667}, {1, 8, 125}, {1, 16, 63}, // 6.25 goes up.
		{1, 10_000, 1}, {9_999, 10_000, 999}, {987, 1000, 987},
	} {
		if got := (rate{n: c.n, d: c.d}).tenths(); got != c.tenths {
			t.Errorf("%d of %d = %d tenths of a percent, want %d", c.n, c.d, got, c.tenths)
		}
	}
	empty, err := json.Marshal(rate{})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"n":0,"d":0,"pct":null,"excluded":{}}`; string(empty) != want {
		t.Errorf("empty rate = %s, want %s", empty, want)
	}
}

func TestSeriesAsOf(t *testing.T) {
	w := newTale(t, "A", "04 09:00", "12 00:00", 1)
	step := func(when string, kind letter.EventType, series string, ids ...letter.ID) {
		w.on(when, kind, &letter.SeriesChanged{Common: by(cityDesk), Series: series, Letters: ids})
	}
	step("05 09:00", letter.TypeSeriesLinked, "S1", "A", "B") // Only a machine's guess.
	step("05 10:00", letter.TypeSeriesConfirmed, "S1", "A", "B", "C", "D")
	step("06 09:00", letter.TypeSeriesUnlinked, "S1", "B")
	step("06 10:00", letter.TypeSeriesSplit, "S2", "C")
	step("06 11:00", letter.TypeSeriesRejected, "S1", "C") // C left S1 before.
	want := map[letter.ID]string{"A": "S1", "D": "S1", "C": "S2"}
	if diff := cmp.Diff(want, seriesAsOf(w.events, march(t, "20 12:00"))); diff != "" {
		t.Errorf("series (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[letter.ID]string{"A": "S1", "B": "S1", "C": "S1", "D": "S1"}, seriesAsOf(w.events, march(t, "05 12:00"))); diff != "" {
		t.Errorf("series a day earlier (-want +got):\n%s", diff)
	}
}
