package analytics_test

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"jiesu.cn/jiesu/analytics"
)

// TestWilson takes the four cases of R. G. Newcombe, Statistics in Medicine 17
// (1998), 857–872, table I, method 3.
func TestWilson(t *testing.T) {
	for _, tt := range []struct {
		n, d   uint64
		lo, hi string
	}{
		{81, 263, "0.2553", "0.3662"},
		{15, 148, "0.0624", "0.1605"},
		{0, 20, "0.0000", "0.1611"},
		{1, 29, "0.0061", "0.1718"},
	} {
		got, ok := analytics.Rate{N: tt.n, D: tt.d}.Interval()
		if lo, hi := fmt.Sprintf("%.4f", got.Lo), fmt.Sprintf("%.4f", got.Hi); !ok || lo != tt.lo || hi != tt.hi {
			t.Errorf("%d of %d: %s to %s, want %s to %s", tt.n, tt.d, lo, hi, tt.lo, tt.hi)
		}
	}
	if _, ok := (analytics.Rate{}).Interval(); ok {
		t.Error("nothing of nothing has an interval")
	}
}

// TestDifferenceInterval takes the eight cases of R. G. Newcombe, Statistics in
// Medicine 17 (1998), 873–890, table II, method 10.
func TestDifferenceInterval(t *testing.T) {
	for _, tt := range []struct {
		n1, d1, n2, d2 uint64
		lo, hi         string
	}{
		{56, 70, 48, 80, "0.0524", "0.3339"},
		{9, 10, 3, 10, "0.1705", "0.8090"},
		{6, 7, 2, 7, "0.0582", "0.8062"},
		{5, 56, 0, 29, "-0.0381", "0.1926"},
		{0, 10, 0, 20, "-0.1611", "0.2775"},
		{0, 10, 0, 10, "-0.2775", "0.2775"},
		{10, 10, 0, 20, "0.6791", "1.0000"},
		{10, 10, 0, 10, "0.6075", "1.0000"},
	} {
		got, ok := analytics.DifferenceInterval(analytics.Rate{N: tt.n1, D: tt.d1}, analytics.Rate{N: tt.n2, D: tt.d2})
		if lo, hi := fmt.Sprintf("%.4f", got.Lo), fmt.Sprintf("%.4f", got.Hi); !ok || lo != tt.lo || hi != tt.hi {
			t.Errorf("%d/%d - %d/%d: %s to %s, want %s to %s", tt.n1, tt.d1, tt.n2, tt.d2, lo, hi, tt.lo, tt.hi)
		}
	}
	if _, ok := analytics.DifferenceInterval(analytics.Rate{N: 1, D: 1}, analytics.Rate{}); ok {
		t.Error("a difference to nothing has an interval")
	}
}

// TestIntervalSolvesItsEquation checks what defines Wilson's ends: each is a
// share from which the observed one lies exactly z standard errors away.
func TestIntervalSolvesItsEquation(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Uint64Range(1, 10_000_000).Draw(t, "d")
		n := rapid.Uint64Range(0, d).Draw(t, "n")
		got, _ := analytics.Rate{N: n, D: d}.Interval()
		p := float64(n) / float64(d)
		if got.Lo < 0 || got.Lo > p || p > got.Hi || got.Hi > 1 {
			t.Fatalf("%d of %d lies outside %v", n, d, got)
		}
		for _, end := range []float64{got.Lo, got.Hi} {
			if end == 0 || end == 1 {
				continue
			}
			if away := math.Abs(p-end) / math.Sqrt(end*(1-end)/float64(d)); math.Abs(away-1.96) > 1e-3 {
				t.Fatalf("%d of %d: %g lies %g standard errors away", n, d, end, away)
			}
		}
	})
}

func TestIntervalJSON(t *testing.T) {
	for _, tt := range []struct {
		rate analytics.Rate
		want string
	}{
		{analytics.Rate{N: 81, D: 263}, "[25.5,36.6]"},
		{analytics.Rate{N: 20, D: 20}, "[83.9,100.0]"},
		{analytics.Rate{N: 0, D: 20}, "[0.0,16.1]"},
	} {
		interval, _ := tt.rate.Interval()
		got, err := json.Marshal(interval)
		if err != nil || string(got) != tt.want {
			t.Errorf("%v: %s, %v, want %s", tt.rate, got, err, tt.want)
		}
	}
}

func TestPoints(t *testing.T) {
	for share, want := range map[float64]string{
		0.9985: "99.9", 0.0005: "0.1", -0.0005: "-0.1", 0.00049: "0.0", -0.00049: "0.0", -0.1: "-10.0", 0.125: "12.5", 0.58/2 + 0.0005: "29.1",
	} {
		if got := analytics.Points(share); got != want {
			t.Errorf("%g: %q, want %q", share, got, want)
		}
	}
}

func TestWithIntervals(t *testing.T) {
	doc := analytics.Document{RuleVersion: "r", Rows: []analytics.Row{{KPIs: analytics.Figures{
		"letters":  {Count: 3},
		"closure":  {Rate: &analytics.Rate{N: 20, D: 40, Excluded: map[string]uint64{"thanks": 2}}},
		"response": {Rate: &analytics.Rate{}},
	}}}}
	got, err := json.Marshal(analytics.WithIntervals(doc).Rows[0])
	if err != nil || strings.Contains(string(got), "ci") {
		t.Fatalf("a plain row has intervals: %s, %v", got, err)
	}
	got, err = json.Marshal(analytics.WithIntervals(doc))
	want := `"rows":[{"key":"","name":"","kpis":{"letters":3,` +
		`"response":{"n":0,"d":0,"pct":null,"excluded":{},"ci":null,"small":true},` +
		`"closure":{"n":20,"d":40,"pct":50.0,"excluded":{"thanks":2},"ci":[35.2,64.8],"small":false}}}]}`
	if err != nil || !strings.HasSuffix(string(got), want) || !strings.HasPrefix(string(got), `{"rule_version":"r",`) {
		t.Errorf("%s, %v, want an end of %s", got, err, want)
	}
}
