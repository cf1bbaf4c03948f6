package text

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestChineseNumber(t *testing.T) {
	tests := []struct {
		n    int64
		want string
	}{
		{3, "三"},
		{10, "十"},
		{12, "十二"},
		{20, "二十"},
		{105, "一百零五"},
		{110, "一百一十"},
		{800, "八百"},
		{1002, "一千零二"},
		{1020, "一千零二十"},
		{38_600, "三万八千六百"},
		{50_300, "五万零三百"},
		{100_000, "十万"},
		{126_000, "十二万六千"},
		{1_050_000, "一百零五万"},
		{2_000_050, "二百万零五十"},
	}
	for _, tt := range tests {
		if got := chineseNumber(tt.n); got != tt.want {
			t.Errorf("chineseNumber(%d) = %s, want %s", tt.n, got, tt.want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int64]string{800: "800", 1000: "1,000", 38_006: "38,006", 1_234_567: "1,234,567"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %s, want %s", n, got, want)
		}
	}
}

func TestCheckCharacter(t *testing.T) {
	// The two worked examples of GB 11643-1999.
	for _, want := range []string{"11010519491231002X", "440524188001010014"} {
		if got := withCheckCharacter(want[:17]); got != want {
			t.Errorf("withCheckCharacter(%s) = %s, want %s", want[:17], got, want)
		}
	}
}

// luhn checks a number from the left, unlike the code under test.
func luhn(number string) bool {
	sum := 0
	for i, r := range number {
		d := int(r - '0')
		if (len(number)-i)%2 == 0 {
			d = d/5 + 2*d%10
		}
		sum += d
	}
	return sum%10 == 0
}

func TestCardNumber(t *testing.T) {
	if !luhn("4539578763621486") || luhn("4539578763621487") {
		t.Fatal("the check itself is wrong")
	}
	for n := range uint64(1000) {
		got := cardNumber(n * 9_876_543_211)
		if len(got) != 19 || !strings.HasPrefix(got, "99000") || !luhn(got) {
			t.Errorf("cardNumber gives %s", got)
		}
	}
}

// TestSpread proves that a serial below an anchor's space determines its value.
func TestSpread(t *testing.T) {
	for _, n := range []uint64{phoneSpace, addressSpace, flatSpace, farmSpace, 1e6, mashSpace} {
		if n < 700_000 {
			t.Errorf("space %d is smaller than documented", n)
		}
		seen := make([]bool, n)
		r := rendering{}
		for serial := range n {
			r.in.Serial = serial
			at := r.spread(n)
			if seen[at] {
				t.Fatalf("space %d: serial %d repeats the value %d", n, serial, at)
			}
			seen[at] = true
		}
	}
}

func TestAnchorsAreInjective(t *testing.T) {
	anchors := map[string]struct {
		space uint64
		write func(uint64) string
	}{
		"phone":   {phoneSpace, phone},
		"address": {addressSpace, func(n uint64) string { return road(n/houses) + houseOnRoad(n) }},
		"flat":    {flatSpace, func(n uint64) string { return estate(n/doors) + door(n) }},
		"farm":    {farmSpace, func(n uint64) string { return village(n/farms) + houseInVillage(n) }},
	}
	for name, a := range anchors {
		seen := map[string]uint64{}
		for n := uint64(0); n < a.space; n += 7 {
			text := a.write(n)
			if other, ok := seen[text]; ok {
				t.Fatalf("%s: %d and %d both give %s", name, other, n, text)
			}
			seen[text] = n
		}
	}
}

func TestTimesLieBeforeArrival(t *testing.T) {
	received := time.Date(2026, 3, 1, 16, 5, 0, 0, time.UTC) // 2 March, 00:05 in China.
	rng := rand.New(rand.NewPCG(1, 2))
	lib, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for range 2000 {
		r := newRendering(lib, rng, Slots{ReceivedAt: received})
		v := slotTime(r)
		at, err := time.ParseInLocation("2006-01-02 15:04", v.truth, r.received().Location())
		if err != nil {
			t.Fatal(err)
		}
		if !at.Before(received) {
			t.Errorf("%s (%s) is not before %s", v.show, v.truth, received)
		}
		if strings.HasPrefix(v.show, "昨天") && at.Format("01-02") != "03-01" {
			t.Errorf("%s stands for %s", v.show, v.truth)
		}
	}
}

func TestToTraditional(t *testing.T) {
	tests := map[string]string{
		"派出所民警态度恶劣，请局长处理。": "派出所民警態度惡劣，請局長處理。",
		"摩托车被盗，损失三万元":      "摩托車被盜，損失三萬元",
		"这个骗子又来我们村":        "這個騙子又來我們村",
	}
	for in, want := range tests {
		if got := toTraditional(in); got != want {
			t.Errorf("toTraditional(%s) = %s, want %s", in, got, want)
		}
	}
}

func TestTraditionalPairs(t *testing.T) {
	pairs := []rune(traditionalPairs())
	if len(pairs)%2 != 0 {
		t.Fatalf("%d characters do not make pairs", len(pairs))
	}
	table := map[rune]rune{}
	for i := 0; i < len(pairs); i += 2 {
		if first, ok := table[pairs[i]]; ok && first != pairs[i+1] {
			t.Errorf("%c stands for both %c and %c", pairs[i], first, pairs[i+1])
		}
		table[pairs[i]] = pairs[i+1]
	}
}
