package entity

import (
	"strings"
)

// group is a run of digits without anything between.
type group struct {
	start, end int // Folded runes.
	from, to   int // Its digits.
}

// shortestNumber is the number of digits below which nothing is looked for.
const shortestNumber = 7

// numbers finds phones, landlines, identity numbers and bank cards among runs
// of digits, with blanks or hyphens between groups, and among Han digits.
func (c *collector) numbers() {
	for i := c.next(0, classDigit|classHanDigit); i < len(c.class); i = c.next(i, classDigit|classHanDigit) {
		end := c.digitGroups(i)
		if len(c.digits) >= shortestNumber {
			for g := 0; g < len(c.groups); {
				g += max(1, c.number(g))
			}
		}
		i = end
	}
}

// digitGroups reads the groups that start at text[i] and returns their end.
func (c *collector) digitGroups(i int) int {
	text := c.runes()
	c.groups, c.digits = c.groups[:0], c.digits[:0]
	for {
		g := group{start: i, from: len(c.digits)}
		for i < len(text) && c.class[i]&(classDigit|classHanDigit) != 0 && (i == g.start || !c.turns(g.start, i)) {
			c.digits = append(c.digits, plainDigit(text[i]))
			i++
		}
		if year := i - 4; year > g.start && followedBy(text, i, "年") && (hasPrefix(text, year, "19") || hasPrefix(text, year, "20")) {
			c.digits, i = c.digits[:len(c.digits)-4], year // A year right behind a number.
		} else if i < len(text) && (text[i] == 'x' || text[i] == '×') && !latinAt(text, i+1) {
			c.digits = append(c.digits, 'X')
			i++
		}
		g.end, g.to = i, len(c.digits)
		c.groups = append(c.groups, g)
		next := separated(text, i)
		if next == len(text) || next == i || c.class[next]&(classDigit|classHanDigit) == 0 {
			return i
		}
		i = next
	}
}

// longRun is how many figures in a row do not go on in Han digits.
const longRun = 7

// turns reports that a number in figures ends at i and a Han word such as 一天
// begins, or the other way round. Short runs may take turns: 138零零138000.
func (c *collector) turns(start, i int) bool {
	figure := c.class[i]&classDigit != 0
	if figure == (c.class[i-1]&classDigit != 0) {
		return false
	}
	before, behind := 0, 0
	for k := i - 1; k >= start && (c.class[k]&classDigit != 0) != figure; k-- {
		before++
	}
	for k := i; k < len(c.class) && c.class[k]&(classDigit|classHanDigit) != 0 && (c.class[k]&classDigit != 0) == figure; k++ {
		behind++
	}
	return before >= longRun || behind >= longRun || !figure && behind == 1 && c.next(i+1, classDigit|classHanDigit) != i+1
}

// separated moves over what people put between groups of digits: a hyphen or a
// closing bracket with blanks around, or up to two blanks.
func separated(text []rune, i int) int {
	k := i
	for k < len(text) && k-i < 2 && text[k] == ' ' {
		k++
	}
	if followedBy(text, k, "-—–−)") {
		k++
		if k < len(text) && text[k] == ' ' {
			k++
		}
	}
	return k
}

func plainDigit(r rune) byte {
	switch r {
	case '〇', '零', '○':
		return '0'
	case '幺':
		return '1'
	}
	if n := strings.IndexRune("一二三四五六七八九", r); n >= 0 {
		return "123456789"[n/len("一")]
	}
	return byte(r)
}

// longestNumber has the digits of a bank card.
const longestNumber = 19

// number tries the groups from g on as one number and returns how many it used.
// A card number is told last and with as many groups as it can have.
func (c *collector) number(g int) int {
	groups := c.groups[g:]
	if latinAt(c.runes(), groups[0].start-1) && !hasSuffix(c.runes(), groups[0].start, "tel") {
		return 0
	}
	from, most := groups[0].from, 0
	for n := 1; n <= len(groups) && groups[n-1].to-from <= longestNumber; n++ {
		most = n
		d := string(c.digits[from:groups[n-1].to])
		if c.addressFollows(groups[n-1].end) {
			return 0
		}
		if kind, value, conf := c.tell(d, groups[:n]); kind != "" {
			c.add(kind, groups[0].start, groups[n-1].end, value, conf)
			return n
		}
	}
	for n := most; n > 0; n-- {
		d := string(c.digits[from:groups[n-1].to])
		if len(d) >= 16 && luhn(d) && c.cardContext(groups[0].start, groups[n-1].end) {
			c.add(KindBankCard, groups[0].start, groups[n-1].end, d, 0.95)
			return n
		}
	}
	return 0
}

// addressFollows reports digits that go on as a Latin name or an e-mail address.
func (c *collector) addressFollows(end int) bool {
	text := c.runes()
	return followedBy(text, end, "@_") || end < len(text) && lower(text[end])
}

// tell says what a string of digits is; an empty kind if nothing known.
func (c *collector) tell(d string, groups []group) (kind, value string, conf float64) {
	at := groups[0].start
	switch {
	case mobile(d) && grouped(groups, "11", "3 4 4", "3 8", "7 4", "4 3 4", "4 4 3", "3 3 5", "6 5", "5 6"):
		if c.numbersThings(at) {
			return "", "", 0
		}
		return KindPhone, d, 0.95
	case len(d) == 13 && strings.HasPrefix(d, "86") && mobile(d[2:]):
		return KindPhone, d[2:], 0.95
	case len(d) == 15 && strings.HasPrefix(d, "0086") && mobile(d[4:]):
		return KindPhone, d[4:], 0.95
	case len(d) == 18 && validID(d) && !c.numbersThings(at):
		return KindID, d, 0.98
	}
	if value, conf = c.landline(d, groups); value != "" {
		return KindLandline, value, conf
	}
	return "", "", 0
}

// grouped reports whether the groups have one of the given lengths.
func grouped(groups []group, layouts ...string) bool {
	var b [32]byte
	layout := b[:0]
	for i, g := range groups {
		if i > 0 {
			layout = append(layout, ' ')
		}
		n := g.to - g.from
		if n >= 10 {
			layout = append(layout, '0'+byte(n/10))
		}
		layout = append(layout, '0'+byte(n%10))
		if len(layout) > len(b)-4 {
			return false
		}
	}
	for _, l := range layouts {
		if l == string(layout) {
			return true
		}
	}
	return false
}

// numbersThings reports a number that is said to be one of a thing: an order,
// a parcel, a case.
func (c *collector) numbersThings(at int) bool {
	text := c.runes()
	at = skipBack(text, at, 4, ":是为 (\"“#")
	return endsWithAny(text, at, c.things)
}

// localCode is the area code of numbers written without one.
const localCode = "0759"

// landline reads an area code with a number, a service number (400) or, behind
// a word like 电话, a number without area code.
func (c *collector) landline(d string, groups []group) (value string, conf float64) {
	if strings.Contains(d, "X") || c.numbersThings(groups[0].start) {
		return "", 0
	}
	area := areaCode(d)
	local := len(d) - area
	own := strings.HasPrefix(d, localCode)
	split := groups[0].to-groups[0].from == area && len(groups) > 1
	switch {
	case area > 0 && d[area] >= '2' && (local == 8 || local == 7 && area == 4) && (own || split || c.phoneContext(groups[0].start)):
		return d, 0.95
	case (strings.HasPrefix(d, "400") || strings.HasPrefix(d, "800")) && len(d) == 10 &&
		(grouped(groups, "3 3 4", "3 4 3", "3 7") || len(groups) == 1 && c.phoneContext(groups[0].start)):
		return d, 0.85
	case len(d) == 7 && d[0] >= '2' && !strings.HasPrefix(d, "400") && !strings.HasPrefix(d, "800") && grouped(groups, "7", "3 4") && c.phoneContext(groups[0].start):
		return localCode + d, 0.75
	}
	return "", 0
}

// areaCode returns the length of the area code a number starts with, or 0.
func areaCode(d string) int {
	switch {
	case len(d) < 10 || d[0] != '0':
		return 0
	case d[1] == '1' || d[1] == '2':
		return 3
	case d[1] >= '3':
		return 4
	}
	return 0
}

func (c *collector) phoneContext(at int) bool {
	text := c.runes()
	at = skipBack(text, at, 4, ":是为 (号码.打")
	return endsWithAny(text, at, c.phones)
}

// mobile checks a mainland mobile number: 11 digits from 13 to 19.
func mobile(d string) bool {
	return len(d) == 11 && d[0] == '1' && d[1] >= '3' && d[1] <= '9' && !strings.Contains(d, "X")
}

// validID checks the birth date's form and the check digit of GB 11643-1999
// (ISO 7064 MOD 11-2).
func validID(d string) bool {
	century, month, day := d[6:8], d[10:12], d[12:14]
	if d[0] == '0' || month < "01" || month > "12" || day < "01" || day > "31" || century != "19" && century != "20" {
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
		v := int(d[len(d)-1-i]) - '0'
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

// cardReach is how far from a card number the word for it may stand.
const cardReach = 14

// cardContext reports that a bank or an account is spoken of right beside the
// number, and nothing closer makes it the number of something else.
func (c *collector) cardContext(start, end int) bool {
	if c.numbersThings(start) {
		return false
	}
	text := c.runes()
	return holdsAny(text, start-cardReach, start, c.banking) || holdsAny(text, end, end+cardReach/2, c.banking)
}
