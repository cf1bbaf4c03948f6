package text

import (
	"fmt"
	"strconv"
	"time"
)

// received is the arrival in Chinese time.
func (r *rendering) received() time.Time {
	return r.in.ReceivedAt.In(time.FixedZone("CST", 8*60*60))
}

// builtinTime returns the slots for times and counts.
func builtinTime(kind string) func(*rendering) value {
	switch kind {
	case "时间":
		return slotTime
	case "近时":
		return func(r *rendering) value { return r.moment(1 + r.rng.IntN(2)) }
	case "早前":
		return slotEarlier
	case "早前日":
		return slotEarlierDay
	case "日期":
		return slotDay
	case "钟点":
		return slotHour
	case "年":
		return func(r *rendering) value {
			return plain(strconv.Itoa(r.received().Year()-1-r.rng.IntN(12)) + "年")
		}
	case "几":
		return count(2, 9)
	case "天数":
		return slotDays
	case "月数":
		return slotMonths
	case "年数":
		return count(2, 20)
	case "人数":
		return count(3, 40)
	case "老人岁":
		return count(62, 91)
	case "成人岁":
		return count(21, 59)
	case "孩子岁":
		return count(4, 15)
	case "少年岁":
		return count(11, 17)
	case "数":
		return func(r *rendering) value { return plain(chineseNumber(int64(3 + r.rng.IntN(7)))) }
	}
	return nil
}

// count draws a number.
func count(lo, hi int) func(*rendering) value {
	return func(r *rendering) value { return r.writeCount(lo + r.rng.IntN(hi-lo+1)) }
}

// writeCount writes a number, sometimes in Chinese numerals.
func (r *rendering) writeCount(n int) value {
	v := plain(strconv.Itoa(n))
	if r.rng.IntN(4) == 0 {
		v.show = chineseNumber(int64(n))
		if n == 2 {
			v.show = "两"
		}
	}
	return v
}

// slotDays counts the days since the matter that the letter is about.
func slotDays(r *rendering) value {
	if r.ago == 0 {
		r.ago = 2 + r.rng.IntN(39)
	}
	return r.writeCount(max(2, r.ago))
}

// slotMonths counts the months since, or any months in a recent matter.
func slotMonths(r *rendering) value {
	if r.ago == 0 {
		r.ago = 60 + r.rng.IntN(270)
	}
	if r.ago < 60 {
		return r.writeCount(2 + r.rng.IntN(10))
	}
	return r.writeCount(r.ago / 30)
}

// slotTime is a moment before the arrival, most often within three days.
func slotTime(r *rendering) value {
	back := 1 + r.rng.IntN(3)
	switch r.rng.IntN(10) {
	case 6, 7, 8:
		back = 4 + r.rng.IntN(27)
	case 9:
		back = 31 + r.rng.IntN(270)
	}
	return r.moment(back)
}

// slotEarlier is a moment a month or more before, for matters that drag on.
func slotEarlier(r *rendering) value {
	return r.moment(25 + r.rng.IntN(200))
}

// moment is a time of day so many days ago. The first one of a letter is the
// matter itself and agrees with {天数} and {月数}.
func (r *rendering) moment(back int) value {
	switch {
	case r.ago == 0:
		r.ago = back
	case !r.dated:
		back = r.ago
	}
	r.dated = true
	y, m, d := r.received().AddDate(0, 0, -back).Date()
	at := time.Date(y, m, d, r.rng.IntN(24), r.rng.IntN(60), 0, 0, r.received().Location())
	return value{show: writeTime(r, at, back), truth: at.Format("2006-01-02 15:04")}
}

// slotEarlierDay is the day of a matter that drags on.
func slotEarlierDay(r *rendering) value {
	if r.ago == 0 {
		r.ago = 25 + r.rng.IntN(200)
	}
	return r.day(r.ago)
}

func writeTime(r *rendering, at time.Time, back int) string {
	day := fmt.Sprintf("%d月%d日", at.Month(), at.Day())
	switch {
	case back <= 2 && r.rng.IntN(3) > 0:
		day = []string{"昨天", "前天"}[back-1]
	case at.Year() != r.received().Year():
		day = fmt.Sprintf("%d年%s", at.Year(), day)
	case r.rng.IntN(4) == 0:
		day = fmt.Sprintf("%d月%d号", at.Month(), at.Day())
	}
	if r.rng.IntN(6) == 0 {
		return day + at.Format("15:04")
	}
	return day + partOfDay(at.Hour()) + writeHour(r, at)
}

func partOfDay(hour int) string {
	switch {
	case hour < 6:
		return "凌晨"
	case hour < 12:
		return "上午"
	case hour < 14:
		return "中午"
	case hour < 18:
		return "下午"
	}
	return "晚上"
}

// writeHour writes the hour on a twelve-hour clock.
func writeHour(r *rendering, at time.Time) string {
	hour := at.Hour()
	if hour > 12 {
		hour -= 12
	}
	switch r.rng.IntN(4) {
	case 0:
		return fmt.Sprintf("%d点多", hour)
	case 1:
		return fmt.Sprintf("%d点%d分", hour, at.Minute())
	case 2:
		return fmt.Sprintf("%d时许", hour)
	}
	return fmt.Sprintf("%d点左右", hour)
}

// slotDay is a day before the arrival.
func slotDay(r *rendering) value {
	return r.day(1 + r.rng.IntN(60))
}

func (r *rendering) day(back int) value {
	at := r.received().AddDate(0, 0, -back)
	show := fmt.Sprintf("%d月%d日", at.Month(), at.Day())
	if at.Year() != r.received().Year() {
		show = "去年" + show
	}
	return value{show: show, truth: at.Format("2006-01-02")}
}

// slotHour is an hour of the evening or night.
func slotHour(r *rendering) value {
	hours := []string{"晚上9点", "晚上10点半", "晚上11点", "半夜12点", "凌晨1点", "凌晨2点多", "凌晨三点", "晚上八点多", "深夜"}
	return plain(hours[r.rng.IntN(len(hours))])
}
