package calendar_test

import (
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// smallList is the least that makes a year.
const smallList = `# version: 2030/2
# a comment
date,kind,year,paper
` + smallRows

const smallRows = `2029-12-29,work,2030,某发〔2029〕1号
2029-12-31,off,2030,某发〔2029〕1号
2030-01-01,off,2030,某发〔2029〕1号
2030-09-29,work,2030,某发〔2029〕1号
2030-10-01,off,2030,某发〔2029〕1号
`

func TestParse(t *testing.T) {
	for name, text := range map[string]string{
		"plain":        smallList,
		"spreadsheet":  "\ufeff" + strings.ReplaceAll(smallList, "\n", "\r\n"),
		"no last line": strings.TrimSuffix(smallList, "\n"),
	} {
		c, err := calendar.Parse(strings.NewReader(text))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if c.Version() != "2030/2" || !c.Covers(2030) || c.Covers(2029) || c.Notice(2030) != "某发〔2029〕1号" {
			t.Errorf("%s: version %q, covers 2030: %v, 2029: %v", name, c.Version(), c.Covers(2030), c.Covers(2029))
		}
		for day, want := range map[string]bool{
			"2030-01-01": false, "2030-01-02": true, "2030-01-05": false, "2030-09-29": true, "2030-10-01": false,
		} {
			if got, err := c.IsWorkday(date(t, day)); err != nil || got != want {
				t.Errorf("%s: IsWorkday(%s) = %v, %v", name, day, got, err)
			}
		}
	}
}

func TestParseRefuses(t *testing.T) {
	const paper = "某发〔2029〕1号"
	tests := []struct {
		name     string
		old, new string // What to replace in the small list.
		want     string
	}{
		{"empty", smallList, "", "the column names"},
		{"no version", "# version: 2030/2", "# holidays", "line 1: want"},
		{"no revision", "2030/2", "2030", "line 1: want"},
		{"revision 0", "2030/2", "2030/0", "line 1: want"},
		{"backward years", "2030/2", "2031-2030/2", "line 1: the version's years 2031-2030 run backwards"},
		{"year not there", "2030/2", "2030-2031/2", "2031-01-01 is not off: the notice for 2031 is missing or incomplete"},
		{"other columns", "date,kind", "day,kind", "line 3: want the column names"},
		{"no columns", "# a comment\ndate,kind,year,paper\n" + smallRows, "", "the column names"},
		{"column too few", ",2030," + paper, ",2030", "line 4: want 4 columns (date,kind,year,paper), got 3"},
		{"column too many", paper, paper + ",", "line 4: want 4 columns (date,kind,year,paper), got 5"},
		{"blank line", "2030-01-01", "\n2030-01-01", "line 6: want 4 columns (date,kind,year,paper), got 1"},
		{"comment between rows", "2030-01-01", "# x\n2030-01-01", "line 6: want 4 columns"},
		{"date form", "2030-01-01", "2030-1-1", `line 6: reading date "2030-1-1"`},
		{"no such day", "2030-09-29", "2030-09-31", `line 7: reading date "2030-09-31"`},
		{"twice", "2029-12-31", "2029-12-29", "line 5: 2029-12-29 is not after 2029-12-29"},
		{"out of order", "2030-09-29", "2029-12-30", "line 7: 2029-12-30 is not after 2030-01-01"},
		{"kind", "01,off", "01,holiday", `line 6: unknown kind "holiday"`},
		{"worked weekday", "2030-09-29", "2030-09-30", "line 7: 2030-09-30 is a Monday, worked anyway"},
		{"year outside", "2030-01-01,off,2030", "2030-01-01,off,2029", `line 6: year "2029" is outside`},
		{"year not a number", "2030-01-01,off,2030", "2030-01-01,off,x", `line 6: year "x" is outside`},
		{"year too early for the notice", "2029-12-29", "2029-11-24", "line 4: 2029-11-24 cannot be set by the notice for 2030"},
		{"no paper", paper, " ", "line 4: the notice's number is missing"},
		{"a paper that a terminal obeys", paper, paper + "\x1b[31m", "line 4: the notice's number"},
		{"a paper that runs backwards", paper, "\u202e" + paper, "line 4: the notice's number"},
		{"two papers", paper, "他发〔2029〕1号", "line 5: the notice for 2030 is"},
		{"truncated", "2030-10-01,off,2030," + paper + "\n", "", "2030-10-01 is not off"},
		{"no new year", "2030-01-01,off,2030," + paper + "\n", "", "2030-01-01 is not off"},
		{"endless line", paper, strings.Repeat("x", 1<<20), "line 4: bufio.Scanner: token too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := strings.Replace(smallList, tt.old, tt.new, 1)
			if text == smallList {
				t.Fatalf("%q is not in the list", tt.old)
			}
			_, err := calendar.Parse(strings.NewReader(text))
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one with %q", err, tt.want)
			}
		})
	}
}

// FuzzParse shows that an accepted list answers for every year that it covers.
func FuzzParse(f *testing.F) {
	f.Add(smallList)
	f.Add("\ufeff# version: 0000-9999/1\r\ndate,kind,year,paper\n")
	f.Add("# version: 2030/2\ndate,kind,year,paper\n2030-01-01,off,2030,x\n2030-10-01,off,2030,x")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := calendar.Parse(strings.NewReader(text))
		if err != nil {
			return
		}
		covered := 0
		for year := range 10000 {
			if !c.Covers(year) {
				continue
			}
			covered++
			worked, err := c.IsWorkday(calendar.Date{Year: year, Month: time.January, Day: 1})
			if err != nil || worked || c.Notice(year) == "" {
				t.Errorf("%d: New Year's Day worked: %v, %v; notice %q", year, worked, err, c.Notice(year))
			}
		}
		if covered == 0 {
			t.Error("a list that covers nothing was accepted")
		}
	})
}
