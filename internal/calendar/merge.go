package calendar

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Merge returns a calendar that also holds the notice, under a new version. A
// year already loaded is replaced only when replace is set, as after a
// correction. Errors are Chinese: they go to whoever typed the notice.
func (c *Calendar) Merge(n Notice, replace bool) (*Calendar, error) {
	years := c.Years()
	if len(years) == 0 {
		return nil, fmt.Errorf("现用日历没有任何年度,无法并入 %d 年", n.Year)
	}
	first, last := years[0], years[len(years)-1]
	switch {
	case c.Covers(n.Year) && !replace:
		return nil, fmt.Errorf("%d 年已装入(%s):如通知有更正,加 --replace 整年替换", n.Year, c.Notice(n.Year))
	case n.Year < first-1 || n.Year > last+1:
		return nil, fmt.Errorf("%d 年与已装入的 %d 至 %d 年不相连:请先导入中间年度的通知", n.Year, first, last)
	}
	merged := &Calendar{
		version: fmt.Sprintf("%d-%d/1", min(first, n.Year), max(last, n.Year)), notices: maps.Clone(c.notices),
		exceptions: map[Date]exception{},
	}
	if c.Covers(n.Year) {
		merged.version = c.nextRevision()
	}
	merged.notices[n.Year] = n.Paper
	for day, e := range c.exceptions {
		if e.year != n.Year {
			merged.exceptions[day] = e
		}
	}
	for day, worked := range n.days {
		if other, named := merged.exceptions[day]; named {
			return nil, fmt.Errorf("%s 已由 %d 年的通知安排:请核对两份通知", day, other.year)
		}
		merged.exceptions[day] = exception{worked, n.Year}
	}
	return merged, nil
}

// nextRevision raises the number after the slash.
func (c *Calendar) nextRevision() string {
	years, revision, _ := strings.Cut(c.version, "/")
	n, err := strconv.Atoi(revision)
	if err != nil {
		n = 0 // Parse let nothing else through than digits.
	}
	return fmt.Sprintf("%s/%d", years, n+1)
}

// Years returns the years whose notices are loaded, in order.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.notices)) }

// NamedDay is a day that a notice names.
type NamedDay struct {
	Day    Date
	Worked bool // Else off.
}

// NamedDays returns the days that the notice for the year names, in order.
func (c *Calendar) NamedDays(year int) []NamedDay {
	var days []NamedDay
	for day, e := range c.exceptions {
		if e.year == year {
			days = append(days, NamedDay{day, e.worked})
		}
	}
	slices.SortFunc(days, func(a, b NamedDay) int { return a.Day.Compare(b.Day) })
	return days
}

// Format writes the calendar as Parse reads it.
func (c *Calendar) Format() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "# version: %s\n", c.version)
	b.WriteString("# 放假(off)与补班(work)的日子,依国务院办公厅每年的通知。由 jiesu calendar import 写成,不要手改。\n")
	b.WriteString(columns + "\n")
	days := slices.SortedFunc(maps.Keys(c.exceptions), Date.Compare)
	for _, day := range days {
		e, kind := c.exceptions[day], "off"
		if e.worked {
			kind = "work"
		}
		fmt.Fprintf(&b, "%s,%s,%d,%s\n", day, kind, e.year, c.notices[e.year])
	}
	return b.Bytes()
}

// DueChange is a day of receipt whose reply date another calendar moves.
type DueChange struct {
	Received  Date
	Old, New  *Date // Last day of five working days; nil when not known.
	Earliest5 Date  // What the old calendar called the earliest possible.
}

// Settles reports whether the reply date was provisional and is now known.
func (d DueChange) Settles() bool { return d.Old == nil && d.New != nil }

// DueChanges compares the reply dates of two calendars over every day of
// receipt that the old or the new one touches, in order.
func DueChanges(before, after *Calendar) []DueChange {
	years := append(before.Years(), after.Years()...)
	if len(years) == 0 {
		return nil
	}
	from := Date{slices.Min(years) - 1, 12, 1} // Earlier letters are due before the first year.
	to := Date{slices.Max(years), 12, 31}
	var changes []DueChange
	for day := from; !day.After(to); day = day.AddDays(1) {
		a, b := before.row(day), after.row(day)
		if a.Due5 == b.Due5 || a.Due5 != nil && b.Due5 != nil && *a.Due5 == *b.Due5 {
			continue
		}
		changes = append(changes, DueChange{day, a.Due5, b.Due5, a.Earliest5})
	}
	return changes
}
