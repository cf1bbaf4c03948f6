package analytics_test

import (
	"encoding/json"
	"testing"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

func TestKPIsSmoke(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("A", "2024-03-05 10:00").
		event("A", letter.TypeRelabelled, "2024-03-05 10:01", relabelled("L02")).
		event("A", letter.TypeSigned, "2024-03-05 10:05", signed(cityDesk)).
		event("A", letter.TypeForwarded, "2024-03-05 10:09", forwarded(cityDesk, countyDesk)).
		event("A", letter.TypeSigned, "2024-03-05 10:25", signed(countyDesk)).
		event("A", letter.TypeContacted, "2024-03-05 10:29", contacted(countyDesk, "call", "reached")).
		event("A", letter.TypeReplied, "2024-03-06 10:29", replied(countyDesk)).
		event("A", letter.TypeClosed, "2024-03-07 10:29", closed(countyDesk)).
		store(store)
	for _, by := range []analytics.Dimension{"", "unit", "type", "topic", "division", "channel", "day"} {
		doc, err := store.KPIs(t.Context(), analytics.LocalOperator("test"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), By: by})
		if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s", b)
	}
}
