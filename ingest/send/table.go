package send

import (
	"context"
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
	for n, name := range names {
		if h[n] < 0 { // Only now is it certain that these are names, and no person's row.
			r.ignore(name, fmt.Sprintf("#%d", n+1))
		}
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
	rows := &csvReader{in: text, comma: separator(first), most: r.cfg.MaxLine}
	names, err := rows.next()
	switch {
	case errors.Is(err, io.EOF):
		return errors.New("the file is empty")
	case err != nil:
		return err
	case names.fault != nil:
		return fmt.Errorf("reading the first row: %w", names.fault)
	}
	if rows.header, err = r.header(names.values); err != nil {
		return err
	}
	for {
		row, err := rows.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if row.fault != nil {
			r.refuse(row.line, row.fault)
			continue
		}
		if err := r.tableRow(ctx, row.line, rows.header, row.values); err != nil {
			return err
		}
	}
}

func separator(head []byte) byte {
	line, _, _ := strings.Cut(string(head), "\n")
	best := byte(',')
	for _, c := range []byte(";\t") {
		if strings.Count(line, string(rune(c))) > strings.Count(line, string(rune(best))) {
			best = c
		}
	}
	return best
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
	if h == nil && rows.Error() == nil {
		return errors.New("the first sheet is empty")
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
