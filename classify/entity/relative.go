package entity

import (
	"strings"
	"time"
)

// dayWords are times told from the day of the letter; week days and lunar days
// join below. 圩日 is a market day, every third or fifth day by place.
const dayWords = `今天 今日 今早 今晨 今晚 今夜 昨天 昨日 昨早 昨晚 昨夜 前天 前晚 前日 大前天 琴日 寻日 寻晚 琴晚 上月 上个月 本月 这个月 去年 今年 前年 本周 上周末 这周末 本周末
上上周 上上个月 圩日 墟日 半个月前 半年前 元旦 国庆 国庆节 五一 五一节 劳动节 春节 除夕 大年三十 元宵 元宵节 端午 端午节 中秋 中秋节 七夕 重阳节 冬至`

const weekDays = "一二三四五六日天"

func timeWords() []string {
	words := strings.Fields(dayWords)
	for _, week := range []string{"上周", "上个周", "上星期", "上个星期", "上礼拜", "上个礼拜", "这周", "这个周", "这星期", "这个星期", "这礼拜", "这个礼拜", "本周"} {
		words = append(words, week)
		for _, d := range weekDays {
			words = append(words, week+string(d))
		}
	}
	for _, d := range "一二三四五六七八九十" {
		for _, month := range []string{"", "大年", "正月", "年"} {
			words = append(words, month+"初"+string(d))
		}
	}
	return words
}

func (cal calendar) days(back int) interval {
	from := cal.today.AddDate(0, 0, -back)
	return interval{from, from.AddDate(0, 0, 1)}
}

func (cal calendar) hours(back, from, to int) interval {
	d := cal.today.AddDate(0, 0, -back)
	return interval{d.Add(time.Duration(from) * time.Hour), d.Add(time.Duration(to) * time.Hour)}
}

// months is the whole month so many months back.
func (cal calendar) months(back int) interval {
	from := cal.day(cal.anchor.Year(), int(cal.anchor.Month())-back, 1)
	return interval{from, from.AddDate(0, 1, 0)}
}

func (cal calendar) years(back int) interval {
	from := cal.day(cal.anchor.Year()-back, 1, 1)
	return interval{from, from.AddDate(1, 0, 0)}
}

// relative resolves a word against the day of the letter; an empty finding for
// one that cannot be resolved.
func (cal calendar) relative(word string) finding {
	switch word {
	case "今天", "今日":
		return finding{interval: cal.days(0), conf: 0.9}
	case "今早", "今晨":
		return finding{interval: cal.hours(0, 5, 12), conf: 0.8}
	case "今晚", "今夜":
		return finding{interval: cal.hours(0, 18, 24), conf: 0.8, night: true}
	case "昨天", "昨日", "琴日", "寻日":
		return finding{interval: cal.days(1), conf: 0.9}
	case "昨早":
		return finding{interval: cal.hours(1, 5, 12), conf: 0.8}
	case "昨晚", "昨夜", "寻晚", "琴晚":
		return finding{interval: cal.hours(1, 18, 30), conf: 0.8, night: true} // To six in the morning.
	case "前天", "前日":
		return finding{interval: cal.days(2), conf: 0.9}
	case "前晚":
		return finding{interval: cal.hours(2, 18, 30), conf: 0.8, night: true}
	case "大前天":
		return finding{interval: cal.days(3), conf: 0.9}
	case "上上个月":
		return finding{interval: cal.months(2), conf: 0.8}
	case "上个月", "上月":
		return finding{interval: cal.months(1), conf: 0.8}
	case "本月", "这个月":
		return finding{interval: cal.months(0), conf: 0.7}
	case "今年":
		return finding{interval: cal.years(0), conf: 0.6}
	case "去年":
		return finding{interval: cal.years(1), conf: 0.6}
	case "前年":
		return finding{interval: cal.years(2), conf: 0.6}
	case "半个月前":
		return finding{interval: interval{cal.today.AddDate(0, 0, -17), cal.today.AddDate(0, 0, -12)}, conf: 0.5}
	case "半年前":
		return finding{interval: interval{cal.today.AddDate(0, -7, 0), cal.today.AddDate(0, -5, 0)}, conf: 0.5}
	case "圩日", "墟日":
		return finding{interval: interval{cal.today.AddDate(0, 0, -5), cal.today.AddDate(0, 0, 1)}, conf: 0.3}
	}
	if f := cal.festival(word); !f.from.IsZero() {
		return f
	}
	return cal.week(word)
}

// festival resolves a feast or a lunar day to the latest one before the letter.
func (cal calendar) festival(word string) finding {
	fixed := map[string][2]int{
		"元旦": {1, 1}, "国庆": {10, 1}, "国庆节": {10, 1}, "五一": {5, 1}, "五一节": {5, 1}, "劳动节": {5, 1}, "冬至": {12, 21},
	}
	if md, ok := fixed[word]; ok {
		iv, _ := cal.monthDay(0, md[0], md[1])
		return finding{interval: iv, conf: 0.6}
	}
	lunar := map[string][2]int{
		"春节": {1, 1}, "元宵": {1, 15}, "元宵节": {1, 15}, "端午": {5, 5}, "端午节": {5, 5}, "七夕": {7, 7}, "中秋": {8, 15}, "中秋节": {8, 15}, "重阳节": {9, 9},
	}
	month, day, conf := 0, 0, 0.4
	switch r := []rune(word); {
	case word == "除夕" || word == "大年三十":
		eve := lunarDay(cal.today.AddDate(0, 0, 1), 1, 1)
		if eve.IsZero() {
			return finding{}
		}
		eve = eve.AddDate(0, 0, -1)
		return finding{interval: interval{eve, eve.AddDate(0, 0, 1)}, conf: 0.6}
	case lunar[word] != [2]int{}:
		month, day, conf = lunar[word][0], lunar[word][1], 0.6
	case len(r) >= 2 && r[len(r)-2] == '初':
		day = strings.IndexRune("一二三四五六七八九十", r[len(r)-1])/len("一") + 1
		if len(r) > 2 {
			month, conf = 1, 0.5
		}
	default:
		return finding{}
	}
	from := lunarDay(cal.today, month, day)
	if from.IsZero() {
		return finding{}
	}
	return finding{interval: interval{from, from.AddDate(0, 0, 1)}, conf: conf}
}

// week resolves 上周三, 这个星期, 本周 and week ends; weeks begin on Monday.
func (cal calendar) week(word string) finding {
	r := []rune(word)
	monday := cal.today.AddDate(0, 0, -int(cal.today.Weekday()+6)%7)
	if r[0] == '上' {
		monday = monday.AddDate(0, 0, -7)
	}
	if len(r) > 1 && r[1] == '上' {
		monday = monday.AddDate(0, 0, -7)
	}
	if r[len(r)-1] == '末' {
		return finding{interval: interval{monday.AddDate(0, 0, 5), monday.AddDate(0, 0, 7)}, conf: 0.8}
	}
	for i, d := range []rune(weekDays) {
		if r[len(r)-1] == d {
			from := monday.AddDate(0, 0, min(i, 6))
			return finding{interval: interval{from, from.AddDate(0, 0, 1)}, conf: 0.85}
		}
	}
	return finding{interval: interval{monday, monday.AddDate(0, 0, 7)}, conf: 0.7}
}
