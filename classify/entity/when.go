package entity

import (
	"regexp"
	"strconv"
	"time"
)

// shanghai has had no daylight saving since 1991; a fixed zone needs no tzdata.
var shanghai = time.FixedZone("CST", 8*60*60)

// The forms a date takes in folded text. A year or month alone is an interval.
var (
	datePattern = regexp.MustCompile(`(?:((?:19|20)\d\d|\d\d)年)?(\d{1,2})月(?:份)?(?:(\d{1,2})[日号])?`)
	isoPattern  = regexp.MustCompile(`((?:19|20)\d\d)[-./](\d{1,2})[-./](\d{1,2})`)
	yearPattern = regexp.MustCompile(`((?:19|20)\d\d)年`)
	wordPattern = regexp.MustCompile(`今天|今日|今早|今晨|今晚|昨天|昨日|昨晚|昨夜|前天|前晚|大前天|琴日|寻日|寻晚|上个?(?:周|星期|礼拜)[一二三四五六日天]?|这个?(?:周|星期|礼拜)[一二三四五六日天]?|本周|上个?月|本月|这个月|去年|今年|前年`)
)

// times finds dates and anchors relative words to the letter's own time; Value
// is an RFC 3339 interval "start/end", the end exclusive.
func times(c *collector, receivedAt time.Time) {
	if receivedAt.IsZero() {
		return
	}
	s := string(c.runes())
	at := newRuneIndex(s)
	anchor := receivedAt.In(shanghai)
	for _, m := range isoPattern.FindAllStringSubmatchIndex(s, -1) {
		c.addTime(at, m, date(number0(s, m, 1), number0(s, m, 2), number0(s, m, 3)), 0.95)
	}
	for _, m := range datePattern.FindAllStringSubmatchIndex(s, -1) {
		iv, conf := monthDay(s, m, anchor)
		c.addTime(at, m, iv, conf)
	}
	for _, m := range yearPattern.FindAllStringSubmatchIndex(s, -1) {
		y := number0(s, m, 1)
		c.addTime(at, m, interval{day(y, 1, 1), day(y+1, 1, 1)}, 0.6)
	}
	for _, m := range wordPattern.FindAllStringIndex(s, -1) {
		iv, conf := relative(s[m[0]:m[1]], anchor)
		c.addTime(at, m, iv, conf)
	}
}

type interval struct{ from, to time.Time }

func (c *collector) addTime(at runeIndex, m []int, iv interval, conf float64) {
	if iv.from.IsZero() {
		return
	}
	c.add(KindTime, at.of(m[0]), at.of(m[1]), iv.from.Format(time.RFC3339)+"/"+iv.to.Format(time.RFC3339), conf)
}

func day(y, m, d int) time.Time { return time.Date(y, time.Month(m), d, 0, 0, 0, 0, shanghai) }

// date is one whole day, or an empty interval for a date that is none.
func date(y, m, d int) interval {
	from := day(y, m, d)
	if int(from.Month()) != m || from.Day() != d {
		return interval{}
	}
	return interval{from, from.AddDate(0, 0, 1)}
}

// monthDay anchors a date without a year to the latest such day before the letter.
func monthDay(s string, m []int, anchor time.Time) (interval, float64) {
	year, month, conf := number0(s, m, 1), number0(s, m, 2), 0.95
	if month < 1 || month > 12 {
		return interval{}, 0
	}
	switch {
	case year == 0:
		year, conf = anchor.Year(), 0.8
		if day(year, month, max(1, number0(s, m, 3))).After(anchor) {
			year--
		}
	case year < 100:
		year += 2000
		if year > anchor.Year()+1 {
			year -= 100
		}
	}
	if d := number0(s, m, 3); d > 0 {
		return date(year, month, d), conf
	}
	return interval{day(year, month, 1), day(year, month+1, 1)}, conf - 0.2
}

// relative resolves a word against the day of the letter.
func relative(word string, anchor time.Time) (interval, float64) {
	today := day(anchor.Year(), int(anchor.Month()), anchor.Day())
	days := func(back int) interval {
		from := today.AddDate(0, 0, -back)
		return interval{from, from.AddDate(0, 0, 1)}
	}
	hours := func(back, from, to int) interval {
		d := today.AddDate(0, 0, -back)
		return interval{d.Add(time.Duration(from) * time.Hour), d.Add(time.Duration(to) * time.Hour)}
	}
	switch word {
	case "今天", "今日":
		return days(0), 0.9
	case "今早", "今晨":
		return hours(0, 5, 12), 0.8
	case "今晚":
		return hours(0, 18, 24), 0.8
	case "昨天", "昨日", "琴日", "寻日":
		return days(1), 0.9
	case "昨晚", "昨夜", "寻晚":
		return hours(1, 18, 30), 0.8 // To six in the morning.
	case "前天":
		return days(2), 0.9
	case "前晚":
		return hours(2, 18, 30), 0.8
	case "大前天":
		return days(3), 0.9
	case "上个月", "上月":
		return interval{day(anchor.Year(), int(anchor.Month())-1, 1), day(anchor.Year(), int(anchor.Month()), 1)}, 0.8
	case "本月", "这个月":
		return interval{day(anchor.Year(), int(anchor.Month()), 1), day(anchor.Year(), int(anchor.Month())+1, 1)}, 0.7
	case "今年":
		return interval{day(anchor.Year(), 1, 1), day(anchor.Year()+1, 1, 1)}, 0.6
	case "去年":
		return interval{day(anchor.Year()-1, 1, 1), day(anchor.Year(), 1, 1)}, 0.6
	case "前年":
		return interval{day(anchor.Year()-2, 1, 1), day(anchor.Year()-1, 1, 1)}, 0.6
	}
	return week(word, today)
}

// week resolves 上周三, 这个星期 and 本周; weeks begin on Monday.
func week(word string, today time.Time) (interval, float64) {
	r := []rune(word)
	monday := today.AddDate(0, 0, -int(today.Weekday()+6)%7)
	if r[0] == '上' {
		monday = monday.AddDate(0, 0, -7)
	}
	for i, d := range []rune("一二三四五六日天") {
		if r[len(r)-1] == d {
			from := monday.AddDate(0, 0, min(i, 6))
			return interval{from, from.AddDate(0, 0, 1)}, 0.85
		}
	}
	return interval{monday, monday.AddDate(0, 0, 7)}, 0.7
}

// number0 returns submatch n as a number, 0 when absent.
func number0(s string, m []int, n int) int {
	if m[2*n] < 0 {
		return 0
	}
	v, err := strconv.Atoi(s[m[2*n]:m[2*n+1]])
	if err != nil {
		return 0
	}
	return v
}

// runeIndex turns byte offsets of a string into rune offsets.
type runeIndex struct{ runes []int32 }

func newRuneIndex(s string) runeIndex {
	idx := runeIndex{make([]int32, len(s)+1)}
	n := int32(0)
	for i := range s {
		idx.runes[i] = n
		n++
	}
	idx.runes[len(s)] = n
	return idx
}

func (x runeIndex) of(b int) int { return int(x.runes[b]) }
