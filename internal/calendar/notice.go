package calendar

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Notice is one year's holiday notice, checked and ready to be merged.
type Notice struct {
	Year  int
	Paper string // Its number, such as 国办发明电〔2024〕12号.
	days  map[Date]bool
}

// Off returns the number of days off that the notice names.
func (n Notice) Off() int { return len(n.days) - n.MakeUp() }

// MakeUp returns the number of weekend days worked in exchange.
func (n Notice) MakeUp() int {
	worked := 0
	for _, w := range n.days {
		if w {
			worked++
		}
	}
	return worked
}

// lawfulDays returns how many days of public holiday the law grants in a year:
// the State Council's rules on holidays (全国年节及纪念日放假办法), 11 days
// until 2024 and 13 since 2025.
func lawfulDays(year int) int {
	if year < 2025 {
		return 11
	}
	return 13
}

// ParseNotice reads one year's notice: the columns of the built-in list
// (date,kind,year,paper), no version line, one row per day named. Whoever types
// a notice reads the errors, so they are Chinese and say what to do.
//
// granted is how many days of holiday the notice grants in all; 0 stands for
// what the law grants, from which the State Council has departed in single
// years. Days off on weekdays less weekend days worked must come to it, so that
// a day left out or mistyped is found.
func ParseNotice(r io.Reader, granted int) (Notice, error) {
	p := noticeParser{Notice: Notice{days: map[Date]bool{}}}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.line++
		if err := p.parseLine(lines.Text()); err != nil {
			return Notice{}, fmt.Errorf("第 %d 行:%w", p.line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return Notice{}, fmt.Errorf("第 %d 行读不出:%w", p.line+1, err)
	}
	if len(p.days) == 0 {
		return Notice{}, errors.New("文件里没有日期:通知发布后,把放假与补班的日子逐日填入(列名 " + columns + "),尚未发布时不要导入空表")
	}
	return p.Notice, p.checkYear(granted)
}

type noticeParser struct {
	Notice
	line   int
	inRows bool // Past the column names.
}

func (p *noticeParser) parseLine(text string) error {
	if p.line == 1 {
		text = strings.TrimPrefix(text, "\ufeff")
	}
	text = strings.TrimSpace(text)
	switch {
	case !utf8.ValidString(text):
		return errors.New("不是 UTF-8:请在表格软件中另存为“CSV UTF-8”")
	case text == "" || strings.HasPrefix(text, "#"):
		return nil
	case p.inRows:
		return p.parseRow(strings.Split(text, ","))
	case text == columns:
		p.inRows = true
		return nil
	default:
		return fmt.Errorf("首行须是列名 %s", columns)
	}
}

func (p *noticeParser) parseRow(fields []string) error {
	if len(fields) != 4 {
		return fmt.Errorf("应有 4 列(%s),此行有 %d 列", columns, len(fields))
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	day, err := ParseDate(fields[0])
	if err != nil {
		return fmt.Errorf("日期 %q 不存在或写法不对:按 2027-01-01 的写法填写", fields[0])
	}
	if err := p.setYear(fields[2], fields[3]); err != nil {
		return err
	}
	if !day.canBeSetBy(p.Year) {
		return fmt.Errorf("%s 不在 %d 年(上一年只能是 12 月的日子):一个文件只放一个年度的通知", day, p.Year)
	}
	if _, named := p.days[day]; named {
		return fmt.Errorf("%s 重复:每一天只写一行", day)
	}
	switch fields[1] {
	case "off":
		p.days[day] = false
	case "work":
		if !day.isWeekend() {
			return fmt.Errorf("%s 是%s,不是补班:补班(work)只能是周六或周日,请核对通知原文", day, weekdayNames[day.Weekday()])
		}
		p.days[day] = true
	default:
		return fmt.Errorf("类别 %q 不认识:放假写 off,补班写 work", fields[1])
	}
	return nil
}

var weekdayNames = [...]string{"周日", "周一", "周二", "周三", "周四", "周五", "周六"}

// paperNumber is the form of an official paper's number.
var paperNumber = regexp.MustCompile(`〔\d{4}〕\d+号`)

// setYear takes the year and the paper from the first row; all rows must agree.
func (p *noticeParser) setYear(yearText, paper string) error {
	year, err := strconv.Atoi(yearText)
	if err != nil || year < 2000 || year > 2199 {
		return fmt.Errorf("年度 %q 不对:填通知所安排的年份,如 2027", yearText)
	}
	if strings.ContainsFunc(paper, isHidden) {
		return fmt.Errorf("文号 %q 里有看不见的字符:请重新键入", paper)
	}
	if !paperNumber.MatchString(paper) {
		return fmt.Errorf("来源 %q 没有文号:填通知的文号,如 国办发明电〔2026〕8号", paper)
	}
	if len(p.days) == 0 {
		p.Year, p.Paper = year, paper
	}
	switch {
	case year != p.Year:
		return fmt.Errorf("年度 %d 与前面的 %d 不同:一个文件只放一个年度的通知", year, p.Year)
	case paper != p.Paper:
		return fmt.Errorf("文号 %q 与前面的 %q 不同:同一年度只有一份通知", paper, p.Paper)
	}
	return nil
}

// publicHolidays are the public holidays of the law and the days they can fall on.
// Those of the lunar calendar move within a month.
var publicHolidays = []struct {
	name     string
	from, to string // Month and day.
	days     int    // The least number of days off in between.
}{
	{"元旦", "01-01", "01-01", 1},
	{"春节", "01-20", "02-24", 3},
	{"清明节", "04-04", "04-06", 1},
	{"劳动节", "05-01", "05-01", 1},
	{"端午节", "05-26", "06-27", 1},
	{"中秋节", "09-07", "10-08", 1},
	{"国庆节", "10-01", "10-03", 3},
}

// checkYear checks what only the whole notice can show.
func (n Notice) checkYear(granted int) error {
	for _, h := range publicHolidays {
		from, to := n.dayOf(h.from), n.dayOf(h.to)
		if got := n.offBetween(from, to); got < h.days {
			return fmt.Errorf("%s(%s 至 %s 之间)应至少放假 %d 天,表中只有 %d 天:请对照 %d 年通知补全", h.name, from, to, h.days, got, n.Year)
		}
	}
	if granted == 0 {
		granted = lawfulDays(n.Year)
	}
	net := -n.MakeUp()
	for day, worked := range n.days {
		if !worked && !day.isWeekend() {
			net++
		}
	}
	if net != granted {
		return fmt.Errorf("工作日放假减去补班为 %d 天,应为 %d 天:多半漏写或错写了日子,请逐日核对;如通知确实如此,用 --granted %d 说明", net, granted, net)
	}
	return nil
}

func (n Notice) dayOf(monthDay string) Date {
	t, err := time.Parse("01-02", monthDay)
	if err != nil {
		return Date{}
	}
	return Date{n.Year, t.Month(), t.Day()}
}

func (n Notice) offBetween(from, to Date) int {
	off := 0
	for day, worked := range n.days {
		if !worked && !day.Before(from) && !day.After(to) {
			off++
		}
	}
	return off
}
