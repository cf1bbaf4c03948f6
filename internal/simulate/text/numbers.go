package text

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
)

// phoneSpace counts the fictional numbers 1[3-9]x0000xxxx.
const phoneSpace = 7 * 10 * 10_000

func phone(n uint64) string {
	last := take(&n, 10_000)
	third := take(&n, 10)
	return fmt.Sprintf("1%d%d0000%04d", 3+n%7, third, last)
}

func digits(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789"[rng.IntN(10)]
	}
	return string(b)
}

func letters(rng *rand.Rand, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "abcdefghijklmnopqrstuvwxyz"[rng.IntN(26)]
	}
	return string(b)
}

// cardNumber returns 19 digits: the unassigned prefix 99000, 13 digits of n
// and the Luhn check digit (ISO/IEC 7812-1 annex B).
func cardNumber(n uint64) string {
	payload := fmt.Sprintf("99000%013d", n)
	sum := 0
	for i := range len(payload) {
		d := int(payload[len(payload)-1-i] - '0')
		if i%2 == 0 {
			d *= 2
			if d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return payload + strconv.Itoa((10-sum%10)%10)
}

// slotIdentity is an identity number of the region 990000, which does not
// exist, with the check character of GB 11643 (ISO 7064 MOD 11-2).
func slotIdentity(r *rendering) value {
	born := r.received().AddDate(-18-r.rng.IntN(60), 0, -r.rng.IntN(365))
	return plain(withCheckCharacter("990000" + born.Format("20060102") + digits(r.rng, 3)))
}

func withCheckCharacter(seventeen string) string {
	weights := []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		sum += w * int(seventeen[i]-'0')
	}
	at := sum % 11
	return seventeen + "10X98765432"[at:at+1]
}

// amount draws yuan between lo and hi, small sums as likely as large ones,
// mostly round, written the way people write it.
func amount(rng *rand.Rand, lo, hi float64) value {
	n := int64(lo * math.Pow(hi/lo, rng.Float64()))
	if rng.IntN(4) > 0 {
		n = roundish(n)
	}
	return value{show: writeAmount(rng, n), truth: strconv.FormatInt(n, 10)}
}

// roundish keeps the two leading digits.
func roundish(n int64) int64 {
	unit := int64(1)
	for n/unit >= 100 {
		unit *= 10
	}
	return n / unit * unit
}

func writeAmount(rng *rand.Rand, n int64) string {
	choice := rng.IntN(10)
	switch {
	case choice < 3 && n >= 10_000 && n%100 == 0:
		return strconv.FormatFloat(float64(n)/10_000, 'f', -1, 64) + "万"
	case choice < 5 && n%100 == 0:
		return chineseNumber(n)
	case choice == 5 && n >= 1000:
		return grouped(n)
	}
	return strconv.FormatInt(n, 10)
}

// grouped writes thousands separators.
func grouped(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10)
	}
	return grouped(n/1000) + "," + fmt.Sprintf("%03d", n%1000)
}

// chineseNumber writes 1 to 99,999,999 in Chinese numerals.
func chineseNumber(n int64) string {
	s := ""
	if wan := n / 10_000; wan > 0 {
		s = underWan(wan) + "万"
		n %= 10_000
		if n > 0 && n < 1000 {
			s += "零"
		}
	}
	s += underWan(n)
	if strings.HasPrefix(s, "一十") {
		s = strings.TrimPrefix(s, "一")
	}
	return s
}

// underWan writes 0 (as nothing) to 9999.
func underWan(n int64) string {
	numerals := []rune("零一二三四五六七八九")
	units := []string{"千", "百", "十", ""}
	var b strings.Builder
	gap := false
	for i, unit := int64(0), int64(1000); unit > 0; i, unit = i+1, unit/10 {
		d := n / unit % 10
		if d == 0 {
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteRune('零')
			gap = false
		}
		b.WriteRune(numerals[d])
		b.WriteString(units[i])
	}
	return b.String()
}
