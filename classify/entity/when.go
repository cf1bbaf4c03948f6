package entity

import (
	"strings"
	"time"

	"jiesu.cn/jiesu/classify/lexicon"
)

// shanghai has had no daylight saving since 1991; a fixed zone needs no tzdata.
var shanghai = time.FixedZone("CST", 8*60*60)

// dayWords are times told from the day of the letter; week days join below.
const dayWords = `今天 今日 今早 今晨 今晚 昨天 昨日 昨晚 昨夜 前天 前晚 大前天 琴日 寻日 寻晚 上月 上个月 本月 这个月 去年 今年 前年 本周`

// timeWords finds relative times.
type timeWords struct {
	trie  *lexicon.Trie
	words []string
}

func newTimeWords() timeWords {
	words := strings.Fields(dayWords)
	for _, week := range []string{"上周", "上个周", "上星期", "上个星期", "上礼拜", "上个礼拜", "这周", "这个周", "这星期", "这个星期", "这礼拜", "这个礼拜"} {
		words = append(words, week)
		for _, d := range weekDays {
			words = append(words, week+string(d))
		}
	}
	t := timeWords{trie: lexicon.NewTrie(), words: words}
	for _, w := range words {
		t.trie.Add([]rune(w))
	}
	return t
}

// find reports dates and anchors relative words to the letter's own time; Value
// is an RFC 3339 interval "start/end", the end exclusive.
func (t timeWords) find(c *collector, receivedAt time.Time) {
	if receivedAt.IsZero() {
		return
	}
	text := c.runes()
	anchor := receivedAt.In(shanghai)
	for i := 0; i < len(text); i++ {
		if digit(text[i]) && (i == 0 || !digit(text[i-1])) {
			if iv, end, conf := dateAt(text, i, anchor); end > i {
				c.addTime(i, end, iv, conf)
			}
		}
	}
	for _, m := range longestOnly(t.trie.Find(text)) {
		iv, conf := relative(t.words[m.Word], anchor)
		c.addTime(m.Start, m.End, iv, conf)
	}
}

type interval struct{ from, to time.Time }

func (c *collector) addTime(from, to int, iv interval, conf float64) {
	if !iv.from.IsZero() {
		c.add(KindTime, from, to, iv.from.Format(time.RFC3339)+"/"+iv.to.Format(time.RFC3339), conf)
	}
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

// dateAt reads 2024年8月20日, 8月20号, 24年8月, 2024年 or 2024-08-20 at text[i];
// end is i when no date stands there.
func dateAt(text []rune, i int, anchor time.Time) (iv interval, end int, conf float64) {
	n, k := readInt(text, i)
	switch {
	case followedBy(text, k, "年") && (k-i == 2 || century(n)):
		if month, m := readInt(text, k+1); m > k+1 && followedBy(text, m, "月") {
			day, end := dayOfMonth(text, m+1)
			iv, conf = monthDay(n, month, day, anchor)
			return iv, end, conf
		}
		if k-i == 4 {
			return interval{day(n, 1, 1), day(n+1, 1, 1)}, k + 1, 0.6
		}
	case followedBy(text, k, "月") && k-i <= 2:
		day, end := dayOfMonth(text, k+1)
		iv, conf = monthDay(0, n, day, anchor)
		return iv, end, conf
	case followedBy(text, k, "-./") && k-i == 4 && century(n):
		month, m := readInt(text, k+1)
		if m == k+1 || m >= len(text) || text[m] != text[k] {
			break
		}
		if d, end := readInt(text, m+1); end > m+1 {
			return date(n, month, d), end, 0.95
		}
	}
	return interval{}, i, 0
}

func century(year int) bool { return year >= 1900 && year < 2100 }

// dayOfMonth reads an optional 20日 behind a month; 0 when there is none.
func dayOfMonth(text []rune, i int) (day, end int) {
	i = skip(text, i, "份")
	if d, k := readInt(text, i); k > i && k-i <= 2 && followedBy(text, k, "日号") {
		return d, k + 1
	}
	return 0, i
}

// readInt reads up to nine digits.
func readInt(text []rune, i int) (n, end int) {
	end = i
	for end < len(text) && end-i < 9 && digit(text[end]) {
		n = n*10 + int(text[end]-'0')
		end++
	}
	return n, end
}

// monthDay anchors a date without a year (0) to the latest such day before the
// letter, and reads a year of two digits as one of this century. Without a day
// (0) it is the month.
func monthDay(year, month, d int, anchor time.Time) (interval, float64) {
	conf := 0.95
	if month < 1 || month > 12 {
		return interval{}, 0
	}
	switch {
	case year == 0:
		year, conf = anchor.Year(), 0.8
		if day(year, month, max(1, d)).After(anchor) {
			year--
		}
	case year < 100:
		year += 2000
		if year > anchor.Year()+1 {
			year -= 100
		}
	}
	if d > 0 {
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

const weekDays = "一二三四五六日天"

// week resolves 上周三, 这个星期 and 本周; weeks begin on Monday.
func week(word string, today time.Time) (interval, float64) {
	r := []rune(word)
	monday := today.AddDate(0, 0, -int(today.Weekday()+6)%7)
	if r[0] == '上' {
		monday = monday.AddDate(0, 0, -7)
	}
	for i, d := range []rune(weekDays) {
		if r[len(r)-1] == d {
			from := monday.AddDate(0, 0, min(i, 6))
			return interval{from, from.AddDate(0, 0, 1)}, 0.85
		}
	}
	return interval{monday, monday.AddDate(0, 0, 7)}, 0.7
}
