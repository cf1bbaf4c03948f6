package analytics_test

import (
	"jiesu.cn/jiesu/letter"
)

// travelled is a letter that went to the county desk and its first station,
// and one that stayed with the city.
func travelled(l *ledger) {
	l.letter("A", "2024-03-05 10:00").
		event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(cityDesk, countyDesk)).
		event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(countyDesk, station)).
		event("A", letter.TypeLeadAssigned, "2024-03-05 10:00", &letter.LeadAssigned{Common: by(cityDesk), Lead: "X1", To: "440804"}).
		event("A", letter.TypeLeadAccepted, "2024-03-05 10:00", &letter.LeadAccepted{Common: by(station), Lead: "X1"}).
		letter("B", "2024-03-05 10:00")
}

// accused is travelled with a complaint about the first station in A.
func accused(l *ledger) *ledger {
	travelled(l)
	yes := true
	return l.event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{AccusedPolice: &yes, AccusedUnits: []string{station}}))
}

func cleared(l *ledger) {
	accused(l).event("A", letter.TypeCleared, "2024-03-05 10:00", &letter.Cleared{Common: by(cityDesk)})
}

const (
	// seen is what a viewer of A alone sees: three hops, two of them passed on at once.
	seen = one + "response=0/0-1immature signed_in_time=0/0-3immature forwarded_in_time=2/2-1immature contacted_in_time=0/0-1immature " +
		"contacted_reached_in_time=0/0-1immature replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature leads=1"
	both = ": received=2 letters=2 writers=2 matters=2 response=0/0-2immature signed_in_time=0/0-4immature forwarded_in_time=2/2-2immature contacted_in_time=0/0-2immature " +
		"contacted_reached_in_time=0/0-2immature replied_in_time=0/0-2immature closure=0/2 closure_mature=0/0-2immature closed_in_time=0/0-2immature leads=1"
	nothing = ":"
)

func view(name, viewer string, ledger func(*ledger), want string) scenario {
	return scenario{name: viewer + " " + name, viewer: viewer, ledger: ledger, asOf: "2024-03-05 10:00", want: []string{want}}
}

var viewerScenarios = []scenario{
	view("sees all", "leadership", travelled, both),
	view("sees all", "operator", travelled, both),
	view("sees what passed through its desk", "unit:440803", travelled, seen),
	view("sees what passed through it", "unit:440803-XX", travelled, seen),
	view("sees what it holds", "unit:440803-P01", travelled, seen),
	view("sees nothing of another station", "unit:440803-P02", travelled, nothing),
	view("sees nothing of another county", "unit:440804", travelled, nothing),
	view("sees all that the city's units saw", "unit:440800", travelled, both),
	view("sees the letters of leads assigned to its unit", "investigator:440804", travelled, seen),
	view("sees nothing assigned to units above", "investigator:440804-XX", travelled, nothing),
	view("sees nothing else", "investigator:440803", travelled, nothing),

	view("sees held complaints", "leadership", func(l *ledger) { accused(l) }, both),
	view("sees no held complaint", "unit:440803", func(l *ledger) { accused(l) }, nothing),
	view("sees no held complaint, innocent though", "investigator:440804", func(l *ledger) { accused(l) }, nothing),
	view("sees no complaint about itself", "unit:440803-P01", cleared, nothing),
	view("sees no complaint about its station", "unit:440803", cleared, nothing),
	view("sees a cleared complaint about its neighbour", "unit:440803-XX", cleared, seen),
	view("sees a cleared complaint about others", "investigator:440804", cleared, seen),
	view("sees no complaint about the bureau above", "unit:440803-P01", func(l *ledger) {
		travelled(l)
		l.event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{AccusedUnits: []string{county}})).
			event("A", letter.TypeCleared, "2024-03-05 10:00", &letter.Cleared{Common: by(cityDesk)})
	}, nothing),
	view("sees no letter held by the verdict alone", "unit:440803", func(l *ledger) {
		travelled(l)
		no := false
		l.event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{AccusedPolice: true})).
			// Only clearing ends the hold, not another label.
			event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{AccusedPolice: &no}))
	}, nothing),
	view("sees no letter held by the verdict's doubt", "unit:440803", func(l *ledger) {
		travelled(l)
		l.event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Held: true}))
	}, nothing),
	view("sees a letter whose doubt a person settled", "unit:440803", func(l *ledger) {
		travelled(l)
		no := false
		l.event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Held: true})).
			event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{AccusedPolice: &no}))
	}, seen),
	view("sees no letter accused again after it was cleared", "unit:440803-XX", func(l *ledger) {
		cleared(l)
		yes := true
		l.event("A", letter.TypeRelabelled, "2024-03-05 12:00", labels(letter.Relabelled{AccusedPolice: &yes}))
	}, nothing),
	view("sees no complaint by looking at a time before it was one", "unit:440803", func(l *ledger) {
		travelled(l)
		yes := true
		l.event("A", letter.TypeRelabelled, "2024-03-06 10:00", labels(letter.Relabelled{AccusedPolice: &yes, AccusedUnits: []string{station}}))
	}, nothing),
	view("sees a letter that was cleared", "unit:440803", func(l *ledger) {
		travelled(l)
		l.event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{AccusedPolice: true})).
			event("A", letter.TypeCleared, "2024-03-05 10:00", &letter.Cleared{Common: by(cityDesk)})
	}, seen),
}
