package console_test

import (
	"errors"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/prometheus/client_golang/prometheus"

	"jiesu.cn/jiesu/console"
)

var update = flag.Bool("update", false, "write the golden files anew")

// answer is what came back for a request.
type answer struct {
	status int
	header http.Header
	text   string
}

// get asks the handler as a browser on the same machine would.
func get(t *testing.T, h http.Handler, method, target, host string) answer {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	r.Host = host
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return answer{w.Code, w.Header(), w.Body.String()}
}

func TestPages(t *testing.T) {
	stuck := func(_ *console.Config, d *console.Deps) {
		d.Ready = func() error { return errors.New("letters partition 0 has not moved for 6m0s") }
	}
	for _, c := range []struct {
		name, method, target string
		store                fakeStore
		change               func(*console.Config, *console.Deps)
		status               int
		holds                string
	}{
		{name: "front", target: "/", status: 200, holds: "打开最新简报（2024-10-21）"},
		{name: "empty store", target: "/", store: fakeStore{empty: true}, status: 200, holds: "还没有来信"},
		{name: "store away", target: "/", store: fakeStore{err: errors.New("engine stopped")}, status: 503, holds: "数据暂时读不到"},
		{name: "brief", target: "/brief?date=2024-10-21", status: 200, holds: "局长信箱每日信件简报"},
		{name: "latest brief", target: "/brief", status: 200, holds: "2024年10月21日 星期一"},
		{name: "bad date", target: "/brief?date=%3Cscript%3E", status: 400, holds: "日期看不懂"},
		{name: "brief of no letters", target: "/brief?date=2024-03-03", status: 404, holds: "该日没有简报"},
		{name: "brief without a store", target: "/brief?date=2024-10-21", store: fakeStore{err: errors.New("engine stopped")}, status: 503, holds: "简报暂时生成不了"},
		{name: "unknown page", target: "/admin", status: 404, holds: "没有这个页面"},
		{name: "unknown asset", target: "/assets/console.go", status: 404, holds: "没有这个页面"},
		{name: "post", method: "POST", target: "/", status: 405, holds: "不支持的操作"},
		{name: "alive", target: "/healthz", status: 200, holds: "ok"},
		{name: "alive without progress", target: "/healthz", change: stuck, status: 200, holds: "ok"},
		{name: "ready", target: "/readyz", status: 200, holds: "ready"},
		{name: "no progress", target: "/readyz", change: stuck, status: 503, holds: "letters partition 0 has not moved for 6m0s"},
		{name: "no progress on the front page", target: "/", change: stuck, status: 200, holds: "未见进展：letters partition 0"},
		{name: "style", target: "/assets/console.css", status: 200, holds: "focus-visible"},
		{name: "charts", target: "/assets/charts.js", status: 200, holds: "echarts.init"},
		{name: "library", target: "/assets/echarts.min.js", status: 200, holds: "Apache"},
	} {
		t.Run(c.name, func(t *testing.T) {
			change := c.change
			if change == nil {
				change = func(*console.Config, *console.Deps) {}
			}
			method := c.method
			if method == "" {
				method = http.MethodGet
			}
			res := get(t, newServer(t, &c.store, change).Handler(), method, c.target, "127.0.0.1:8080")
			if res.status != c.status {
				t.Errorf("status %d, want %d", res.status, c.status)
			}
			if !strings.Contains(res.text, c.holds) {
				t.Errorf("the page does not hold %q:\n%.400s", c.holds, res.text)
			}
			if strings.Contains(res.text, "engine stopped") {
				t.Error("the page tells an inner error")
			}
		})
	}
}

func TestFrontPageGolden(t *testing.T) {
	got := get(t, newServer(t, &fakeStore{}).Handler(), http.MethodGet, "/", "localhost").text
	path := filepath.Join("testdata", "front.html")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for _, text := range []string{"13800138000", "broken", "2024102100037"} {
		if strings.Contains(got, text) {
			t.Errorf("the front page holds letter text: %q", text)
		}
	}
}

// TestNumbersStandInTables reads the pages as a reader without scripts does.
func TestNumbersStandInTables(t *testing.T) {
	script := regexp.MustCompile(`(?s)<script.*?</script>`)
	h := newServer(t, &fakeStore{}).Handler()
	for target, wants := range map[string][]string{
		"/":                      {`<th scope="row">10-22</th><td>54</td><td>54</td>`},
		"/brief?date=2024-10-21": {`<th scope="row">10-21</th><td>53</td><td>53</td>`},
	} {
		text := script.ReplaceAllString(get(t, h, http.MethodGet, target, "localhost").text, "")
		for _, want := range wants {
			if !strings.Contains(text, want) {
				t.Errorf("%s without scripts does not hold %s", target, want)
			}
		}
	}
}

// TestOnlyFinalPagesAreKept asks twice: what is final comes from memory, what
// is not is counted anew (the front page for a quarter of a minute excepted).
func TestOnlyFinalPagesAreKept(t *testing.T) {
	for _, final := range []bool{true, false} {
		store := &fakeStore{final: final}
		h := newServer(t, store).Handler()
		first := get(t, h, http.MethodGet, "/brief?date=2024-10-21", "localhost")
		asked := store.asked
		again := get(t, h, http.MethodGet, "/brief?date=2024-10-21", "localhost")
		if first.text != again.text || first.status != http.StatusOK {
			t.Errorf("final %t: the second answer differs, or status %d", final, first.status)
		}
		if kept := store.asked == asked; kept != final {
			t.Errorf("final %t: kept %t", final, kept)
		}
		store.known++ // History imported behind the cut-off makes it another brief.
		asked = store.asked
		get(t, h, http.MethodGet, "/brief?date=2024-10-21", "localhost")
		if store.asked == asked {
			t.Errorf("final %t: the old brief was shown after an import behind it", final)
		}
	}
}

func TestHeaders(t *testing.T) {
	h := newServer(t, &fakeStore{}).Handler()
	for target, scripts := range map[string]string{
		"/": "script-src 'self'", "/brief?date=2024-10-21": "script-src 'sha256-", "/nothing": "script-src 'self'", "/assets/charts.js": "script-src 'self'",
	} {
		res := get(t, h, http.MethodGet, target, "localhost")
		policy := res.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", scripts, "frame-ancestors 'none'", "base-uri 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("%s: policy %q lacks %q", target, policy, want)
			}
		}
		if strings.Contains(policy, "unsafe") || strings.Contains(policy, "http") {
			t.Errorf("%s: policy %q is open", target, policy)
		}
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "X-Frame-Options": "DENY"} {
			if got := res.header.Get(name); got != want {
				t.Errorf("%s: %s is %q, want %q", target, name, got, want)
			}
		}
		wantCache := "no-store"
		if strings.HasPrefix(target, "/assets/") {
			wantCache = "public, max-age=3600"
		}
		if got := res.header.Get("Cache-Control"); got != wantCache {
			t.Errorf("%s: Cache-Control is %q, want %q", target, got, wantCache)
		}
	}
}

func TestForeignHostsAreTurnedAway(t *testing.T) {
	h := newServer(t, &fakeStore{}, func(c *console.Config, _ *console.Deps) { c.Hosts = []string{"xinxiang.example"} }).Handler()
	for host, want := range map[string]int{
		"127.0.0.1:8080": 200, "localhost": 200, "[::1]:8080": 200, "10.1.2.3": 200, "XINXIANG.example:443": 200, "evil.example": 421, "": 421, "127.0.0.1.evil.example": 421,
	} {
		res := get(t, h, http.MethodGet, "/healthz", host)
		if res.status != want {
			t.Errorf("host %q: status %d, want %d", host, res.status, want)
		}
	}
}

func TestMetrics(t *testing.T) {
	registry := prometheus.NewRegistry()
	counter := prometheus.NewCounter(prometheus.CounterOpts{Name: "jiesu_test_total", Help: "Test."})
	registry.MustRegister(counter)
	counter.Add(3)
	s := newServer(t, &fakeStore{}, func(_ *console.Config, d *console.Deps) { d.Gatherer = registry })
	if text := get(t, s.Handler(), http.MethodGet, "/metrics", "localhost").text; !strings.Contains(text, "jiesu_test_total 3") {
		t.Errorf("metrics lack the counter:\n%s", text)
	}
}

func TestStartAndStop(t *testing.T) {
	s := newServer(t, &fakeStore{})
	if got := s.Addr(); got != "" {
		t.Errorf("address %q before the start", got)
	}
	for range 2 {
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	addr := s.Addr()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if string(text) != "ok\n" {
		t.Errorf("answer %q, want ok", text)
	}
	if err := res.Body.Close(); err != nil {
		t.Error(err)
	}
	http.DefaultClient.CloseIdleConnections()

	other := newServer(t, &fakeStore{}, func(c *console.Config, _ *console.Deps) { c.Addr = addr })
	if err := other.Start(t.Context()); err == nil {
		t.Error("two consoles listen on one address")
	}
	for range 2 {
		if err := s.Stop(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := http.DefaultClient.Do(request.Clone(t.Context())); err == nil { //nolint:bodyclose // There is no answer.
		t.Error("the console answers after the stop")
	}
}

func TestConfigValidate(t *testing.T) {
	good := console.DefaultConfig()
	if err := good.Validate(); err != nil {
		t.Errorf("the default is refused: %v", err)
	}
	if !strings.HasPrefix(good.Addr, "127.0.0.1:") {
		t.Errorf("the default address %q is not loopback", good.Addr)
	}
	for name, change := range map[string]func(*console.Config){
		"no port":    func(c *console.Config) { c.Addr = "127.0.0.1" },
		"no timeout": func(c *console.Config) { c.QueryTimeout = 0 },
	} {
		bad := good
		change(&bad)
		if bad.Validate() == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
