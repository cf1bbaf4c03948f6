package analytics_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// TestDrillCountsWhatFiguresCount takes random ledgers and counts the letters
// listed for every figure of every row again.
func TestDrillCountsWhatFiguresCount(t *testing.T) {
	store, conn := newStore(t)
	dimensions := []analytics.Query{{}, {By: analytics.ByUnit}, {By: analytics.ByUnit, Tier: 2}, {By: analytics.ByType}, {By: analytics.ByDivision}, {By: analytics.ByDay}}
	turn := 0
	rapid.Check(t, func(rt *rapid.T) {
		for _, table := range []string{"letters", "events"} {
			if err := conn.Exec(t.Context(), "TRUNCATE TABLE "+table); err != nil {
				t.Fatal(err)
			}
		}
		drawLedger(rt, t).store(store)
		q := rapid.SampledFrom(dimensions).Draw(rt, "dimension")
		turn++
		q.From, q.To = day(t, "2024-03-01"), day(t, "2024-03-31")
		q.AsOf = at(t, "2024-03-05 10:00").Add(time.Duration(rapid.SampledFrom([]int{10, 30, 1500, 12000, 15000}).Draw(rt, "as of")) * time.Minute)
		// Every tenth figure, others each turn: each asks the engine once.
		for i, m := range analytics.AllMetrics() {
			if i%10 == turn%10 {
				q.Metrics = append(q.Metrics, m.ID)
			}
		}
		viewer, err := analytics.ParseViewer(rapid.SampledFrom([]string{"leadership", "leadership", "unit:440803", "investigator:440804"}).Draw(rt, "viewer"))
		if err != nil {
			t.Fatal(err)
		}
		doc, err := store.KPIs(t.Context(), viewer, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, id := range q.Metrics {
			want, got := map[string]map[string]uint64{}, map[string]map[string]uint64{}
			for _, row := range doc.Rows {
				if counts := countsOf(row.KPIs[id]); len(counts) > 0 {
					want[row.Key] = counts
				}
			}
			list, err := store.Letters(t.Context(), viewer, q, analytics.Drill{Metric: id, Bucket: analytics.BucketAll, Limit: 1000})
			if err != nil {
				t.Fatal(err)
			}
			if uint64(len(list.Members)) != list.Total {
				rt.Fatalf("%s: %d of %d listed", id, len(list.Members), list.Total)
			}
			byKey := map[string][]analytics.Member{}
			for _, m := range list.Members {
				byKey[m.Key] = append(byKey[m.Key], m)
			}
			for key, members := range byKey {
				got[key] = countList(list.Metric, members)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				rt.Fatalf("%s by %q (-figure +list):\n%s", id, q.By, diff)
			}
		}
	})
}

// countsOf writes a figure as numbers by bucket.
func countsOf(f analytics.Figure) map[string]uint64 {
	counts := map[string]uint64{}
	set := func(bucket string, n uint64) {
		if n > 0 {
			counts[bucket] = n
		}
	}
	switch {
	case f.Rate != nil:
		set("yes", f.Rate.N)
		set("no", f.Rate.D-f.Rate.N)
		for key, n := range f.Rate.Excluded {
			set(key, n)
		}
	case f.Ratio != nil:
		set("yes", f.Ratio.N)
		set("groups", f.Ratio.D)
	case f.Duration != nil:
		set("finished", f.Duration.Finished)
		set("running", f.Duration.Running)
	default:
		set("yes", f.Count)
	}
	return counts
}

// countList counts a list as docs/metrics.md tells readers to.
func countList(m analytics.Metric, members []analytics.Member) map[string]uint64 {
	counts := map[string]uint64{}
	groups := map[uint64]bool{}
	for _, member := range members {
		if member.Group > 0 {
			groups[member.Group] = true
		}
		switch {
		case m.Kind == analytics.KindCount && member.Group > 0:
			counts["yes"] = uint64(len(groups))
		case m.Kind == analytics.KindDuration, m.Kind == analytics.KindRate:
			counts[member.Bucket]++
		default:
			counts[member.Bucket] += member.Amount
		}
	}
	if m.Kind == analytics.KindRatio && len(groups) > 0 {
		counts["groups"] = uint64(len(groups))
	}
	return counts
}

// TestDrill lists a small ledger by hand.
func TestDrill(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	travelled(l)
	l.store(store)
	for _, tt := range []struct {
		metric string
		bucket analytics.Bucket
		want   []string
	}{
		{"received", analytics.BucketAll, []string{"A yes +1", "B yes +1"}},
		{"forwarded_in_time", analytics.BucketAll, []string{"A@440800-XX yes +1", "A@440803-P01 immature +1", "A@440803-XX yes +1", "B@440800-XX immature +1"}},
		{"forwarded_in_time", analytics.BucketD, []string{"A@440800-XX yes +1", "A@440803-XX yes +1"}},
		{"forwarded_in_time", analytics.BucketExcluded, []string{"A@440803-P01 immature +1", "B@440800-XX immature +1"}},
		{"forwarded_in_time", analytics.BucketNo, nil},
		{"closure", analytics.BucketNo, []string{"A no +1", "B no +1"}},
		{"leads", analytics.BucketN, []string{"A@440803-P01 yes +1"}},
		{"overdue", analytics.BucketAll, nil},
	} {
		list, err := store.Letters(t.Context(), analytics.LocalOperator("x"),
			analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31")}, analytics.Drill{Metric: tt.metric, Bucket: tt.bucket, Limit: 10})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range list.Members {
			at := ""
			if m.Unit != "" {
				at = "@" + m.Unit
			}
			got = append(got, fmt.Sprintf("%s%s %s +%d", m.Letter, at, m.Bucket, m.Amount))
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.metric, tt.bucket, diff)
		}
	}
}

// TestDrillWithholds lists a letter that accuses officials, page by page.
func TestDrillWithholds(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	travelled(l)
	l.event("A", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Type: "L10", Topic: "T09"})).
		event("A", letter.TypeContacted, "2024-03-05 10:00", contacted(cityDesk, "call", "reached")).
		event("B", letter.TypeRelabelled, "2024-03-05 10:00", labels(letter.Relabelled{Type: "L02", Topic: "T09"}))
	l.store(store)
	q := analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), By: analytics.ByUnit}
	var got []analytics.Member
	for offset := range uint64(3) {
		list, err := store.Letters(t.Context(), analytics.LocalOperator("x"), q, analytics.Drill{Metric: "signed_in_time", Bucket: analytics.BucketAll, Offset: offset, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		if list.Total != 4 {
			t.Errorf("%d entries in all, want 4", list.Total)
		}
		got = append(got, list.Members...)
	}
	secret := analytics.Member{Letter: "A", ReceivedAt: at(t, "2024-03-05 10:00"), Type: "L10", Withheld: true, Bucket: "immature", Reason: "未到期", Amount: 1}
	if diff := cmp.Diff([]analytics.Member{secret, secret, secret}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	key := cityDesk
	list, err := store.Letters(t.Context(), analytics.LocalOperator("x"), q, analytics.Drill{Metric: "received", Key: &key, Bucket: analytics.BucketN, Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(list)
	want := `{"metric":"received","name":"来信","as_of":"2024-03-05T10:00:00+08:00","total":1,"members":[{"letter":"B","received_at":"2024-03-05T02:00:00Z","type":"L02",` +
		`"topic":"T09","owner":"440800-XX","due":"2024-03-12T16:00:00Z","key":"440800-XX","bucket":"yes","reason":"计入分子","amount":1}]}`
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(text)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestDrillRefuses lists questions without an answer.
func TestDrillRefuses(t *testing.T) {
	store, _ := newStore(t)
	for _, d := range []analytics.Drill{
		{Metric: "happiness", Bucket: analytics.BucketAll, Limit: 1},
		{Metric: "closure", Bucket: "some", Limit: 1},
		{Metric: "closure", Bucket: analytics.BucketAll},
		{Metric: "closure", Bucket: analytics.BucketAll, Limit: analytics.MaxDrill + 1},
	} {
		_, err := store.Letters(t.Context(), analytics.LocalOperator("x"), analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31")}, d)
		if letter.KindOf(err) != letter.KindInvalid {
			t.Errorf("%+v: %v", d, err)
		}
	}
}
