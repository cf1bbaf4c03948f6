package analytics_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Texts of which the first two share 37 of 41 3-grams (0.90), the first and the
// third 24 of 54 (0.44); the last shares none.
const (
	text0 = "我在海滨大道中被人以投资为名骗走三万元对方自称公司经理请公安机关立案侦查追回"
	text1 = text0 + "损失谢"
)

var (
	text2 = string([]rune(text0)[:26]) + "这件事情过去了半年还没有一个答复"
	text3 = "邻居家的狗半夜一直叫影响老人和小孩休息多次劝说没有用希望派出所上门调解"
)

// writes gives a letter the writer and the text; an account stands in it when
// one is given.
func writes(writer, text string, accounts ...string) func(*letter.Judged) {
	return func(row *letter.Judged) {
		row.Writer.Key, row.Body, row.Normalised = writer, text, text
		for _, a := range accounts {
			row.Verdict.Entities = append(row.Verdict.Entities, letter.Entity{Kind: "bank_card", Text: a, Value: a, Start: 0, End: 1})
		}
	}
}

func merged(into letter.ID) letter.Payload { return &letter.Merged{Common: by(cityDesk), Into: into} }

// A repeatScenario is worked out by hand from docs/metrics.md, section
// "Repeats and matters".
type repeatScenario struct {
	name   string
	ledger func(l *ledger)
	asOf   string
	want   string // Each letter with what is said of it: see said.
}

const (
	longAgo   = "2024-03-01 10:00"
	muchLater = "2024-12-01 10:00"
)

var repeatScenarios = []repeatScenario{
	{
		name: "near-duplicate texts of one writer",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("w", text1))
		},
		want: "B repeats A",
	},
	{
		name: "of two writers they are no repeats",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("v", text1))
		},
	},
	{
		name: "nor of two nobodies",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("", text0, "1234")).letter("B", "2024-03-05 10:00", writes("", text0, "1234")).
				event("A", letter.TypeSeriesConfirmed, "2024-03-05 10:00", series("S", "A", "B")).
				event("B", letter.TypeMerged, "2024-03-05 10:00", merged("A"))
		},
	},
	{
		name: "texts less alike are no repeats",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 10:00", writes("w", text2))
		},
	},
	{
		name: "texts of a few words are no repeats, however alike",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", "请尽快处理我的来信谢谢")).letter("B", "2024-03-05 10:00", writes("w", "请尽快处理我的来信谢谢"))
		},
	},
	{
		name: "90 days later is a repeat",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-05-30 10:00", writes("w", text1))
		},
		want: "B repeats A",
	},
	{
		name: "a millisecond more is none",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-05-30 10:00:00.001", writes("w", text1))
		},
	},
	{
		name: "at the same time the smaller id is the earlier",
		ledger: func(l *ledger) {
			l.letter("B", longAgo, writes("w", text0)).letter("A", longAgo, writes("w", text0))
		},
		want: "B repeats A",
	},
	{
		name: "the latest earlier one is named",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).
				letter("X", "2024-03-03 10:00", writes("w", text3)).letter("C", "2024-03-04 10:00", writes("w", text0))
		},
		want: "B repeats A; C repeats B",
	},
	{
		name: "the same account in other words",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0, "1234")).letter("B", "2024-05-30 10:00", writes("w", text3, "1234"))
		},
		want: "B repeats A",
	},
	{
		name: "after more than 90 days it is another matter",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0, "1234")).letter("B", "2024-05-30 10:00:00.001", writes("w", text3, "1234"))
		},
	},
	{
		name: "another account is another matter",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0, "1234")).letter("B", "2024-03-05 10:00", writes("w", text3, "5678"))
		},
	},
	{
		name: "a repeat that names another account has new facts, and the next that names both has none",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0, "1234")).letter("B", "2024-03-05 10:00", writes("w", text1, "1234", "5678")).
				letter("C", "2024-03-06 10:00", writes("w", text1, "5678"))
		},
		want: "B repeats A with new facts; C repeats B",
	},
	{
		name: "a merged letter repeats that into which it was merged, whenever",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-11-05 10:00", writes("w", text3, "5678")).
				event("B", letter.TypeMerged, "2024-11-05 11:00", merged("A"))
		},
		want: "B repeats A",
	},
	{
		name: "not any more when that was taken back",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-11-05 10:00", writes("w", text3)).
				event("B", letter.TypeMerged, "2024-11-05 11:00", merged("A")).
				event("B", letter.TypeUnmerged, "2024-11-05 11:01", &letter.Unmerged{Common: by(cityDesk)})
		},
	},
	{
		name: "the last merging counts, and one into a later letter makes no repeat",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text3)).letter("C", "2024-11-05 10:00", writes("w", text2)).
				event("B", letter.TypeMerged, "2024-11-05 11:00", merged("A")).
				event("B", letter.TypeMerged, "2024-11-05 11:01", merged("C"))
		},
	},
	{
		name: "merging into another writer's letter makes no repeat",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("v", text3)).
				event("B", letter.TypeMerged, "2024-11-05 11:00", merged("A"))
		},
	},
	{
		name: "in one confirmed series, whenever",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-11-05 10:00", writes("w", text3)).
				event("A", letter.TypeSeriesConfirmed, "2024-11-05 11:00", series("S", "A", "B"))
		},
		want: "B repeats A",
	},
	{
		name: "a series that was only proposed makes no repeat",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-11-05 10:00", writes("w", text3)).
				event("A", letter.TypeSeriesLinked, "2024-11-05 11:00", series("S", "A", "B"))
		},
	},
	{
		name: "a rejection of both ends text and account",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0, "1234")).letter("B", "2024-03-02 10:00", writes("w", text0, "1234")).
				event("A", letter.TypeSeriesRejected, "2024-03-02 11:00", series("S", "A", "B"))
		},
	},
	{
		name: "so does an unlinking; the rest of the letters stay repeats",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).letter("C", "2024-03-03 10:00", writes("w", text0)).
				event("A", letter.TypeSeriesUnlinked, "2024-03-02 11:00", series("S", "C", "B"))
		},
		want: "B repeats A; C repeats A",
	},
	{
		name: "two rejections of one each reject no pair",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).
				event("A", letter.TypeSeriesRejected, "2024-03-02 11:00", series("S", "A")).
				event("A", letter.TypeSeriesRejected, "2024-03-02 11:00", series("S", "B"))
		},
		want: "B repeats A",
	},
	{
		name: "a rejection does not undo a merging",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).
				event("A", letter.TypeSeriesRejected, "2024-03-02 11:00", series("S", "A", "B")).
				event("B", letter.TypeMerged, "2024-03-02 11:00", merged("A"))
		},
		want: "B repeats A",
	},
	{
		name: "what is void or thanks neither repeats nor is repeated",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).letter("C", "2024-03-03 10:00", writes("w", text0)).
				event("A", letter.TypeInvalidated, "2024-03-02 11:00", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"}).
				event("B", letter.TypeRelabelled, "2024-03-02 11:00", relabelled("L09"))
		},
	},
	{
		name: "as of before a letter, a merging or a label they are not there",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).
				letter("C", "2024-03-02 10:00", writes("w", text0), func(row *letter.Judged) { row.RecordedAt = at(l.tb, "2024-03-05 10:00") }).
				event("B", letter.TypeRelabelled, "2024-03-02 11:00", relabelled("L09")).recorded("2024-03-04 00:00:00.001").
				event("A", letter.TypeSeriesRejected, "2024-03-02 11:00", series("S", "A", "B")).recorded("2024-03-04 00:00:00.001")
		},
		asOf: "2024-03-04 00:00",
		want: "B repeats A",
	},
	{
		name: "a re-letter within 30 days of the first closing",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-04-03 12:00", writes("w", text1)).letter("C", "2024-04-04 12:00", writes("w", text1)).
				event("A", letter.TypeClosed, "2024-03-04 12:00", closed(cityDesk)).
				event("A", letter.TypeReopened, "2024-03-05 12:00", &letter.Reopened{Common: by(cityDesk)}).
				event("A", letter.TypeClosed, "2024-03-06 12:00", closed(cityDesk))
		},
		want: "A re-lettered 2024-04-03 12:00:00.000; B repeats A; C repeats B",
	},
	{
		name: "a millisecond later it is none",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-04-03 12:00:00.001", writes("w", text1)).
				event("A", letter.TypeClosed, "2024-03-04 12:00", closed(cityDesk))
		},
		want: "B repeats A",
	},
	{
		name: "nor at the time of closing itself, but a millisecond after; the first counts",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-04 12:00", writes("w", text1)).
				letter("C", "2024-03-04 12:00:00.001", writes("w", text1)).letter("D", "2024-03-05 12:00", writes("w", text1)).
				event("A", letter.TypeWithdrawn, "2024-03-04 12:00", &letter.Withdrawn{Common: by(cityDesk)})
		},
		want: "A re-lettered 2024-03-04 12:00:00.001; B repeats A; C repeats B; D repeats C",
	},
	{
		name: "another matter is no re-letter",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-05 12:00", writes("w", text3)).
				event("A", letter.TypeClosed, "2024-03-04 12:00", closed(cityDesk))
		},
	},
	{
		name: "thanks go to what was closed last before them",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text3)).letter("C", "2024-03-06 10:00", writes("w", text2)).
				letter("T", "2024-03-08 10:00", writes("w", text0)).
				event("T", letter.TypeClassified, "2024-03-08 10:00", classified(letter.Verdict{Type: "L09"})).
				event("B", letter.TypeClosed, "2024-03-05 10:00", closed(cityDesk)).
				event("A", letter.TypeClosed, "2024-03-07 10:00", closed(cityDesk)).
				event("B", letter.TypeClosed, "2024-03-08 10:00", closed(cityDesk)). // Not before the thanks.
				event("A", letter.TypeClosed, "2024-03-09 10:00", closed(cityDesk))
		},
		want: "A is thanked; T thanks for A",
	},
	{
		name: "or else to what was received last, whatever it says",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text3)).
				letter("T", "2024-03-08 10:00", writes("w", text0)).letter("C", "2024-03-09 10:00", writes("w", text2)).
				event("T", letter.TypeRelabelled, "2024-03-08 10:00", relabelled("L09"))
		},
		want: "B is thanked; T thanks for B",
	},
	{
		name: "a person's label goes before the verdict's; void thanks are none",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text1)).letter("T", "2024-03-08 10:00", writes("w", text3)).
				event("B", letter.TypeClassified, "2024-03-08 10:00", classified(letter.Verdict{Type: "L09"})).
				event("B", letter.TypeRelabelled, "2024-03-08 10:00", relabelled("L02")).
				event("T", letter.TypeRelabelled, "2024-03-08 10:00", relabelled("L09")).
				event("T", letter.TypeInvalidated, "2024-03-08 11:00", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"})
		},
		want: "B repeats A",
	},
	{
		name: "a letter sent twice is one, by its first writer",
		ledger: func(l *ledger) {
			l.letter("A", longAgo, writes("w", text0)).letter("B", "2024-03-02 10:00", writes("w", text0)).
				letter("B", "2024-03-02 10:00", writes("v", text0), func(row *letter.Judged) {
					row.RecordID, row.RecordedAt = "again", at(l.tb, "2024-03-02 11:00")
				}).
				letter("C", "2024-03-03 10:00", writes("v", text0))
		},
		want: "B repeats A",
	},
}

func TestRepeats(t *testing.T) {
	store, _ := newStore(t)
	for _, sc := range slices.Concat(repeatScenarios, crowdScenarios) {
		t.Run(sc.name, func(t *testing.T) {
			if err := analytics.Empty(t.Context(), store); err != nil {
				t.Fatal(err)
			}
			l := &ledger{tb: t}
			sc.ledger(l)
			l.store(store)
			if sc.asOf == "" {
				sc.asOf = muchLater
			}
			// Asked for any one letter, the others of its writer count all the same.
			for _, candidates := range []string{"", "B"} {
				rows, err := analytics.Repetitions(t.Context(), store, candidates, at(t, sc.asOf))
				if err != nil {
					t.Fatal(err)
				}
				if candidates != "" {
					rows = map[string]analytics.Repetition{candidates: rows[candidates]}
				}
				want := slices.DeleteFunc(strings.Split(sc.want, "; "), func(s string) bool { return s == "" || !strings.HasPrefix(s, candidates) })
				if diff := cmp.Diff(want, said(rows), cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); diff != "" {
					t.Errorf("asked for %q (-want +got):\n%s", candidates, diff)
				}
			}
		})
	}
}

// said writes down what is said of each letter, those that are thanked first.
func said(rows map[string]analytics.Repetition) []string {
	var words []string
	for id, r := range rows {
		if r.Thanked {
			words = append(words, id+" is thanked")
		}
		if r.ReletteredAt != nil {
			words = append(words, id+" re-lettered "+r.ReletteredAt.In(calendar.Shanghai).Format("2006-01-02 15:04:05.000"))
		}
		if r.Repeats {
			words = append(words, id+" repeats "+r.RepeatOf+map[bool]string{true: " with new facts"}[r.NewFacts])
		}
		if r.ThanksFor != "" {
			words = append(words, id+" thanks for "+r.ThanksFor)
		}
	}
	slices.SortFunc(words, func(a, b string) int {
		first := func(s string) string { return fmt.Sprint(!strings.Contains(s, "thanked"), s) }
		return strings.Compare(first(b), first(a)) * -1
	})
	return words
}
