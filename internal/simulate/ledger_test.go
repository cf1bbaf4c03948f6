package simulate

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// written is a ledger read back from its files.
type written struct {
	letters map[letter.ID]letter.Letter
	events  []letter.Event
	docs    []truthDocument
}

type truthDocument struct {
	RuleVersion     string                    `json:"rule_version"`
	CalendarVersion string                    `json:"calendar_version"`
	Period          struct{ From, To string } `json:"period"`
	AsOf            time.Time                 `json:"as_of"`
	Final           bool                      `json:"final"`
	By              *string                   `json:"by"`
	Tier            int                       `json:"tier"`
	Rows            []struct {
		Key, Name string
		KPIs      map[string]json.RawMessage `json:"kpis"`
	} `json:"rows"`
}

func simulate(t *testing.T, o Options) (Summary, string) {
	t.Helper()
	o.Dir = t.TempDir()
	s, err := Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return s, o.Dir
}

func read(t *testing.T, dir string) written {
	t.Helper()
	w := written{letters: map[letter.ID]letter.Letter{}}
	records(t, filepath.Join(dir, LettersFile), func(r letter.Record) {
		l, err := letter.ParseLetter(r)
		if err != nil {
			t.Fatalf("letter %s: %v", r.Subject, err)
		}
		if _, seen := w.letters[l.ID]; seen {
			t.Fatalf("letter %s stands twice", l.ID)
		}
		l.RecordedAt = r.RecordedTime
		w.letters[l.ID] = l
	})
	records(t, filepath.Join(dir, EventsFile), func(r letter.Record) {
		e, err := letter.ParseEvent(r)
		if err != nil {
			t.Fatalf("event %s: %v", r.ID, err)
		}
		e.RecordedAt = r.RecordedTime
		w.events = append(w.events, e)
	})
	body, err := os.ReadFile(filepath.Join(dir, TruthFile))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(body, &w.docs); err != nil {
		t.Fatal(err)
	}
	return w
}

func records(t *testing.T, name string, each func(letter.Record)) {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(f)
	lines.Buffer(make([]byte, 1<<16), letter.DefaultLimits().MaxBytes)
	for lines.Scan() {
		r, err := letter.DecodeRecord(lines.Bytes(), letter.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		each(r)
	}
	if err := errors.Join(lines.Err(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

func TestDefaultLedger(t *testing.T) {
	s, dir := simulate(t, Options{Seed: 7})
	w := read(t, dir)
	if len(w.letters) != s.Letters || len(w.events) != s.Events {
		t.Errorf("files hold %d letters and %d events, the summary says %d and %d", len(w.letters), len(w.events), s.Letters, s.Events)
	}
	t.Run("letters", func(t *testing.T) { checkLetters(t, w) })
	t.Run("events", func(t *testing.T) { checkEvents(t, w) })
	t.Run("order", func(t *testing.T) { checkOrder(t, w) })
	t.Run("every type", func(t *testing.T) { checkTypes(t, w) })
	t.Run("held", func(t *testing.T) { checkHeld(t, w) })
	t.Run("key letters", func(t *testing.T) { checkKeyLetters(t, w) })
	t.Run("truth", func(t *testing.T) { checkTruth(t, w) })
}

func checkLetters(t *testing.T, w written) {
	bodies := map[string]letter.ID{}
	first, last := date(2024, 3, 4).Start(), date(2024, 10, 22).End()
	for id, l := range w.letters {
		if other, seen := bodies[l.Body]; seen {
			t.Errorf("letters %s and %s have the same body", id, other)
		}
		bodies[l.Body] = id
		if l.ReceivedAt.Before(first) || !l.ReceivedAt.Before(last) || l.RecordedAt.Before(l.ReceivedAt) || l.RecordedAt.After(last) {
			t.Errorf("letter %s received %v, recorded %v", id, l.ReceivedAt, l.RecordedAt)
		}
		if want := calendar.DateOf(l.ReceivedAt).String(); !strings.HasPrefix(string(id), strings.ReplaceAll(want, "-", "")) {
			t.Errorf("letter %s received on %s", id, want)
		}
		if l.Writer.Sealed != "" {
			t.Errorf("letter %s has a sealed identity", id)
		}
	}
}

func checkEvents(t *testing.T, w written) {
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[letter.Key]bool{}
	backdated := 0
	last := date(2024, 10, 22).End()
	for _, e := range w.events {
		if seen[e.Key()] {
			t.Errorf("event %v stands twice", e.Key())
		}
		seen[e.Key()] = true
		if _, ok := dir.Unit(e.Unit()); !ok {
			t.Errorf("event %s acts for unit %q", e.RecordID, e.Unit())
		}
		if f, ok := e.Payload.(*letter.Forwarded); ok {
			if _, ok := dir.Unit(f.To); !ok {
				t.Errorf("event %s forwards to %q", e.RecordID, f.To)
			}
		}
		if e.RecordedAt.Before(e.At) || e.RecordedAt.After(last) {
			t.Errorf("event %s at %v recorded %v", e.RecordID, e.At, e.RecordedAt)
		}
		if e.RecordedAt.Sub(e.At) > 15*time.Minute {
			backdated++
		}
		if e.Type == letter.TypeSystemOutage {
			continue
		}
		if l, ok := w.letters[e.Letter]; !ok || e.At.Before(l.ReceivedAt) {
			t.Errorf("event %s happens before its letter", e.RecordID)
		}
	}
	if share := float64(backdated) / float64(len(w.events)); share < 0.01 || share > 0.05 {
		t.Errorf("%.1f %% of the events are entered late, want a few percent", 100*share)
	}
}

// checkOrder wants some events out of order, but none far.
func checkOrder(t *testing.T, w written) {
	overtaken := 0
	var latest time.Time
	for _, e := range w.events {
		if e.RecordedAt.Before(latest) {
			overtaken++
			if behind := latest.Sub(e.RecordedAt); behind > 15*time.Minute {
				t.Errorf("event %s stands %v behind", e.RecordID, behind)
			}
			continue
		}
		latest = e.RecordedAt
	}
	if overtaken == 0 || overtaken > len(w.events)/2 {
		t.Errorf("%d of %d events are out of order", overtaken, len(w.events))
	}
	if !slices.ContainsFunc(w.events, func(e letter.Event) bool {
		l, ok := w.letters[e.Letter]
		return ok && e.RecordedAt.Before(l.RecordedAt)
	}) {
		t.Error("no event is known before its letter")
	}
}

// checkTypes wants every event type of the contract; classified is the
// classifier's own.
func checkTypes(t *testing.T, w written) {
	labelled := map[letter.ID]int{}
	seen := map[letter.EventType]bool{}
	for _, e := range w.events {
		seen[e.Type] = true
		if e.Type == letter.TypeRelabelled {
			labelled[e.Letter]++
		}
	}
	for _, want := range []letter.EventType{
		letter.TypeRelabelled, letter.TypeSigned, letter.TypeForwarded, letter.TypeSelfHandled, letter.TypeReturned, letter.TypeContacted,
		letter.TypeReplied, letter.TypeExtensionRequested, letter.TypeExtensionDecided, letter.TypeClosed, letter.TypeReopened,
		letter.TypeWithdrawn, letter.TypeMerged, letter.TypeUnmerged, letter.TypeTransferred, letter.TypeInvalidated, letter.TypeSupervised,
		letter.TypeEscalated, letter.TypeSelected, letter.TypeInstructed, letter.TypeInstructionAnswered, letter.TypeRevisited,
		letter.TypeRecused, letter.TypeCleared, letter.TypeUnmasked, letter.TypeLeadOpened, letter.TypeLeadAccepted, letter.TypeLeadAssigned,
		letter.TypeLeadDismissed, letter.TypeLeadVerified, letter.TypeSeriesLinked, letter.TypeSeriesUnlinked, letter.TypeSeriesConfirmed,
		letter.TypeSeriesRejected, letter.TypeSeriesSplit, letter.TypeSeriesMerged, letter.TypeCaseFiled, letter.TypeCaseNotFiled,
		letter.TypeCaseSolved, letter.TypeCaseArrested, letter.TypeCaseRecovered, letter.TypeSystemOutage,
	} {
		if !seen[want] {
			t.Errorf("no event of type %s", want)
		}
	}
	if len(labelled) != len(w.letters) {
		t.Errorf("%d of %d letters are labelled", len(labelled), len(w.letters))
	}
	if most := slices.Max(slices.Collect(maps.Values(labelled))); most != 2 {
		t.Errorf("a letter is labelled at most %d times, want some twice", most)
	}
}

// checkHeld wants a letter that accuses a police unit never to reach that unit
// or one below it, nor any other before a person has cleared it.
func checkHeld(t *testing.T, w written) {
	accused := map[letter.ID]string{}
	cleared := map[letter.ID]time.Time{}
	for _, e := range w.events {
		if p, ok := e.Payload.(*letter.Relabelled); ok && len(p.AccusedUnits) > 0 {
			accused[e.Letter] = p.AccusedUnits[0]
		}
		if e.Type == letter.TypeCleared {
			cleared[e.Letter] = e.At
		}
	}
	if len(accused) == 0 {
		t.Error("no letter accuses a unit")
	}
	for _, e := range w.events {
		f, ok := e.Payload.(*letter.Forwarded)
		if !ok || accused[e.Letter] == "" || strings.HasPrefix(f.To, cityBureau) {
			continue
		}
		if strings.HasPrefix(f.To, accused[e.Letter][:6]) {
			t.Errorf("letter %s about %s went to %s", e.Letter, accused[e.Letter], f.To)
		}
		if at, ok := cleared[e.Letter]; !ok || e.At.Before(at) {
			t.Errorf("letter %s left the city tier before it was cleared", e.Letter)
		}
	}
}

func checkKeyLetters(t *testing.T, w written) {
	perDay := map[string]int{}
	for _, e := range w.events {
		if p, ok := e.Payload.(*letter.Selected); ok {
			perDay[p.For]++
		}
	}
	for day, n := range perDay {
		if n > 5 {
			t.Errorf("%d key letters for %s, want at most 5", n, day)
		}
	}
	if len(perDay) < 200 {
		t.Errorf("key letters on %d days only", len(perDay))
	}
}

// additive figures add up over the units, days and so on.
func additive() []string {
	return append(rateIDs(), "received", "invalidated", "merged", "letters", "backdated", "overdue", "thanks")
}

func rateIDs() []string {
	ids := ratioIDs()
	return ids[:]
}

func checkTruth(t *testing.T, w written) {
	city := w.docs[0]
	if city.By != nil || len(city.Rows) != 1 || !city.Final || city.RuleVersion != "2026-1" || city.CalendarVersion == "" ||
		!city.AsOf.Equal(date(2024, 10, 22).End()) || city.Period.From != "2024-03-04" || city.Period.To != "2024-10-22" {
		t.Errorf("the first document is %+v", city)
	}
	total := figuresOf(t, city.Rows[0].KPIs)
	dimensions := map[string]bool{}
	for _, doc := range w.docs {
		if doc.By != nil {
			dimensions[*doc.By] = true
		}
		sums := map[string][2]int{}
		for k, r := range doc.Rows {
			if k > 0 && r.Key <= doc.Rows[k-1].Key {
				t.Errorf("row %q stands after %q", r.Key, doc.Rows[k-1].Key)
			}
			if doc.By != nil && r.Name == "" {
				t.Errorf("row %q has no name", r.Key)
			}
			figures := figuresOf(t, r.KPIs)
			if len(figures) != len(total) {
				t.Errorf("row %q has %d figures, want %d", r.Key, len(figures), len(total))
			}
			for id, f := range figures {
				sums[id] = [2]int{sums[id][0] + f[0], sums[id][1] + f[1]}
			}
		}
		if doc.AsOf.Equal(city.AsOf) && doc.Period == city.Period {
			for _, id := range additive() {
				if sums[id] != total[id] {
					t.Errorf("%s by %v adds up to %v, want %v", id, doc.By, sums[id], total[id])
				}
			}
		}
	}
	for _, want := range []string{"unit", "type", "topic", "channel", "division", "day"} {
		if !dimensions[want] {
			t.Errorf("no document by %s", want)
		}
	}
}

// figuresOf reads counts as {n, 0} and rates as {n, d}.
func figuresOf(t *testing.T, kpis map[string]json.RawMessage) map[string][2]int {
	t.Helper()
	figures := map[string][2]int{}
	for id, raw := range kpis {
		var n int
		if err := json.Unmarshal(raw, &n); err == nil {
			figures[id] = [2]int{n}
			continue
		}
		var r struct{ N, D int }
		if err := json.Unmarshal(raw, &r); err != nil {
			t.Fatal(err)
		}
		if r.N < 0 || r.N > r.D {
			t.Errorf("%s = %d of %d", id, r.N, r.D)
		}
		figures[id] = [2]int{r.N, r.D}
	}
	return figures
}

func TestSameOptionsSameBytes(t *testing.T) {
	read := func(seed uint64) []byte {
		_, dir := simulate(t, Options{Seed: seed, Letters: 400})
		var all []byte
		for _, name := range []string{LettersFile, EventsFile, TruthFile} {
			body, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, body...)
		}
		return all
	}
	first := read(3)
	if !bytes.Equal(first, read(3)) {
		t.Error("the same seed gave two ledgers")
	}
	if bytes.Equal(first, read(4)) {
		t.Error("two seeds gave one ledger")
	}
}

func TestAnyNumberOfLetters(t *testing.T) {
	for _, n := range []int{1, 2, 39, 61, 1_001} {
		s, dir := simulate(t, Options{Seed: 1, Letters: n})
		w := read(t, dir)
		if got := len(w.letters); got != n || s.City.Count("received") != n {
			t.Errorf("%d letters asked for, %d written, %d counted", n, got, s.City.Count("received"))
		}
	}
}

func TestStressProfiles(t *testing.T) {
	share := func(w written, of letter.EventType) float64 {
		n := 0
		for _, e := range w.events {
			if e.Type == of {
				n++
			}
		}
		return float64(n) / float64(len(w.letters))
	}
	for _, c := range []struct {
		profile string
		kind    letter.EventType
		atLeast float64
	}{
		{"stress-returns", letter.TypeReturned, 0.25},
		{"stress-extensions", letter.TypeExtensionDecided, 0.30},
	} {
		_, dir := simulate(t, Options{Profile: c.profile, Seed: 1, Letters: 600})
		if got := share(read(t, dir), c.kind); got < c.atLeast {
			t.Errorf("%s has %.2f %s a letter, want %.2f or more", c.profile, got, c.kind, c.atLeast)
		}
	}
}

func TestLettersWithoutADueDay(t *testing.T) {
	_, dir := simulate(t, Options{Profile: "stress-calendar", Seed: 1, Letters: 800})
	w := read(t, dir)
	var rate struct{ Excluded map[string]int }
	if err := json.Unmarshal(w.docs[0].Rows[0].KPIs["replied_in_time"], &rate); err != nil {
		t.Fatal(err)
	}
	if rate.Excluded["calendar_missing"] == 0 {
		t.Error("no letter lacks its due day")
	}
}

func TestRunRefuses(t *testing.T) {
	if _, err := Run(t.Context(), Options{Profile: "nowhere", Dir: t.TempDir()}); err == nil || !strings.Contains(err.Error(), DefaultProfile) {
		t.Errorf("an unknown profile gave %v, want an error that names the known ones", err)
	}
	if _, err := Run(t.Context(), Options{Letters: -1, Dir: t.TempDir()}); err == nil {
		t.Error("a negative number of letters gave no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, Options{Letters: 100, Dir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("a run that was called off gave %v", err)
	}
}
