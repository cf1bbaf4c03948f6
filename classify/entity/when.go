package entity

import (
	"slices"
	"time"
	"unicode/utf8"
)

// shanghai is a fixed zone: there has been no daylight saving since 1991, and
// it needs no tzdata.
func shanghai() *time.Location { return time.FixedZone("CST", 8*60*60) }

// interval is a time as letters tell it; to is exclusive.
type interval struct{ from, to time.Time }

// finding is an interval, where its words end and how sure it is.
type finding struct {
	interval
	end   int
	conf  float64
	night bool // An hour behind it is one of an evening: 昨晚10点.
}

// calendar resolves times against the day of the letter.
type calendar struct {
	*vocabulary
	anchor, today time.Time
}

// times reports dates and anchors relative words to the letter's own time; Value
// is an RFC 3339 interval "start/end", the end exclusive.
func (c *collector) times(receivedAt time.Time) {
	if receivedAt.IsZero() {
		return
	}
	anchor := receivedAt.In(shanghai())
	cal := calendar{&c.vocabulary, anchor, time.Date(anchor.Year(), anchor.Month(), anchor.Day(), 0, 0, 0, 0, anchor.Location())}
	text := c.runes()
	for i := c.next(0, classDigit|classHanDigit|classNumeral); i < len(text); i = c.next(i, classDigit|classHanDigit|classNumeral) {
		f := cal.dateAt(text, i)
		if f.end == i {
			f = cal.agoAt(text, i)
		}
		if f.end == i {
			from := i
			i = afterNumber(text, i)
			if year := i - 4; year > from && followedBy(text, i, "年") { // A year right behind a number.
				if f = cal.dateAt(text, year); f.end > year {
					c.addTime(year, cal.withClock(text, f))
				}
			}
			continue
		}
		c.addTime(i, cal.withClock(text, f))
		i = f.end
	}
	for _, m := range longestOnly(c.matching(func(r role) bool { return r.when })) {
		if f := cal.relative(string(text[m.start:m.end])); !f.from.IsZero() && !notADay(text, m) {
			f.end = m.end
			c.addTime(m.start, cal.withClock(text, f))
		}
	}
}

// notADay reports a word that looks like a day: 初三 of a school, 五一 of a road.
func notADay(text []rune, m match) bool {
	switch text[m.start] {
	case '初':
		return followedBy(text, m.end, "学班年毕上下升中级数语英物化生老的") || followedBy(text, m.start-1, "读上升减从高和到、")
	case '五', '元', '国', '七':
		return followedBy(text, m.end, "路村街队小广大桥一二三四五六七八九十零")
	}
	return false
}

// afterNumber passes over all digits at i.
func afterNumber(text []rune, i int) int {
	if digit(text[i]) {
		for i < len(text) && digit(text[i]) {
			i++
		}
		return i
	}
	return i + 1
}

func (c *collector) addTime(from int, f finding) {
	if !f.from.IsZero() {
		c.add(KindTime, from, f.end, f.from.Format(time.RFC3339)+"/"+f.to.Format(time.RFC3339), f.conf)
	}
}

func (cal calendar) day(y, m, d int) time.Time {
	return time.Date(y, time.Month(m), d, 0, 0, 0, 0, cal.anchor.Location())
}

// date is one whole day, or an empty interval for a date that is none.
func (cal calendar) date(y, m, d int) interval {
	from := cal.day(y, m, d)
	if int(from.Month()) != m || from.Day() != d {
		return interval{}
	}
	return interval{from, from.AddDate(0, 0, 1)}
}

// dateAt reads 2024年8月20日, 八月二十号, 24年8月, 2024年 or 2024-08-20 at text[i];
// the end is i when no date stands there.
func (cal calendar) dateAt(text []rune, i int) finding {
	n, k := readInt(text, i)
	none := finding{end: i}
	switch {
	case k == i:
		return none
	case followedBy(text, k, "年") && (k-i == 2 || century(n)):
		if month, m := readInt(text, k+1); m > k+1 && followedBy(text, m, "月") {
			if month <= 12 {
				d, end := dayOfMonth(text, m+1)
				iv, conf := cal.monthDay(n, month, d)
				return finding{interval: iv, end: end, conf: conf}
			}
		}
		if century(n) {
			return finding{interval: interval{cal.day(n, 1, 1), cal.day(n+1, 1, 1)}, end: k + 1, conf: 0.6}
		}
	case followedBy(text, k, "月") && n >= 1 && n <= 12 && k-i <= 2 && !hasSuffix(text, i, "每年") &&
		(i == 0 || digit(text[i]) || hanValue(text[i-1]) < 0): // Not the second of 七八月.
		d, end := dayOfMonth(text, k+1)
		iv, conf := cal.monthDay(cal.yearBefore(text, i), n, d)
		return finding{interval: iv, end: end, conf: conf}
	case followedBy(text, k, "-./") && k-i == 4 && century(n):
		month, m := readInt(text, k+1)
		if m == k+1 || m-k > 3 || m >= len(text) || text[m] != text[k] {
			break
		}
		if d, end := readInt(text, m+1); end > m+1 && end-m <= 3 {
			return finding{interval: cal.date(n, month, d), end: end, conf: 0.95}
		}
	}
	return none
}

// yearBefore returns the year that stands in front of a month: 去年6月, 2014年的
// 10月; 0 for none.
func (cal calendar) yearBefore(text []rune, i int) int {
	at := skipBack(text, i, 2, "的 ")
	if n, k := readInt(text, max(0, at-5)); at >= 5 && text[at-1] == '.' && k == at-1 && century(n) {
		return n // 1991.4月.
	}
	for back, word := range []string{"今年", "去年", "前年"} {
		if hasSuffix(text, at, word) {
			return cal.anchor.Year() - back
		}
	}
	if at >= 5 && text[at-1] == '年' {
		if n, k := readInt(text, at-5); k == at-1 && century(n) {
			return n
		}
	}
	return 0
}

func century(year int) bool { return year >= 1900 && year < 2100 }

// dayOfMonth reads an optional 20日 behind a month; 0 when there is none.
func dayOfMonth(text []rune, i int) (day, end int) {
	at := skip(text, i, " ")
	if d, k := readInt(text, at); k > at && d >= 1 && d <= 31 && followedBy(text, k, "日号") {
		return d, k + 1
	}
	return 0, skip(text, i, "份")
}

// readInt reads up to nine digits, or a Han number as dates have them.
func readInt(text []rune, i int) (n, end int) {
	end = i
	for end < len(text) && end-i < 9 && digit(text[end]) {
		n = n*10 + int(text[end]-'0')
		end++
	}
	if end > i || i >= len(text) {
		return n, end
	}
	for end < len(text) && end-i < 4 {
		v := hanValue(text[end])
		switch {
		case v >= 0 && end > i && text[end-1] == '十':
			return n + v, end + 1
		case v >= 0:
			n = n*10 + v
		case text[end] == '十' && n < 10:
			n = max(1, n) * 10
		default:
			return n, end
		}
		end++
	}
	return n, end
}

// monthDay anchors a date without a year (0) to the latest such day before the
// letter, and reads a year of two digits as one of this century. Without a day
// (0) it is the month.
func (cal calendar) monthDay(year, month, d int) (interval, float64) {
	conf := 0.95
	if month < 1 || month > 12 {
		return interval{}, 0
	}
	switch {
	case year == 0:
		year, conf = cal.anchor.Year(), 0.8
		if cal.day(year, month, max(1, d)).After(cal.anchor) {
			year--
		}
	case year < 100:
		year += 2000
		if year > cal.anchor.Year()+1 {
			year -= 100
		}
	}
	if d > 0 {
		return cal.date(year, month, d), conf
	}
	return interval{cal.day(year, month, 1), cal.day(year, month+1, 1)}, conf - 0.2
}

// agoAt reads 3天前, 两个月前, 半年前 and the like.
func (cal calendar) agoAt(text []rune, i int) finding {
	n, k := readInt(text, i)
	if k == i || n < 1 || n > 400 || i > 0 && hanValue(text[i-1]) >= 0 || k-i == 2 && hanValue(text[i]) >= 0 && hanValue(text[i+1]) >= 0 {
		return finding{end: i} // 三四年前.
	}
	unit := skip(text, k, "个")
	for _, u := range cal.ago {
		for _, w := range u.words {
			if hasPrefix(text, unit, w) {
				from := cal.today.AddDate(0, -n*u.months, -n*u.days)
				return finding{interval: interval{from, from.AddDate(0, u.spanMonths, u.spanDays)}, end: unit + utf8.RuneCountInString(w), conf: 0.6}
			}
		}
	}
	return finding{end: i}
}

// withClock narrows a day by the part of the day and the hour behind it.
func (cal calendar) withClock(text []rune, f finding) finding {
	oneDay := f.to.Sub(f.from) <= 24*time.Hour && f.from.Hour() == 0
	if f.from.IsZero() || !oneDay && !f.night {
		return f
	}
	midnight := time.Date(f.from.Year(), f.from.Month(), f.from.Day(), 0, 0, 0, 0, f.from.Location())
	at := skip(text, f.end, " ", "的")
	part := partOfDay{}
	if f.night {
		part = partOfDay{"", 18, 30}
	}
	if k := slices.IndexFunc(cal.parts, func(p partOfDay) bool { return hasPrefix(text, at, p.word) }); k >= 0 {
		part = cal.parts[k]
		at += utf8.RuneCountInString(part.word)
		f.interval = interval{midnight.Add(time.Duration(part.from) * time.Hour), midnight.Add(time.Duration(part.to) * time.Hour)}
		f.end = at
	}
	from, length, end := clockAt(text, skip(text, at, " "), part)
	if end > 0 {
		f.interval = interval{midnight.Add(from), midnight.Add(from + length)}
		f.end = end
	}
	return f
}

// clockAt reads 9点, 9时30分, 21:30 or 三点半; end is 0 for none. An hour below
// twelve after 下午 or 晚上 is one of the second half of the day.
func clockAt(text []rune, i int, part partOfDay) (from, length time.Duration, end int) {
	h, k := readInt(text, i)
	if k == i || h > 24 || !followedBy(text, k, "点时:") {
		return 0, 0, 0
	}
	minute, length := 0, time.Hour
	k++
	switch m, e := readInt(text, k); {
	case followedBy(text, k, "半"):
		minute, length, k = 30, 30*time.Minute, k+1
	case e > k && m < 60:
		minute, length, k = m, time.Minute, skip(text, e, "分")
	case text[k-1] == ':':
		return 0, 0, 0
	default:
		k = skip(text, k, "钟", "许", "左右", "多")
	}
	switch {
	case part.from >= 18 && h < 6, part.from >= 18 && h == 12:
		h = h%12 + 24
	case part.from >= 11 && h < 12 && (part.word != "中午" || h != 11):
		h += 12
	}
	return time.Duration(h)*time.Hour + time.Duration(minute)*time.Minute, length, k
}
