package analytics

import (
	"fmt"
	"math"
)

// z is the quantile of the normal distribution for intervals of 95 %.
const z = 1.959963984540054

// Interval is a 95 % confidence interval of a share or of a difference of two
// shares: 1 stands for 100 % or 100 percentage points.
type Interval struct{ Lo, Hi float64 }

// Interval returns the Wilson score interval of the rate, without continuity
// correction (E. B. Wilson, JASA 22, 1927). It is false where d is 0.
func (r Rate) Interval() (Interval, bool) {
	if r.D == 0 {
		return Interval{}, false
	}
	n, d := float64(r.N), float64(r.D)
	p := n / d
	middle := p + z*z/(2*d)
	spread := z * math.Sqrt(p*(1-p)/d+z*z/(4*d*d))
	interval := Interval{Lo: (middle - spread) / (1 + z*z/d), Hi: (middle + spread) / (1 + z*z/d)}
	if r.N == 0 {
		interval.Lo = 0 // Exactly, whatever rounding has left.
	}
	if r.N == r.D {
		interval.Hi = 1
	}
	return interval, true
}

// differenceInterval returns Newcombe's interval of the rate now less the rate
// before, which joins their Wilson intervals (method 10 of R. G. Newcombe,
// Statistics in Medicine 17, 1998, 873–890). It is false where either d is 0.
func differenceInterval(now, before Rate) (Interval, bool) {
	a, okA := now.Interval()
	b, okB := before.Interval()
	if !okA || !okB {
		return Interval{}, false
	}
	p, q := now.share(), before.share()
	return Interval{
		Lo: p - q - math.Hypot(p-a.Lo, b.Hi-q),
		Hi: p - q + math.Hypot(a.Hi-p, q-b.Lo),
	}, true
}

// share is n over d, which must not be 0.
func (r Rate) share() float64 { return float64(r.N) / float64(r.D) }

// MarshalJSON writes [lo,hi] in percent, each to 0.1.
func (i Interval) MarshalJSON() ([]byte, error) {
	return fmt.Appendf(nil, "[%s,%s]", Points(i.Lo), Points(i.Hi)), nil
}

// String writes the interval as people read it, e.g. "99.7–99.9".
func (i Interval) String() string { return Points(i.Lo) + "–" + Points(i.Hi) }

// Points writes a share or a difference of shares in percent to 0.1, rounded
// half away from zero, e.g. "99.8" or "-0.3"; zero has no sign.
func Points(share float64) string {
	// The hair keeps what is a half in decimals from falling short of it in binary.
	const hair = 1e-9
	tenths := math.Round(share*1000 + math.Copysign(hair, share))
	if tenths == 0 {
		return "0.0"
	}
	return fmt.Sprintf("%.1f", tenths/10)
}
