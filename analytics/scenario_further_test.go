package analytics_test

import (
	"strings"
	"time"

	"jiesu.cn/jiesu/letter"
)

// The scenarios below ask for some of the further figures of docs/metrics.md
// only.
func ids(text string) []string { return strings.Fields(text) }

func selfHandled(unit string) letter.Payload { return &letter.SelfHandled{Common: by(unit)} }

func returned(unit, to string) letter.Payload {
	return &letter.Returned{Common: by(unit), To: to, Why: "not_ours"}
}

func reopened() letter.Payload { return &letter.Reopened{Common: by(cityDesk)} }

func withdrawn() letter.Payload { return &letter.Withdrawn{Common: by(cityDesk)} }

func invalidated() letter.Payload {
	return &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"}
}

func transferred() letter.Payload { return &letter.Transferred{Common: by(cityDesk), To: "12345"} }

func closedFor(reason string) letter.Payload {
	return &letter.Closed{Common: by(cityDesk), Reason: reason}
}

// nobody is a writer who left no means of contact.
func nobody(row *letter.Judged) { row.Writer = letter.Writer{} }

// other is a unit of the same county as station.
const other = "440803-P02"

var signingScenarios = []scenario{
	{
		name: "signing at the first desk, at every hop and by the owner are three figures",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00"). // Each hop at its limit, the owner 22 minutes after receipt.
								event("A", letter.TypeSigned, "2024-03-05 10:10", signed(cityDesk)).
								event("A", letter.TypeForwarded, "2024-03-05 10:12", forwarded(cityDesk, countyDesk)).
								event("A", letter.TypeSigned, "2024-03-05 10:22", signed(countyDesk)).
								letter("B", "2024-03-05 10:00"). // Late by a moment.
								event("B", letter.TypeSigned, "2024-03-05 10:10:00.001", signed(cityDesk)).
								event("B", letter.TypeSelfHandled, "2024-03-05 10:11", selfHandled(cityDesk)).
								letter("C", "2024-03-05 10:00"). // The desk never signed, the owner did.
								event("C", letter.TypeForwarded, "2024-03-05 10:01", forwarded(cityDesk, countyDesk)).
								event("C", letter.TypeSigned, "2024-03-05 10:05", signed(countyDesk)).
								letter("D", "2024-03-05 10:25"). // Too young for all three.
								letter("E", "2024-03-05 10:00"). // Late at the desk, still running at the county.
								event("E", letter.TypeForwarded, "2024-03-05 10:25", forwarded(cityDesk, countyDesk))
		},
		asOf: "2024-03-05 10:30", metrics: ids("first_signed_in_time all_signed_in_time owner_signed_in_time"),
		want: []string{": first_signed_in_time=1/4-1immature all_signed_in_time=1/3-2immature owner_signed_in_time=1/4-1immature"},
	},
	{
		name: "a moment before ten minutes all three are immature", ledger: untouched,
		asOf: "2024-03-05 10:09:59.999", metrics: ids("first_signed_in_time all_signed_in_time owner_signed_in_time"),
		want: []string{": first_signed_in_time=0/0-1immature all_signed_in_time=0/0-1immature owner_signed_in_time=0/0-1immature"},
	},
	{
		name: "at ten minutes sharp all three are late", ledger: untouched,
		asOf: "2024-03-05 10:10", metrics: ids("first_signed_in_time all_signed_in_time owner_signed_in_time"),
		want: []string{": first_signed_in_time=0/1 all_signed_in_time=0/1 owner_signed_in_time=0/1"},
	},
	{
		name: "an owner without recorded arrival can sign, a backdated signing counts when entered",
		ledger: func(l *ledger) {
			for _, id := range []letter.ID{"A", "B"} {
				l.letter(id, "2024-03-05 10:00").
					event(id, letter.TypeSelfHandled, "2024-03-05 10:02", selfHandled(station)).
					event(id, letter.TypeSigned, "2024-03-05 10:01", signed(station))
			}
			l.recorded("2024-03-05 10:20")
		},
		asOf: "2024-03-05 11:00", metrics: ids("first_signed_in_time all_signed_in_time owner_signed_in_time"),
		want: []string{": first_signed_in_time=0/2 all_signed_in_time=0/2 owner_signed_in_time=1/2"},
	},
	{
		name: "void and merged letters are left out of all three",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeInvalidated, "2024-03-05 10:01", invalidated()).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeMerged, "2024-03-05 10:01", &letter.Merged{Common: by(cityDesk), Into: "A"})
		},
		asOf: "2024-03-05 11:00", metrics: ids("first_signed_in_time all_signed_in_time owner_signed_in_time"),
		want: []string{": first_signed_in_time=0/0-1invalidated-1merged all_signed_in_time=0/0-1invalidated-1merged owner_signed_in_time=0/0-1invalidated-1merged"},
	},
	{
		name: "contact comes first or at the same moment, as entered",
		ledger: func(l *ledger) {
			contact, reply := contacted(cityDesk, "call", "no_answer"), replied(cityDesk)
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeContacted, "2024-03-05 10:20", contact).event("A", letter.TypeReplied, "2024-03-05 10:30", reply).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeReplied, "2024-03-05 10:30", reply).event("B", letter.TypeContacted, "2024-03-05 10:30", contact).
				letter("C", "2024-03-05 10:00").
				event("C", letter.TypeReplied, "2024-03-05 10:30", reply).event("C", letter.TypeContacted, "2024-03-05 10:30:00.001", contact).
				letter("D", "2024-03-05 10:00").event("D", letter.TypeClosed, "2024-03-05 10:10", closed(cityDesk)).
				letter("E", "2024-03-05 10:00").event("E", letter.TypeReplied, "2024-03-05 10:30", reply).
				event("E", letter.TypeContacted, "2024-03-05 10:05", contact).recorded("2024-03-05 10:40").
				letter("F", "2024-03-05 10:00").
				event("F", letter.TypeWithdrawn, "2024-03-05 10:20", withdrawn()).event("F", letter.TypeContacted, "2024-03-05 10:25", contact).
				letter("G", "2024-03-05 10:00").
				letter("H", "2024-03-05 10:00", nobody).event("H", letter.TypeReplied, "2024-03-05 10:30", reply).
				letter("I", "2024-03-05 10:00", nobody).event("I", letter.TypeRelabelled, "2024-03-05 10:30", relabelled("L09")).
				letter("J", "2024-03-05 10:00").event("J", letter.TypeReplied, "2024-03-05 10:30", reply).
				event("J", letter.TypeContacted, "2024-03-05 10:01", contacted(cityDesk, "auto", "reached")).
				letter("K", "2024-03-05 10:00").event("K", letter.TypeContacted, "2024-03-05 10:10", contact).
				event("K", letter.TypeClosed, "2024-03-05 10:20", closed(cityDesk)).event("K", letter.TypeReopened, "2024-03-05 10:30", reopened())
		},
		asOf: "2024-03-05 11:00", metrics: ids("contacted_first"),
		want: []string{": contacted_first=3/8-1thanks-1uncontactable-1open"}, // A, B and K.
	},
}

var handlingScenarios = []scenario{
	{
		name: "the open stock by age in working days",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00"). // 27 March is the 16th working day after it,
								letter("B", "2024-03-06 10:00"). // the 15th after this.
								letter("C", "2024-03-05 10:00").event("C", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
								letter("D", "2024-03-05 10:00").event("D", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
								event("D", letter.TypeReopened, "2024-03-07 10:00", reopened()).
								letter("E", "2024-03-05 10:00").event("E", letter.TypeRelabelled, "2024-03-05 10:30", relabelled("L09")).
								letter("F", "2024-03-05 10:00").event("F", letter.TypeTransferred, "2024-03-05 10:30", transferred()).
								letter("G", "2024-03-20 10:00") // 21, 22, 25, 26, 27.
		},
		asOf: "2024-03-27 00:00", metrics: ids("open open_over_5 open_over_15"),
		want: []string{": open=4 open_over_5=3 open_over_15=2"},
	},
	{
		name: "the fifth day itself is not over five", ledger: untouched,
		asOf: "2024-03-12 23:59:59.999", metrics: ids("open open_over_5 open_over_15"),
		want: []string{": open=1"},
	},
	{
		name: "the sixth is", ledger: untouched,
		asOf: "2024-03-13 00:00", metrics: ids("open open_over_5 open_over_15"),
		want: []string{": open=1 open_over_5=1"},
	},
	{
		name:   "an age that no calendar gives is in neither",
		ledger: func(l *ledger) { l.letter("A", "2026-12-29 10:00") },
		from:   "2026-12-29", to: "2026-12-29", asOf: "2027-12-01 00:00", metrics: ids("open open_over_5 open_over_15"),
		want: []string{": open=1"},
	},
	{
		name: "closed once takes thirty days to know",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
				letter("B", "2024-03-05 10:00").event("B", letter.TypeClosed, "2024-03-06 10:00:00.001", closed(cityDesk)).
				letter("C", "2024-03-05 10:00").event("C", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
				event("C", letter.TypeReopened, "2024-03-07 10:00", reopened()).event("C", letter.TypeClosed, "2024-03-08 10:00", closed(cityDesk)).
				letter("D", "2024-03-05 10:00").
				letter("E", "2024-03-05 10:00").event("E", letter.TypeWithdrawn, "2024-03-06 09:00", withdrawn())
		},
		asOf: "2024-04-05 10:00", metrics: ids("closed_once reworked_rate"),
		want: []string{": closed_once=2/3-1open-1immature reworked_rate=1/4-1open"},
	},
	{
		name: "desks receive nothing first, and of two units at once the smaller code does",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeForwarded, "2024-03-05 10:10", forwarded(countyDesk, station)).
				event("A", letter.TypeClosed, "2024-03-05 11:00", closed(station)).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, county)).
				event("B", letter.TypeReturned, "2024-03-05 10:20", returned(county, cityDesk)).
				event("B", letter.TypeForwarded, "2024-03-05 10:30", forwarded(cityDesk, far)).
				event("B", letter.TypeClosed, "2024-03-05 11:00", closed(far)).
				letter("C", "2024-03-05 10:00"). // Ends with the second.
				event("C", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, station)).
				event("C", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, other)).
				event("C", letter.TypeClosed, "2024-03-05 11:00", closed(other)).
				letter("D", "2024-03-05 10:00"). // Ends with the first.
				event("D", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, other)).
				event("D", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, station)).
				event("D", letter.TypeClosed, "2024-03-05 11:00", closed(station)).
				letter("E", "2024-03-05 10:00").event("E", letter.TypeClosed, "2024-03-05 11:00", closed(cityDesk)). // Never sent on.
				letter("F", "2024-03-05 10:00").                                                                     // No further than a desk.
				event("F", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
				event("F", letter.TypeReturned, "2024-03-05 10:20", returned(countyDesk, cityDesk)).
				event("F", letter.TypeForwarded, "2024-03-05 10:25", forwarded(cityDesk, countyDesk)).
				event("F", letter.TypeReturned, "2024-03-05 10:30", returned(countyDesk, cityDesk))
		},
		asOf: "2024-03-06 00:00", metrics: ids("closed_by_first returned_rate returns"),
		want: []string{": closed_by_first=2/4 returned_rate=2/5 returns=3"},
	},
	{
		name: "a day for handing on what is not ours",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeTransferred, "2024-03-06 10:00", transferred()).
				letter("B", "2024-03-05 10:00").event("B", letter.TypeTransferred, "2024-03-06 10:00:00.001", transferred()).
				letter("C", "2024-03-05 10:00").
				letter("D", "2024-03-05 10:00").event("D", letter.TypeTransferred, "2024-03-08 10:00", transferred()).
				event("D", letter.TypeTransferred, "2024-03-05 11:00", transferred()).
				letter("E", "2024-03-05 10:00").event("E", letter.TypeTransferred, "2024-03-05 11:00", transferred()).
				event("E", letter.TypeInvalidated, "2024-03-05 12:00", invalidated()).
				letter("F", "2024-03-05 10:00").event("F", letter.TypeInvalidated, "2024-03-05 12:00", invalidated())
		},
		asOf: "2024-03-10 00:00", metrics: ids("transferred transferred_rate transferred_in_time"),
		want: []string{": transferred=3 transferred_rate=3/4-2invalidated transferred_in_time=2/3-1invalidated"},
	},
	{
		name: "letters a writer",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00", sameWriter).letter("B", "2024-03-05 10:00", sameWriter).
				letter("C", "2024-03-05 10:00").letter("D", "2024-03-05 10:00", nobody).
				letter("E", "2024-03-05 10:00", sameWriter).event("E", letter.TypeInvalidated, "2024-03-05 10:00", invalidated())
		},
		asOf: "2024-03-06 00:00", metrics: ids("letters_per_writer"),
		want: []string{": letters_per_writer=3/2"},
	},
}

// visited is a return visit; a rating of 0 is none.
func visited(reached bool, solved string, rating int) letter.Payload {
	visit := &letter.Revisited{Common: by(cityDesk), Reached: reached, Solved: solved}
	if rating > 0 {
		visit.Satisfaction = &rating
	}
	return visit
}

var revisitScenarios = []scenario{
	{
		name: "a visit that reaches the writer, or two that do not, within seven days",
		ledger: func(l *ledger) {
			closing := func(id letter.ID, when string, changes ...func(*letter.Judged)) *ledger {
				return l.letter(id, "2024-03-05 10:00", changes...).event(id, letter.TypeClosed, when, closed(cityDesk))
			}
			missed := visited(false, "unknown", 0)
			closing("A", "2024-03-06 10:00")
			closing("B", "2024-03-06 10:00:00.001")
			closing("C", "2024-03-07 10:00").event("C", letter.TypeRevisited, "2024-03-08 10:00", missed)
			closing("D", "2024-03-07 10:00").
				event("D", letter.TypeRevisited, "2024-03-08 10:00", missed).event("D", letter.TypeRevisited, "2024-03-08 11:00", missed)
			closing("E", "2024-03-07 10:00").event("E", letter.TypeRevisited, "2024-03-08 10:00", visited(true, "yes", 4))
			closing("F", "2024-03-06 09:00").event("F", letter.TypeRevisited, "2024-03-08 10:00", missed)
			l.letter("G", "2024-03-05 10:00").event("G", letter.TypeRevisited, "2024-03-08 10:00", visited(true, "no", 0))
			l.letter("H", "2024-03-05 10:00").event("H", letter.TypeWithdrawn, "2024-03-06 10:00", withdrawn())
			l.letter("I", "2024-03-05 10:00").event("I", letter.TypeClosed, "2024-03-06 10:00", closedFor("withdrawn"))
			closing("J", "2024-03-06 10:00", nobody)
			closing("K", "2024-03-06 10:00").event("K", letter.TypeRelabelled, "2024-03-06 10:00", relabelled("L09"))
			closing("L", "2024-03-06 10:00").
				event("L", letter.TypeReopened, "2024-03-08 10:00", reopened()).event("L", letter.TypeClosed, "2024-03-12 10:00", closed(cityDesk))
		},
		asOf: "2024-03-13 10:00", metrics: ids("revisited rated revisit_reached"),
		want: []string{": revisited=2/4-1thanks-1uncontactable-2withdrawn-1open-3immature revisit_reached=2/5 " +
			"rated=1/4-1thanks-1uncontactable-2withdrawn-1open-3immature"},
	},
	{
		name: "the last rating counts, and silence is none",
		ledger: func(l *ledger) {
			ratings := map[letter.ID][]int{"A": {3}, "B": {2}, "C": {5, 1}, "D": {1, 0}, "E": {0}, "F": {5}, "G": nil, "H": {5}}
			for _, id := range []letter.ID{"A", "B", "C", "D", "E", "F", "G", "H"} {
				l.letter(id, "2024-03-05 10:00")
				for i, rating := range ratings[id] {
					l.event(id, letter.TypeRevisited, []string{"2024-03-06 10:00", "2024-03-07 10:00"}[i], visited(true, "unknown", rating))
				}
			}
			l.event("F", letter.TypeRelabelled, "2024-03-06 10:00", relabelled("L09")).
				event("G", letter.TypeInvalidated, "2024-03-06 10:00", invalidated()).
				event("H", letter.TypeInvalidated, "2024-03-06 10:00", invalidated())
		},
		asOf: "2024-03-08 00:00", metrics: ids("satisfied dissatisfied"),
		want: []string{": satisfied=1/4-1invalidated-1thanks dissatisfied=3/4-1invalidated-1thanks"},
	},
	{
		name: "the last answer counts, unless what was asked cannot be had",
		ledger: func(l *ledger) {
			answers := func(id letter.ID, said ...string) *ledger {
				l.letter(id, "2024-03-05 10:00")
				for i, solved := range said {
					l.event(id, letter.TypeRevisited, []string{"2024-03-07 10:00", "2024-03-07 11:00"}[i], visited(true, solved, 0))
				}
				return l
			}
			answers("A", "yes")
			answers("B", "yes", "unknown")
			answers("C", "yes", "no")
			answers("D", "partly")
			answers("E", "unknown")
			answers("F", "no").event("F", letter.TypeClosed, "2024-03-06 10:00", closedFor("unreasonable"))
			answers("G", "yes").event("G", letter.TypeClosed, "2024-03-06 10:00", closedFor("unreasonable")).
				event("G", letter.TypeReopened, "2024-03-06 11:00", reopened()).event("G", letter.TypeClosed, "2024-03-06 12:00", closedFor("explained"))
			answers("H", "yes").event("H", letter.TypeTransferred, "2024-03-06 10:00", transferred())
			// Visits count in the order of their times.
			answers("J", "no").event("J", letter.TypeRevisited, "2024-03-07 09:00", visited(true, "yes", 0))
		},
		asOf: "2024-03-08 00:00", metrics: ids("solved_rate"),
		want: []string{": solved_rate=3/6-1transferred"},
	},
}

// supervised and instructed are due at a Shanghai time, or at none.
func (l *ledger) supervised(due string) letter.Payload {
	return &letter.Supervised{Common: by(cityDesk), Level: "city", Trigger: "other", Due: l.due(due)}
}

func (l *ledger) instructed(due string) letter.Payload {
	return &letter.Instructed{Common: by(cityDesk), Text: "阅", Due: l.due(due)}
}

func (l *ledger) due(when string) *time.Time {
	if when == "" {
		return nil
	}
	due := at(l.tb, when)
	return &due
}

var commandScenarios = []scenario{
	{
		name: "supervision is answered by its first due time",
		ledger: func(l *ledger) {
			supervision := func(id letter.ID, due string) *ledger {
				return l.letter(id, "2024-03-05 10:00").event(id, letter.TypeSupervised, "2024-03-06 10:00", l.supervised(due))
			}
			reply := replied(cityDesk)
			supervision("A", "2024-03-08 12:00").event("A", letter.TypeReplied, "2024-03-08 12:00", reply)
			supervision("B", "2024-03-08 12:00").event("B", letter.TypeReplied, "2024-03-08 12:00:00.001", reply)
			supervision("C", "2024-03-08 12:00")
			supervision("D", "2024-03-09 12:00")
			supervision("E", "2024-03-09 12:00").event("E", letter.TypeReplied, "2024-03-07 12:00", reply)
			supervision("F", "2024-03-08 12:00").event("F", letter.TypeReplied, "2024-03-05 12:00", reply) // Before it.
			supervision("G", "")
			supervision("H", "").event("H", letter.TypeSupervised, "2024-03-06 11:00", l.supervised("2024-03-07 12:00")).
				event("H", letter.TypeSupervised, "2024-03-06 12:00", l.supervised("2024-03-09 12:00")).
				event("H", letter.TypeClosed, "2024-03-08 10:00", closed(cityDesk))
			supervision("I", "2024-03-08 12:00:01") // Due at the cut-off.
			supervision("J", "2024-03-08 12:00").
				event("J", letter.TypeInstructionAnswered, "2024-03-08 11:00", &letter.InstructionAnswered{Common: by(cityDesk), Text: "已办"})
			l.letter("K", "2024-03-05 10:00").
				event("K", letter.TypeEscalated, "2024-03-08 11:00", &letter.Escalated{Common: by(cityDesk), To: cityDesk, Trigger: "other"})
		},
		asOf: "2024-03-08 12:00:01", metrics: ids("supervised supervised_rate supervision_answered escalated escalated_rate"),
		want: []string{": supervised=10 supervised_rate=10/11 supervision_answered=3/8-1immature escalated=1 escalated_rate=1/11"},
	},
	{
		name: "each instruction is answered by its own due time",
		ledger: func(l *ledger) {
			instruction := func(id letter.ID, due string) *ledger {
				return l.letter(id, "2024-03-05 10:00").event(id, letter.TypeInstructed, "2024-03-06 10:00", l.instructed(due))
			}
			answer := &letter.InstructionAnswered{Common: by(cityDesk), Text: "已办"}
			instruction("A", "2024-03-08 12:00").event("A", letter.TypeInstructionAnswered, "2024-03-08 12:00", answer)
			instruction("B", "2024-03-08 12:00").event("B", letter.TypeInstructionAnswered, "2024-03-08 12:00:00.001", answer)
			instruction("C", "2024-03-08 12:00:01") // Due at the cut-off.
			instruction("D", "2024-03-09 12:00")
			instruction("E", "").event("E", letter.TypeInstructionAnswered, "2024-03-07 12:00", answer)
			instruction("F", "2024-03-08 12:00").event("F", letter.TypeInstructionAnswered, "2024-03-07 12:00", answer).
				event("F", letter.TypeInstructed, "2024-03-07 13:00", l.instructed("2024-03-09 12:00")) // Still running.
			instruction("G", "2024-03-08 12:00").event("G", letter.TypeInstructed, "2024-03-06 11:00", l.instructed("2024-03-07 09:00")).
				event("G", letter.TypeInstructionAnswered, "2024-03-07 10:00", answer) // Serves both, one of them late.
			instruction("H", "2024-03-08 12:00").event("H", letter.TypeInstructionAnswered, "2024-03-06 09:00", answer) // Before it.
			instruction("I", "2024-03-09 12:00").event("I", letter.TypeInstructionAnswered, "2024-03-07 12:00", answer)
			l.letter("K", "2024-03-05 10:00")
		},
		asOf: "2024-03-08 12:00:01", metrics: ids("instructed instruction_done"),
		want: []string{": instructed=9 instruction_done=3/7-1immature"},
	},
}
