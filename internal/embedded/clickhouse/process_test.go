package clickhouse_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/embedded/clickhouse"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
)

func TestSecondProcessIsToldWhoHoldsTheDirectory(t *testing.T) {
	dir := t.TempDir()
	holder := helper(t, "open", dir)
	stdin, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("open %d\n", holder.Process.Pid); line != want {
		t.Fatalf("holder said %q, want %q", line, want)
	}

	out, err := helper(t, "open", dir).Output()
	if err == nil {
		t.Errorf("the second process opened the directory too")
	}
	for _, want := range []string{"directory is in use", dir, fmt.Sprintf("process %d since 20", holder.Process.Pid)} {
		if !strings.Contains(string(out), want) {
			t.Errorf("the second process said %q, which lacks %q", out, want)
		}
	}
	if err := errors.Join(stdin.Close(), holder.Wait()); err != nil {
		t.Errorf("holder: %v", err)
	}
}

func TestLifecycle(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "engine")
	if diff := cmp.Diff("rows 1\nrows 2\nrows 3", runToEnd(t, "lifecycle", dir)); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
	info, err := os.Stat(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o700 {
		t.Errorf("directory has mode %o, want 700", got)
	}
}

func TestCloseEndsWhatRuns(t *testing.T) {
	if diff := cmp.Diff("closed", runToEnd(t, "close", t.TempDir())); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestGoKeepsItsSignals(t *testing.T) {
	if diff := cmp.Diff("recovered true", runToEnd(t, "recover", t.TempDir())); diff != "" {
		t.Errorf("output (-want +got):\n%s", diff)
	}
}

func TestAcknowledgedBatchesSurviveKill(t *testing.T) {
	dir := t.TempDir()
	var acknowledged int
	for range 3 {
		acknowledged = insertAndKill(t, dir, acknowledged+5)
	}
	var last, batches, torn int
	if _, err := fmt.Sscan(runToEnd(t, "count", dir), &last, &batches, &torn); err != nil {
		t.Fatal(err)
	}
	if last < acknowledged {
		t.Errorf("batch %d was acknowledged, the last one there is %d", acknowledged, last)
	}
	if batches != last {
		t.Errorf("%d batches are there, want all %d", batches, last)
	}
	if torn != 0 {
		t.Errorf("%d batches are torn", torn)
	}
}

// insertAndKill kills an inserting process in the middle of its work, once it has
// acknowledged the given batch, and returns the last one that it acknowledged.
func insertAndKill(t *testing.T, dir string, atLeast int) int {
	t.Helper()
	cmd := helper(t, "insert", dir)
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last, killed := 0, false
	for lines := bufio.NewScanner(stdout); lines.Scan(); {
		number, found := strings.CutPrefix(lines.Text(), "acknowledged ")
		if !found {
			t.Fatalf("helper said %q", lines.Text())
		}
		if last, err = strconv.Atoi(number); err != nil {
			t.Fatal(err)
		}
		if last >= atLeast && !killed {
			killed = true
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || !killed {
		t.Fatalf("helper ended by itself: %v", err)
	}
	return last
}

func TestOpenRefuses(t *testing.T) {
	clickhousetest.Engine(t)
	tests := []struct {
		name   string
		change func(*clickhouse.Config)
		want   string
	}{
		{"no directory", func(c *clickhouse.Config) { c.Dir = "" }, "data directory is not set"},
		{"no connections", func(c *clickhouse.Config) { c.Connections = 0 }, "connections must be 1 to 256, not 0"},
		{"missing library", func(c *clickhouse.Config) { c.Library = "/nowhere/libchdb.so" }, "make engine"},
		{"second engine", func(*clickhouse.Config) {}, clickhouse.ErrOpen.Error()},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg := clickhouse.DefaultConfig()
			cfg.Dir = t.TempDir()
			test.change(&cfg)
			_, err := clickhouse.Open(t.Context(), cfg, nil)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("Open: %v, want an error with %q", err, test.want)
			}
		})
	}
}

func TestFindLibrary(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	below := filepath.Join(root, "a", "b")
	cache := filepath.Join(root, ".cache", "engine")
	for _, dir := range []string{below, cache} {
		if err := os.MkdirAll(dir, 0o750); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(below)
	if got, err := clickhouse.FindLibrary(""); err == nil {
		t.Errorf("FindLibrary found %s where there is none", got)
	} else if !strings.Contains(err.Error(), "make engine") {
		t.Errorf("FindLibrary: %v, want a hint at make engine", err)
	}
	want := filepath.Join(cache, "libchdb.so")
	if err := os.WriteFile(want, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := clickhouse.FindLibrary("")
	if err != nil || got != want {
		t.Errorf("FindLibrary: %q, %v; want %q", got, err, want)
	}
}
