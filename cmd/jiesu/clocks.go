package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

type clocksCmd struct {
	Letter letter.ID `arg:"" help:"来信编号。"`
	AsOf   asOf      `placeholder:"TIME" help:"统计时点(按入库时间),缺省为库中最后一条。"`
	JSON   bool      `name:"json" help:"输出 JSON。"`
}

// clocksDocument is what --json prints.
type clocksDocument struct {
	Letter          letter.ID       `json:"letter"`
	AsOf            time.Time       `json:"as_of"`
	CalendarVersion string          `json:"calendar_version"`
	Settings        analytics.Rules `json:"settings"`
	Clocks          []clock.Clock   `json:"clocks"`
}

// Run prints every clock of one letter.
func (c *clocksCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	rules := g.rules()
	settings := rules.Settings()
	settings.CityDesk, settings.Above = session.Directory.CityDesk(), session.Directory.Ancestors
	history, now, err := session.Store.History(ctx, viewer, c.Letter, c.AsOf.Time)
	if err != nil {
		return err
	}
	doc := clocksDocument{
		Letter: c.Letter, AsOf: now.UTC(), CalendarVersion: session.Calendar.Version(), Settings: rules,
		Clocks: clock.Of(clock.History(history), settings, session.Calendar, now),
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(doc)
	}
	return printClocks(std.out, doc, func(subject string) string {
		if name := session.Directory.FullName(subject); name != "" {
			return name
		}
		return subject
	})
}

var stateNames = map[clock.State]string{
	clock.Running: "计时中", clock.Soon: "即将到期", clock.Met: "按时", clock.Missed: "超时",
	clock.Provisional: "暂定", clock.MissingCalendar: "待放假通知",
}

var flagNames = map[clock.Flag]string{
	clock.ExtensionLate: "延期批准过晚,无效", clock.ExtensionTooLong: "单次延期过长", clock.ExtensionTooMany: "延期次数过多",
	clock.WriterNotTold: "延期未告知来信人",
}

var excludedNames = map[string]string{
	"invalidated": "无效信件", "merged": "已合并", "thanks": "感谢信", "transferred": "已移送", "uncontactable": "无联系方式",
}

// printClocks writes one line a clock, and one for the source of those that
// follow.
func printClocks(w io.Writer, doc clocksDocument, name func(subject string) string) error {
	var b strings.Builder
	fmt.Fprintf(&b, "来信 %s  时点 %s  日历 %s\n", doc.Letter, shanghaiTime(doc.AsOf), doc.CalendarVersion)
	fmt.Fprintf(&b, "计时方式 %s\n", doc.Settings)
	law := ""
	for _, c := range doc.Clocks {
		if source := c.Law + statusNote(c.Status); source != law {
			law = source
			fmt.Fprintf(&b, "\n依据:%s\n", law)
		}
		const nameWidth, limitWidth, stateWidth = 46, 24, 12
		title := c.Name
		if c.Subject != "" {
			title += " " + name(c.Subject)
		}
		fmt.Fprintf(&b, "  %s%s%s%s\n", runewidth.FillRight(title, nameWidth), runewidth.FillRight(c.Limit, limitWidth),
			runewidth.FillRight(stateNames[c.State], stateWidth), strings.Join(clockDetails(c), ";"))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// clockDetails says when the clock ends and what else is to be known of it.
func clockDetails(c clock.Clock) []string {
	var details []string
	switch {
	case c.Earliest != nil:
		details = append(details, "暂定,最早 "+endTime(*c.Earliest))
	case c.Due != nil:
		details = append(details, "截至 "+endTime(*c.Due))
	}
	elapsed := readableDuration(time.Duration(c.ElapsedMS) * time.Millisecond)
	if c.Stopped == nil {
		elapsed = "已计 ≥ " + elapsed
	} else {
		elapsed = "用时 " + elapsed
	}
	details = append(details, elapsed)
	if c.GrossMS != c.ElapsedMS || c.GrossState != c.State {
		details = append(details, "未扣停机 "+readableDuration(time.Duration(c.GrossMS)*time.Millisecond)+" "+stateNames[c.GrossState])
	}
	if c.Excluded != "" {
		details = append(details, "不计入指标("+excludedNames[c.Excluded]+")")
	}
	for _, f := range c.Flags {
		details = append(details, flagNames[f])
	}
	if c.Note != "" {
		details = append(details, c.Note)
	}
	return details
}

func statusNote(s clock.Status) string {
	if s == clock.Secondary {
		return "(转引,使用前核对条文)"
	}
	return ""
}

func shanghaiTime(t time.Time) string { return t.In(calendar.Shanghai).Format("2006-01-02 15:04") }

// endTime writes the end of a limit: the end of a day as 24:00.
func endTime(t time.Time) string {
	if day := calendar.DateOf(t); t.Equal(day.Start()) {
		return day.AddDays(-1).String() + " 24:00"
	}
	return shanghaiTime(t)
}

// readableDuration writes days, hours and minutes, the leading zeros left out.
func readableDuration(d time.Duration) string {
	const day = 24 * time.Hour
	days, hours, minutes := d/day, d%day/time.Hour, d%time.Hour/time.Minute
	switch {
	case days > 0:
		return fmt.Sprintf("%d天%d小时%d分", days, hours, minutes)
	case hours > 0:
		return fmt.Sprintf("%d小时%d分", hours, minutes)
	default:
		return fmt.Sprintf("%d分%d秒", minutes, d%time.Minute/time.Second)
	}
}
