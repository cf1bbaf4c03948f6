package clock_test

import (
	"bufio"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/letter"
)

// TestClocksAgreeWithTheLedgersTruth derives the rates of docs/metrics.md from
// the clocks of whole ledgers and compares them with the simulator's own count,
// with which this package shares no code. The truth is as if there had been no
// outage: the judgement net of them is compared where the figures are.
func TestClocksAgreeWithTheLedgersTruth(t *testing.T) {
	for i, p := range simulate.Profiles() {
		t.Run(p.Name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			if _, err := simulate.Run(t.Context(), simulate.Options{Profile: p.Name, Seed: uint64(20 + i), Letters: 300, Dir: dir}); err != nil {
				t.Fatal(err)
			}
			histories := readLedger(t, dir)
			compared := 0
			for _, doc := range readTruth(t, dir) {
				if doc.By != nil {
					continue
				}
				compared++
				got := rates(histories, embedded(t), doc)
				for id, want := range doc.rates(t) {
					if diff := cmp.Diff(want, got[id]); diff != "" {
						t.Errorf("%s to %s as of %s, %s (-want +got):\n%s", doc.Period.From, doc.Period.To, doc.AsOf, id, diff)
					}
				}
			}
			if compared < 2 {
				t.Errorf("compared %d documents", compared)
			}
		})
	}
}

// TestOutagesOfTheLedger wants those of the simulated year to be taken off some
// clocks, and never to turn one that was met into a missed one.
func TestOutagesOfTheLedger(t *testing.T) {
	dir := t.TempDir()
	if _, err := simulate.Run(t.Context(), simulate.Options{Profile: simulate.DefaultProfile, Seed: 7, Letters: 3000, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	asOf := time.Date(2025, 12, 1, 0, 0, 0, 0, time.UTC)
	shorter := 0
	for id, h := range readLedger(t, dir) {
		for _, c := range clock.Of(*h, clock.DefaultSettings(), embedded(t), asOf) {
			if c.ElapsedMS < c.GrossMS {
				shorter++
			}
			if c.GrossState == clock.Met && c.State != clock.Met {
				t.Errorf("letter %s, clock %s %s: met, but %s net of outages", id, c.ID, c.Subject, c.State)
			}
		}
	}
	if shorter == 0 {
		t.Error("no outage was taken off any clock")
	}
}

// readLedger gathers the records by letter.
func readLedger(t *testing.T, dir string) map[letter.ID]*clock.History {
	t.Helper()
	histories := map[letter.ID]*clock.History{}
	var outages []letter.Event
	eachRecord(t, filepath.Join(dir, simulate.LettersFile), func(r letter.Record) {
		l, err := letter.ParseLetter(r)
		if err != nil {
			t.Fatal(err)
		}
		l.RecordedAt = recordedAt(r)
		histories[l.ID] = &clock.History{Letter: l}
	})
	eachRecord(t, filepath.Join(dir, simulate.EventsFile), func(r letter.Record) {
		e, err := letter.ParseEvent(r)
		if err != nil {
			t.Fatal(err)
		}
		e.RecordedAt = recordedAt(r)
		if e.Type == letter.TypeSystemOutage {
			outages = append(outages, e)
		}
		if h := histories[e.Letter]; h != nil {
			h.Events = append(h.Events, e)
		}
	})
	for _, h := range histories {
		h.Outages = outages
	}
	return histories
}

func recordedAt(r letter.Record) time.Time {
	if r.RecordedTime.IsZero() {
		return r.Time
	}
	return r.RecordedTime
}

func eachRecord(t *testing.T, path string, do func(letter.Record)) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		r, err := letter.DecodeRecord(lines.Bytes(), letter.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		do(r)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
}

// truth is a document of truth.json, as far as clocks have a say in it.
type truth struct {
	By     *string         `json:"by"`
	AsOf   time.Time       `json:"as_of"`
	Period simulate.Period `json:"period"`
	Rows   []struct {
		KPIs map[string]json.RawMessage `json:"kpis"`
	} `json:"rows"`
}

// rate is a rate of truth.json.
type rate struct {
	N        int            `json:"n"`
	D        int            `json:"d"`
	Excluded map[string]int `json:"excluded"`
}

// clockOf names the clock behind each rate.
var clockOf = map[string]string{
	"signed_in_time": "sign", "forwarded_in_time": "forward", "contacted_in_time": "contact", "contacted_reached_in_time": "contact_reached",
	"replied_in_time": "reply", "closed_in_time": "close",
}

func readTruth(t *testing.T, dir string) []truth {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, simulate.TruthFile))
	if err != nil {
		t.Fatal(err)
	}
	var docs []truth
	if err := json.Unmarshal(text, &docs); err != nil {
		t.Fatal(err)
	}
	return docs
}

func (d truth) rates(t *testing.T) map[string]rate {
	t.Helper()
	all := map[string]rate{}
	for id := range clockOf {
		var r rate
		if err := json.Unmarshal(d.Rows[0].KPIs[id], &r); err != nil {
			t.Fatal(err)
		}
		all[id] = r
	}
	return all
}

// rates counts the clocks of the letters received in the document's period.
func rates(histories map[letter.ID]*clock.History, cal *calendar.Calendar, d truth) map[string]rate {
	all := map[string]rate{}
	for id := range clockOf {
		all[id] = rate{Excluded: map[string]int{}}
	}
	for _, h := range histories {
		if day := calendar.DateOf(h.Letter.ReceivedAt); day.Before(d.Period.From) || day.After(d.Period.To) {
			continue
		}
		for _, c := range clock.Of(*h, clock.DefaultSettings(), cal, d.AsOf) {
			c.State = c.GrossState
			for id, name := range clockOf {
				if c.ID == name {
					all[id] = all[id].with(c, d.AsOf)
				}
			}
		}
	}
	return all
}

// with adds one clock to a rate.
func (r rate) with(c clock.Clock, asOf time.Time) rate {
	switch bucket := c.Bucket(asOf); bucket {
	case "yes":
		r.N++
		r.D++
	case "no":
		r.D++
	default:
		r.Excluded[bucket]++
	}
	return r
}
