package trend_test

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics/trend"
	"jiesu.cn/jiesu/internal/calendar"
)

func near(t *testing.T, what string, got, want, within float64) {
	t.Helper()
	if math.Abs(got-want) > within {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

func TestKindOf(t *testing.T) {
	cal, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]trend.Kind{
		"2024-03-05": 2, "2024-03-09": 6, "2024-03-10": 0,
		"2024-05-01": trend.Holiday, "2024-05-05": trend.Holiday, "2024-04-30": trend.Eve,
		"2024-04-28": trend.MakeUp, "2024-05-11": trend.MakeUp, "2024-05-06": 1,
		"2024-09-30": trend.Eve, "2024-10-03": trend.Holiday,
		"2031-10-03": 5, // No notice.
	} {
		day, err := calendar.ParseDate(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := trend.KindOf(cal, day); got != want {
			t.Errorf("%s is %d, want %d", text, got, want)
		}
	}
}

// TestNegBin holds tails against closed forms: of size 1 (geometric) the tail is
// (m/(1+m))^x, of a large size Poisson's.
func TestNegBin(t *testing.T) {
	geometric := trend.NegBin{Mean: 3, Size: 1}
	for x := range 20 {
		near(t, "geometric", geometric.Tail(x), math.Pow(0.75, float64(x)), 1e-9)
	}
	poisson := trend.NegBin{Mean: 2, Size: math.Inf(1)}
	near(t, "poisson 1", poisson.Tail(1), 1-math.Exp(-2), 1e-5)
	near(t, "poisson 4", poisson.Tail(4), 1-math.Exp(-2)*(1+2+2+4.0/3), 1e-5)
	near(t, "large", trend.NegBin{Mean: 13000, Size: 1e6}.Tail(13000), 0.5, 0.01)
	if got := geometric.AtLeast(0.01); got != 17 { // 0.75^16 = 0.01002, 0.75^17 = 0.0075.
		t.Errorf("99%% limit %d, want 17", got)
	}
	if got := (trend.NegBin{}).AtLeast(0.01); got != 1 {
		t.Errorf("limit of nothing %d, want 1", got)
	}
}

// TestUse holds Fisher's test against his tea: 4 of 4 cups of 8, and 3 or more.
func TestUse(t *testing.T) {
	near(t, "all cups", trend.Use{Recent: 4, RecentAll: 4, Before: 0, BeforeAll: 4}.P(), 1.0/70, 1e-12)
	near(t, "three cups", trend.Use{Recent: 3, RecentAll: 4, Before: 1, BeforeAll: 4}.P(), 17.0/70, 1e-12)
	near(t, "none", trend.Use{Recent: 0, RecentAll: 4, Before: 2, BeforeAll: 4}.P(), 1, 1e-12)
}

// TestQValues: p sorted .01 .02 .03 .5 of 4 tests: q = p·4/rank, made monotone.
func TestQValues(t *testing.T) {
	got := trend.QValues([]float64{0.5, 0.01, 0.03, 0.02}, 4)
	for i, want := range []float64{0.5, 0.04, 0.04, 0.04} {
		near(t, "q", got[i], want, 1e-12)
	}
	near(t, "of more tests", trend.QValues([]float64{0.001}, 50)[0], 0.05, 1e-12)
	if got := trend.QValues(nil, 3); len(got) != 0 {
		t.Errorf("q of nothing: %v", got)
	}
}

func TestBreaches(t *testing.T) {
	if _, ok := trend.ShareOf(trend.Past{Open: 5, Breached: 5}, trend.Past{Open: 29}); ok {
		t.Error("a share from 29 letters")
	}
	city := trend.Past{Open: 199, Breached: 19} // (19.5)/200 = 0.0975.
	share, ok := trend.ShareOf(trend.Past{}, city)
	if !ok {
		t.Fatal("no share")
	}
	near(t, "a new unit's share", share.Mean(), 0.0975, 1e-12)
	share, _ = trend.ShareOf(trend.Past{Open: 20, Breached: 20}, city) // Half its own, half the city's.
	near(t, "a small unit's share", share.Mean(), (1+0.0975)/2, 1e-12)
	// Uniform share: every number of breaches is equally likely.
	var b trend.Breaches
	b = b.Add(4, trend.Share{A: 1, B: 1})
	for _, p := range b {
		near(t, "uniform", p, 0.2, 1e-12)
	}
	near(t, "mean of two", b.Add(10, trend.Share{A: 1, B: 3}).Mean(), 2+2.5, 1e-12)
	low, high := b.Add(0, share).Interval()
	if diff := cmp.Diff([]int{0, 4}, []int{low, high}); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	low, high = trend.Breaches(nil).Add(100, trend.Share{A: 5000, B: 5000}).Interval() // Binomial(100, ½): 42 to 58.
	if low < 41 || low > 43 || high < 57 || high > 59 {
		t.Errorf("interval %d–%d", low, high)
	}
}
