package reports

import (
	"regexp"
	"strings"
	"unicode"
)

// minDigits is the length from which a number can reach a person: a local
// telephone number without its area code has seven digits.
const minDigits = 7

// unitRunes is how far behind a number a unit of money is looked for.
const unitRunes = 6

var (
	dateForm   = regexp.MustCompile(`^(?:19|20)\d\d([-./])(?:0?[1-9]|1[0-2])[-./](?:[12]\d|3[01]|0?[1-9])`)
	amountUnit = regexp.MustCompile(`^\s*(?:余|多)?(?:元|块|万|千|亿|人民币|港币|美元)`)
)

// maskNumbers replaces every run of seven and more digits, however they are
// written: wide, in Chinese or circled figures, split by a space or a dash.
// Dates and amounts of money of up to ten digits stay, for they reach nobody.
func maskNumbers(text string) string {
	runes := []rune(text)
	var b strings.Builder
	for i := 0; i < len(runes); {
		if figure(runes[i]) < 0 {
			b.WriteRune(runes[i])
			i++
			continue
		}
		if n := dateLength(runes[i:]); n > 0 {
			b.WriteString(string(runes[i : i+n]))
			i += n
			continue
		}
		run := numberAt(runes[i:])
		after := runes[i+run.length:]
		if label := run.label(string(after[:min(len(after), unitRunes)])); label != "" {
			b.WriteString(label)
		} else {
			b.WriteString(string(runes[i : i+run.length]))
		}
		i += run.length
	}
	return b.String()
}

// dateLength returns how many runes a date at the start takes, or 0.
func dateLength(runes []rune) int {
	head := string(runes[:min(len(runes), len("2006-01-02"))])
	n := len([]rune(dateForm.FindString(head)))
	if n == 0 || (n < len(runes) && figure(runes[n]) >= 0) {
		return 0
	}
	return n
}

// number is a run of digits in a text.
type number struct {
	digits  string // As plain figures, with a final X kept.
	length  int    // In runes of the text, separators included.
	written bool   // At least one digit is not a Chinese numeral.
}

// numberAt reads the run of digits at the start; between two digits it accepts
// up to two separators.
func numberAt(runes []rune) number {
	var digits []byte
	var run number
	for i := 0; i < len(runes); i++ {
		value := figure(runes[i])
		switch {
		case value >= 0:
			digits = append(digits, byte('0'+value))
			run.written = run.written || !unicode.Is(unicode.Han, runes[i])
			run.length = i + 1
		case (runes[i] == 'X' || runes[i] == 'x') && len(digits) == 17:
			run.digits, run.length = string(digits)+"X", i+1
			return run
		case !separates(runes[i]) || i-run.length >= 2:
			run.digits = string(digits)
			return run
		}
	}
	run.digits = string(digits)
	return run
}

// label says what kind of number it is, or "" where it may stay.
func (n number) label(after string) string {
	mobile := strings.TrimPrefix(n.digits, "86")
	switch d := len(n.digits); {
	case d < minDigits:
		return ""
	case len(mobile) == 11 && mobile[0] == '1' && mobile[1] >= '3':
		return "〔手机号〕"
	case d <= 10 && n.written && amountUnit.MatchString(after):
		return ""
	case d == 18 || d == 15:
		return "〔证件号〕"
	case d >= 16 && d <= 19:
		return "〔卡号〕"
	case n.digits[0] == '0' && d >= 10 && d <= 12:
		return "〔固话〕"
	}
	return "〔号码〕"
}

// separates reports whether writers put r between the digits of one number.
func separates(r rune) bool {
	return r == '+' || unicode.In(r, unicode.Zs, unicode.Pd) || strings.ContainsRune(".,，·•_/()（）~*", r)
}

var chineseFigures = map[rune]int{
	'零': 0, '〇': 0, '○': 0, '洞': 0, '一': 1, '幺': 1, '壹': 1, '二': 2, '两': 2, '贰': 2, '三': 3, '叁': 3, '四': 4, '肆': 4,
	'五': 5, '伍': 5, '六': 6, '陆': 6, '七': 7, '柒': 7, '拐': 7, '八': 8, '捌': 8, '九': 9, '玖': 9, '勾': 9,
}

// figure returns the value of a rune that stands for one digit, or -1.
func figure(r rune) int {
	if v, ok := chineseFigures[r]; ok {
		return v
	}
	switch {
	case r >= '0' && r <= '9':
		return int(r - '0')
	case r >= '０' && r <= '９':
		return int(r - '０')
	case r >= '①' && r <= '⑨':
		return int(r-'①') + 1
	case r == '⓪' || r == '⓿':
		return 0
	case r >= '❶' && r <= '❾':
		return int(r-'❶') + 1
	case unicode.Is(unicode.Nd, r) || unicode.Is(unicode.No, r):
		return 0 // Some other script's digit: its value does not matter, that it is one does.
	}
	return -1
}
