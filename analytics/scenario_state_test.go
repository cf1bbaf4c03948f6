package analytics_test

import (
	"jiesu.cn/jiesu/letter"
)

// late are the rates of a letter of 5 March as of 13 March that nobody touched,
// but for the ones given.
const late = "signed_in_time=0/1 forwarded_in_time=0/1 contacted_in_time=0/1 contacted_reached_in_time=0/1 "

var stateScenarios = []scenario{
	{
		name:   "nobody cared",
		ledger: untouched,
		asOf:   "2024-03-13 00:00:00.001",
		want:   []string{one + "response=0/1 " + late + "replied_in_time=0/1 closure=0/1 closure_mature=0/1 closed_in_time=0/1 overdue=1"},
	},
	{
		name:   "at the due moment itself nothing is overdue",
		ledger: untouched,
		asOf:   "2024-03-13 00:00",
		want:   []string{one + "response=0/1 " + late + "replied_in_time=0/1 closure=0/1 closure_mature=0/1 closed_in_time=0/1"},
	},
	{
		name: "two tries by different means are a response, two calls are not",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeContacted, "2024-03-05 10:10", contacted(cityDesk, "call", "no_answer")).
				event("A", letter.TypeContacted, "2024-03-05 10:20", contacted(cityDesk, "sms", "no_answer")).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeContacted, "2024-03-05 10:10", contacted(cityDesk, "call", "no_answer")).
				event("B", letter.TypeContacted, "2024-03-05 10:20", contacted(cityDesk, "call", "refused")).
				event("B", letter.TypeContacted, "2024-03-05 10:21", contacted(cityDesk, "auto", "reached"))
		},
		asOf: "2024-03-13 00:00",
		want: []string{": received=2 letters=2 writers=2 matters=2 response=1/2 signed_in_time=0/2 forwarded_in_time=0/2 contacted_in_time=2/2 " +
			"contacted_reached_in_time=0/2 replied_in_time=0/2 closure=0/2 closure_mature=0/2 closed_in_time=0/2"},
	},
	{
		name: "a try after half an hour matures the reached rate too",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeContacted, "2024-03-05 10:05", contacted(cityDesk, "call", "no_answer"))
		},
		asOf: "2024-03-05 10:06",
		want: []string{one + "response=0/0-1immature signed_in_time=0/0-1immature forwarded_in_time=0/0-1immature contacted_in_time=1/1 " +
			"contacted_reached_in_time=0/1 replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "who cannot be contacted is left out, even when a reply was sent",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00", func(row *letter.Judged) { row.Writer = letter.Writer{} }).
				event("A", letter.TypeReplied, "2024-03-06 10:00", replied(cityDesk))
		},
		asOf: "2024-03-13 00:00",
		want: []string{": received=1 letters=1 matters=1 response=0/0-1uncontactable signed_in_time=0/1 forwarded_in_time=0/1 " +
			"contacted_in_time=0/0-1uncontactable contacted_reached_in_time=0/0-1uncontactable replied_in_time=1/1 closure=0/1 closure_mature=0/1 closed_in_time=0/1"},
	},
	{
		name: "an invalid letter is left out of all, under its own key though merged too",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeMerged, "2024-03-05 10:01", &letter.Merged{Common: by(cityDesk), Into: "B"}).
				event("A", letter.TypeInvalidated, "2024-03-05 10:02", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"})
		},
		asOf: "2024-03-13 00:00:01",
		want: []string{": received=1 invalidated=1 response=0/0-1invalidated signed_in_time=0/0-1invalidated forwarded_in_time=0/0-1invalidated " +
			"contacted_in_time=0/0-1invalidated contacted_reached_in_time=0/0-1invalidated replied_in_time=0/0-1invalidated " +
			"closure=0/0-1invalidated closure_mature=0/0-1invalidated closed_in_time=0/0-1invalidated"},
	},
	{
		name: "merged and unmerged again counts, merged a third time does not",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeMerged, "2024-03-05 10:01", &letter.Merged{Common: by(cityDesk), Into: "B"}).
				event("A", letter.TypeUnmerged, "2024-03-05 10:02", &letter.Unmerged{Common: by(cityDesk)}).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeMerged, "2024-03-05 10:01", &letter.Merged{Common: by(cityDesk), Into: "A"}).
				event("B", letter.TypeUnmerged, "2024-03-05 10:02", &letter.Unmerged{Common: by(cityDesk)}).
				event("B", letter.TypeMerged, "2024-03-05 10:03", &letter.Merged{Common: by(cityDesk), Into: "A"})
		},
		asOf: "2024-03-13 00:00",
		want: []string{": received=2 merged=1 letters=1 writers=1 matters=1 response=0/1-1merged signed_in_time=0/1-1merged forwarded_in_time=0/1-1merged " +
			"contacted_in_time=0/1-1merged contacted_reached_in_time=0/1-1merged replied_in_time=0/1-1merged closure=0/1-1merged closure_mature=0/1-1merged closed_in_time=0/1-1merged"},
	},
	{
		name: "transferred letters need no reply and no closing; thanks go first",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeTransferred, "2024-03-05 10:02", &letter.Transferred{Common: by(cityDesk), To: "12345"}).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeRelabelled, "2024-03-05 10:02", relabelled("L09")).
				event("B", letter.TypeTransferred, "2024-03-05 10:02", &letter.Transferred{Common: by(cityDesk), To: "12345"})
		},
		asOf: "2024-03-13 00:00:01",
		want: []string{": received=2 letters=2 writers=2 matters=2 response=0/2 signed_in_time=0/2 forwarded_in_time=0/2 contacted_in_time=0/2 " +
			"contacted_reached_in_time=0/2 replied_in_time=0/0-1thanks-1transferred closure=0/0-1thanks-1transferred " +
			"closure_mature=0/0-1thanks-1transferred closed_in_time=0/0-1thanks-1transferred thanks=1"},
	},
	{
		name: "reopened is open, and closed in time again only by the second closing",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
				event("A", letter.TypeReopened, "2024-03-07 10:00", &letter.Reopened{Common: by(cityDesk)}).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
				event("B", letter.TypeReopened, "2024-03-07 10:00", &letter.Reopened{Common: by(cityDesk)}).
				event("B", letter.TypeClosed, "2024-03-14 10:00", closed(cityDesk)).
				letter("C", "2024-03-05 10:00"). // Withdrawn in time, closed once more too late: the first counts.
				event("C", letter.TypeWithdrawn, "2024-03-12 10:00", &letter.Withdrawn{Common: by(cityDesk)}).
				event("C", letter.TypeClosed, "2024-03-14 10:00", closed(cityDesk))
		},
		asOf: "2024-03-15 00:00",
		want: []string{": received=3 letters=3 writers=3 matters=3 response=0/3 signed_in_time=0/3 forwarded_in_time=0/3 contacted_in_time=0/3 " +
			"contacted_reached_in_time=0/3 replied_in_time=0/3 closure=2/3 closure_mature=2/3 closed_in_time=1/3 overdue=1"},
	},
	{
		name: "what happened at the same moment is ordered by when it was recorded",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeReopened, "2024-03-06 10:00", &letter.Reopened{Common: by(cityDesk)}).recorded("2024-03-06 10:01").
				event("A", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).recorded("2024-03-06 10:01").
				event("B", letter.TypeReopened, "2024-03-06 10:00", &letter.Reopened{Common: by(cityDesk)})
		},
		asOf: "2024-03-06 10:01",
		want: []string{": received=2 letters=2 writers=2 matters=2 response=0/2 signed_in_time=0/2 forwarded_in_time=0/2 contacted_in_time=0/2 " +
			"contacted_reached_in_time=0/2 replied_in_time=0/0-2immature closure=1/2 closure_mature=0/0-2immature closed_in_time=0/0-2immature"},
	},
	{
		name: "and by record id where that is the same as well",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeReopened, "2024-03-06 10:00", &letter.Reopened{Common: by(cityDesk)}).
				event("A", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk))
		},
		asOf: "2024-03-06 10:01",
		want: []string{one + "response=0/1 " + late + "replied_in_time=0/0-1immature closure=1/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name: "a problem is solved when a visit says yes, not partly",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeRevisited, "2024-03-05 10:10", &letter.Revisited{Common: by(cityDesk), Reached: true, Solved: "yes"}).
				event("A", letter.TypeRevisited, "2024-03-05 10:20", &letter.Revisited{Common: by(cityDesk), Reached: true, Solved: "no"}).
				letter("B", "2024-03-05 10:00").
				event("B", letter.TypeRevisited, "2024-03-05 10:10", &letter.Revisited{Common: by(cityDesk), Reached: true, Solved: "partly"})
		},
		asOf: "2024-03-13 00:00",
		want: []string{": received=2 letters=2 writers=2 matters=2 response=0/2 signed_in_time=0/2 forwarded_in_time=0/2 contacted_in_time=0/2 " +
			"contacted_reached_in_time=0/2 replied_in_time=0/2 closure=0/2 closure_mature=0/2 closed_in_time=0/2 problems_solved=1"},
	},
}

func extended(until string) letter.Payload {
	return &letter.ExtensionDecided{Common: by(cityDesk), Approved: true, Until: until}
}

// inTwoWeeks closes the letter on 20 March, eight days after its due day.
func inTwoWeeks(l *ledger, events ...letter.Event) {
	l.letter("A", "2024-03-05 10:00")
	for _, e := range events {
		l.event("A", e.Type, "2024-03-05 10:00", e.Payload)
		l.events[len(l.events)-1].At, l.events[len(l.events)-1].RecordedAt = e.At, e.At
	}
	l.event("A", letter.TypeClosed, "2024-03-20 10:00", closed(cityDesk))
}

func (l *ledger) decision(when, until string) letter.Event {
	return letter.Event{Type: letter.TypeExtensionDecided, At: at(l.tb, when), Payload: extended(until)}
}

const (
	closedLate   = one + "response=0/1 " + late + "replied_in_time=0/1 closure=1/1 closure_mature=1/1 closed_in_time=0/1"
	closedInTime = one + "response=0/1 " + late + "replied_in_time=0/1 closure=1/1 closure_mature=1/1 closed_in_time=1/1"
)

var dueScenarios = []scenario{
	{
		name:   "no extension",
		ledger: func(l *ledger) { inTwoWeeks(l) },
		asOf:   "2024-03-25 00:00", want: []string{closedLate},
	},
	{
		name:   "an extension at the last moment counts",
		ledger: func(l *ledger) { inTwoWeeks(l, l.decision("2024-03-13 00:00", "2024-03-20")) },
		asOf:   "2024-03-25 00:00", want: []string{closedInTime},
	},
	{
		name:   "an extension after expiry does not",
		ledger: func(l *ledger) { inTwoWeeks(l, l.decision("2024-03-13 00:00:01", "2024-03-20")) },
		asOf:   "2024-03-25 00:00", want: []string{closedLate},
	},
	{
		name: "a second extension rests on the first",
		ledger: func(l *ledger) {
			inTwoWeeks(l, l.decision("2024-03-10 09:00", "2024-03-15"), l.decision("2024-03-15 23:59", "2024-03-22"))
		},
		asOf: "2024-03-25 00:00", want: []string{closedInTime},
	},
	{
		name: "a second extension after the first ran out does not count",
		ledger: func(l *ledger) {
			inTwoWeeks(l, l.decision("2024-03-10 09:00", "2024-03-15"), l.decision("2024-03-16 00:01", "2024-03-22"))
		},
		asOf: "2024-03-25 00:00", want: []string{closedLate},
	},
	{
		name: "the order of decisions is that of their times, not of their records",
		ledger: func(l *ledger) {
			inTwoWeeks(l, l.decision("2024-03-15 23:59", "2024-03-22"), l.decision("2024-03-10 09:00", "2024-03-15"))
		},
		asOf: "2024-03-25 00:00", want: []string{closedInTime},
	},
	{
		name: "a refused extension changes nothing",
		ledger: func(l *ledger) {
			inTwoWeeks(l, letter.Event{
				Type: letter.TypeExtensionDecided, At: at(l.tb, "2024-03-10 09:00"),
				Payload: &letter.ExtensionDecided{Common: by(cityDesk), Until: "2024-03-22"},
			})
		},
		asOf: "2024-03-25 00:00", want: []string{closedLate},
	},
	{
		name: "an extended letter is mature by due5 but not yet by its own day, and the reply stays due",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeExtensionDecided, "2024-03-06 10:00", extended("2024-03-20"))
		},
		asOf: "2024-03-20 23:59",
		want: []string{one + "response=0/1 " + late + "replied_in_time=0/1 closure=0/1 closure_mature=0/1 closed_in_time=0/0-1immature"},
	},
	{
		name: "a day far beyond any calendar is still a day",
		ledger: func(l *ledger) {
			l.letter("A", "2024-03-05 10:00").event("A", letter.TypeExtensionDecided, "2024-03-06 10:00", extended("9999-12-31"))
		},
		asOf: "2024-03-20 23:59",
		want: []string{one + "response=0/1 " + late + "replied_in_time=0/1 closure=0/1 closure_mature=0/1 closed_in_time=0/0-1immature"},
	},
	{
		name:   "the May holiday does not count, the Sunday before it does",
		ledger: func(l *ledger) { l.letter("A", "2024-04-26 10:00") }, // Friday: 28, 29, 30 April, 6, 7 May.
		from:   "2024-04-26", to: "2024-04-26", asOf: "2024-05-07 23:59:59.999",
		want: []string{one + "response=0/1 " + late + "replied_in_time=0/0-1immature closure=0/1 closure_mature=0/0-1immature closed_in_time=0/0-1immature"},
	},
	{
		name:   "the first moment after that",
		ledger: func(l *ledger) { l.letter("A", "2024-04-26 10:00") },
		from:   "2024-04-26", to: "2024-04-26", asOf: "2024-05-08 00:00",
		want: []string{one + "response=0/1 " + late + "replied_in_time=0/1 closure=0/1 closure_mature=0/1 closed_in_time=0/1"},
	},
	{
		name: "without the year's notice nothing is due and no extension helps",
		ledger: func(l *ledger) {
			l.letter("A", "2030-03-05 10:00").
				event("A", letter.TypeReplied, "2030-03-05 10:10", replied(cityDesk)).
				event("A", letter.TypeExtensionDecided, "2030-03-06 10:00", extended("2030-03-20"))
		},
		from: "2030-03-01", to: "2030-03-31", asOf: "2030-12-01 00:00",
		want: []string{one + "response=1/1 " + late + "replied_in_time=0/0-1calendar_missing closure=0/1 closure_mature=0/0-1calendar_missing closed_in_time=0/0-1calendar_missing"},
	},
	{
		name:   "nor when only the last days run into such a year",
		ledger: func(l *ledger) { l.letter("A", "2026-12-29 10:00") },
		from:   "2026-12-29", to: "2026-12-29", asOf: "2027-12-01 00:00",
		want: []string{one + "response=0/1 " + late + "replied_in_time=0/0-1calendar_missing closure=0/1 closure_mature=0/0-1calendar_missing closed_in_time=0/0-1calendar_missing"},
	},
}
