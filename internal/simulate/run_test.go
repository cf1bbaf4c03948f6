package simulate

import (
	"fmt"
	"testing"
)

func TestPublishedTotalsForAnySeed(t *testing.T) {
	seeds := []uint64{0, 1, 2024, 1 << 63}
	for _, seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			l, err := open(Options{Seed: seed})
			if err != nil {
				t.Fatal(err)
			}
			docs, err := l.count(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			city := docs[0].Rows[0].KPIs
			for _, want := range []struct {
				id     string
				lo, hi int
			}{
				{"letters", 14_000, 14_399},
				{"writers", 5_000, 5_999},
				{"thanks", 341, 341},
				{"problems_solved", 1_500, 1_599},
				{"leads", 500, 599},
				{"cases_solved", 200, 299},
				{"arrests", 500, 599},
			} {
				if got := city.Count(want.id); got < want.lo || got > want.hi {
					t.Errorf("%s = %d, want %d to %d", want.id, got, want.lo, want.hi)
				}
			}
			for _, want := range []struct {
				id     string
				tenths int
			}{{"response", 998}, {"closure", 987}} {
				n, d := city.Rate(want.id)
				// Rounded half up to a tenth of a percent: want - 0.05 <= n/d < want + 0.05.
				if 20*100*n < (2*want.tenths-1)*d || 20*100*n >= (2*want.tenths+1)*d {
					t.Errorf("%s = %d of %d, want %d.%d %%", want.id, n, d, want.tenths/10, want.tenths%10)
				}
			}
			if testing.Verbose() {
				t.Logf("%+v", city)
			}
		})
	}
}
