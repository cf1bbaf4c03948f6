package entity_test

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/internal/simulate/text"
)

// simulated renders n letters, the patterns in turn, and hands each to visit.
func simulated(tb testing.TB, n int, visit func(p text.Pattern, l text.Letter)) {
	tb.Helper()
	lib, err := text.Load()
	if err != nil {
		tb.Fatal(err)
	}
	patterns := lib.Patterns()
	rng := rand.New(rand.NewPCG(21, 22))
	for i := range n {
		p := patterns[i%len(patterns)]
		l, err := lib.Render(rng, &patterns[i%len(patterns)], text.Slots{
			DivisionName: "赤坎分局", CountyName: "赤坎区", Station: "沙湾派出所", Unit: "赤坎分局", ReceivedAt: received, Serial: uint64(i),
		})
		if err != nil {
			tb.Fatal(err)
		}
		visit(p, l)
	}
}

// slotKinds says as what kind the values of a slot must be found.
func slotKinds() map[string]string {
	return map[string]string{
		"联系电话": entity.KindPhone, "电话": entity.KindPhone, "账号": entity.KindBankCard, "身份证": entity.KindID, "微信": entity.KindWeChat,
		"QQ": entity.KindQQ, "网址": entity.KindURL, "车牌": entity.KindPlate,
		"小额": entity.KindAmount, "中额": entity.KindAmount, "金额": entity.KindAmount, "大额": entity.KindAmount,
	}
}

// TestSimulated looks for every value that the simulation put into its letters.
func TestSimulated(t *testing.T) {
	scores := map[string]*score{}
	lossRight, losses := 0, 0
	simulated(t, 5000, func(p text.Pattern, l text.Letter) {
		whole := l.Title + "\n" + l.Body
		f := extract(t, whole)
		found := map[string]bool{}
		for _, e := range f.Entities {
			found[e.Kind+" "+strings.ToLower(e.Value)] = true
		}
		for slot, values := range l.Values {
			kind := slotKinds()[strings.TrimRight(slot, "23456789")]
			if kind == "" {
				continue
			}
			s := scores[kind]
			if s == nil {
				s = &score{}
				scores[kind] = s
			}
			for _, v := range values {
				if found[kind+" "+strings.ToLower(v)] {
					s.hit++
				} else if s.missed++; s.missed <= 6 {
					t.Logf("%s %s %q not found in %q", p.Type, kind, v, whole)
				}
			}
		}
		if l.Yuan > 0 && p.Lead != "" && p.Topic == "T06" {
			losses++
			if f.Loss >= 0 && f.Entities[f.Loss].Value == strconv.FormatInt(l.Yuan, 10) {
				lossRight++
			} else if losses-lossRight <= 8 {
				t.Logf("loss %d, want %d, in %q", f.Loss, l.Yuan, whole)
			}
		}
	})
	for kind, s := range scores {
		t.Logf("%s: %d found, %d missed: recall %.4f", kind, s.hit, s.missed, s.recall())
		if s.recall() < minRecall {
			t.Errorf("%s: recall %.4f, want %.2f", kind, s.recall(), minRecall)
		}
	}
	t.Logf("loss right in %d of %d letters on fraud", lossRight, losses)
	if lossRight*100 < losses*90 {
		t.Errorf("loss right in %d of %d letters on fraud, want 90 %%", lossRight, losses)
	}
}

// TestSimulatedTimes checks that the times of simulated letters lie in some
// interval that was found, where one was told to the day or closer.
func TestSimulatedTimes(t *testing.T) {
	hit, all := 0, 0
	simulated(t, 3000, func(_ text.Pattern, l text.Letter) {
		whole := l.Title + "\n" + l.Body
		f := extract(t, whole)
		for _, v := range l.Values["时间"] {
			at, err := time.ParseInLocation("2006-01-02 15:04", v, time.FixedZone("", 8*60*60))
			if err != nil {
				t.Fatal(err)
			}
			all++
			if covered(t, f, at) {
				hit++
			} else if all-hit <= 8 {
				t.Logf("%s is in no interval of %q", v, whole)
			}
		}
	})
	t.Logf("%d of %d times found", hit, all)
	if all == 0 || hit*100 < all*90 {
		t.Errorf("%d of %d times found, want 90 %%", hit, all)
	}
}

func covered(t *testing.T, f entity.Found, at time.Time) bool {
	t.Helper()
	for _, e := range f.Entities {
		if e.Kind != entity.KindTime {
			continue
		}
		from, to, ok := strings.Cut(e.Value, "/")
		start, err := time.Parse(time.RFC3339, from)
		end, err2 := time.Parse(time.RFC3339, to)
		if !ok || err != nil || err2 != nil {
			t.Fatalf("interval %q", e.Value)
		}
		if !at.Before(start) && at.Before(end) {
			return true
		}
	}
	return false
}
