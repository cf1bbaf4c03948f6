package classify

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/internal/org"
)

// TestWatch looks at a model file while it is replaced, broken, and gone.
func TestWatch(t *testing.T) {
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	cfg := DefaultConfig()
	cfg.ModelFile = filepath.Join(t.TempDir(), "model")
	put := func(content []byte) {
		t.Helper()
		if err := os.WriteFile(cfg.ModelFile+".part", content, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(cfg.ModelFile+".part", cfg.ModelFile); err != nil {
			t.Fatal(err)
		}
	}
	put(embedded)
	var log bytes.Buffer
	c, err := New(cfg, dir, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	log.Reset()
	shipped, _ := c.Version()
	m, err := model.Decode(embedded)
	if err != nil {
		t.Fatal(err)
	}
	m.Name = "other"
	other, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}

	w := watch{c: c}
	steps := []struct {
		name   string
		do     func()
		logged string // Part of the one line that two looks log; empty for none.
		model  string // What the version begins with.
	}{
		{"untouched", func() {}, "", shipped},
		{"the same again", func() { put(embedded) }, "", shipped},
		{"half a file", func() { put(other[:len(other)/2]) }, "cannot be used", shipped},
		{"another", func() { put(other) }, "model replaced", "other-"},
		{"gone", func() {
			if err := os.Remove(cfg.ModelFile); err != nil {
				t.Fatal(err)
			}
		}, "cannot be used", "other-"},
		{"there again", func() { put(other) }, "", "other-"},
		{"written in place", func() {
			if err := os.WriteFile(cfg.ModelFile, embedded, 0o600); err != nil {
				t.Fatal(err)
			}
		}, "model replaced", shipped},
	}
	for _, s := range steps {
		s.do()
		w.look(t.Context())
		w.look(t.Context())
		text := log.String()
		log.Reset()
		if lines := strings.Count(text, "\n"); lines > 1 || (lines == 1) != (s.logged != "") || !strings.Contains(text, s.logged) {
			t.Errorf("%s: logged %q, want %q once", s.name, text, s.logged)
		}
		if got, _ := c.Version(); !strings.HasPrefix(got, s.model) {
			t.Errorf("%s: the model is %s, want %s", s.name, got, s.model)
		}
	}
}
