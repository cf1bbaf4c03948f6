package analytics_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// readingsLedger holds one letter for each thing that readings differ about.
// All are of Tuesday 5 March 2024 10:00, due at the end of 12 March, but for the
// last, which is half an hour old at the cut-off less a minute.
func readingsLedger(l *ledger) {
	interim := &letter.Replied{Common: by(cityDesk), Kind: "interim"}
	handled := func(id letter.ID) {
		l.event(id, letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk))
	}
	// reached: signed, reached and answered in time, closed.
	l.letter("reached", "2024-03-05 10:00")
	handled("reached")
	l.event("reached", letter.TypeContacted, "2024-03-05 10:20", contacted(cityDesk, "call", "reached")).
		event("reached", letter.TypeReplied, "2024-03-06 10:00", replied(cityDesk)).
		event("reached", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk))
	// tried: one attempt in time without success; never signed; closed and reopened.
	l.letter("tried", "2024-03-05 10:00").
		event("tried", letter.TypeContacted, "2024-03-05 10:10", contacted(cityDesk, "call", "no_answer")).
		event("tried", letter.TypeClosed, "2024-03-06 10:00", closed(cityDesk)).
		event("tried", letter.TypeReopened, "2024-03-07 10:00", &letter.Reopened{Common: by(cityDesk)})
	// methods: two methods, the second late; forwarded and signed late there; closed late, within its extension.
	l.letter("methods", "2024-03-05 10:00")
	handled("methods")
	l.event("methods", letter.TypeForwarded, "2024-03-05 10:06", forwarded(cityDesk, countyDesk)).
		event("methods", letter.TypeSigned, "2024-03-05 10:20", signed(countyDesk)).
		event("methods", letter.TypeContacted, "2024-03-05 10:10", contacted(countyDesk, "call", "no_answer")).
		event("methods", letter.TypeContacted, "2024-03-05 11:00", contacted(countyDesk, "sms", "no_answer")).
		event("methods", letter.TypeExtensionDecided, "2024-03-11 10:00", &letter.ExtensionDecided{Common: by(cityDesk), Approved: true, Until: "2024-03-14"}).
		event("methods", letter.TypeReplied, "2024-03-06 10:00", interim).
		event("methods", letter.TypeReplied, "2024-03-14 10:00", replied(countyDesk)).
		event("methods", letter.TypeClosed, "2024-03-14 10:00", closed(countyDesk))
	// receipt: an automatic receipt only, the text message came late.
	l.letter("receipt", "2024-03-05 10:00").
		event("receipt", letter.TypeContacted, "2024-03-05 10:00", contacted(cityDesk, "auto", "reached")).
		event("receipt", letter.TypeContacted, "2024-03-05 12:00", contacted(cityDesk, "sms", "no_answer"))
	handled("receipt")
	// silent: no way to contact, no answer.
	l.letter("silent", "2024-03-05 10:00", func(row *letter.Judged) { row.Writer.Contactable = false })
	handled("silent")
	// void and thanks and transferred.
	l.letter("void", "2024-03-05 10:00").
		event("void", letter.TypeInvalidated, "2024-03-05 10:05", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"})
	l.letter("thanks", "2024-03-05 10:00").
		event("thanks", letter.TypeRelabelled, "2024-03-05 10:01", relabelled("L09")).
		event("thanks", letter.TypeReplied, "2024-03-05 10:30", replied(cityDesk)).
		event("thanks", letter.TypeClosed, "2024-03-05 10:30", closed(cityDesk))
	handled("thanks")
	l.letter("transferred", "2024-03-05 10:00").
		event("transferred", letter.TypeTransferred, "2024-03-05 12:00", &letter.Transferred{Common: by(cityDesk), To: "city court"})
	handled("transferred")
	// withdrawn by its writer.
	l.letter("withdrawn", "2024-03-05 10:00").
		event("withdrawn", letter.TypeWithdrawn, "2024-03-05 10:30", &letter.Withdrawn{Common: by(cityDesk)})
	handled("withdrawn")
	l.event("440803", letter.TypeSystemOutage, "2024-03-06 10:00", &letter.SystemOutage{
		Common: by(county), From: at(l.tb, "2024-03-05 10:10"), To: at(l.tb, "2024-03-05 10:16"), Second: "p2",
	})
	// young: 29 minutes old.
	l.letter("young", "2024-03-15 09:31")
}

// TestReadings counts every reading of readingsLedger by hand.
func TestReadings(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	readingsLedger(l)
	l.store(store)
	got, err := store.Readings(t.Context(), analytics.LocalOperator("x"),
		analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: at(t, "2024-03-15 10:00")})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		// To contact: reached tried methods receipt thanks transferred withdrawn, young not yet.
		"response 3/7",                      // reached methods thanks
		"response_reached 1/7",              // reached
		"response_attempted 4/7",            // reached tried methods receipt
		"response_replied 3/7",              // reached methods thanks
		"response_attempted_or_replied 5/7", // and thanks
		"response_with_receipts 4/7",        // reached methods thanks receipt
		"response_at_once 2/7",              // reached thanks
		"response_with_uncontactable 3/8",   // and silent
		"response_with_invalid 3/8",         // and void
		"response_with_immature 3/8",        // and young
		"response_of_received 3/10",
		// To close: reached tried methods receipt silent withdrawn young.
		"closure 3/7",                  // reached methods withdrawn
		"closure_mature 3/6",           // without young
		"closed_in_time 3/6",           // methods by its extension
		"closure_with_thanks 4/8",      // and thanks
		"closure_with_transferred 4/8", // and transferred
		"closure_with_both 5/9",        //
		"closure_ever 4/7",             // and tried
		"closure_not_withdrawn 2/7",    //
		"closure_of_received 4/10",     // reached methods thanks withdrawn
		// Hops: nine at the city, of which tried and young are unsigned, and one at the county, late.
		"signed_in_time 7/10",
		"signed_first 7/9",
		"signed_all 6/9",        // without methods
		"signed_end_to_end 6/9", // the county signed after 20 minutes
		"signed_of_signed 7/8",
		"signed_in_time_net 8/10", // and the county, whose desk stood still for six minutes of fourteen
		"contacted_in_time 3/7",   // reached tried methods
		"contacted_reached_in_time 1/7",
		"contacted_with_receipts 4/7", // and receipt
		"contacted_with_uncontactable 3/8",
		"contacted_of_contacted 3/4", // reached tried methods of those and receipt
		"contacted_in_time_net 3/7",  // the city's desk never stood still
		// To reply: reached tried methods receipt silent withdrawn, young not yet.
		"replied_in_time 2/6",         // reached methods
		"replied_substantively 1/6",   // reached
		"replied_with_extensions 2/6", // reached methods
		"replied_with_thanks 3/7",     //
		"replied_of_replied 2/2",
	}
	var lines []string
	for _, h := range got.Headlines {
		for _, r := range h.Readings {
			lines = append(lines, fmt.Sprintf("%s %d/%d", r.ID, r.Rate.N, r.Rate.D))
		}
	}
	if diff := cmp.Diff(want, lines); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	// 5/7 less 3/7 is 28.57 points.
	if points, ok := got.Headlines[0].Readings[4].Points(); !ok || points != "28.6" {
		t.Errorf("points %q, want 28.6", points)
	}
}

// TestReadingsEqualFigures asks for the readings that are figures too.
func TestReadingsEqualFigures(t *testing.T) {
	same := map[string]string{ // Figure by reading.
		"signed_first": "first_signed_in_time", "signed_all": "all_signed_in_time", "signed_end_to_end": "owner_signed_in_time",
		"signed_in_time_net": "signed_in_time_net", "contacted_in_time_net": "contacted_in_time_net",
		"response": "response", "closure": "closure", "closure_mature": "closure_mature", "closed_in_time": "closed_in_time",
		"signed_in_time": "signed_in_time", "contacted_in_time": "contacted_in_time",
		"contacted_reached_in_time": "contacted_reached_in_time", "replied_in_time": "replied_in_time",
	}
	contract, _ := newStore(t)
	rapid.Check(t, func(rt *rapid.T) {
		store := underRules(t, contract, rapid.SampledFrom(drawnRules()).Draw(rt, "rules"))
		if err := analytics.Empty(t.Context(), store); err != nil {
			t.Fatal(err)
		}
		drawLedger(rt, t).store(store)
		q := analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31")}
		q.AsOf = at(t, "2024-03-05 10:00").Add(time.Duration(rapid.SampledFrom([]int{10, 30, 1500, 12000, 15000}).Draw(rt, "as of")) * time.Minute)
		for _, id := range same {
			q.Metrics = append(q.Metrics, id)
		}
		doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), q)
		if err != nil {
			t.Fatal(err)
		}
		readings, err := store.Readings(t.Context(), analytics.LocalOperator("x"), q)
		if err != nil {
			t.Fatal(err)
		}
		compared := 0
		for _, h := range readings.Headlines {
			for _, r := range h.Readings {
				if id, ok := same[r.ID]; ok {
					figure := doc.Rows[0].KPIs.Rate(id)
					if r.Rate.N != figure.N || r.Rate.D != figure.D {
						rt.Fatalf("%s: reading %d/%d, figure %d/%d", id, r.Rate.N, r.Rate.D, figure.N, figure.D)
					}
					compared++
				}
			}
		}
		if compared != len(same) {
			rt.Fatalf("compared %d readings, want %d", compared, len(same))
		}
	})
}
