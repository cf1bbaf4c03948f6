package app

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/internal/calendar"
)

// TestReclassify judges a ledger again under a model that accuses nobody, over
// the socket of a running serve. What people said of the letters counts as
// before, and no unit sees a letter that an older verdict held.
func TestReclassify(t *testing.T) {
	dir := t.TempDir()
	const letters = 200
	ledger := simulated(t, dir, letters)
	a := started(t, testConfig(filepath.Join(dir, "data")), quiet())
	sent, err := a.session.Send(t.Context(), SendOptions{Files: []string{filepath.Join(ledger, "letters.jsonl"), filepath.Join(ledger, "events.jsonl")}})
	if err != nil {
		t.Fatal(err)
	}
	events := sent.Events + letters
	if err := a.waitConsumed(t.Context(), letters, events); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), a.cfg, quiet())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}()
	cfg := a.cfg
	cfg.ModelFile = filepath.Join(dir, "model")
	replaceFile(t, cfg.ModelFile, modelNamed(t, "trusting", func(m *model.Model) {
		m.Head("accused").Thresholds = map[string]float64{"balanced": 2, "hold": 2} // No probability reaches these.
	}))
	classifier, err := newClassifier(cfg, s.Directory, quiet())
	if err != nil {
		t.Fatal(err)
	}
	city, unit := analytics.LocalOperator("test"), analytics.Viewer{Name: "county", Unit: "440803", Role: analytics.RoleUnit}
	seen := func() []map[string]uint64 {
		return []map[string]uint64{
			receivedBy(t, s, city, analytics.ByType), receivedBy(t, s, city, analytics.ByTopic),
			receivedBy(t, s, city, analytics.ByDivision), receivedBy(t, s, unit, analytics.ByNone),
		}
	}
	before, reported := seen(), reportOf2024(t, s)

	dry, err := s.Reclassify(t.Context(), classifier, ReclassifyOptions{Viewer: city, DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if dry.Published != 0 || dry.Judged != letters {
		t.Errorf("dry run: %+v", dry)
	}
	var told []int64
	report, err := s.Reclassify(t.Context(), classifier, ReclassifyOptions{Viewer: city, Progress: func(done, total int64) { told = append(told, done, total) }})
	if err != nil {
		t.Fatal(err)
	}
	version, _ := classifier.Version()
	if report.Model != version || report.Serving == "" || report.Serving == version {
		t.Errorf("judged by %q while serving %q, want %q and another", report.Model, report.Serving, version)
	}
	if report.Letters != letters || report.Judged != letters || report.Published != letters || report.Skipped != 0 || report.First != 0 {
		t.Errorf("report: %+v", report)
	}
	if diff := cmp.Diff(dry.Changes, report.Changes); diff != "" {
		t.Errorf("the dry run told other changes (-dry +done):\n%s", diff)
	}
	released := map[string]int64{}
	for _, c := range report.Changes {
		if c.From != "true" || c.To != "false" {
			t.Errorf("the same model but for accusations changed %+v", c)
		}
		released[c.Field] = c.Letters
	}
	if released["held"] == 0 || released["accused_police"] == 0 || report.Changed != released["held"] {
		t.Errorf("changes: %+v", report)
	}
	if len(told) != 2*letters || told[len(told)-2] != letters || told[len(told)-1] != letters {
		t.Errorf("progress ended with %v", told[max(0, len(told)-2):])
	}

	events += letters
	if err := a.waitConsumed(t.Context(), letters, events); err != nil {
		t.Fatal(err)
	}
	wantVerdicts(t, s, version, letters)
	if diff := cmp.Diff(before, seen()); diff != "" {
		t.Errorf("figures changed (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(reported, reportOf2024(t, s)); diff != "" {
		t.Errorf("a report as of a day in the past changed (-before +after):\n%s", diff)
	}

	again, err := s.Reclassify(t.Context(), classifier, ReclassifyOptions{Viewer: city})
	if err != nil {
		t.Fatal(err)
	}
	if again.Skipped != letters || again.Judged != 0 || again.Published != 0 || again.Superseded != 0 {
		t.Errorf("again: %+v", again)
	}
	older, err := s.Reclassify(t.Context(), a.classifier, ReclassifyOptions{Viewer: city})
	if err != nil {
		t.Fatal(err)
	}
	if older.Skipped != letters || older.Superseded != letters || older.Serving != "" {
		t.Errorf("under the first model: %+v", older)
	}
	if _, err := s.Reclassify(t.Context(), classifier, ReclassifyOptions{Viewer: unit}); err == nil {
		t.Error("a unit's viewer judged the city's letters again")
	}
}

// receivedBy counts the letters a viewer sees as of now, by key.
func receivedBy(t *testing.T, s *Session, v analytics.Viewer, by analytics.Dimension) map[string]uint64 {
	t.Helper()
	doc, err := s.Store.KPIs(t.Context(), v, analytics.Query{
		From: calendar.Date{Year: 2024, Month: 3, Day: 4}, To: calendar.Date{Year: 2024, Month: 10, Day: 22}, By: by,
	})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]uint64{}
	for _, row := range doc.Rows {
		counts[row.Key] = row.KPIs["received"].Count
	}
	return counts
}

// reportOf2024 returns all figures by type as of the morning after the ledger's
// last day.
func reportOf2024(t *testing.T, s *Session) analytics.Document {
	t.Helper()
	last := calendar.Date{Year: 2024, Month: 10, Day: 22}
	doc, err := s.Store.KPIs(t.Context(), analytics.LocalOperator("test"), analytics.Query{
		From: calendar.Date{Year: 2024, Month: 3, Day: 4}, To: last, AsOf: last.AddDays(1).Start().Add(8 * time.Hour), By: analytics.ByType,
	})
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// wantVerdicts wants two verdicts on every letter, the last of them by the model.
func wantVerdicts(t *testing.T, s *Session, model string, letters int) {
	t.Helper()
	n := 0
	for l, err := range s.Store.LabelledLetters(t.Context(), analytics.LocalOperator("test"), analytics.LetterRange{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
		verdicts := 0
		for _, w := range l.Labels {
			if !w.ByPerson {
				verdicts++
			}
		}
		if last := lastVerdict(l.Labels); verdicts != 2 || last.RecordID != string(l.ID)+":"+model {
			t.Errorf("letter %s has %d verdicts, the last %s", l.ID, verdicts, last.RecordID)
		}
	}
	if n != letters {
		t.Errorf("%d letters, want %d", n, letters)
	}
}
