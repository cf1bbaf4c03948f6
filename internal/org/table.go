package org

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxTable bounds one list, so that a wrong file cannot fill the memory.
const maxTable = 8 << 20 // Bytes.

// table reads one CSV list: optional "#" comment lines, then the column names,
// which must be exactly columns, then rows. Errors name the file and the line.
type table struct {
	name    string
	columns []string
}

// read hands every row to add, with its line number for later complaints.
func (t table) read(fsys fs.FS, add func(line int, row []string) error) error {
	text, err := t.text(fsys)
	if err != nil {
		return fmt.Errorf("reading %s: %w", t.name, err)
	}
	r := csv.NewReader(bytes.NewReader(text))
	r.Comment = '#'
	r.FieldsPerRecord = len(t.columns)
	for header := true; ; header = false {
		row, err := r.Read()
		switch {
		case errors.Is(err, io.EOF) && header:
			return fmt.Errorf("reading %s: the column names %q are missing", t.name, strings.Join(t.columns, ","))
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("reading %s: %w", t.name, err) // The csv error holds the line.
		}
		line, _ := r.FieldPos(0)
		if header && !slices.Equal(row, t.columns) {
			return t.errorf(line, "want the column names %q", strings.Join(t.columns, ","))
		}
		if header {
			continue
		}
		if err := checkText(row); err != nil {
			return t.errorf(line, "%w", err)
		}
		if err := add(line, row); err != nil {
			return t.errorf(line, "%w", err)
		}
	}
}

func (t table) text(fsys fs.FS) ([]byte, error) {
	f, err := fsys.Open(t.name)
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxTable+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	if len(text) > maxTable {
		return nil, fmt.Errorf("larger than %d bytes", maxTable)
	}
	// Spreadsheets put a byte order mark before the first line.
	return bytes.TrimPrefix(text, []byte("\ufeff")), nil
}

func (t table) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("reading %s: line %d: %w", t.name, line, fmt.Errorf(format, args...))
}

// checkText refuses what would later hide in a comparison or on a page.
func checkText(row []string) error {
	for _, field := range row {
		switch {
		case !utf8.ValidString(field):
			return fmt.Errorf("%q is not UTF-8: save the list as CSV UTF-8", field)
		case field != strings.TrimSpace(field):
			return fmt.Errorf("%q has spaces around it", field)
		case strings.ContainsFunc(field, isHidden):
			return fmt.Errorf("%q holds an invisible character", field)
		}
	}
	return nil
}

func isHidden(r rune) bool { return unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) }
