package console_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// visit opens a page in a headless Chromium and returns the document as it
// stands after its scripts have run, and what the browser logged.
func visit(t *testing.T, url string, extra ...string) (dom, log string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	args := append([]string{
		"--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-extensions", "--no-first-run",
		"--disable-dev-shm-usage", "--user-data-dir=" + t.TempDir(), "--enable-logging=stderr", "--window-size=1366,768", "--virtual-time-budget=5000", "--dump-dom",
	}, extra...)
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, "chromium", append(args, url)...)
	cmd.Stdout, cmd.Stderr = &out, &errs
	if err := cmd.Run(); err != nil {
		t.Fatalf("running chromium (apt-get install chromium): %v\n%.2000s", err, errs.String())
	}
	return out.String(), errs.String()
}

// complaints are the lines in which the browser reports what a page did wrong:
// a script's error, or something the page's policy forbids.
func complaints(log string) []string {
	var lines []string
	for line := range strings.Lines(log) {
		if strings.Contains(line, "CONSOLE") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

func TestBrowserDrawsTheFrontPage(t *testing.T) {
	server := httptest.NewServer(newServer(t, &fakeStore{}).Handler())
	t.Cleanup(server.Close)
	expectCharts(t, server.URL+"/", `data-charts="3"`, 3)
}

func TestBrowserDrawsTheBrief(t *testing.T) {
	handler := newServer(t, &fakeStore{}).Handler()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	expectCharts(t, server.URL+"/brief?date=2024-10-21", `data-charts="3"`, 3)

	// The same page as a file on a machine without a network.
	path := filepath.Join(t.TempDir(), "brief.html")
	text := get(t, handler, http.MethodGet, "/brief?date=2024-10-21", "localhost").text
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	expectCharts(t, "file://"+path, `data-charts="3"`, 3)
}

func expectCharts(t *testing.T, url, mark string, charts int) {
	t.Helper()
	dom, log := visit(t, url)
	if !strings.Contains(dom, mark) {
		t.Errorf("%s: the script that draws did not end: no %s in %.300q", url, mark, dom)
	}
	if got := strings.Count(dom, "<canvas"); got != charts {
		t.Errorf("%s: %d charts drawn, want %d", url, got, charts)
	}
	if strings.Contains(dom, "<title>broken") {
		t.Errorf("%s: a letter's title ran as a script", url)
	}
	if lines := complaints(log); len(lines) > 0 {
		t.Errorf("%s: the browser complains:\n%s", url, strings.Join(lines, "\n"))
	}
}

// TestBrowserReportsViolations makes sure that the tests above would see one.
func TestBrowserReportsViolations(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Security-Policy", "default-src 'none'")
		_, _ = w.Write([]byte(`<!DOCTYPE html><link rel="icon" href="data:,"><p>x</p><script>document.title = "ran"</script>`))
	}))
	t.Cleanup(server.Close)
	dom, log := visit(t, server.URL)
	if strings.Contains(dom, "<title>ran") {
		t.Error("a forbidden script ran")
	}
	if len(complaints(log)) == 0 {
		t.Errorf("the browser does not report a violation:\n%s", log)
	}
}
