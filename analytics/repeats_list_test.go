package analytics_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

func viewerOf(t *testing.T, text string) analytics.Viewer {
	t.Helper()
	v, err := analytics.ParseViewer(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func march(t *testing.T) analytics.Period {
	t.Helper()
	return analytics.Period{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: at(t, muchLater)}
}

func TestRepeatsSayWhy(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	toCounty := forwarded(cityDesk, countyDesk)
	l.letter("A", "2024-02-20 10:00", writes("w", text0, "1234")). // Before the period.
									letter("B", "2024-03-05 10:00", writes("w", text1, "5678")).
									letter("C", "2024-03-06 10:00", writes("w", text3, "5678")).
									letter("D", "2024-03-07 10:00", writes("w", text2)).
									letter("E", "2024-03-08 10:00", writes("w", "题目与正文")).
									letter("F", "2024-04-08 10:00", writes("w", text1)). // After the period.
									event("D", letter.TypeMerged, "2024-03-07 11:00", merged("C")).
									event("E", letter.TypeSeriesConfirmed, "2024-03-08 11:00", series("S", "A", "E"))
	for _, id := range []letter.ID{"A", "B", "D"} {
		l.event(id, letter.TypeForwarded, "2024-03-09 10:00", toCounty)
	}
	l.store(store)

	similar := linkage.Similarity(linkage.Signature(text0), linkage.Signature(text1))
	b := analytics.Repeat{
		Letter: "B", ReceivedAt: at(t, "2024-03-05 10:00"), Owner: countyDesk, Of: "A", OfReceived: at(t, "2024-02-20 10:00"),
		Rule: analytics.RepeatText, Similarity: similar, Facts: []linkage.Kind{}, NewFacts: true,
	}
	all := []analytics.Repeat{
		b,
		{
			Letter: "C", ReceivedAt: at(t, "2024-03-06 10:00"), Owner: cityDesk, Of: "B", OfReceived: at(t, "2024-03-05 10:00"),
			Rule: analytics.RepeatFact, Facts: []linkage.Kind{linkage.Account},
		},
		{Letter: "D", ReceivedAt: at(t, "2024-03-07 10:00"), Owner: countyDesk, Of: "C", OfReceived: at(t, "2024-03-06 10:00"), Rule: analytics.RepeatMerged},
		{Letter: "E", ReceivedAt: at(t, "2024-03-08 10:00"), Owner: cityDesk, Of: "A", OfReceived: at(t, "2024-02-20 10:00"), Rule: analytics.RepeatSeries},
	}
	for _, tt := range []struct {
		viewer string
		want   []analytics.Repeat
	}{
		{"leadership", all},
		{"unit:440803", []analytics.Repeat{b}}, // D repeats C, which the county never saw.
		{"unit:440804", nil},
	} {
		got, err := store.Repeats(t.Context(), viewerOf(t, tt.viewer), march(t))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got, cmpopts.EquateEmpty(), cmpopts.EquateApprox(0, 0.5)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.viewer, diff)
		}
		if len(got) > 0 && got[0].Similarity != similar {
			t.Errorf("similarity %v, want %v", got[0].Similarity, similar)
		}
	}
}

// TestRepeatsChangeNothingElse: repeats are counted, but neither merged nor
// given the clock of the letter they repeat.
func TestRepeatsChangeNothingElse(t *testing.T) {
	figures := func(text string) analytics.Document {
		store, _ := newStore(t)
		l := &ledger{tb: t}
		l.letter("A", "2024-03-05 10:00", writes("w", text0)).letter("B", "2024-03-06 10:00", writes("w", text)).
			event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).
			event("B", letter.TypeSigned, "2024-03-06 10:15", signed(cityDesk)).
			event("A", letter.TypeClosed, "2024-03-05 11:05", closed(cityDesk)).
			store(store)
		doc, err := store.KPIs(t.Context(), viewerOf(t, "leadership"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: at(t, muchLater)})
		if err != nil {
			t.Fatal(err)
		}
		return doc
	}
	if diff := cmp.Diff(printed(figures(text3)), printed(figures(text0))); diff != "" {
		t.Errorf("a repeat changed the contract's figures (-other matter +repeat):\n%s", diff)
	}
}

func TestFiguresOfRepeats(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("A", "2024-03-01 10:00", writes("w", text0)).event("A", letter.TypeClosed, "2024-03-02 10:00", closed(cityDesk)).
		// Repeats A, and is closed but a day before the cut-off.
		letter("B", "2024-03-05 10:00", writes("w", text1)).event("B", letter.TypeClosed, "2024-03-30 10:00", closed(cityDesk)).
		// Closed once, long enough ago.
		letter("C", "2024-03-01 10:00").event("C", letter.TypeClosed, "2024-03-01 10:00", closed(cityDesk)).
		// Closed twice.
		letter("D", "2024-03-01 10:00").event("D", letter.TypeClosed, "2024-03-01 10:00", closed(cityDesk)).
		event("D", letter.TypeReopened, "2024-03-01 11:00", &letter.Reopened{Common: by(cityDesk)}).
		// Open, merged repeat of itself, thanks, void.
		letter("E", "2024-03-01 10:00").
		letter("F", "2024-03-06 10:00", writes("w", text0)).event("F", letter.TypeMerged, "2024-03-06 10:00", merged("B")).
		letter("G", "2024-03-31 10:00", writes("w", text3)).event("G", letter.TypeRelabelled, "2024-03-31 10:00", relabelled("L09")).
		letter("H", "2024-03-01 10:00").event("H", letter.TypeInvalidated, "2024-03-01 10:00", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"}).
		store(store)
	doc, err := store.KPIs(t.Context(), viewerOf(t, "leadership"), analytics.Query{
		From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: at(t, "2024-03-31 10:00"),
		Metrics: []string{"closed_once", "reletters", "repeat_letters", "thanked"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := analytics.Figures{
		"closed_once": {Rate: &analytics.Rate{N: 1, D: 2, Excluded: map[string]uint64{"invalidated": 1, "merged": 1, "thanks": 1, "open": 1, "immature": 2}}},
		// A's first closing lies 29 days back, but the re-letter is there.
		"reletters":      {Rate: &analytics.Rate{N: 1, D: 3, Excluded: map[string]uint64{"invalidated": 1, "merged": 1, "thanks": 1, "open": 1, "immature": 1}}},
		"repeat_letters": {Rate: &analytics.Rate{N: 2, D: 6, Excluded: map[string]uint64{"invalidated": 1, "thanks": 1}}},
		"thanked":        {Count: 1},
	}
	if diff := cmp.Diff(want, doc.Rows[0].KPIs); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestJointLetters(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	toCounty := forwarded(cityDesk, countyDesk)
	l.letter("A", "2024-03-01 10:00", writes("v", text0)).letter("B", "2024-03-02 10:00", writes("w", text1)).
		letter("C", "2024-03-31 10:00", writes("", text0)).                                                      // Thirty days after A, within B's.
		letter("D", "2024-03-03 10:00", writes("x", text3)).letter("E", "2024-03-04 10:00", writes("x", text3)). // One writer.
		letter("F", "2024-04-01 10:00", writes("y", text0)).                                                     // After the period.
		letter("G", "2024-03-01 10:00", writes("z", text0)).event("G", letter.TypeRelabelled, "2024-03-01 10:00", relabelled("L09"))
	for _, id := range []letter.ID{"A", "D", "C"} {
		l.event(id, letter.TypeForwarded, "2024-03-01 10:00", toCounty)
	}
	l.store(store)
	similar := linkage.Similarity(linkage.Signature(text0), linkage.Signature(text1))
	a := analytics.JointLetter{Letter: "A", ReceivedAt: at(t, "2024-03-01 10:00"), Owner: countyDesk, Like: "C", Similarity: 1}
	c := analytics.JointLetter{Letter: "C", ReceivedAt: at(t, "2024-03-31 10:00"), Owner: countyDesk, Like: "A", Similarity: 1}
	b := analytics.JointLetter{Letter: "B", ReceivedAt: at(t, "2024-03-02 10:00"), Owner: cityDesk, Like: "A", Similarity: similar}
	for _, tt := range []struct {
		viewer string
		want   []analytics.JointGroup
	}{
		{"leadership", []analytics.JointGroup{{Writers: 3, Letters: []analytics.JointLetter{a, b, c}}}},
		{"unit:440803", []analytics.JointGroup{{Writers: 2, Letters: []analytics.JointLetter{a, c}}}},
		{"unit:440804", nil},
	} {
		got, err := store.Joint(t.Context(), viewerOf(t, tt.viewer), march(t))
		if err != nil {
			t.Fatal(err)
		}
		want := analytics.JointLetters{Groups: tt.want}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreUnexported(analytics.JointLetter{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.viewer, diff)
		}
	}
}

// TestJointLettersInACrowd: a text that hundreds send is one group, though not
// every letter is compared with every other.
func TestJointLettersInACrowd(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	const crowd = 200
	for i := range crowd {
		id := strconv.Itoa(1000 + i)
		l.letter(letter.ID(id), "2024-03-01 10:00", writes("w"+id, text0+strings.Repeat("谢", i%3)))
	}
	l.store(store)
	got, err := store.Joint(t.Context(), viewerOf(t, "leadership"), march(t))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Groups) != 1 || got.Groups[0].Writers != crowd || len(got.Groups[0].Letters) != crowd {
		t.Errorf("%d letters of as many writers make %d groups", crowd, len(got.Groups))
	}
	if want := crowd - 32; got.Crowded < want-3 || got.Crowded > want {
		t.Errorf("%d letters in a crowd, want about %d", got.Crowded, want)
	}
}
