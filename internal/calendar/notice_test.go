package calendar_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/calendar"
)

// notice2027 is an invented notice: that of 2027 is not known.
func notice2027(t testing.TB) string {
	t.Helper()
	text, err := os.ReadFile("testdata/notice_2027.csv")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func parseNotice(t testing.TB, text string) calendar.Notice {
	t.Helper()
	n, err := calendar.ParseNotice(strings.NewReader(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParseNotice(t *testing.T) {
	for name, text := range map[string]string{
		"plain":       notice2027(t),
		"spreadsheet": "\ufeff# 注\r\n" + strings.ReplaceAll(notice2027(t), "\n", "\r\n") + "\r\n",
		"unsorted":    strings.Replace(notice2027(t), "kind,year,paper\n", "kind,year,paper\n2026-12-26,work,2027,某发〔2026〕1号(虚构)\n2026-12-31,off,2027,某发〔2026〕1号(虚构)\n", 1),
	} {
		n := parseNotice(t, text)
		off, makeUp := 28, 5
		if name == "unsorted" { // New Year's holiday begins in December.
			off, makeUp = off+1, makeUp+1
		}
		if n.Year != 2027 || n.Paper != "某发〔2026〕1号(虚构)" || n.Off() != off || n.MakeUp() != makeUp {
			t.Errorf("%s: %d %s, %d off, %d worked", name, n.Year, n.Paper, n.Off(), n.MakeUp())
		}
	}
}

// TestParseNoticeAcceptsKnownYears takes the built-in years, whose notices are
// known to be right, through the same checks.
func TestParseNoticeAcceptsKnownYears(t *testing.T) {
	for year, want := range map[string][2]int{"2024": {28, 8}, "2025": {28, 5}, "2026": {33, 6}} {
		n := parseNotice(t, noticeRows(t, year))
		if n.Off() != want[0] || n.MakeUp() != want[1] {
			t.Errorf("%s: %d off, %d worked, want %v", year, n.Off(), n.MakeUp(), want)
		}
	}
}

// noticeRows writes a built-in year as a notice of its own.
func noticeRows(t *testing.T, year string) string {
	t.Helper()
	text, err := os.ReadFile("holidays.csv")
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("date,kind,year,paper\n")
	for line := range strings.Lines(string(text)) {
		if strings.Contains(line, ","+year+",") {
			rows.WriteString(line)
		}
	}
	return rows.String()
}

func TestParseNoticeRefuses(t *testing.T) {
	const paper = "某发〔2026〕1号(虚构)"
	tests := []struct {
		name     string
		old, new string
		want     string
	}{
		{"columns", "date,kind", "日期,类别", "第 1 行:首行须是列名"},
		{"GBK", "date,kind", "\xc8\xd5\xc6\xda,kind", "另存为"},
		{"empty", notice2027(t), "date,kind,year,paper\n", "不要导入空表"},
		{"column too few", ",2027," + paper, ",2027", "第 2 行:应有 4 列"},
		{"date form", "2027-01-01", "2027/1/1", `第 2 行:日期 "2027/1/1"`},
		{"no such day", "2027-02-11", "2027-02-30", "不存在"},
		{"other year", "2027-05-03,off", "2028-05-03,off", "2028-05-03 不在 2027 年"},
		{"November", "2027-01-01,off", "2026-11-01,off", "2026-11-01 不在 2027 年"},
		{"year differs", "2027-05-03,off,2027", "2027-05-03,off,2028", "年度 2028 与前面的 2027 不同"},
		{"year not a number", ",off,2027", ",off,二七", `年度 "二七" 不对`},
		{"twice", "2027-05-03", "2027-05-02", "2027-05-02 重复"},
		{"kind", "2027-05-03,off", "2027-05-03,休", `类别 "休" 不认识`},
		{"worked weekday", "2027-05-08", "2027-05-10", "2027-05-10 是周一,不是补班"},
		{"no number", paper, "国务院通知", "没有文号"},
		{"a number that a terminal obeys", paper, paper + "\x1b[31m", "看不见"},
		{"two papers", "2027-01-02,off,2027,某发〔2026〕1号", "2027-01-02,off,2027,某发〔2026〕2号", "同一年度只有一份通知"},
		{"New Year missing", "2027-01-01,off,2027," + paper + "\n", "", "元旦(2027-01-01 至 2027-01-01 之间)应至少放假 1 天"},
		{"day left out", "2027-05-03,off,2027," + paper + "\n", "", "为 12 天,应为 13 天"},
		{"make-up day left out", "2027-05-08,work,2027," + paper + "\n", "", "为 14 天,应为 13 天"},
		{"endless line", paper, strings.Repeat("长", 1<<16), "读不出"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(notice2027(t), tt.old, tt.new, 1)
			if text == notice2027(t) {
				t.Fatalf("%q is not in the notice", tt.old)
			}
			_, err := calendar.ParseNotice(strings.NewReader(text), 0)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

func TestParseNoticeTakesAnExtraordinaryYear(t *testing.T) {
	text := notice2027(t) + "2027-09-03,off,2027,某发〔2026〕1号(虚构)\n"
	if _, err := calendar.ParseNotice(strings.NewReader(text), 0); err == nil || !strings.Contains(err.Error(), "--granted 14") {
		t.Errorf("a day more than the law grants: %v", err)
	}
	if _, err := calendar.ParseNotice(strings.NewReader(text), 14); err != nil {
		t.Error(err)
	}
}

func TestMerge(t *testing.T) {
	before := embedded(t)
	after, err := before.Merge(parseNotice(t, notice2027(t)), false)
	if err != nil {
		t.Fatal(err)
	}
	if after.Version() != "2024-2027/1" || after.Notice(2027) != "某发〔2026〕1号(虚构)" || before.Covers(2027) {
		t.Errorf("version %s, notice %s; before covers 2027: %v", after.Version(), after.Notice(2027), before.Covers(2027))
	}
	// Counted by hand on a sheet of paper.
	for received, want := range map[string]string{
		"2026-12-24": "2026-12-31", "2026-12-25": "2027-01-04", "2026-12-31": "2027-01-08",
		"2027-01-29": "2027-02-04", "2027-02-04": "2027-02-18", "2027-09-30": "2027-10-13",
	} {
		if due, err := after.Due(date(t, received).Start(), 5); err != nil || due.Day.String() != want {
			t.Errorf("received %s: due %s, %v, want %s", received, due.Day, err, want)
		}
	}
	read, err := calendar.Parse(strings.NewReader(string(after.Format())))
	if err != nil {
		t.Fatal(err)
	}
	for _, year := range []int{2024, 2025, 2026, 2027} {
		if diff := cmp.Diff(after.NamedDays(year), read.NamedDays(year)); diff != "" || read.Notice(year) != after.Notice(year) {
			t.Errorf("%d, read back (-want +got):\n%s", year, diff)
		}
	}
	if read.Version() != after.Version() {
		t.Errorf("read back version %s", read.Version())
	}
}

func TestMergeRefuses(t *testing.T) {
	before := embedded(t)
	notice := notice2027(t)
	after, err := before.Merge(parseNotice(t, notice), false)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := after.Merge(parseNotice(t, notice), false); err == nil || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("the same year again: %v", err)
	}
	replaced, err := after.Merge(parseNotice(t, notice), true)
	if err != nil || replaced.Version() != "2024-2027/2" {
		t.Errorf("replacing: version %v, %v", replaced, err)
	}
	gap, err := calendar.Parse(strings.NewReader(smallList)) // Of 2030.
	if err != nil {
		t.Fatal(err)
	}
	if _, err := gap.Merge(parseNotice(t, notice), false); err == nil || !strings.Contains(err.Error(), "不相连") {
		t.Errorf("years apart: %v", err)
	}
	const paper = ",2027,某发〔2026〕1号(虚构)\n"
	december := parseNotice(t, notice+"2026-12-26,work"+paper+"2026-12-31,off"+paper)
	early, err := before.Merge(december, false)
	if err != nil {
		t.Fatal(err)
	}
	changes := slices.DeleteFunc(calendar.DueChanges(before, early), calendar.DueChange.Settles)
	if len(changes) == 0 || changes[0].Old == nil || changes[0].New == nil {
		t.Errorf("days of a December that were settled have not moved: %v", changes)
	}
}

// TestMergeRefusesADayOfTwoNotices corrects the notice for 2026 with a day that
// the one for 2027 has set already.
func TestMergeRefusesADayOfTwoNotices(t *testing.T) {
	const paper = ",2027,某发〔2026〕1号(虚构)\n"
	early, err := embedded(t).Merge(parseNotice(t, notice2027(t)+"2026-12-26,work"+paper+"2026-12-31,off"+paper), false)
	if err != nil {
		t.Fatal(err)
	}
	text := noticeRows(t, "2026") + "2026-12-31,off,2026," + early.Notice(2026) + "\n"
	corrected, err := calendar.ParseNotice(strings.NewReader(text), 14)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := early.Merge(corrected, true); err == nil || !strings.Contains(err.Error(), "2026-12-31 已由 2027 年的通知安排") {
		t.Errorf("got %v", err)
	}
}

func TestDueChanges(t *testing.T) {
	before := embedded(t)
	after, err := before.Merge(parseNotice(t, notice2027(t)), false)
	if err != nil {
		t.Fatal(err)
	}
	changes := calendar.DueChanges(before, after)
	first, last := date(t, "2026-12-25"), date(t, "2027-12-26") // From the first without a date to the last due on 31 December.
	day := first
	for _, c := range changes {
		if c.Received != day || !c.Settles() || c.New.Before(c.Earliest5) {
			t.Fatalf("want %s settled, not before %s; got %+v", day, c.Earliest5, c)
		}
		day = day.AddDays(1)
	}
	if day != last.AddDays(1) {
		t.Errorf("the last day settled is %s, want %s", day.AddDays(-1), last)
	}
	if got := calendar.DueChanges(after, after); len(got) != 0 {
		t.Errorf("a calendar differs from itself: %v", got)
	}
}

// FuzzParseNotice shows that an accepted notice merges into a list that can be
// read again.
func FuzzParseNotice(f *testing.F) {
	f.Add(notice2027(f))
	f.Add("\ufeffdate,kind,year,paper\r\n2027-01-01,off,2027,〔2026〕1号")
	before := embedded(f)
	f.Fuzz(func(t *testing.T, text string) {
		n, err := calendar.ParseNotice(strings.NewReader(text), 0)
		if err != nil {
			return
		}
		merged, err := before.Merge(n, true)
		if err != nil {
			return
		}
		read, err := calendar.Parse(strings.NewReader(string(merged.Format())))
		if err != nil || read.Version() != merged.Version() {
			t.Errorf("cannot be read again: %v", err)
		}
	})
}
