package entity

import (
	"strconv"
	"strings"
)

// Currencies by the words behind a number; yuan has no prefix in Value.
var currencies = []struct{ word, code string }{
	{"人民币", ""},
	{"块钱", ""},
	{"元钱", ""},
	{"美元", "USD"},
	{"美金", "USD"},
	{"港币", "HKD"},
	{"港元", "HKD"},
	{"欧元", "EUR"},
	{"日元", "JPY"},
	{"韩元", "KRW"},
	{"usdt", "USDT"},
	{"元", ""},
	{"圆", ""},
	{"块", ""},
	{"蚊", ""},
	{"rmb", ""},
	{"u", "USDT"},
}

// most is where sums stop being believable: a trillion yuan.
const most = 1e12

// notMoney follow a bare 万 where things are counted.
const notMoney = "人名户平亩吨公里字步次辆件伏条张个头只台居元市群多年能粉一千股"

// amounts finds sums of money; Value is yuan with at most two decimals, and
// other currencies keep their ISO code in front, unconverted.
func amounts(c *collector) {
	text := c.runes()
	for i := 0; i < len(text); {
		if !numeral(text[i]) {
			i++
			continue
		}
		n, end := readNumber(text, i)
		if n.ok {
			c.amount(n, i, end)
		}
		i = max(end, i+1)
	}
}

func (c *collector) amount(n number, from, end int) {
	text := c.runes()
	k := skip(text, end, " ")
	vague := false
	if k < len(text) && strings.ContainsRune("多余几来", text[k]) {
		vague = true
		k++
		if k < len(text) && (text[k] == '万' || text[k] == '亿') {
			n.value *= float64(unitOf(text[k]))
			k++
			n.large = true
		}
	}
	if n.value <= 0 || n.value >= most {
		return
	}
	conf := 0.95
	if vague {
		conf = 0.7
	}
	if word, code := currencyAt(text, k); word > 0 {
		c.add(KindAmount, from, k+word, money(n.value, code), conf)
		return
	}
	if yen := from > 0 && (text[from-1] == '¥' || text[from-1] == '$'); yen {
		c.add(KindAmount, from-1, end, money(n.value, ""), 0.9)
		return
	}
	if n.large && !followedBy(text, k, notMoney) {
		c.add(KindAmount, from, k, money(n.value, ""), 0.6)
	}
}

func currencyAt(text []rune, k int) (length int, code string) {
	for _, cur := range currencies {
		if !hasPrefix(text, k, cur.word) {
			continue
		}
		end := k + len([]rune(cur.word))
		if lower(text[end-1]) && end < len(text) && latinOrDigit(text[end]) {
			continue
		}
		if cur.word == "块" && followedBy(text, end, "地石砖头木铁玻牌") || cur.word == "元" && followedBy(text, end, "旦素") {
			return 0, ""
		}
		return end - k, cur.code
	}
	return 0, ""
}

func followedBy(text []rune, i int, set string) bool {
	return i < len(text) && strings.ContainsRune(set, text[i])
}

func money(v float64, code string) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	if code != "" {
		return code + " " + s
	}
	return s
}

// number is a numeral that was read.
type number struct {
	value float64
	large bool // Written with 万 or 亿.
	ok    bool
}

const (
	hanNumerals   = "零一二三四五六七八九"
	formalNumbers = "〇壹贰叁肆伍陆柒捌玖"
	spokenTwo     = '两'
)

func numeral(r rune) bool { return digit(r) || hanValue(r) >= 0 || r == '十' || r == '拾' }

// hanValue returns 0–9 for a Han digit, else -1.
func hanValue(r rune) int {
	if r == spokenTwo || r == '俩' {
		return 2
	}
	for _, set := range []string{hanNumerals, formalNumbers} {
		if n := strings.IndexRune(set, r); n >= 0 {
			return n / len("零")
		}
	}
	return -1
}

// unitOf returns the power of ten a unit stands for, or 0.
func unitOf(r rune) int {
	switch r {
	case '十', '拾':
		return 10
	case '百', '佰':
		return 100
	case '千', '仟':
		return 1000
	case '万', '萬':
		return 10_000
	case '亿':
		return 100_000_000
	}
	return 0
}

// readNumber reads a numeral of digits and Han units in any usual mix: 1,180,
// 4.8万, 一千一百八十, 1万2千, 三万五.
func readNumber(text []rune, i int) (number, int) {
	var total, section, n float64
	var n1 number
	pending, last, zero := false, 0, false
	for i < len(text) {
		r := text[i]
		switch unit := unitOf(r); {
		case digit(r):
			if pending {
				return n1, i
			}
			n, i = readDecimal(text, i)
			pending = true
			continue
		case hanValue(r) >= 0:
			if pending && last == 0 {
				n = n*10 + float64(hanValue(r))
			} else {
				n = float64(hanValue(r))
			}
			zero = zero || hanValue(r) == 0
			pending = true
			if last > 0 && i+1 < len(text) && hanValue(text[i+1]) > 0 {
				last = 0
			}
		case unit >= 10_000:
			if !pending && section == 0 && total == 0 {
				return n1, i
			}
			if unit == 10_000 {
				total += (section + n) * 10_000
			} else {
				total = (total + section + n) * float64(unit)
			}
			section, n, pending, last, zero = 0, 0, false, unit, false
			n1.large = true
		case unit > 0:
			if !pending {
				n = 1
			}
			section += n * float64(unit)
			n, pending, last, zero = 0, false, unit, false
		default:
			return finish(n1, total+section, n, pending, last, zero), i
		}
		i++
	}
	return finish(n1, total+section, n, pending, last, zero), i
}

// finish adds a last digit without a unit: 三万五 is 35,000, 一百零五 is 105.
func finish(n1 number, sum, n float64, pending bool, last int, zero bool) number {
	if pending && last >= 100 && n < 10 && !zero {
		n *= float64(last) / 10
	}
	n1.value = sum + n
	n1.ok = true
	return n1
}

// readDecimal reads 1180, 1,180 or 4.8.
func readDecimal(text []rune, i int) (float64, int) {
	var b strings.Builder
	for ; i < len(text); i++ {
		switch {
		case digit(text[i]):
			b.WriteRune(text[i])
		case text[i] == ',' && thousands(text, i):
		case text[i] == '.' && i+1 < len(text) && digit(text[i+1]) && !strings.Contains(b.String(), "."):
			b.WriteByte('.')
		default:
			v, _ := strconv.ParseFloat(b.String(), 64) // Digits and one point only; too many give +Inf, which is refused later.
			return v, i
		}
	}
	v, _ := strconv.ParseFloat(b.String(), 64)
	return v, i
}

// thousands reports a comma followed by exactly three digits.
func thousands(text []rune, i int) bool {
	if i+3 >= len(text) {
		return false
	}
	return digit(text[i+1]) && digit(text[i+2]) && digit(text[i+3]) && (i+4 >= len(text) || !digit(text[i+4]))
}
