package send

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"

	"jiesu.cn/jiesu/letter"
)

// csvReader reads rows as RFC 4180 has them. Unlike encoding/csv it recovers
// from a quotation mark that was left open: the line with it is refused, and
// the lines behind it are read as rows of their own, neither lost nor taken
// for a part of the letter.
type csvReader struct {
	in     *bufio.Reader
	comma  byte
	most   int    // Bytes of the longest row.
	header header // Tells a row in the wrong place; nil while the first row is read.

	ahead  []csvLine // Read and not yet used.
	used   int       // Lines used.
	buf    []byte
	values []string
	ended  bool
}

type csvLine struct {
	text    string // Without the line's end.
	tooLong bool
}

// csvRow is a row or what is wrong with it.
type csvRow struct {
	line   int      // Where it starts, from 1.
	values []string // Good until the next row is read.
	fault  *letter.Error
}

// next returns the next row that is not blank; io.EOF ends the file.
func (c *csvReader) next() (csvRow, error) {
	for {
		first, err := c.peek(0)
		if err != nil {
			return csvRow{}, err
		}
		if first.text != "" || first.tooLong {
			break
		}
		c.use(1)
	}
	text, lines, fault, err := c.extent()
	if err != nil {
		return csvRow{}, err
	}
	row := csvRow{line: c.used + 1, fault: fault}
	if fault == nil && !c.split(text) {
		row.fault = unclosed("is closed only on line %d, behind what are rows of their own", c.used+lines)
	}
	if row.fault != nil {
		lines = 1 // What follows may be good rows.
	}
	c.use(lines)
	row.values = c.values
	return row, nil
}

// extent finds the lines of the row that starts at the next line.
func (c *csvReader) extent() (text string, lines int, fault *letter.Error, err error) {
	first := c.ahead[0]
	if first.tooLong {
		return "", 0, refusal("too_large", "", fmt.Sprintf("has more than %d bytes", c.most)), nil
	}
	open, ok := c.scan(first.text, false)
	if !ok {
		return "", 0, refusal("bad_quotes", "", "has quotation marks that do not pair"), nil
	}
	size := len(first.text)
	for lines = 1; open; lines++ {
		line, err := c.peek(lines)
		if errors.Is(err, io.EOF) {
			return "", 0, unclosed("is never closed, up to the last line %d", c.used+lines), nil
		}
		if err != nil {
			return "", 0, nil, err
		}
		if size += len(line.text); line.tooLong || size > c.most {
			return "", 0, unclosed("is still open on line %d", c.used+lines+1), nil
		}
		if open, ok = c.scan(line.text, true); !ok {
			return "", 0, unclosed("meets the next one on line %d", c.used+lines+1), nil
		}
	}
	return c.joined(lines), lines, nil, nil
}

func unclosed(how string, line int) *letter.Error {
	return refusal("unclosed_quote", "", fmt.Sprintf("opens a quotation mark that "+how+"; the lines behind this one are read as rows of their own", line))
}

// scan follows the quotation marks of a line and tells whether one is open at
// its end. It is not ok if one stands where none may.
func (c *csvReader) scan(line string, open bool) (stillOpen, ok bool) {
	for {
		if !open {
			if !strings.HasPrefix(line, `"`) {
				value, rest, more := strings.Cut(line, string(rune(c.comma)))
				if strings.Contains(value, `"`) {
					return false, false
				}
				if !more {
					return false, true
				}
				line = rest
				continue
			}
			line = line[1:]
		}
		_, rest, found := strings.Cut(line, `"`)
		switch {
		case !found:
			return true, true
		case rest == "":
			return false, true
		case rest[0] == '"':
			open = true
		case rest[0] == c.comma:
			open = false
		default:
			return false, false
		}
		line = rest[1:]
	}
}

// split sets the values of a row that scan found well formed. It is not ok if
// a value holds other rows.
func (c *csvReader) split(text string) (ok bool) {
	c.values = c.values[:0]
	for more := true; more; {
		if !strings.HasPrefix(text, `"`) {
			var value string
			value, text, more = strings.Cut(text, string(rune(c.comma)))
			c.values = append(c.values, value)
			continue
		}
		value, rest := unquoted(text)
		if strings.Contains(value, "\n") && c.header.swallowed(len(c.values), value, string(rune(c.comma))) {
			return false
		}
		c.values = append(c.values, strings.ReplaceAll(value, `""`, `"`))
		_, text, more = strings.Cut(rest, string(rune(c.comma)))
	}
	return true
}

// unquoted cuts a quoted value off a row; two quotation marks stand for one.
func unquoted(text string) (value, rest string) {
	for end := 1; ; end += 2 {
		end += strings.IndexByte(text[end:], '"')
		if end+1 == len(text) || text[end+1] != '"' {
			return text[1:end], text[end+1:]
		}
	}
}

// peek returns the nth line not yet used; io.EOF says there is none.
func (c *csvReader) peek(n int) (csvLine, error) {
	for len(c.ahead) <= n {
		if c.ended {
			return csvLine{}, io.EOF
		}
		text, tooLong, err := nextLine(c.in, c.buf[:0], c.most)
		c.buf = text
		if err != nil && !errors.Is(err, io.EOF) {
			return csvLine{}, fmt.Errorf("reading line %d: %w", c.used+len(c.ahead)+1, err)
		}
		c.ended = err != nil
		if c.ended && len(text) == 0 && !tooLong {
			continue
		}
		line := strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r")
		c.ahead = append(c.ahead, csvLine{line, tooLong})
	}
	return c.ahead[n], nil
}

func (c *csvReader) use(lines int) {
	c.used += lines
	if c.ahead = c.ahead[lines:]; len(c.ahead) == 0 {
		c.ahead = nil
	}
}

func (c *csvReader) joined(lines int) string {
	if lines == 1 {
		return c.ahead[0].text
	}
	parts := make([]string, lines)
	for n := range parts {
		parts[n] = c.ahead[n].text
	}
	return strings.Join(parts, "\n")
}

// swallowed reports whether a quoted value of several lines in a column holds
// the rest of its own row or whole other rows, because its quotation mark was
// left open and met one further on: a time, phone or ID number stands in it
// just where the row of that line would have it. Counting separators would
// not do, as writers use ASCII commas too.
func (h header) swallowed(column int, value, comma string) bool {
	lines := strings.Split(value, "\n")
	last := len(lines) - 1
	for n, line := range lines {
		at := 0
		if n == 0 {
			at = column
		}
		for _, v := range strings.Split(line, comma) {
			behind, before := n > 0 || at > column, n < last || at < column
			if at < len(h) && behind && before && h[at].telling(strings.Trim(v, "\" \t")) {
				return true
			}
			at++
		}
	}
	return false
}
