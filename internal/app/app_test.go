package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

func TestConfigValidate(t *testing.T) {
	tests := []struct {
		name string
		edit func(*Config)
		want string // Part of the error; empty for none.
	}{
		{"default", func(*Config) {}, ""},
		{"servers", func(c *Config) { c.Kafka, c.ClickHouse = []string{"k:9092"}, "clickhouse://c:9000" }, ""},
		{"no directory", func(c *Config) { c.Dir = "" }, "directory"},
		{"Kafka alone", func(c *Config) { c.Kafka = []string{"k:9092"} }, "both"},
		{"ClickHouse alone", func(c *Config) { c.ClickHouse = "clickhouse://c:9000" }, "both"},
		{"database", func(c *Config) { c.Analytics.Database = "a b" }, "database"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			cfg := DefaultConfig()
			tt.edit(&cfg)
			err := cfg.Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

func TestStartRollsBack(t *testing.T) {
	cfg := testConfig(filepath.Join(t.TempDir(), "data"))
	cfg.Listen = "256.0.0.1:0" // Fails last, when all else runs.
	a, err := New(cfg, Parts{Ingest: true, Console: true}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err == nil {
		t.Fatal("started on an address that does not exist")
	}
	// Everything must be free again, for this process and for others.
	cfg.Listen = "127.0.0.1:0"
	if a, err = New(cfg, Parts{Ingest: true, Console: true}, quiet()); err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	second, err := New(cfg, Parts{Ingest: true, Console: true}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(t.Context()); err == nil || !strings.Contains(err.Error(), "already serves") {
		t.Errorf("a second serve on the directory: %v", err)
	}
	for range 2 {
		if err := a.Stop(t.Context()); err != nil {
			t.Errorf("stopping: %v", err)
		}
	}
	if _, ok := askHolder(t.Context(), cfg.socket()); ok {
		t.Error("the socket still answers")
	}
}

func TestSocketIsTheOwnersAlone(t *testing.T) {
	cfg := testConfig(filepath.Join(t.TempDir(), "data"))
	a, err := New(cfg, Parts{Ingest: true, Console: true}, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := a.Stop(t.Context()); err != nil {
			t.Error(err)
		}
	}()
	for path, want := range map[string]os.FileMode{cfg.socket(): 0o600, cfg.engineDir(): 0o700, cfg.brokerDir(): 0o700} {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(path), got, want)
		}
	}
}

func TestDoctorNamesWhatIsWrong(t *testing.T) {
	outcome := func(findings []Finding, check string) Outcome {
		for _, f := range findings {
			if f.Check == check {
				return f.Outcome
			}
		}
		return ""
	}
	now := calendar.Date{Year: 2026, Month: time.December, Day: 28}.Start()
	cfg := testConfig(filepath.Join(t.TempDir(), "data"))
	findings, err := Doctor(t.Context(), cfg, now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	// An empty directory has no tables yet, and the notice for 2027 is not out.
	for check, want := range map[string]Outcome{"引擎": OK, "库结构": Warn, "日历": Warn} {
		if got := outcome(findings, check); got != want {
			t.Errorf("%s: %q, want %q; all: %+v", check, got, want, findings)
		}
	}
	cfg.Library = filepath.Join(t.TempDir(), "missing.so")
	findings, err = Doctor(t.Context(), cfg, now, quiet())
	if err != nil {
		t.Fatal(err)
	}
	if got := outcome(findings, "引擎与消息队列"); got != Fail {
		t.Errorf("missing library: %q; all: %+v", got, findings)
	}
}

func TestUntilFreeGivesUpOtherErrorsAtOnce(t *testing.T) {
	want, tries := errors.New("no"), 0
	err := new(Session).untilFree(t.Context(), func() error { tries++; return want })
	if !errors.Is(err, want) || tries != 1 {
		t.Errorf("got %v after %d tries", err, tries)
	}
}
