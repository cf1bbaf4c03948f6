package analytics_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// truthLedger is a handful of letters of Tuesday 5 March 2024 10:00, due at the
// end of 12 March.
func truthLedger(l *ledger) {
	rated := 5
	visited := func(id letter.ID, v letter.Revisited) {
		v.Common = by(cityDesk)
		l.event(id, letter.TypeRevisited, "2024-03-14 10:00", &v)
	}
	// kept: reached in minute 29, signed in the tenth, closed as solved half an
	// hour before it was due, which its writer confirms.
	l.letter("kept", "2024-03-05 10:00").
		event("kept", letter.TypeSigned, "2024-03-05 10:10", signed(cityDesk)).
		event("kept", letter.TypeContacted, "2024-03-05 10:28:30", contacted(cityDesk, "call", "reached")).
		event("kept", letter.TypeClosed, "2024-03-12 23:30", closed(cityDesk))
	visited("kept", letter.Revisited{Reached: true, Solved: "yes", Satisfaction: &rated})
	// denied: reached in minute 31, signed in minute 11 at the county, closed as
	// solved an hour before due at the sharp end, reopened; its writer denies it.
	l.letter("denied", "2024-03-05 10:00").
		event("denied", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
		event("denied", letter.TypeSigned, "2024-03-05 10:15:00.001", signed(countyDesk)).
		event("denied", letter.TypeContacted, "2024-03-05 10:30:00.001", contacted(countyDesk, "call", "reached")).
		event("denied", letter.TypeClosed, "2024-03-06 10:00", closed(countyDesk)).
		event("denied", letter.TypeReopened, "2024-03-07 10:00", &letter.Reopened{Common: by(countyDesk)}).
		event("denied", letter.TypeClosed, "2024-03-12 23:00", closed(countyDesk))
	visited("denied", letter.Revisited{Reached: true, Solved: "no"})
	// unheard: entered late, the revisit reached nobody; contact in minute 30.
	l.letter("unheard", "2024-03-05 10:00").
		event("unheard", letter.TypeSigned, "2024-03-05 10:01", signed(cityDesk)).recorded("2024-03-05 11:00").
		event("unheard", letter.TypeContacted, "2024-03-05 10:30", contacted(cityDesk, "call", "reached")).
		event("unheard", letter.TypeClosed, "2024-03-13 10:00", closed(cityDesk)) // A day late.
	visited("unheard", letter.Revisited{Solved: "unknown"})
	// silent: contact in minute 25 and none after; nothing else.
	l.letter("silent", "2024-03-05 10:00").
		event("silent", letter.TypeContacted, "2024-03-05 10:24:00.001", contacted(cityDesk, "call", "no_answer"))
	// thanks is asked nothing.
	l.letter("thanks", "2024-03-05 10:00").
		event("thanks", letter.TypeRelabelled, "2024-03-05 10:01", relabelled("L09")).
		event("thanks", letter.TypeClosed, "2024-03-05 10:01", closed(cityDesk))
	visited("thanks", letter.Revisited{Reached: true, Solved: "yes"})
}

func TestTruth(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	truthLedger(l)
	l.store(store)
	for _, tt := range []struct {
		query analytics.Query
		want  []string
	}{
		{analytics.Query{}, []string{
			" reached_confirmed 2/3", " solved_confirmed 1/2", " solved_denied 1/2", " contact_pile_up 2/4", " sign_pile_up 1/2",
			" closed_then_reopened 1/3", " closed_then_relettered 0/0", " closed_in_last_hour 1/2", " entered_late 1/8", " unrated 1/2",
		}},
		{analytics.Query{By: analytics.ByUnit}, []string{
			"440800-XX reached_confirmed 1/2", "440800-XX solved_confirmed 1/1", "440800-XX solved_denied 0/1", "440800-XX contact_pile_up 2/3", "440800-XX sign_pile_up 1/1",
			"440800-XX closed_then_reopened 0/2", "440800-XX closed_then_relettered 0/0", "440800-XX closed_in_last_hour 1/1", "440800-XX entered_late 1/5", "440800-XX unrated 0/1",
			"440803-XX reached_confirmed 1/1", "440803-XX solved_confirmed 0/1", "440803-XX solved_denied 1/1", "440803-XX contact_pile_up 0/1", "440803-XX sign_pile_up 0/1",
			"440803-XX closed_then_reopened 1/1", "440803-XX closed_then_relettered 0/0", "440803-XX closed_in_last_hour 0/1", "440803-XX entered_late 0/3", "440803-XX unrated 1/1",
		}},
	} {
		q := tt.query
		q.From, q.To, q.AsOf = day(t, "2024-03-01"), day(t, "2024-03-31"), at(t, "2024-03-15 10:00")
		panel, err := store.Truth(t.Context(), analytics.LocalOperator("x"), q)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, row := range panel.Rows {
			for _, c := range row.Checks {
				got = append(got, fmt.Sprintf("%s %s %d/%d", row.Key, c.ID, c.Rate.N, c.Rate.D))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("by %q (-want +got):\n%s", q.By, diff)
		}
	}
}

// TestTruthOfRepeats counts letters of one writer who wrote again about a merged
// matter: one within thirty days of the closing, one after.
func TestTruthOfRepeats(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	of := func(writer string) func(*letter.Judged) {
		return func(row *letter.Judged) { row.Writer.Key = writer }
	}
	for _, pair := range []struct{ first, again, at string }{{"A", "B", "2024-03-20 10:00"}, {"C", "D", "2024-05-20 10:00"}} {
		l.letter(letter.ID(pair.first), "2024-03-05 10:00", of(pair.first)).
			event(letter.ID(pair.first), letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
			letter(letter.ID(pair.again), pair.at, of(pair.first)).
			event(letter.ID(pair.again), letter.TypeMerged, pair.at, &letter.Merged{Common: by(cityDesk), Into: letter.ID(pair.first)})
	}
	l.store(store)
	panel, err := store.Truth(t.Context(), analytics.LocalOperator("x"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: at(t, "2024-06-01 00:00")})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range panel.Rows[0].Checks {
		if got := fmt.Sprintf("%d/%d", c.Rate.N, c.Rate.D); c.ID == "closed_then_relettered" && got != "1/2" {
			t.Errorf("closed_then_relettered %s, want 1/2", got)
		}
	}
}

// TestPileUp works out when a window stands out from its neighbours: with 400
// entries in eight minutes around, 100 are likely in its two.
func TestPileUp(t *testing.T) {
	for _, tt := range []struct {
		in, around uint64
		ratio      string
		above      bool
	}{
		{100, 400, "1.0", false},
		{150, 400, "1.5", true},
		{4, 8, "2.0", false}, // Too few to say.
		{0, 400, "0.0", false},
		{7, 0, "", false},
	} {
		c := analytics.Check{Rate: analytics.Rate{N: tt.in, D: tt.in + tt.around}, Expected: analytics.Rate{N: 1, D: 5}}
		if ratio, _ := c.Ratio(); ratio != tt.ratio {
			t.Errorf("%d among %d: ratio %q, want %q", tt.in, tt.around, ratio, tt.ratio)
		}
		if tt.around > 0 && c.Above() != tt.above {
			t.Errorf("%d among %d: above %v, want %v", tt.in, tt.around, c.Above(), tt.above)
		}
	}
	text, err := json.Marshal(analytics.Check{ID: "x", Rate: analytics.Rate{N: 150, D: 550}, Expected: analytics.Rate{N: 1, D: 5}})
	want := `{"id":"x","name":"","says":"","n":150,"d":550,"pct":27.3,"ci":[23.7,31.1],"small":false,"expected_pct":20.0,"ratio":1.5,"above":true}`
	if err != nil || string(text) != want {
		t.Errorf("%s, %v, want %s", text, err, want)
	}
}
