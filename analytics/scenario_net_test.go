package analytics_test

import (
	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// outage registers a stretch of 5 March for the unit, by p1 and the second.
func (l *ledger) outage(unit, from, to, second string) *ledger {
	return l.event(letter.ID(unit), letter.TypeSystemOutage, "2024-03-05 "+to, &letter.SystemOutage{
		Common: by(unit), From: at(l.tb, "2024-03-05 "+from), To: at(l.tb, "2024-03-05 "+to), Second: second,
	})
}

const city = "440800"

var net = ids("signed_in_time_net forwarded_in_time_net contacted_in_time_net")

var outageScenarios = []scenario{
	{
		name: "overlapping outages of the unit and those above count once",
		ledger: func(l *ledger) {
			// Down from 10:02 to 10:17.
			l.outage(cityDesk, "10:02", "10:08", "p2").outage(city, "10:06", "10:17", "p2").
				letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:25", signed(cityDesk)).
				event("A", letter.TypeSelfHandled, "2024-03-05 10:25:00.001", selfHandled(cityDesk)).
				event("A", letter.TypeContacted, "2024-03-05 10:45", contacted(cityDesk, "call", "reached"))
		},
		asOf: "2024-03-05 11:00", metrics: append(ids("signed_in_time contacted_in_time"), net...),
		want: []string{": signed_in_time=0/1 contacted_in_time=0/1 signed_in_time_net=1/1 forwarded_in_time_net=0/1 contacted_in_time_net=1/1"},
	},
	{
		name: "only what lies within the clock's time is taken off",
		ledger: func(l *ledger) {
			l.outage(city, "09:00", "10:20", "p2").letter("A", "2024-03-05 10:00").
				event("A", letter.TypeSigned, "2024-03-05 10:15", signed(cityDesk)).
				event("A", letter.TypeSelfHandled, "2024-03-05 10:30", selfHandled(cityDesk)).
				event("A", letter.TypeContacted, "2024-03-05 10:50:00.001", contacted(cityDesk, "call", "reached"))
		},
		asOf: "2024-03-05 11:00", metrics: net,
		want: []string{": signed_in_time_net=1/1 forwarded_in_time_net=1/1 contacted_in_time_net=0/1"},
	},
	{
		name: "neither one person's word nor another county's or a lower unit's outage stops a clock",
		ledger: func(l *ledger) {
			l.outage(countyDesk, "10:05", "10:20", "p1").outage("440804", "10:05", "10:20", "p2").outage(station, "10:05", "10:20", "p2").
				letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeSigned, "2024-03-05 10:20", signed(countyDesk))
		},
		asOf: "2024-03-05 11:00", metrics: net, by: analytics.ByUnit,
		want: []string{
			"440800-XX: signed_in_time_net=0/1 forwarded_in_time_net=1/1",
			"440803-XX: signed_in_time_net=0/1 forwarded_in_time_net=0/1 contacted_in_time_net=0/1",
		},
	},
	{
		name: "the county's own stops the clocks of its units, and of no others",
		ledger: func(l *ledger) {
			l.outage(county, "10:00", "10:20", "p2").letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeSigned, "2024-03-05 10:30", signed(countyDesk)).
				event("A", letter.TypeSigned, "2024-03-05 10:15", signed(cityDesk))
		},
		asOf: "2024-03-05 11:00", metrics: net, by: analytics.ByUnit,
		want: []string{
			"440800-XX: signed_in_time_net=0/1 forwarded_in_time_net=1/1",
			"440803-XX: signed_in_time_net=1/1 forwarded_in_time_net=0/1 contacted_in_time_net=0/1",
		},
	},
	{
		name: "an outage is not known before it is registered", ledger: registeredLate,
		asOf: "2024-03-05 10:59:59.999", metrics: net,
		want: []string{": signed_in_time_net=0/1 forwarded_in_time_net=0/1 contacted_in_time_net=0/1"},
	},
	{
		name: "and counts for what was before", ledger: registeredLate,
		asOf: "2024-03-05 11:00", metrics: net,
		want: []string{": signed_in_time_net=1/1 forwarded_in_time_net=0/1 contacted_in_time_net=0/1"},
	},
	{
		name:   "a clock that stood still is immature longer",
		ledger: func(l *ledger) { l.outage(city, "10:00", "10:05", "p2").letter("A", "2024-03-05 10:00") },
		asOf:   "2024-03-05 10:14:59.999", metrics: net,
		want: []string{": signed_in_time_net=0/0-1immature forwarded_in_time_net=0/0-1immature contacted_in_time_net=0/0-1immature"},
	},
	{
		name:   "and late after its own ten minutes",
		ledger: func(l *ledger) { l.outage(city, "10:00", "10:05", "p2").letter("A", "2024-03-05 10:00") },
		asOf:   "2024-03-05 10:15", metrics: net,
		want: []string{": signed_in_time_net=0/1 forwarded_in_time_net=0/1 contacted_in_time_net=0/0-1immature"},
	},
}

func registeredLate(l *ledger) {
	l.outage(city, "10:00", "10:10", "p2").recorded("2024-03-05 11:00").letter("A", "2024-03-05 10:00").
		event("A", letter.TypeSigned, "2024-03-05 10:15", signed(cityDesk))
}

func accepted(unit, lead string) letter.Payload {
	return &letter.LeadAccepted{Common: by(unit), Lead: lead}
}

func verified(lead, finding string) letter.Payload {
	return &letter.LeadVerified{Common: by(countyDesk), Lead: lead, Finding: finding}
}

func filed(number, kind string, leads ...string) letter.Payload {
	return &letter.CaseFiled{Common: by(countyDesk), Case: number, Kind: kind, Leads: leads}
}

func recovered(yuan float64) letter.Payload {
	return &letter.CaseRecovered{Common: by(countyDesk), Case: "C1", Yuan: yuan}
}

var leadScenarios = []scenario{
	{
		name: "leads stand where they were first accepted",
		ledger: func(l *ledger) {
			l.letter("A", "2024-02-05 10:00").letter("B", "2024-03-05 10:00").
				event("A", letter.TypeLeadAccepted, "2024-03-06 10:00", accepted(countyDesk, "X")).
				event("A", letter.TypeLeadAccepted, "2024-03-06 10:00:00.001", accepted(countyDesk, "Y")).
				event("A", letter.TypeLeadAccepted, "2024-03-10 10:00", accepted(far, "Z")).
				event("B", letter.TypeLeadAccepted, "2024-03-10 11:00", accepted(countyDesk, "Z")).
				event("B", letter.TypeLeadVerified, "2024-03-11 10:00", verified("Z", "true")).
				event("A", letter.TypeLeadAccepted, "2024-03-10 10:00", accepted(countyDesk, "W")).
				event("A", letter.TypeLeadVerified, "2024-03-11 10:00", verified("W", "true")).
				event("A", letter.TypeLeadVerified, "2024-03-12 10:00", verified("W", "false")).
				event("B", letter.TypeCaseFiled, "2024-03-12 10:00", filed("C1", "criminal", "V", "W")).
				event("A", letter.TypeLeadAccepted, "2024-03-10 10:00", accepted(countyDesk, "P")).
				event("A", letter.TypeLeadVerified, "2024-03-11 10:00", verified("P", "partly")).
				// First accepted in February.
				event("A", letter.TypeLeadAccepted, "2024-02-28 10:00", accepted(countyDesk, "Q")).
				event("A", letter.TypeLeadAccepted, "2024-03-06 10:00", accepted(countyDesk, "Q")).
				event("lost", letter.TypeLeadAccepted, "2024-03-06 10:00", accepted(countyDesk, "R"))
		},
		asOf: "2024-03-13 10:00", metrics: ids("leads_true leads_filed"), by: analytics.ByUnit,
		want: []string{
			"440803-XX: leads_true=1/3-1immature leads_filed=1/2-2immature",
			"440804-XX: leads_true=1/1 leads_filed=0/0-1immature",
		},
	},
	{
		name: "who sees only a later letter does not see the lead",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").letter("B", "2024-03-05 10:00").
				event("B", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, far)).
				event("A", letter.TypeLeadAccepted, "2024-03-06 10:00", accepted(far, "X")).
				event("B", letter.TypeLeadAccepted, "2024-03-06 11:00", accepted(far, "X")).
				event("B", letter.TypeLeadAccepted, "2024-03-06 10:00", accepted(far, "Y"))
		},
		asOf: "2024-03-06 11:00", metrics: ids("lead_rate leads_true"), viewer: "unit:440804",
		want: []string{": lead_rate=1/1 leads_true=0/0-1immature"},
	},
	{
		name: "a letter's lead counts once accepted or verified, by the day of acceptance",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeLeadAccepted, "2024-03-07 00:00", accepted(far, "X")).
				letter("B", "2024-03-05 10:00").event("B", letter.TypeLeadVerified, "2024-03-06 10:00", verified("Y", "unclear")).
				letter("C", "2024-03-05 10:00").
				event("C", letter.TypeLeadOpened, "2024-03-06 10:00", &letter.LeadOpened{Common: by(far), Lead: "Z", LeadType: "F03", By: "model"})
		},
		asOf: "2024-03-07 10:00", metrics: ids("lead_rate leads_true"), by: analytics.ByDay,
		want: []string{"2024-03-05: lead_rate=2/3", "2024-03-07: leads_true=0/0-1immature"},
	},
	{
		name: "cases by kind, and money to the yuan",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeCaseFiled, "2024-03-06 10:00", filed("C1", "criminal")).
				event("A", letter.TypeCaseFiled, "2024-03-07 10:00", filed("C1", "criminal")).
				event("A", letter.TypeCaseFiled, "2024-03-06 10:00", filed("C2", "administrative")).
				event("A", letter.TypeCaseFiled, "2024-03-06 10:00", filed("C3", "administrative")).
				event("A", letter.TypeCaseFiled, "2024-04-01 00:00", filed("C4", "criminal")).
				event("A", letter.TypeCaseRecovered, "2024-03-08 10:00", recovered(100.5)).
				event("A", letter.TypeCaseRecovered, "2024-03-08 10:00", recovered(0.49)).
				event("A", letter.TypeCaseRecovered, "2024-03-31 23:59", recovered(1180.4)).
				event("A", letter.TypeCaseRecovered, "2024-04-01 00:00", recovered(7))
		},
		asOf: "2024-04-10 10:00", metrics: ids("cases_filed cases_criminal cases_administrative recovered_yuan"),
		want: []string{": cases_filed=3 cases_criminal=1 cases_administrative=2 recovered_yuan=1281"}, // 101 + 0 + 1180.
	},
}

var quantileScenarios = []scenario{
	{
		name: "working days to closing, at least so many where it is open",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeClosed, "2024-03-05 23:00", closed(cityDesk)). // 0.
																letter("B", "2024-03-05 10:00").event("B", letter.TypeClosed, "2024-03-12 10:00", closed(cityDesk)). // 5.
																letter("C", "2024-03-09 10:00").event("C", letter.TypeClosed, "2024-03-11 10:00", closed(cityDesk)). // 1: from a Saturday to the Monday.
																letter("D", "2024-03-06 10:00").                                                                     // At least 5 by 13 March,
																letter("E", "2024-03-01 10:00").                                                                     // and 8.
																letter("F", "2024-03-01 10:00").event("F", letter.TypeRelabelled, "2024-03-05 23:00", relabelled("L09"))
		},
		asOf: "2024-03-13 12:00", metrics: ids("handling_days"),
		want: []string{": handling_days=5,≥8,2.0 of 3+2"},
	},
	{
		name: "the day before the first notice begins is enough to count from",
		ledger: func(l *ledger) {
			l.letter("A", "2023-12-31 10:00").event("A", letter.TypeClosed, "2024-01-02 10:00", closed(cityDesk)). // 1: 2 January.
																letter("B", "2023-12-30 10:00").event("B", letter.TypeClosed, "2024-01-02 10:00", closed(cityDesk)). // 31 December is not known.
																letter("C", "2023-12-30 10:00").event("C", letter.TypeClosed, "2023-12-30 11:00", closed(cityDesk))  // 0 whatever the calendar.
		},
		from: "2023-12-01", to: "2023-12-31", asOf: "2024-01-03 00:00", metrics: ids("handling_days"),
		want: []string{": handling_days=0,1,0.5 of 2+0"},
	},
	{
		name: "nor does an open letter have an age without a calendar",
		ledger: func(l *ledger) {
			l.letter("A", "2026-12-29 10:00").event("A", letter.TypeClosed, "2026-12-31 10:00", closed(cityDesk)).letter("B", "2026-12-29 10:00")
		},
		from: "2026-12-01", to: "2026-12-31", asOf: "2027-01-01 00:00", metrics: ids("handling_days"),
		want: []string{": handling_days=2,2,2.0 of 1+0"},
	},
	{
		name: "a running clock makes a quantile uncertain only where it can move it",
		ledger: func(l *ledger) {
			for _, id := range []letter.ID{"A", "B", "C"} {
				l.letter(id, "2024-03-05 10:00").event(id, letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk))
			}
			l.letter("D", "2024-03-05 10:00") // Not signed: with it the median stays 5; one in ten may take longer.
		},
		asOf: "2024-03-05 10:10", metrics: ids("first_sign_minutes"),
		want: []string{": first_sign_minutes=5,≥5,5.0 of 3+1"},
	},
	{
		name: "whole minutes, running ones from the end of the day",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeContacted, "2024-03-05 10:29:59.999", contacted(cityDesk, "call", "no_answer")).
				event("A", letter.TypeSigned, "2024-03-05 10:05:30", signed(cityDesk)).
				letter("B", "2024-03-05 10:00").event("B", letter.TypeContacted, "2024-03-05 09:50", contacted(cityDesk, "call", "no_answer")).
				event("B", letter.TypeSigned, "2024-03-05 10:01", signed(cityDesk)).recorded("2024-03-05 11:00").
				letter("C", "2024-03-05 10:00").
				letter("D", "2024-03-05 10:00", nobody).event("D", letter.TypeSigned, "2024-03-05 10:00", signed(cityDesk)).
				letter("E", "2024-03-05 10:00").event("E", letter.TypeInvalidated, "2024-03-05 10:01", invalidated())
		},
		asOf: "2024-03-06 00:30", metrics: ids("contact_minutes first_sign_minutes"),
		want: []string{": contact_minutes=29,≥30,14.5 of 2+1 first_sign_minutes=5,≥60,21.7 of 3+1"},
	},
}
