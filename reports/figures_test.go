package reports

import (
	"testing"

	"jiesu.cn/jiesu/analytics"
)

func TestChange(t *testing.T) {
	for _, c := range []struct {
		now, before uint64
		want        string
	}{
		{62, 58, "增加4件"},
		{69, 58, "环比上升19.0%"},
		{48, 58, "环比下降17.2%"},
		{30, 9, "增加21件"},
		{0, 9, "减少9件"},
		{20, 0, "增加20件"},
		{0, 0, "与前一日持平"},
		{58, 58, "与前一日持平"},
		{20, 10, "环比上升100.0%"},
	} {
		if got := Change(c.now, c.before); got != c.want {
			t.Errorf("Change(%d, %d) = %s, want %s", c.now, c.before, got, c.want)
		}
	}
}

func TestPercent(t *testing.T) {
	for _, c := range []struct {
		n, d uint64
		want string
	}{
		{0, 0, "—"},
		{0, 7, "0.0%"},
		{1, 3000, "0.1%"},
		{2999, 3000, "99.9%"},
		{3000, 3000, "100.0%"},
		{1, 16, "6.3%"}, // 6.25 goes up.
		{2, 3, "66.7%"},
	} {
		if got := Percent(&analytics.Rate{N: c.n, D: c.d}); got != c.want {
			t.Errorf("Percent(%d/%d) = %s, want %s", c.n, c.d, got, c.want)
		}
	}
}

func TestChangePoints(t *testing.T) {
	for _, c := range []struct {
		now, before *analytics.Rate
		want        string
	}{
		{&analytics.Rate{N: 98, D: 100}, &analytics.Rate{N: 96, D: 100}, "上升2.0个百分点"},
		{&analytics.Rate{N: 1, D: 3}, &analytics.Rate{N: 2, D: 3}, "下降33.4个百分点"},
		{&analytics.Rate{N: 1, D: 2}, &analytics.Rate{N: 2, D: 4}, "与前一日持平"},
		{&analytics.Rate{}, &analytics.Rate{N: 2, D: 4}, "—"},
	} {
		if got := changePoints(c.now, c.before); got != c.want {
			t.Errorf("changePoints(%v, %v) = %s, want %s", *c.now, *c.before, got, c.want)
		}
	}
}
