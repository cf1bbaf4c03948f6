package analytics_test

import (
	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// fresh are the rates of a letter of 5 March as of 5 March 10:00, but for
// those of its hops.
const (
	fresh = "response=0/0-1immature " + freshHop + "contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature " +
		"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"
	freshHop = "signed_in_time=0/0-1immature forwarded_in_time=0/0-1immature "
)

func classified(verdict letter.Verdict) letter.Payload {
	return &letter.Classified{Model: "m1", Verdict: verdict}
}

func labels(change letter.Relabelled) letter.Payload {
	change.Common = by(cityDesk)
	return &change
}

var labelScenarios = []scenario{
	{
		name: "the last verdict counts until a person gives the field",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Type: "L01", Topic: "T01"})).
				event("A", letter.TypeClassified, "2024-03-05 10:01", classified(letter.Verdict{Type: "L02", Topic: "T02"})).
				event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Topic: "T09"}))
		},
		asOf: "2024-03-05 10:01", by: analytics.ByType,
		want: []string{"L02" + one + fresh},
	},
	{
		name: "a person's earlier field stands beside a later one of another field",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Type: "L03", Topic: "T09"})).
				event("A", letter.TypeRelabelled, "2024-03-05 10:01", labels(letter.Relabelled{Type: "L04"})).
				event("A", letter.TypeClassified, "2024-03-05 10:02", classified(letter.Verdict{Type: "L01", Topic: "T01"}))
		},
		asOf: "2024-03-05 10:02", by: analytics.ByTopic,
		want: []string{"T09" + one + fresh},
	},
	{
		name: "labels go by when they were recorded",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Type: "L03"})).recorded("2024-03-05 10:05").
				event("A", letter.TypeRelabelled, "2024-03-05 10:04", labels(letter.Relabelled{Type: "L04"}))
		},
		asOf: "2024-03-05 10:05", by: analytics.ByType,
		want: []string{"L03" + one + fresh},
	},
	{
		name: "as of a time before a label it is not there",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Type: "L09"})).recorded("2024-03-05 10:05")
		},
		asOf: "2024-03-05 10:04:59.999", by: analytics.ByType,
		want: []string{one + fresh},
	},
	{
		name: "a letter's own division goes before the verdict's, a person's before both",
		ledger: func(l *ledger) {
			own := func(row *letter.Judged) { row.Division = "440803" }
			verdict := classified(letter.Verdict{Division: "440804"})
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeClassified, "2024-03-05 10:00", verdict).
				letter("B", "2024-03-05 10:00", own).event("B", letter.TypeClassified, "2024-03-05 10:00", verdict).
				letter("C", "2024-03-05 10:00", own).event("C", letter.TypeClassified, "2024-03-05 10:00", verdict).
				event("C", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Division: "440811"})).
				letter("D", "2024-03-05 10:00")
		},
		asOf: "2024-03-05 10:00", by: analytics.ByDivision,
		want: []string{one + fresh, "440803" + one + fresh, "440804" + one + fresh, "440811" + one + fresh},
	},
}

var identityScenarios = []scenario{
	{
		name: "the same record twice is one, known since the first",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").letter("A", "2024-03-05 10:00", func(row *letter.Judged) { row.RecordedAt = at(l.tb, "2024-03-05 11:00") }).
				// A copy of the closing that comes after the reopening must not close again.
				event("A", letter.TypeClosed, "2024-03-05 10:05", closed(cityDesk)).
				event("A", letter.TypeReopened, "2024-03-05 10:05", &letter.Reopened{Common: by(cityDesk)}).recorded("2024-03-05 10:06").
				event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).recorded("2024-03-05 11:00")
			l.events = append(l.events, l.events[0], l.events[2])
			l.events[3].RecordedAt = at(l.tb, "2024-03-05 10:30")
			l.events[4].RecordedAt = at(l.tb, "2024-03-05 12:00")
		},
		asOf: "2024-03-05 12:00",
		want: []string{one + "backdated=1 response=0/1 " + late + "replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "a record sent again with another month is still the first",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeReplied, "2024-03-05 10:05", replied(cityDesk)).
				event("A", letter.TypeReplied, "2024-02-05 10:05", replied(cityDesk)).recorded("2024-03-05 10:06").imported()
			l.events[1].RecordID = l.events[0].RecordID
		},
		asOf: "2024-03-05 10:10", by: analytics.ByChannel,
		want: []string{"web" + one + "response=1/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature " +
			"replied_in_time=1/1 closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "the same id from two sources is two records",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeContacted, "2024-03-05 10:05", contacted(cityDesk, "call", "no_answer")).
				event("A", letter.TypeContacted, "2024-03-05 10:06", contacted(cityDesk, "sms", "no_answer"))
			l.events[1].RecordID, l.events[1].Source = l.events[0].RecordID, "/other"
		},
		asOf: "2024-03-05 10:30",
		want: []string{one + "response=1/1 signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=1/1 contacted_reached_in_time=0/1 " +
			"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "a second record that gives the same letter changes nothing",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").letter("A", "2024-04-05 10:00", func(row *letter.Judged) {
				row.RecordID, row.Channel = "again", letter.ChannelPhone
			})
		},
		from: "2024-03-01", to: "2024-04-30", asOf: "2024-03-05 10:00", by: analytics.ByChannel,
		want: []string{"web" + one + fresh},
	},
	{
		name: "nor does it move the letter into another period",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").letter("A", "2024-04-05 10:00", func(row *letter.Judged) { row.RecordID = "again" })
		},
		from: "2024-04-01", to: "2024-04-30", asOf: "2024-04-30 10:00",
		want: []string{":"},
	},
	{
		name: "events before their letter wait for it",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00", func(row *letter.Judged) { row.RecordedAt = at(l.tb, "2024-03-05 10:20") }).
				event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).
				event("A", letter.TypeLeadAccepted, "2024-03-05 10:05", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X1"}).
				event("lost", letter.TypeLeadAccepted, "2024-03-05 10:05", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X2"})
		},
		asOf: "2024-03-05 10:19:59.999",
		want: []string{":"},
	},
	{
		name: "and count from then on",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00", func(row *letter.Judged) { row.RecordedAt = at(l.tb, "2024-03-05 10:20") }).
				event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).
				event("A", letter.TypeLeadAccepted, "2024-03-05 10:05", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X1"}).
				event("lost", letter.TypeLeadAccepted, "2024-03-05 10:05", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X2"})
		},
		asOf: "2024-03-05 10:20",
		want: []string{one + "response=0/0-1immature signed_in_time=1/1 forwarded_in_time=0/1 contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature " +
			"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature leads=1"},
	},
	{
		name: "the period begins and ends at midnight in Shanghai",
		ledger: func(l *ledger) {
			l.letter("before", "2024-03-04 23:59:59.999").letter("first", "2024-03-05 00:00").
				letter("last", "2024-03-05 23:59:59.999").letter("after", "2024-03-06 00:00")
		},
		from: "2024-03-05", to: "2024-03-05", asOf: "2024-03-06 00:00", by: analytics.ByDay,
		want: []string{"2024-03-05: received=2 letters=2 writers=2 matters=2 response=0/1-1immature signed_in_time=0/1-1immature forwarded_in_time=0/1-1immature " +
			"contacted_in_time=0/1-1immature contacted_reached_in_time=0/1-1immature replied_in_time=0/0-2immature closure=0/2 closure_mature=0/0-2immature closed_in_time=0/0-2immature"},
	},
}

// sameWriter gives letters one writer.
func sameWriter(row *letter.Judged) { row.Writer.Key = "w" }

func series(name string, letters ...letter.ID) letter.Payload {
	return &letter.SeriesChanged{Common: by(cityDesk), Series: name, Letters: letters}
}

// pair is two letters of one writer, as of 5 March 10:00.
func pair(l *ledger) *ledger {
	return l.letter("A", "2024-03-05 10:00", sameWriter).letter("B", "2024-03-05 10:00", sameWriter)
}

const (
	pairAs  = ": received=2 letters=2 writers=1 "
	pairEnd = "response=0/2 signed_in_time=0/2 forwarded_in_time=0/2 contacted_in_time=0/2 contacted_reached_in_time=0/2 " +
		"replied_in_time=0/2 closure=0/2 closure_mature=0/2 closed_in_time=0/2"
)

var matterScenarios = []scenario{
	{
		name: "letters of one writer are matters of their own",
		ledger: func(l *ledger) {
			pair(l).event("A", letter.TypeSeriesLinked, "2024-03-05 10:00", series("S", "A", "B"))
		},
		asOf: "2024-03-13 00:00", want: []string{pairAs + "matters=2 " + pairEnd},
	},
	{
		name: "unless a person confirms that they belong together; both solved is one problem solved",
		ledger: func(l *ledger) {
			pair(l).event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B")).
				event("A", letter.TypeRevisited, "2024-03-05 11:00", &letter.Revisited{Common: by(cityDesk), Solved: "yes"}).
				event("B", letter.TypeRevisited, "2024-03-05 11:00", &letter.Revisited{Common: by(cityDesk), Solved: "yes"})
		},
		asOf: "2024-03-13 00:00", want: []string{pairAs + "matters=1 " + pairEnd + " problems_solved=1"},
	},
	{
		name: "a series of two writers is a matter of each",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").letter("B", "2024-03-05 10:00").
				event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B"))
		},
		asOf: "2024-03-13 00:00", want: []string{": received=2 letters=2 writers=2 matters=2 " + pairEnd},
	},
	{
		name: "anonymous letters never are one matter",
		ledger: func(l *ledger) {
			nobody := func(row *letter.Judged) { row.Writer.Key = "" }
			l.letter("A", "2024-03-05 10:00", nobody).letter("B", "2024-03-05 10:00", nobody).
				event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B"))
		},
		asOf: "2024-03-13 00:00", want: []string{": received=2 letters=2 matters=2 " + pairEnd},
	},
	{
		name: "a rejection for one letter takes it out",
		ledger: func(l *ledger) {
			pair(l).event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B")).
				event("A", letter.TypeSeriesRejected, "2024-03-05 10:01", series("S", "B"))
		},
		asOf: "2024-03-13 00:00", want: []string{pairAs + "matters=2 " + pairEnd},
	},
	{
		name: "unlinking from another series or before the confirmation does not",
		ledger: func(l *ledger) {
			pair(l).event("A", letter.TypeSeriesUnlinked, "2024-03-05 09:59", series("S", "B")).
				event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B")).
				event("A", letter.TypeSeriesUnlinked, "2024-03-05 10:01", series("R", "B"))
		},
		asOf: "2024-03-13 00:00", want: []string{pairAs + "matters=1 " + pairEnd},
	},
	{
		name: "a letter moves to the series that listed it last",
		ledger: func(l *ledger) {
			pair(l).letter("C", "2024-03-01 10:00", sameWriter).
				event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B")).
				event("A", letter.TypeSeriesSplit, "2024-03-05 10:01", series("R", "B")).
				event("A", letter.TypeSeriesMerged, "2024-03-05 10:02", series("R", "C")).
				event("A", letter.TypeSeriesRejected, "2024-03-05 10:03", series("S", "B")) // It is not in S any more.
		},
		from: "2024-03-05", to: "2024-03-05", asOf: "2024-03-13 00:00", want: []string{pairAs + "matters=2 " + pairEnd},
	},
	{
		name: "an unknown letter's word about a series is not heard yet",
		ledger: func(l *ledger) {
			pair(l).event("lost", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B"))
		},
		asOf: "2024-03-13 00:00", want: []string{pairAs + "matters=2 " + pairEnd},
	},
}

var caseScenarios = []scenario{
	{
		name: "leads, cases and suspects count once, by the time of the event",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").letter("B", "2024-02-05 10:00"). // B lies before the period, its lead does not.
												event("A", letter.TypeLeadOpened, "2024-03-05 10:00", &letter.LeadOpened{Common: by(cityDesk), Lead: "X0", LeadType: "F03", By: "model"}).
												event("A", letter.TypeLeadAccepted, "2024-03-05 10:00", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X1"}).
												event("A", letter.TypeLeadVerified, "2024-03-05 10:00", &letter.LeadVerified{Common: by(cityDesk), Lead: "X1", Finding: "true"}).
												event("B", letter.TypeLeadVerified, "2024-03-05 10:00", &letter.LeadVerified{Common: by(cityDesk), Lead: "X2", Finding: "true"}).
												event("B", letter.TypeLeadAccepted, "2024-02-29 23:59:59.999", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X3"}).
												event("A", letter.TypeCaseFiled, "2024-03-05 10:00", &letter.CaseFiled{Common: by(county), Case: "C1", Kind: "criminal"}).
												event("B", letter.TypeCaseFiled, "2024-03-05 10:00", &letter.CaseFiled{Common: by(county), Case: "C1", Kind: "criminal"}).
												event("A", letter.TypeCaseNotFiled, "2024-03-05 10:00", &letter.CaseNotFiled{Common: by(county), Leads: []string{"X9"}}).
												event("A", letter.TypeCaseSolved, "2024-03-05 10:00", &letter.CaseSolved{Common: by(county), Case: "C1"}).
												event("A", letter.TypeCaseArrested, "2024-03-05 10:00", &letter.CaseArrested{Common: by(county), Case: "C1", Suspects: []string{"s1", "s2"}}).
												event("B", letter.TypeCaseArrested, "2024-03-05 10:00", &letter.CaseArrested{Common: by(county), Case: "C2", Suspects: []string{"s2", "s3"}})
		},
		asOf: "2024-03-05 10:00",
		want: []string{one + fresh + " leads=2 cases_filed=1 cases_solved=1 arrests=3"},
	},
	{
		name: "by unit they go to the unit that acted, though the letter is elsewhere and void",
		ledger: func(l *ledger) {
			l.letter("A", "2024-02-05 10:00").
				event("A", letter.TypeInvalidated, "2024-03-05 10:00", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"}).
				event("A", letter.TypeLeadAccepted, "2024-03-05 10:00", &letter.LeadAccepted{Common: by(countyDesk), Lead: "X1"}).
				event("A", letter.TypeLeadAccepted, "2024-03-05 10:00", &letter.LeadAccepted{Common: by(far), Lead: "X1"}).
				event("A", letter.TypeCaseFiled, "2024-03-05 10:00", &letter.CaseFiled{Common: by(county), Case: "C1", Kind: "criminal"})
		},
		asOf: "2024-03-05 10:00", by: analytics.ByUnit,
		want: []string{"440803: cases_filed=1", "440803-XX: leads=1", "440804-XX: leads=1"},
	},
	{
		name: "by type to their letter's label, by day to the day of the event",
		ledger: func(l *ledger) {
			l.letter("A", "2024-02-05 10:00").
				event("A", letter.TypeRelabelled, "2024-03-05 10:00", relabelled("L04")).
				event("A", letter.TypeLeadAccepted, "2024-03-05 10:00", &letter.LeadAccepted{Common: by(countyDesk), Lead: "X1"})
		},
		asOf: "2024-03-05 10:00", by: analytics.ByType,
		want: []string{"L04: leads=1"},
	},
	{
		name: "late in the evening UTC it is the next day in Shanghai",
		ledger: func(l *ledger) {
			l.letter("A", "2024-02-05 10:00").
				event("A", letter.TypeLeadAccepted, "2024-03-06 00:30", &letter.LeadAccepted{Common: by(countyDesk), Lead: "X1"})
		},
		asOf: "2024-03-06 00:30", by: analytics.ByDay,
		want: []string{"2024-03-06: leads=1"},
	},
}

var groupScenarios = []scenario{
	{
		name:   "an empty period still has its row",
		ledger: untouched,
		from:   "2024-01-01", to: "2024-01-31", asOf: "2024-03-05 10:00",
		want: []string{":"},
	},
	{
		name:   "but no rows by key",
		ledger: untouched,
		from:   "2024-01-01", to: "2024-01-31", asOf: "2024-03-05 10:00", by: analytics.ByUnit,
	},
	{
		name: "the owner is whoever was given it last",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(countyDesk, station)).
				letter("B", "2024-03-05 10:00")
		},
		asOf: "2024-03-05 10:00", by: analytics.ByUnit,
		want: []string{
			"440800-XX: received=1 letters=1 writers=1 matters=1 response=0/0-1immature signed_in_time=0/0-2immature forwarded_in_time=1/1-1immature contacted_in_time=0/0-1immature " +
				"contacted_reached_in_time=0/0-1immature replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
			"440803-P01" + one + fresh,
			"440803-XX: signed_in_time=0/0-1immature forwarded_in_time=1/1",
		},
	},
	{
		name: "at the county's tier a desk and a station are their county's, the city desk its own",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(countyDesk, station)).
				event("A", letter.TypeLeadAccepted, "2024-03-05 10:00", &letter.LeadAccepted{Common: by(station), Lead: "X1"}).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeForwarded, "2024-03-05 10:00", forwarded(cityDesk, county))
		},
		asOf: "2024-03-05 10:00", by: analytics.ByUnit, tier: 2,
		want: []string{
			"440800-XX: signed_in_time=0/0-2immature forwarded_in_time=2/2",
			"440803: received=2 letters=2 writers=2 matters=2 response=0/0-2immature signed_in_time=0/0-3immature forwarded_in_time=1/1-2immature " +
				"contacted_in_time=0/0-2immature contacted_reached_in_time=0/0-2immature replied_in_time=0/0-2immature closure=0/2 " +
				"closure_mature=0/0-2immature closed_in_time=0/0-2immature leads=1",
		},
	},
	{
		name: "at the city's tier all are one",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeForwarded, "2024-03-05 10:00", forwarded(cityDesk, station))
		},
		asOf: "2024-03-05 10:00", by: analytics.ByUnit, tier: 1,
		want: []string{
			"440800" + one + "response=0/0-1immature signed_in_time=0/0-2immature forwarded_in_time=1/1-1immature contacted_in_time=0/0-1immature " +
				"contacted_reached_in_time=0/0-1immature replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
		},
	},
	{
		name: "at the stations' tier nothing moves",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeSelfHandled, "2024-03-05 10:00", &letter.SelfHandled{Common: by(county)}).
				letter("B", "2024-03-05 10:00").event("B", letter.TypeSelfHandled, "2024-03-05 10:00", &letter.SelfHandled{Common: by(station)})
		},
		asOf: "2024-03-05 10:00", by: analytics.ByUnit, tier: 3,
		want: []string{
			"440800-XX: signed_in_time=0/0-2immature forwarded_in_time=0/0-2immature",
			"440803: received=1 letters=1 writers=1 matters=1 response=0/0-1immature contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature " +
				"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
			"440803-P01: received=1 letters=1 writers=1 matters=1 response=0/0-1immature contacted_in_time=0/0-1immature contacted_reached_in_time=0/0-1immature " +
				"replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature",
		},
	},
}
