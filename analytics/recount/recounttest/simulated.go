package recounttest

import (
	"bufio"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/letter"
)

// Truth is a document of a simulated ledger's truth.json.
type Truth struct {
	Period struct {
		From calendar.Date `json:"from"`
		To   calendar.Date `json:"to"`
	} `json:"period"`
	AsOf time.Time `json:"as_of"`
	By   string    `json:"by"`
	Tier int       `json:"tier"`
	Rows []struct {
		Key  string         `json:"key"`
		KPIs map[string]any `json:"kpis"`
	} `json:"rows"`
}

// Simulated writes a ledger and reads its records and figures back.
func Simulated(tb testing.TB, o simulate.Options) (Ledger, []Truth) {
	tb.Helper()
	o.Dir = tb.TempDir()
	if _, err := simulate.Run(tb.Context(), o); err != nil {
		tb.Fatal(err)
	}
	var l Ledger
	eachRecord(tb, filepath.Join(o.Dir, simulate.LettersFile), func(r letter.Record) error {
		row, err := letter.ParseLetter(r)
		row.RecordedAt, row.Imported = r.RecordedTime, isHistory(r)
		l.Letters = append(l.Letters, letter.Judged{Letter: row, Judgement: letter.Judgement{Normalised: row.Text()}})
		return err
	})
	eachRecord(tb, filepath.Join(o.Dir, simulate.EventsFile), func(r letter.Record) error {
		e, err := letter.ParseEvent(r)
		e.RecordedAt, e.Imported = r.RecordedTime, isHistory(r)
		l.Events = append(l.Events, e)
		return err
	})
	text, err := os.ReadFile(filepath.Join(o.Dir, simulate.TruthFile))
	if err != nil {
		tb.Fatal(err)
	}
	var truth []Truth
	if err := json.Unmarshal(text, &truth); err != nil {
		tb.Fatal(err)
	}
	return l, truth
}

func isHistory(r letter.Record) bool { return strings.HasPrefix(r.Source, "/import/") }

func eachRecord(tb testing.TB, name string, take func(letter.Record) error) {
	tb.Helper()
	f, err := os.Open(name)
	if err != nil {
		tb.Fatal(err)
	}
	limits := letter.DefaultLimits()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, limits.MaxBytes)
	for lines.Scan() {
		r, err := letter.DecodeRecord(lines.Bytes(), limits)
		if err == nil {
			err = take(r)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := errors.Join(lines.Err(), f.Close()); err != nil {
		tb.Fatal(err)
	}
}
