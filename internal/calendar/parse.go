package calendar

import (
	"bufio"
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
)

//go:embed holidays.csv
var holidays []byte

// Embedded returns the calendar of the list built into the program.
func Embedded() (*Calendar, error) {
	c, err := Parse(bytes.NewReader(holidays))
	if err != nil {
		return nil, fmt.Errorf("reading the built-in holidays: %w", err)
	}
	return c, nil
}

const columns = "date,kind,year,paper"

// Parse reads a holiday list in the form of the built-in holidays.csv: a line
// "# version: 2024-2026/1", more comment lines, the column names, then one row
// per day that a notice names, in date order. It is strict, since a wrong day
// moves every deadline around it: errors carry the line number, and a list is
// refused when its years differ from its version or a year lacks 1 January or
// 1 October, as a truncated or not yet published one does.
func Parse(r io.Reader) (*Calendar, error) {
	p := parser{calendar: &Calendar{notices: map[int]string{}, exceptions: map[Date]exception{}}}
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		p.line++
		if err := p.parseLine(lines.Text()); err != nil {
			return nil, fmt.Errorf("line %d: %w", p.line, err)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", p.line+1, err)
	}
	if err := p.finish(); err != nil {
		return nil, err
	}
	return p.calendar, nil
}

type parser struct {
	calendar    *Calendar
	line        int
	first, last int  // Years named by the version.
	inRows      bool // Past the column names.
	previous    Date
}

func (p *parser) parseLine(text string) error {
	switch {
	case p.line == 1:
		// Spreadsheets put a byte order mark before the first line.
		return p.parseVersion(strings.TrimPrefix(text, "\ufeff"))
	case p.inRows:
		return p.parseRow(text)
	case strings.HasPrefix(text, "#"):
		return nil
	case text == columns:
		p.inRows = true
		return nil
	default:
		return fmt.Errorf("want the column names %q", columns)
	}
}

var versionLine = regexp.MustCompile(`^# version: ((\d{4})(?:-(\d{4}))?/[1-9]\d{0,3})$`)

func (p *parser) parseVersion(text string) error {
	m := versionLine.FindStringSubmatch(text)
	if m == nil {
		return errors.New(`want "# version: FIRST-LAST/REVISION", such as "# version: 2024-2026/1"`)
	}
	p.calendar.version = m[1]
	first, err := strconv.Atoi(m[2])
	if err != nil {
		return fmt.Errorf("reading the version's first year: %w", err)
	}
	p.first, p.last = first, first
	if m[3] != "" {
		if p.last, err = strconv.Atoi(m[3]); err != nil {
			return fmt.Errorf("reading the version's last year: %w", err)
		}
	}
	if p.last < p.first {
		return fmt.Errorf("the version's years %d-%d run backwards", p.first, p.last)
	}
	return nil
}

func (p *parser) parseRow(text string) error {
	fields := strings.Split(text, ",")
	if len(fields) != 4 {
		return fmt.Errorf("want 4 columns (%s), got %d", columns, len(fields))
	}
	day, err := ParseDate(fields[0])
	if err != nil {
		return err
	}
	if !p.previous.Before(day) {
		return fmt.Errorf("%s is not after %s: want each day once, in date order", day, p.previous)
	}
	p.previous = day
	worked, err := parseKind(day, fields[1])
	if err != nil {
		return err
	}
	year, err := p.addNotice(day, fields[2], fields[3])
	if err != nil {
		return err
	}
	p.calendar.exceptions[day] = exception{worked, year}
	return nil
}

func parseKind(day Date, kind string) (worked bool, err error) {
	switch kind {
	case "off":
		return false, nil
	case "work":
		if !day.isWeekend() {
			return false, fmt.Errorf("%s is a %s, worked anyway: only weekend days can be of kind work", day, day.Weekday())
		}
		return true, nil
	default:
		return false, fmt.Errorf("unknown kind %q: want off or work", kind)
	}
}

func (p *parser) addNotice(day Date, yearText, paper string) (year int, err error) {
	year, err = strconv.Atoi(yearText)
	if err != nil || year < p.first || year > p.last {
		return 0, fmt.Errorf("year %q is outside the version's years %d-%d", yearText, p.first, p.last)
	}
	if !day.canBeSetBy(year) {
		return 0, fmt.Errorf("%s cannot be set by the notice for %d", day, year)
	}
	if strings.TrimSpace(paper) == "" {
		return 0, errors.New("the notice's number is missing")
	}
	if strings.ContainsFunc(paper, isHidden) {
		return 0, fmt.Errorf("the notice's number %q holds characters that nobody sees", paper)
	}
	if known, ok := p.calendar.notices[year]; ok && known != paper {
		return 0, fmt.Errorf("the notice for %d is %q here and %q above", year, paper, known)
	}
	p.calendar.notices[year] = paper
	return year, nil
}

// isHidden reports whether a terminal would obey the character, or print the rest
// in another order, and not show it.
func isHidden(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }

// finish checks what only the whole list can show.
func (p *parser) finish() error {
	if !p.inRows {
		return fmt.Errorf("the column names %q are missing", columns)
	}
	for year := p.first; year <= p.last; year++ {
		for _, day := range []Date{{year, time.January, 1}, {year, time.October, 1}} {
			if e, named := p.calendar.exceptions[day]; e.worked || !named {
				return fmt.Errorf("%s is not off: the notice for %d is missing or incomplete", day, year)
			}
		}
	}
	return nil
}
