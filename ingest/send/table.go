package send

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
)

// header maps the columns of a table; -1 stands for a column that is ignored.
type header []field

// header reads the first row of a table.
func (r *run) header(names []string) (header, error) {
	h := make(header, len(names))
	var seen [fieldCount]bool
	for n, name := range names {
		f, ok := fieldOf(name)
		if !ok {
			h[n] = -1
			r.ignore(strings.TrimSpace(name))
			continue
		}
		if seen[f] {
			return nil, fmt.Errorf("two columns mean the same: the second is column %d", n+1)
		}
		seen[f], h[n] = true, f
	}
	if !seen[fieldBody] || !seen[fieldReceivedAt] {
		return nil, errors.New("the first row must name the columns, 正文 and 来信时间 among them")
	}
	return h, nil
}

// tableRow sends one row or refuses it.
func (r *run) tableRow(ctx context.Context, line int, h header, values []string) error {
	var plain row
	for n, v := range values {
		switch {
		case n >= len(h) && strings.TrimSpace(v) != "":
			r.refuse(line, refusal("column_count", "", "has more values than the first row has columns"))
			return nil
		case n < len(h) && h[n] >= 0:
			plain[h[n]] = v
		}
	}
	if plain.empty() {
		return nil // Spreadsheets end in empty rows.
	}
	rec, err := r.letterOf(&plain)
	if errors.Is(err, ErrNeedKeys) {
		return err
	}
	if err != nil {
		r.refuse(line, err)
		return nil
	}
	return r.add(ctx, rec)
}

// csv sends a file of comma, semicolon or tab separated values.
func (r *run) csv(ctx context.Context, in io.Reader) error {
	text, err := asUTF8(in)
	if err != nil {
		return err
	}
	first, err := text.Peek(4096)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading: %w", err)
	}
	guard := &rowGuard{r: text, most: r.cfg.MaxLine}
	rows := csv.NewReader(guard)
	rows.Comma, rows.FieldsPerRecord, rows.ReuseRecord = separator(first), -1, true
	names, err := rows.Read()
	if err != nil {
		return fmt.Errorf("reading the first row: %w", err)
	}
	h, err := r.header(names)
	if err != nil {
		return err
	}
	for line := 1; ; {
		guard.read = 0
		values, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if fault, ok := errors.AsType[*csv.ParseError](err); ok {
			r.refuse(fault.StartLine, refusal("bad_quotes", "", "has quotation marks that do not pair"))
			continue
		}
		if err != nil {
			return fmt.Errorf("reading after line %d: %w", line, err)
		}
		line, _ = rows.FieldPos(0)
		if err := r.tableRow(ctx, line, h, values); err != nil {
			return err
		}
	}
}

func separator(head []byte) rune {
	line, _, _ := strings.Cut(string(head), "\n")
	best := ','
	for _, c := range ";\t" {
		if strings.Count(line, string(c)) > strings.Count(line, string(best)) {
			best = c
		}
	}
	return best
}

var errRowTooLong = errors.New("a row does not end; a quotation mark may be missing")

// rowGuard keeps a quotation mark that never closes from filling the memory.
type rowGuard struct {
	r          io.Reader
	read, most int // Bytes since the row began.
}

func (g *rowGuard) Read(p []byte) (int, error) {
	if g.read > g.most {
		return 0, errRowTooLong
	}
	n, err := g.r.Read(p)
	g.read += n
	return n, err
}

// xlsx sends the first sheet of a workbook. Formulas are never evaluated: their
// last stored value is taken as text.
func (r *run) xlsx(ctx context.Context, in io.Reader) (err error) {
	book, err := excelize.OpenReader(in, excelize.Options{
		RawCellValue:      true,     // The number itself, not how a style shows it.
		UnzipSizeLimit:    2 << 30,  // A small file may unpack to anything.
		UnzipXMLSizeLimit: 16 << 20, // Larger sheets are streamed from a temporary file.
	})
	if err != nil {
		return fmt.Errorf("opening the workbook: %w", err)
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	props, err := book.GetWorkbookProps()
	if err != nil {
		return fmt.Errorf("reading the workbook: %w", err)
	}
	rows, err := book.Rows(book.GetSheetName(0))
	if err != nil {
		return fmt.Errorf("reading the first sheet: %w", err)
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var h header
	for line := 1; rows.Next(); line++ {
		values, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("reading row %d: %w", line, err)
		}
		if h == nil {
			if h, err = r.header(values); err != nil {
				return err
			}
			continue
		}
		datesToText(h, values, props.Date1904 != nil && *props.Date1904)
		if err := r.tableRow(ctx, line, h, values); err != nil {
			return err
		}
	}
	return rows.Error()
}

// datesToText turns the day counts a workbook keeps for times into text.
func datesToText(h header, values []string, from1904 bool) {
	for n := range min(len(h), len(values)) {
		if h[n] != fieldReceivedAt && h[n] != fieldRecordedAt {
			continue
		}
		const year9999 = 2_958_466
		days, err := strconv.ParseFloat(values[n], 64)
		if err != nil || !(days > 0 && days < year9999) {
			continue // Text already, or nothing a workbook counts days with.
		}
		if t, err := excelize.ExcelDateToTime(days, from1904); err == nil {
			values[n] = t.Round(time.Second).Format("2006-01-02 15:04:05")
		}
	}
}
