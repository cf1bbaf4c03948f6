package app

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/simulate"
)

// TestModelIsReplacedWhileLettersComeIn puts a broken model file and then a good
// one in the place of the present one while serve runs.
func TestModelIsReplacedWhileLettersComeIn(t *testing.T) {
	dir := t.TempDir()
	ledger := simulated(t, dir, 200)
	cfg := testConfig(filepath.Join(dir, "data"))
	cfg.ModelFile, cfg.ModelEvery = filepath.Join(dir, "model"), 20*time.Millisecond
	old := modelNamed(t, "old", nil)
	replaceFile(t, cfg.ModelFile, old)
	log := &logText{}
	a := started(t, cfg, slog.New(slog.NewTextHandler(log, nil)))
	letters := newReplay(t, ledger).records[:200]
	producer, err := ingest.NewProducer(a.session.ingest)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := producer.Close(); err != nil {
			t.Error(err)
		}
	}()
	send := func(from, to int) {
		for ; from < to; from += 10 {
			if err := producer.Send(t.Context(), letters[from:from+10]...); err != nil {
				t.Error(err)
			}
		}
	}
	stored := func(n int64) {
		t.Helper()
		if err := a.waitConsumed(t.Context(), n, n); err != nil { // A verdict for each letter.
			t.Fatal(err)
		}
	}

	send(0, 50)
	stored(50)
	replaceFile(t, cfg.ModelFile, old[:len(old)/2])
	log.wait(t, "cannot be used")
	send(50, 100)
	stored(100)
	var sending sync.WaitGroup
	sending.Go(func() { send(100, 150) })
	replaceFile(t, cfg.ModelFile, modelNamed(t, "new", nil))
	log.wait(t, "model replaced")
	sending.Wait()
	send(150, 200)
	stored(200)

	models := map[string]string{}
	for l, err := range a.session.Store.LabelledLetters(t.Context(), analytics.LocalOperator("test"), analytics.LetterRange{}) {
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Labels) != 1 {
			t.Errorf("letter %s has %d verdicts, want 1", l.ID, len(l.Labels))
			continue
		}
		models[string(l.ID)], _, _ = strings.Cut(strings.TrimPrefix(l.Labels[0].RecordID, string(l.ID)+":"), "-")
	}
	for i, rec := range letters {
		got := models[rec.Subject]
		if i < 100 && got != "old" || i >= 150 && got != "new" || got != "old" && got != "new" {
			t.Errorf("letter %d was judged by %q", i, got)
		}
	}
	if n := log.count("cannot be used"); n != 1 {
		t.Errorf("the broken file was logged %d times, want once", n)
	}
}

// modelNamed makes the shipped model one of another name, changed at will.
func modelNamed(t *testing.T, name string, change func(*model.Model)) []byte {
	t.Helper()
	file, err := os.ReadFile(filepath.Join("..", "..", "classify", "jiesu.model"))
	if err != nil {
		t.Fatal(err)
	}
	m, err := model.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	m.Name = name
	if change != nil {
		change(m)
	}
	if file, err = m.Encode(); err != nil {
		t.Fatal(err)
	}
	return file
}

func replaceFile(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path+".part", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		t.Fatal(err)
	}
}

// simulated makes a ledger below dir and returns its folder.
func simulated(t *testing.T, dir string, letters int) string {
	t.Helper()
	ledger := filepath.Join(dir, "ledger")
	if _, err := simulate.Run(t.Context(), simulate.Options{Seed: 5, Letters: letters, Dir: ledger}); err != nil {
		t.Fatal(err)
	}
	return ledger
}

// started runs serve within the test.
func started(t *testing.T, cfg Config, logger *slog.Logger) *App {
	t.Helper()
	a, err := New(cfg, Parts{Ingest: true, Console: true}, logger)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := a.Stop(context.WithoutCancel(t.Context())); err != nil {
			t.Error(err)
		}
	})
	return a
}

// logText collects log lines.
type logText struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *logText) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logText) count(s string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Count(l.text.String(), s)
}

func (l *logText) wait(t *testing.T, s string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); l.count(s) == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the log never said %q", s)
		}
	}
}
