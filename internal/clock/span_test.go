package clock_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu.cn/jiesu/internal/clock"
)

var noon = time.Date(2024, 3, 5, 4, 0, 0, 0, time.UTC)

func minute(n int) time.Time { return noon.Add(time.Duration(n) * time.Minute) }

func TestMinutes(t *testing.T) {
	tests := []struct {
		name             string
		stop             int
		outages          [][2]int
		gross, net       int
		grossDue, netDue int
	}{
		{"none", 8, nil, 8, 8, 10, 10},
		{"before the start", -5, nil, 0, 0, 10, 10},
		{"inside", 20, [][2]int{{5, 12}}, 20, 13, 10, 17},
		{"over the start", 20, [][2]int{{-30, 4}}, 20, 16, 10, 14},
		{"all before", 20, [][2]int{{-30, 0}}, 20, 20, 10, 10},
		{"over the stop", 8, [][2]int{{6, 30}}, 8, 6, 10, 34},
		{"after the end", 20, [][2]int{{11, 30}}, 20, 11, 10, 10},
		{"from the end on", 20, [][2]int{{10, 30}}, 20, 10, 10, 30},
		{"overlapping", 40, [][2]int{{5, 12}, {8, 15}, {6, 7}, {15, 16}}, 40, 29, 10, 21},
		{"apart, the second within the longer limit", 40, [][2]int{{15, 20}, {2, 9}}, 40, 28, 10, 22},
		{"backwards", 20, [][2]int{{12, 5}}, 20, 20, 10, 10},
	}
	for _, tt := range tests {
		var outages []clock.Interval
		for _, o := range tt.outages {
			outages = append(outages, clock.Interval{From: minute(o[0]), To: minute(o[1])})
		}
		got := clock.Minutes(noon, minute(tt.stop), 10*time.Minute, outages)
		want := clock.Span{
			Gross: time.Duration(tt.gross) * time.Minute, Net: time.Duration(tt.net) * time.Minute,
			GrossDue: minute(tt.grossDue), Due: minute(tt.netDue),
		}
		if got != want {
			t.Errorf("%s: got %v, want %v", tt.name, got, want)
		}
	}
}

var outageLists = rapid.SliceOfN(rapid.Custom(func(t *rapid.T) clock.Interval {
	from := rapid.IntRange(-60, 120).Draw(t, "from")
	return clock.Interval{From: minute(from), To: minute(from + rapid.IntRange(-5, 60).Draw(t, "length"))}
}), 0, 6)

// TestMinutesCountsEachMinute compares with counting the minutes one by one.
func TestMinutesCountsEachMinute(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stop, limit := rapid.IntRange(0, 180).Draw(t, "stop"), rapid.IntRange(1, 60).Draw(t, "limit")
		outages := outageLists.Draw(t, "outages")
		net := 0
		for n := range stop {
			down := false
			for _, o := range outages {
				down = down || !minute(n).Before(o.From) && minute(n).Before(o.To)
			}
			if !down {
				net++
			}
		}
		got := clock.Minutes(noon, minute(stop), time.Duration(limit)*time.Minute, outages)
		if got.Net != time.Duration(net)*time.Minute || got.Gross != time.Duration(stop)*time.Minute {
			t.Fatalf("net %v of %v, want %d of %d minutes", got.Net, got.Gross, net, stop)
		}
		if inTime := !minute(stop).After(got.Due); inTime != (net <= limit) {
			t.Fatalf("due %v makes %v in time: %v, but %d of %d minutes are used", got.Due, minute(stop), inTime, net, limit)
		}
	})
}
