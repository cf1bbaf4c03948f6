package reports

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// How many rows the first page shows; the rest goes into the appendix.
const (
	firstLeads = 8
	firstOpen  = 8
	dayColumns = 3 // Of the day-by-day table, side by side.
)

// page is a Brief in words, as the template prints it.
type page struct {
	Policy          string
	Style           template.CSS
	Engine, Drawing template.JS

	Bureau, Date, LongDate, AsOf string
	Since, MonthFrom, SoonUntil  string
	Final, Synthetic             bool
	RuleVersion, CalendarVersion string
	Rules                        string // In words.

	KeyLetters            []KeyLetter
	KeySelected           bool
	Leads                 []Lead
	ShownLeads, RestLeads []Lead
	Overdue, DueSoon      openList
	Received, Sentence    string
	Totals                []totalRow
	Types                 []typeRow
	Units                 []unitRow
	Clocks                []clockRow
	Stages                []stageRow
	Trend                 Chart
	MonthFunnel           Chart
	StartFunnel           Chart
	DayColumns            []struct{}
	DayRows               [][]dayRow
}

type openList struct {
	Total       int
	First, Rest []openRow
	Provisional bool // Some are due on 暂定 days.
}

type openRow struct {
	ID                   letter.ID
	Type, Unit, Due, Age string
	Withheld             bool
}

type totalRow struct{ Name, Day, Previous, Change, Month, Start string }

type typeRow struct{ Name, Day, Share, Previous, Change, Month string }

type unitRow struct {
	Name, Day, Month, Overdue string
	Signed, Closed            rateCell
}

type clockRow struct {
	Name, Means  string
	Month, Start rateCell
}

type stageRow struct{ Name, Measure, Day, Month, Start string }

type dayRow struct{ Date, Received, Closed string }

// MoreLeads is how many leads only the appendix names.
func (p page) MoreLeads() int { return len(p.RestLeads) }

func newPage(b Brief) page {
	p := page{
		Bureau: b.Bureau, Date: b.Date.String(), LongDate: longDate(b.Date), AsOf: clockTime(b.AsOf),
		Since: b.Since.String(), MonthFrom: b.MonthFrom.String(), SoonUntil: shortDate(b.SoonUntil) + "24时",
		Final: b.Final, Synthetic: b.Synthetic, RuleVersion: b.RuleVersion, CalendarVersion: b.CalendarVersion, Rules: b.Rules.String(),
		KeyLetters: withheld(b.KeyLetters), KeySelected: b.KeySelected,
		Leads: b.Leads, ShownLeads: b.Leads[:min(firstLeads, len(b.Leads))], RestLeads: b.Leads[min(firstLeads, len(b.Leads)):],
		Overdue: listOf(b.Overdue), DueSoon: listOf(b.DueSoon),
		Received: Count(b.Day["received"].Count), Sentence: sentence(b),
		Totals:      totals(b),
		Trend:       TrendChart("chart-trend", b.Trend),
		MonthFunnel: FunnelChart("chart-funnel-month", b.Month),
		StartFunnel: FunnelChart("chart-funnel-start", b.Start),
		DayColumns:  make([]struct{}, dayColumns),
		DayRows:     dayRows(b.Trend),
	}
	received := b.Day["received"].Count
	for _, g := range b.Types {
		day, before := g.Day["received"].Count, g.Previous["received"].Count
		p.Types = append(p.Types, typeRow{
			g.Name, Count(day), share(day, received), Count(before), ChangeCell(day, before), Count(g.Month["received"].Count),
		})
	}
	for _, g := range b.Units {
		p.Units = append(p.Units, unitRow{
			g.Name, Count(g.Day["received"].Count), Count(g.Month["received"].Count), Count(g.Start["overdue"].Count),
			cellOf(g.Month[b.Rules.SigningHeadline()].Rate), cellOf(g.Month["closure_mature"].Rate),
		})
	}
	for _, c := range Clocks(b.Rules) {
		p.Clocks = append(p.Clocks, clockRow{c.Name, c.Means, cellOf(b.Month[c.ID].Rate), cellOf(b.Start[c.ID].Rate)})
	}
	day, month, start := Funnel(b.Day), Funnel(b.Month), Funnel(b.Start)
	for i, s := range day {
		p.Stages = append(p.Stages, stageRow{s.Name, s.Measure, Count(s.Count), Count(month[i].Count), Count(start[i].Count)})
	}
	return p
}

// withheld leaves of a withheld letter nothing but its number and type, whatever
// the brief was filled with.
func withheld(letters []KeyLetter) []KeyLetter {
	shown := make([]KeyLetter, 0, len(letters))
	for _, l := range letters {
		if l.Withheld {
			l = KeyLetter{ID: l.ID, Type: l.Type, Withheld: true}
		}
		shown = append(shown, l)
	}
	return shown
}

// totals compares the day with the day before.
func totals(b Brief) []totalRow {
	var rows []totalRow
	for _, f := range []struct{ id, name string }{
		{"received", "来信（件）"}, {"letters", "有效来信（件）"}, {"writers", "来信人（名）"}, {"thanks", "感谢信（封）"},
	} {
		day, before := b.Day[f.id].Count, b.Previous[f.id].Count
		rows = append(rows, totalRow{
			f.name, Count(day), Count(before), ChangeCell(day, before),
			Count(b.Month[f.id].Count), Count(b.Start[f.id].Count),
		})
	}
	for _, id := range []string{b.Rules.SigningHeadline(), "contacted_in_time", "response"} {
		name := id
		for _, c := range Clocks(b.Rules) {
			if c.ID == id {
				name = c.Name
			}
		}
		day, before := b.Day[id].Rate, b.Previous[id].Rate
		rows = append(rows, totalRow{
			name, rateText(day), rateText(before), strings.TrimPrefix(changePoints(day, before), "与前一日"), rateText(b.Month[id].Rate), rateText(b.Start[id].Rate),
		})
	}
	return rows
}

// rateText is a rate with its n and d in a few characters.
func rateText(r *analytics.Rate) string {
	c := cellOf(r)
	if c.D == "" {
		return c.Percent
	}
	text := fmt.Sprintf("%s（%s/%s）", c.Percent, c.N, c.D)
	if c.Small {
		text += "样本小"
	}
	return text
}

// sentence tells the day in the words of the daily bulletin.
func sentence(b Brief) string {
	day, before := b.Day["received"].Count, b.Previous["received"].Count
	text := fmt.Sprintf("%s，共接收群众来信%s件（%s名来信人），前一日%s件，%s。",
		chineseDate(b.Date), Count(day), Count(b.Day["writers"].Count), Count(before), Change(day, before))
	var parts []string
	for _, g := range b.Types {
		if n := g.Day["received"].Count; n > 0 {
			parts = append(parts, fmt.Sprintf("%s%s件（占%s）", g.Name, Count(n), share(n, day)))
		}
	}
	if len(parts) > 0 {
		text += "其中：" + strings.Join(parts, "、") + "。"
	}
	return text + fmt.Sprintf("全市现有超期未办结信件%d件，临期%d件。", len(b.Overdue), len(b.DueSoon))
}

func listOf(letters []OpenLetter) openList {
	var list openList
	rows := make([]openRow, 0, len(letters))
	for _, l := range letters {
		age := "未定"
		if l.Age >= 0 {
			age = "第" + strconv.Itoa(l.Age) + "日"
		}
		due := monthDay(l.Due)
		if l.Provisional {
			due = "暂定" + due
			list.Provisional = true
		}
		rows = append(rows, openRow{l.ID, l.Type, l.Unit, due, age, l.Withheld})
	}
	n := min(firstOpen, len(rows))
	list.Total, list.First, list.Rest = len(rows), rows[:n], rows[n:]
	return list
}

// dayRows lays the days out column by column, dayColumns beside each other.
func dayRows(days []analytics.DayCount) [][]dayRow {
	height := (len(days) + dayColumns - 1) / dayColumns
	rows := make([][]dayRow, height)
	for i := range rows {
		for c := range dayColumns {
			var cell dayRow
			if at := c*height + i; at < len(days) {
				d := days[at]
				cell = dayRow{monthDay(d.Day), Count(d.Received), Count(d.Closed)}
			}
			rows[i] = append(rows[i], cell)
		}
	}
	return rows
}

var weekdays = [...]string{"日", "一", "二", "三", "四", "五", "六"}

func longDate(d calendar.Date) string { return chineseDate(d) + " 星期" + weekdays[d.Weekday()] }

func chineseDate(d calendar.Date) string {
	return fmt.Sprintf("%d年%d月%d日", d.Year, int(d.Month), d.Day)
}

func shortDate(d calendar.Date) string { return fmt.Sprintf("%d月%d日", int(d.Month), d.Day) }

func monthDay(d calendar.Date) string { return fmt.Sprintf("%d-%d", int(d.Month), d.Day) }

func clockTime(t time.Time) string {
	s := t.In(calendar.Shanghai)
	return chineseDate(calendar.DateOf(t)) + s.Format("15:04")
}
