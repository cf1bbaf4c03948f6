package analytics_test

import (
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"jiesu.cn/jiesu/analytics"
)

func TestTrace(t *testing.T) {
	n, _ := strconv.Atoi(os.Getenv("N"))
	store, conn := newStore(t)
	generate(t, conn, n)
	began := time.Now()
	if _, err := store.Refresh(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Println("rebuild", time.Since(began))
	for range 3 {
		began = time.Now()
		if err := analytics.Touch(t.Context(), store, "2024030400000001"); err != nil {
			t.Fatal(err)
		}
		if _, err := store.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		fmt.Println("refresh one", time.Since(began))
	}
	for _, q := range []analytics.Query{
		{From: day(t, "2024-03-04"), To: day(t, "2026-02-01")},
		{From: day(t, "2024-03-04"), To: day(t, "2026-02-01"), By: analytics.ByUnit, Tier: 2},
		{From: day(t, "2024-03-04"), To: day(t, "2026-02-01"), Metrics: []string{"response"}},
		{From: day(t, "2024-03-04"), To: day(t, "2026-02-01"), Metrics: []string{"writers"}, By: analytics.ByUnit},
		{From: day(t, "2024-03-04"), To: day(t, "2026-02-01"), Metrics: []string{"leads"}, By: analytics.ByUnit},
		{From: day(t, "2025-06-01"), To: day(t, "2025-06-30")},
		{From: day(t, "2025-06-01"), To: day(t, "2025-06-30"), AsOf: at(t, "2025-07-01 00:00")},
	} {
		for range 2 {
			began = time.Now()
			if _, err := store.KPIs(t.Context(), analytics.LocalOperator("bench"), q); err != nil {
				t.Fatal(err)
			}
			fmt.Println(q.From, q.By, q.Metrics, time.Since(began))
		}
	}
}
