package entity

import (
	"strconv"
	"strings"
)

// numeral is a number that was read.
type numeral struct {
	value float64
	large bool // Written with 万 or 亿.
	rough bool // 两三千: the value is the lower one.
	han   bool // Written in Han characters only.
}

const (
	hanNumerals   = "零一二三四五六七八九"
	formalNumbers = "〇壹贰叁肆伍陆柒捌玖"
)

// hanValue returns 0–9 for a Han digit, else -1.
func hanValue(r rune) int {
	switch r {
	case '两', '俩':
		return 2
	case '零', '〇':
		return 0
	case '一', '壹':
		return 1
	case '二', '贰':
		return 2
	case '三', '叁':
		return 3
	case '四', '肆':
		return 4
	case '五', '伍':
		return 5
	case '六', '陆':
		return 6
	case '七', '柒':
		return 7
	case '八', '捌':
		return 8
	case '九', '玖':
		return 9
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

// numeralReader sums up 一亿二千三百万零五十 section by section.
type numeralReader struct {
	text    []rune
	at      int
	out     numeral
	total   float64 // Whole 万 and 亿.
	section float64 // Below them.
	n       float64 // Digits without a unit yet.
	pending bool    // n holds something.
	digits  int     // Han digits in n.
	last    int     // The unit read last.
	zero    bool    // A 零 was read since.
}

// readNumeral reads a number of digits and Han units in any usual mix: 1,180,
// 4.8万, 一千一百八十, 1万2千, 三万五, 二〇二四. It returns where it ends, i for none.
func readNumeral(text []rune, i int) (numeral, int) {
	r := numeralReader{text: text, at: i, out: numeral{han: true}}
	for r.at < len(text) && r.step() {
	}
	if r.at == i {
		return numeral{}, i
	}
	if r.pending && r.last >= 1000 && r.digits == 2 && r.out.han && int(r.n)%10 == int(r.n)/10+1 {
		r.n, r.digits, r.out.rough = float64(int(r.n)/10), 1, true // 一万七八 is 17,000 or so.
	}
	if r.pending && r.last >= 100 && r.n < 10 && r.digits == 1 && !r.zero {
		r.n *= float64(r.last) / 10 // 三万五 is 35,000, 一百零五 is 105.
	}
	r.out.value = r.total + r.section + r.n
	return r.out, r.at
}

// step reads one digit run or unit; false ends the number.
func (r *numeralReader) step() bool {
	c := r.text[r.at]
	if digit(c) {
		return r.readDigits()
	}
	if v := hanValue(c); v >= 0 {
		return r.readHan(v)
	}
	if unit := unitOf(c); unit > 0 {
		return r.readUnit(unit)
	}
	return false
}

func (r *numeralReader) readDigits() bool {
	if r.pending {
		return false
	}
	n, end := readDecimal(r.text, r.at)
	r.n, r.pending, r.out.han = n, true, false
	r.digits = end - r.at // 1万2 counts as 三万五 does.
	r.at = end
	return true
}

func (r *numeralReader) readHan(v int) bool {
	if r.pending && r.digits == 0 || r.pending && !r.out.han {
		return false
	}
	switch {
	case !r.pending:
		r.n, r.digits = float64(v), 1
	case r.digits == 1 && r.roughly(v):
		r.out.rough = true
	default:
		r.n, r.digits = r.n*10+float64(v), r.digits+1
	}
	r.zero = r.zero || v == 0
	r.pending = v != 0 || r.last == 0 // A 零 after a unit is no digit of its own.
	r.at++
	return true
}

// roughly reports 两三千: two digits in a row, one apart, before a unit.
func (r *numeralReader) roughly(v int) bool {
	return float64(v) == r.n+1 && r.at+1 < len(r.text) && unitOf(r.text[r.at+1]) > 0
}

func (r *numeralReader) readUnit(unit int) bool {
	if unit < 10_000 {
		if !r.pending {
			if unit != 10 { // 百 alone is a word of its own; 十 is a number.
				return false
			}
			r.n = 1
		}
		r.section += r.n * float64(unit)
	} else {
		if !r.pending && r.section == 0 && r.total == 0 {
			return false
		}
		if unit == 10_000 {
			r.total += (r.section + r.n) * 10_000
		} else {
			r.total = (r.total + r.section + r.n) * float64(unit)
		}
		r.section, r.out.large = 0, true
	}
	r.n, r.digits, r.pending, r.zero, r.last = 0, 0, false, false, unit
	r.at++
	return true
}

// readDecimal reads 1180, 1,180 or 4.8.
func readDecimal(text []rune, i int) (float64, int) {
	var b [32]byte
	n, point := 0, false
	start := i // Of the digits since the last comma.
	for ; i < len(text); i++ {
		switch {
		case digit(text[i]):
			if n < len(b) {
				b[n] = byte(text[i])
				n++
			}
		case text[i] == ',' && i-start <= 3 && !point && thousands(text, i):
			start = i + 1
		case text[i] == '.' && i+1 < len(text) && digit(text[i+1]) && !point && n < len(b):
			b[n] = '.'
			n++
			point = true
		default:
			return parse(b[:n]), i
		}
	}
	return parse(b[:n]), i
}

// parse reads digits with at most one point; nothing else comes here.
func parse(b []byte) float64 {
	v, err := strconv.ParseFloat(string(b), 64)
	if err != nil {
		return 0
	}
	return v
}

// thousands reports a comma followed by exactly three digits.
func thousands(text []rune, i int) bool {
	if i+3 >= len(text) {
		return false
	}
	return digit(text[i+1]) && digit(text[i+2]) && digit(text[i+3]) && (i+4 >= len(text) || !digit(text[i+4]))
}

// money writes yuan with at most two decimals, other currencies with their ISO
// code in front.
func money(v float64, code string) string {
	s := strconv.FormatFloat(v, 'f', 2, 64)
	s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	if code != "" {
		return code + " " + s
	}
	return s
}
