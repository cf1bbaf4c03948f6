package analytics_test

import (
	"fmt"
	"testing"
	"time"

	"jiesu.cn/jiesu/analytics"
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

// TestJointLettersInAFlood wants a campaign of one text to be one group, without
// the memory of the square of its letters.
func TestJointLettersInAFlood(t *testing.T) {
	const letters = 20_000
	store, conn := newStore(t)
	err := conn.Exec(t.Context(), fmt.Sprintf(`INSERT INTO letters (letter_id, source, record_id, received_at, recorded_at, writer_key, signature)
		SELECT 'L' || toString(number), '/x', toString(number), toDateTime64('2024-03-01 00:00:00', 3, 'UTC') + toIntervalSecond(number) AS received,
			received, 'w' || toString(number), arrayMap(i -> toUInt32(sipHash64(i)), range(64))
		FROM numbers(%d)`, letters))
	if err != nil {
		t.Fatal(err)
	}
	joint, err := store.Joint(t.Context(), analytics.LocalOperator("x"), analytics.Period{From: day(t, "2024-03-01"), To: day(t, "2024-03-01")})
	if err != nil {
		t.Fatal(err)
	}
	if len(joint.Groups) != 1 || len(joint.Groups[0].Letters) != letters || joint.Groups[0].Writers != letters {
		t.Errorf("%d groups, want one of all letters", len(joint.Groups))
	}
}
