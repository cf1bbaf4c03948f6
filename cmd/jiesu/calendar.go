package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
)

type calendarCmd struct {
	Import calendarImportCmd `cmd:"" help:"并入新一年的放假通知,列出因此确定的期限。"`
	Show   calendarShowCmd   `cmd:"" help:"列出已装入的年度、版本、文号与天数。"`
	Due    calendarDueCmd    `cmd:"" help:"某日来信的5个工作日期限,未发布通知的年度给出暂定最早日。"`
}

type calendarImportCmd struct {
	File    string `arg:"" type:"existingfile" help:"通知的 CSV:date,kind,year,paper,每个放假日、补班日一行。"`
	Out     string `type:"path" placeholder:"FILE" help:"写到哪个文件,缺省为 --calendar 所指的文件。"`
	Replace bool   `help:"该年已装入时整年替换(通知有更正)。"`
	Granted int    `placeholder:"N" help:"通知实际安排的假日天数与法定不同时写明。"`
}

// Run merges the notice and says which due dates it settles.
func (c *calendarImportCmd) Run(g *global, std *streams) error {
	out := c.Out
	if out == "" {
		out = g.Calendar
	}
	if out == "" {
		return fmt.Errorf("%w: 请用 --calendar 或 --out 指明本市日历写到哪个文件,启动时用同一个 --calendar", errUsage)
	}
	before, err := app.LoadCalendar(g.Calendar)
	if errors.Is(err, fs.ErrNotExist) { // The first import makes the city's own file.
		before, err = calendar.Embedded()
	}
	if err != nil {
		return err
	}
	notice, err := c.read()
	if err != nil {
		return fmt.Errorf("%s:%w", c.File, err)
	}
	after, err := before.Merge(notice, c.Replace)
	if err != nil {
		return fmt.Errorf("%s:%w", c.File, err)
	}
	text := after.Format()
	if _, err := calendar.Parse(bytes.NewReader(text)); err != nil {
		return fmt.Errorf("checking the merged calendar: %w", err)
	}
	if err := writeCalendar(out, text); err != nil {
		return err
	}
	printImport(std, out, notice, before, after)
	return nil
}

// read parses the notice.
func (c *calendarImportCmd) read() (calendar.Notice, error) {
	text, err := os.ReadFile(c.File)
	if err != nil {
		return calendar.Notice{}, fmt.Errorf("reading the notice: %w", err)
	}
	return calendar.ParseNotice(bytes.NewReader(text), c.Granted)
}

func printImport(std *streams, out string, n calendar.Notice, before, after *calendar.Calendar) {
	fmt.Fprintf(std.out, "已并入 %d 年通知(%s):放假 %d 天,补班 %d 天\n", n.Year, n.Paper, n.Off(), n.MakeUp())
	fmt.Fprintf(std.out, "日历版本 %s → %s,已写入 %s\n", before.Version(), after.Version(), out)
	var settled, moved []calendar.DueChange
	for _, change := range calendar.DueChanges(before, after) {
		if change.Settles() {
			settled = append(settled, change)
		} else {
			moved = append(moved, change)
		}
	}
	printSettled(std, settled, before)
	for _, m := range moved {
		fmt.Fprintf(std.out, "变动:%s 来信的回复期限由 %s 变为 %s\n", m.Received, dayOr(m.Old, "暂定"), dayOr(m.New, "暂定"))
	}
	fmt.Fprintf(std.out, "重启 serve 并带上 --calendar %s 后生效;已发布的期号仍按原日历版本。\n", out)
}

// printSettled lists the days of the years that were loaded already, whose
// letters may be waiting for their date, and only counts those of the new year.
func printSettled(std *streams, settled []calendar.DueChange, before *calendar.Calendar) {
	if len(settled) == 0 {
		fmt.Fprintln(std.out, "没有暂定期限因此确定")
		return
	}
	fmt.Fprintf(std.out, "暂定期限已确定:%s 至 %s 来信,共 %d 个来信日\n", settled[0].Received, settled[len(settled)-1].Received, len(settled))
	for _, s := range settled {
		if before.Covers(s.Received.Year) {
			fmt.Fprintf(std.out, "  %s 来信:暂定最早 %s → %s\n", s.Received, s.Earliest5, s.New)
		}
	}
}

func dayOr(day *calendar.Date, otherwise string) string {
	if day == nil {
		return otherwise
	}
	return day.String()
}

// writeCalendar replaces the file in one step. It holds nothing secret, and the
// service that reads it runs as another user.
func writeCalendar(path string, text []byte) (err error) {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".calendar-*")
	if err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // Gone already when all went well.
	const everyoneReads = 0o644
	_, err = tmp.Write(text)
	err = errors.Join(err, tmp.Chmod(everyoneReads), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing the calendar: %w", err)
	}
	return nil
}

type calendarShowCmd struct {
	Year int `placeholder:"YEAR" help:"逐日列出这一年的放假与补班。"`
}

// Run lists what is loaded.
func (c *calendarShowCmd) Run(g *global, std *streams) error {
	cal, err := app.LoadCalendar(g.Calendar)
	if err != nil {
		return err
	}
	if c.Year != 0 && !cal.Covers(c.Year) {
		return fmt.Errorf("%d 年的放假通知未装入:通知发布后用 jiesu calendar import 导入", c.Year)
	}
	fmt.Fprintf(std.out, "日历版本 %s\n", cal.Version())
	for _, year := range cal.Years() {
		if c.Year != 0 && c.Year != year {
			continue
		}
		if err := printYear(std, cal, year); err != nil {
			return err
		}
	}
	for _, day := range cal.NamedDays(c.Year) {
		kind := "放假"
		if day.Worked {
			kind = "补班"
		}
		fmt.Fprintf(std.out, "  %s %s\n", day.Day, kind)
	}
	return nil
}

func printYear(std *streams, cal *calendar.Calendar, year int) error {
	off, makeUp := 0, 0
	for _, day := range cal.NamedDays(year) {
		if day.Worked {
			makeUp++
		} else {
			off++
		}
	}
	eve := calendar.Date{Year: year, Month: 1, Day: 1}.AddDays(-1)
	workdays, err := cal.WorkdaysBetween(eve, calendar.Date{Year: year, Month: 12, Day: 31})
	if err != nil {
		return err
	}
	fmt.Fprintf(std.out, "%d 年  放假 %d 天  补班 %d 天  工作日 %d 天  %s\n", year, off, makeUp, workdays, cal.Notice(year))
	return nil
}

type calendarDueCmd struct {
	Date calendar.Date `arg:"" help:"来信日,如 2026-12-25。"`
}

// Run prints the reply date of a day of receipt.
func (c *calendarDueCmd) Run(g *global, std *streams) error {
	cal, err := app.LoadCalendar(g.Calendar)
	if err != nil {
		return err
	}
	for day := range cal.Days(c.Date, c.Date) {
		due := fmt.Sprintf("暂定,最早 %s 24:00(所涉年度的放假通知未装入)", day.Earliest5)
		if day.Due5 != nil {
			due = fmt.Sprintf("5个工作日内回复,截至 %s 24:00", day.Due5)
		}
		fmt.Fprintf(std.out, "%s 来信:%s  日历 %s\n", c.Date, due, cal.Version())
	}
	return nil
}
