package analytics_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

func labelledLetters(t *testing.T, store *analytics.Store, r analytics.LetterRange) []analytics.LabelledLetter {
	t.Helper()
	var all []analytics.LabelledLetter
	for l, err := range store.LabelledLetters(t.Context(), analytics.LocalOperator("test"), r) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, l)
	}
	n, err := store.CountLetters(t.Context(), analytics.LocalOperator("test"), r)
	if err != nil {
		t.Fatal(err)
	}
	if int(n) != len(all) {
		t.Errorf("counted %d letters, read %d", n, len(all))
	}
	return all
}

func TestLabelledLetters(t *testing.T) {
	store, _ := newStore(t)
	no, yes := false, true
	l := &ledger{tb: t}
	l.letter("A", "2024-03-05 10:00").letter("B", "2024-03-06 23:59").letter("C", "2024-03-07 00:00").
		event("B", letter.TypeClassified, "2024-03-06 23:59", classified(letter.Verdict{Type: "L03", Topic: "T14", Lead: "N", Urgency: "P3", AccusedPolice: true, Held: true})).
		event("B", letter.TypeRelabelled, "2024-03-07 09:00", &letter.Relabelled{Common: by(cityDesk), Topic: "T15", AccusedPolice: &no}).
		event("B", letter.TypeClassified, "2024-03-06 23:59", classified(letter.Verdict{Type: "L05", Topic: "T06", Lead: "S", LeadType: "F03", Urgency: "P1"})).
		recorded("2024-03-09 09:00").
		event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Type: "L01", Topic: "T01", Lead: "N", Urgency: "P3"})).
		event("A", letter.TypeSigned, "2024-03-05 10:01", signed(cityDesk)).
		store(store)

	want := []analytics.Labelling{
		{Source: "/desk", RecordID: "e000", Type: "L03", Topic: "T14", Lead: "N", Urgency: "P3", Accused: &yes, Held: true},
		{ByPerson: true, Source: "/desk", RecordID: "e001", Topic: "T15", Accused: &no},
		{Source: "/desk", RecordID: "e002", Type: "L05", Topic: "T06", Lead: "S", LeadType: "F03", Urgency: "P1", Accused: &no},
	}
	got := labelledLetters(t, store, analytics.LetterRange{From: day(t, "2024-03-06"), To: day(t, "2024-03-06")})
	if len(got) != 1 || got[0].ID != "B" {
		t.Fatalf("got %+v, want B alone", got)
	}
	if diff := cmp.Diff(want, got[0].Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if g := got[0]; g.Title != "题目" || g.Body != "正文" || g.Source != "/mailbox/web" || g.RecordID != "r-B" || g.Channel != letter.ChannelWeb ||
		!g.ReceivedAt.Equal(at(t, "2024-03-06 23:59")) || !g.RecordedAt.Equal(at(t, "2024-03-06 23:59")) {
		t.Errorf("letter: %+v", g.Letter)
	}
	if all := labelledLetters(t, store, analytics.LetterRange{}); len(all) != 3 || all[2].ID != "C" || all[2].Labels != nil || len(all[0].Labels) != 1 {
		t.Errorf("all letters: %+v", all)
	}
	if some := labelledLetters(t, store, analytics.LetterRange{Relabelled: true}); len(some) != 1 || some[0].ID != "B" {
		t.Errorf("relabelled letters: %+v", some)
	}
}

// TestLabelledLettersAreTheCitysAlone refuses whoever may not see letters that
// accuse the police, the city bureau's own units among them.
func TestLabelledLettersAreTheCitysAlone(t *testing.T) {
	store, _ := newStore(t)
	for _, text := range []string{"unit:" + county, "unit:440800", "investigator:440800"} {
		viewer, err := analytics.ParseViewer(text)
		if err != nil {
			t.Fatal(err)
		}
		read := 0
		for _, err := range store.LabelledLetters(t.Context(), viewer, analytics.LetterRange{}) {
			read++
			if letter.KindOf(err) != letter.KindDenied {
				t.Errorf("%s reading: %v, want a denial", text, err)
			}
		}
		if read != 1 {
			t.Errorf("%s: the sequence had %d members, want the error alone", text, read)
		}
		if _, err := store.CountLetters(t.Context(), viewer, analytics.LetterRange{}); letter.KindOf(err) != letter.KindDenied {
			t.Errorf("%s counting: %v, want a denial", text, err)
		}
	}
}

// TestLabelledLettersByThePage reads more letters than a page holds.
func TestLabelledLettersByThePage(t *testing.T) {
	store, _ := newStore(t)
	const n = 1201
	l := &ledger{tb: t}
	for i := range n {
		l.letter(letter.ID(fmt.Sprintf("2024%05d", i)), "2024-03-05 10:00")
	}
	l.store(store)
	all := labelledLetters(t, store, analytics.LetterRange{})
	if len(all) != n {
		t.Fatalf("read %d letters, want %d", len(all), n)
	}
	for i, l := range all {
		if want := letter.ID(fmt.Sprintf("2024%05d", i)); l.ID != want {
			t.Fatalf("letter %d is %s, want %s", i, l.ID, want)
		}
	}
}

// TestALaterVerdictReleasesNothing: a letter that any verdict held stays with
// the city, whatever a newer model says of it, until a person has said.
func TestALaterVerdictReleasesNothing(t *testing.T) {
	for name, old := range map[string]letter.Verdict{
		"accused": {Type: "L03", AccusedPolice: true, Held: true},
		"doubted": {Type: "L03", Held: true},
	} {
		t.Run(name, func(t *testing.T) {
			store, _ := newStore(t)
			l := &ledger{tb: t}
			l.letter("A", "2024-03-05 10:00").
				event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
				event("A", letter.TypeClassified, "2024-03-05 10:00", classified(old)).
				event("A", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Type: "L01"})).
				recorded("2024-03-06 10:00").store(store)
			wantSeen(t, store, 0)
			l.event("A", letter.TypeCleared, "2024-03-07 10:00", &letter.Cleared{Common: by(cityDesk)}).store(store)
			wantSeen(t, store, 1)
		})
	}
}

// wantSeen wants the county to see so many letters of the first half of March.
func wantSeen(t *testing.T, store *analytics.Store, want uint64) {
	t.Helper()
	viewer := analytics.Viewer{Name: "county", Unit: county, Role: analytics.RoleUnit}
	doc, err := store.KPIs(t.Context(), viewer, analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-15")})
	if err != nil {
		t.Fatal(err)
	}
	if got := doc.Rows[0].KPIs["received"].Count; got != want {
		t.Errorf("the county sees %d letters, want %d", got, want)
	}
}
