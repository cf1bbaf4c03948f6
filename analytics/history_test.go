package analytics_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

func outage(l *ledger, unit letter.ID, from, to string) {
	l.event(unit, letter.TypeSystemOutage, to, &letter.SystemOutage{Common: by(string(unit)), From: at(l.tb, from), To: at(l.tb, to), Second: "p2"})
}

// TestHistoryIsWhatWasWritten wants a letter's events back as they were sent,
// those of other letters not, and outages of its own units and the city's.
func TestHistoryIsWhatWasWritten(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("A", "2024-03-05 10:00").letter("B", "2024-03-05 10:00").
		event("A", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).
		event("A", letter.TypeExtensionDecided, "2024-03-06 10:00", &letter.ExtensionDecided{Common: by(countyDesk), Approved: true, Until: "2024-03-20"}).
		recorded("2024-03-06 10:30").imported().
		event("A", letter.TypeClassified, "2024-03-05 10:01", classified(letter.Verdict{ID: "A", Type: "L02"})).
		event("A", letter.TypeContacted, "2024-03-07 10:00", contacted(countyDesk, "call", "reached")).
		event("B", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk))
	outage(l, cityDesk, "2024-03-05 10:00", "2024-03-05 10:10")
	outage(l, countyDesk, "2024-03-05 10:00", "2024-03-05 10:20")
	outage(l, far, "2024-03-05 10:00", "2024-03-05 10:30")
	l.store(store)

	got, asOf, err := store.History(t.Context(), analytics.LocalOperator("test"), "A", at(t, "2024-03-06 12:00"))
	if err != nil {
		t.Fatal(err)
	}
	if want := at(t, "2024-03-06 12:00"); !asOf.Equal(want) {
		t.Errorf("as of %s, want %s", asOf, want)
	}
	want := analytics.History{
		Letter: letter.Letter{
			ID: "A", Source: "/mailbox/web", RecordID: "r-A", ReceivedAt: at(t, "2024-03-05 10:00"), RecordedAt: at(t, "2024-03-05 10:00"),
			Received: letter.Received{Writer: letter.Writer{Contactable: true}},
		},
		Events:  []letter.Event{l.events[2], l.events[0], l.events[1]}, // The call was not recorded yet.
		Outages: []letter.Event{l.events[5], l.events[6]},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got, asOf, err = store.History(t.Context(), analytics.LocalOperator("test"), "A", time.Time{})
	if err != nil || !asOf.Equal(at(t, "2024-03-07 10:00")) || len(got.Events) != 4 {
		t.Errorf("as of %s (%v): %d events, want all four as of the last", asOf, err, len(got.Events))
	}
}

// TestHistoryHidesWhatFiguresHide asks as viewers who may not see the letter:
// the answer must be that of a letter that is not there.
func TestHistoryHidesWhatFiguresHide(t *testing.T) {
	store, _ := newStore(t)
	if _, _, err := store.History(t.Context(), analytics.LocalOperator("test"), "A", time.Time{}); letter.KindOf(err) != letter.KindNotFound {
		t.Errorf("an empty store: %v", err)
	}
	l := &ledger{tb: t}
	accused(l)
	l.letter("C", "2024-03-05 10:00").event("C", letter.TypeForwarded, "2024-03-05 10:00", forwarded(cityDesk, countyDesk))
	l.store(store)
	tests := []struct {
		viewer string
		id     letter.ID
		asOf   string
		found  bool
	}{
		{"leadership", "A", "2024-03-05 10:00", true},
		{"leadership", "A", "2024-03-05 09:59", false}, // Not received yet.
		{"leadership", "Z", "2024-03-05 10:00", false},
		{"leadership", "不合法", "2024-03-05 10:00", false},
		{"unit:440803", "A", "2024-03-05 10:00", false}, // Accuses its station.
		{"unit:440803", "C", "2024-03-05 10:00", true},
		{"unit:440803-P01", "C", "2024-03-05 10:00", false}, // Never passed through it.
		{"investigator:440804", "A", "2024-03-05 10:00", false},
	}
	for _, tt := range tests {
		v, err := analytics.ParseViewer(tt.viewer)
		if err != nil {
			t.Fatal(err)
		}
		h, _, err := store.History(t.Context(), v, tt.id, at(t, tt.asOf))
		switch {
		case tt.found && (err != nil || h.Letter.ID != tt.id):
			t.Errorf("%s, letter %s: %v", tt.viewer, tt.id, err)
		case !tt.found && (letter.KindOf(err) != letter.KindNotFound || h.Letter.ID != "" || len(h.Events) > 0):
			t.Errorf("%s, letter %s as of %s: %+v, %v, want not found", tt.viewer, tt.id, tt.asOf, h, err)
		}
	}
}
