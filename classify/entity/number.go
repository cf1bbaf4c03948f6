package entity

import (
	"slices"
	"strings"
	"unicode"
)

// numbers finds phones, landlines, identity numbers and bank cards among runs
// of digits, with single blanks or hyphens between groups, and among Han digits.
func numbers(c *collector) {
	text := c.runes()
	for i := 0; i < len(text); {
		if !digitLike(text[i]) {
			i++
			continue
		}
		groups := digitGroups(text, i)
		for g := 0; g < len(groups); {
			g += max(1, c.number(groups[g:]))
		}
		i = groups[len(groups)-1].end
	}
}

// group is a run of digits without anything between.
type group struct {
	start, end int
	digits     string
}

// digitGroups reads the groups that start at text[i].
func digitGroups(text []rune, i int) []group {
	var groups []group
	for {
		g := group{start: i}
		var b strings.Builder
		for i < len(text) && digitLike(text[i]) {
			b.WriteRune(plainDigit(text[i]))
			i++
		}
		if i < len(text) && text[i] == 'x' && b.Len() > 0 && (i+1 == len(text) || !latinOrDigit(text[i+1])) {
			b.WriteByte('X')
			i++
		}
		g.end, g.digits = i, b.String()
		groups = append(groups, g)
		if i+1 >= len(text) || text[i] != ' ' && text[i] != '-' || !digitLike(text[i+1]) {
			return groups
		}
		i++
	}
}

// number tries the first groups as one number and returns how many it used.
func (c *collector) number(groups []group) int {
	digits := ""
	for n, g := range groups {
		digits += g.digits
		if len(digits) > 19 {
			return 0
		}
		if kind, value, conf := c.classify(digits, groups[0].start); kind != "" {
			c.add(kind, groups[0].start, g.end, value, conf)
			return n + 1
		}
	}
	return 0
}

// classify says what a string of digits is; an empty kind if nothing known.
func (c *collector) classify(d string, at int) (kind, value string, conf float64) {
	switch {
	case mobile(d):
		return KindPhone, d, 0.95
	case len(d) == 13 && strings.HasPrefix(d, "86") && mobile(d[2:]):
		return KindPhone, d[2:], 0.95
	case strings.HasPrefix(d, "0759") && (len(d) == 11 || len(d) == 12):
		return KindLandline, d, 0.95
	case len(d) == 18 && validID(d):
		return KindID, d, 0.98
	case len(d) >= 16 && len(d) <= 19 && luhn(d) && cardContext(before(c.runes(), at, 12)):
		return KindBankCard, d, 0.95
	}
	return "", "", 0
}

// mobile checks a mainland mobile number: 11 digits from 13 to 19.
func mobile(d string) bool {
	return len(d) == 11 && d[0] == '1' && d[1] >= '3' && !strings.Contains(d, "X")
}

// validID checks the birth date's form and the check digit of GB 11643-1999
// (ISO 7064 MOD 11-2).
func validID(d string) bool {
	month, day := d[10:12], d[12:14]
	if d[0] == '0' || month < "01" || month > "12" || day < "01" || day > "31" {
		return false
	}
	weights := [17]int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2}
	sum := 0
	for i, w := range weights {
		if d[i] < '0' || d[i] > '9' {
			return false
		}
		sum += int(d[i]-'0') * w
	}
	return "10X98765432"[sum%11] == d[17]
}

// luhn checks a card number by ISO/IEC 7812-1.
func luhn(d string) bool {
	sum := 0
	for i := range len(d) {
		v := int(d[len(d)-1-i] - '0')
		if v < 0 || v > 9 {
			return false
		}
		if i%2 == 1 {
			if v *= 2; v > 9 {
				v -= 9
			}
		}
		sum += v
	}
	return sum%10 == 0
}

func cardContext(before string) bool {
	return slices.ContainsFunc([]string{"卡", "账", "户", "银行", "行"}, func(w string) bool { return strings.Contains(before, w) })
}

// Han digits as people spell numbers out; 幺 is the spoken one.
const hanDigits = "〇零一二三四五六七八九幺○"

func digitLike(r rune) bool { return digit(r) || strings.ContainsRune(hanDigits, r) }

func plainDigit(r rune) rune {
	switch r {
	case '〇', '零', '○':
		return '0'
	case '幺':
		return '1'
	}
	if n := strings.IndexRune("一二三四五六七八九", r); n >= 0 {
		return '1' + rune(n/len("一"))
	}
	return r
}

func latinOrDigit(r rune) bool { return r < unicode.MaxASCII && (lower(r) || digit(r)) }
