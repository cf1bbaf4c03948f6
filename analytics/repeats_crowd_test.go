package analytics_test

import (
	"fmt"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// between sends so many letters of writer w after longAgo, like no other.
func between(l *ledger, n int, changes ...func(*letter.Judged)) {
	start := at(l.tb, longAgo)
	for i := range n {
		sent := start.Add(time.Duration(i+1) * time.Minute).In(calendar.Shanghai).Format("2006-01-02 15:04")
		l.letter(letter.ID(fmt.Sprintf("M%03d", i)), sent, append([]func(*letter.Judged){writes("w", "短")}, changes...)...)
	}
}

// crowdScenarios are of a writer of so many letters that each is compared with
// the 100 before it only, but for rule 1.
var crowdScenarios = []repeatScenario{
	{
		name: "of a crowd of letters the hundredth before is compared",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("w", text1))
			between(l, 99)
		},
		want: "B repeats A",
	},
	{
		name: "the one before that is not, neither for its text nor for its facts",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0, "1234")).letter("B", "2024-03-05 10:00", writes("w", text1, "1234"))
			between(l, 100)
		},
	},
	{
		name: "letters of other writers do not count",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("w", text1))
			between(l, 150, writes("v", "短"))
		},
		want: "B repeats A",
	},
	{
		name: "what persons said holds in a crowd too",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("w", text3)).letter("C", "2024-03-05 11:00", writes("w", text2)).
				event("B", letter.TypeMerged, "2024-03-06 10:00", merged("A")).
				event("C", letter.TypeSeriesConfirmed, "2024-03-06 10:00", series("S", "A", "C"))
			between(l, 250)
		},
		want: "B repeats A; C repeats A",
	},
	{
		name: "a pair that meets twice is one",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("w", text1)).letter("C", "2024-03-05 11:00", writes("w", text1)).
				event("B", letter.TypeClosed, "2024-03-05 10:30", closed(cityDesk)).
				event("C", letter.TypeMerged, "2024-03-06 10:00", merged("B")).
				event("C", letter.TypeSeriesConfirmed, "2024-03-06 10:00", series("S", "B", "C"))
			between(l, 120)
		},
		want: "B re-lettered 2024-03-05 11:00:00.000; C repeats B",
	},
	{
		name: "thanks go to the hundred before them",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("T", "2024-03-05 10:00", writes("w", text1)).
				event("A", letter.TypeClosed, "2024-03-04 10:00", closed(cityDesk)).
				event("T", letter.TypeRelabelled, "2024-03-05 10:00", relabelled("L09"))
			between(l, 100)
		},
		want: "M099 is thanked; T thanks for M099",
	},
}
