package console_test

import (
	"log/slog"
	"net/http"
	"os"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/console"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

func TestMain(m *testing.M) { os.Exit(clickhousetest.Main(m)) }

// TestPagesOfTheEngine opens the pages over a real store: an empty one, as on
// the first day, and one with its first letters.
func TestPagesOfTheEngine(t *testing.T) {
	store, loader := realStore(t)
	server := newServer(t, &fakeStore{}, func(_ *console.Config, d *console.Deps) { d.Store, d.Briefs = store, loader })
	expect := func(target string, status int, text string) {
		t.Helper()
		res := get(t, server.Handler(), http.MethodGet, target, "localhost")
		if res.status != status || !strings.Contains(res.text, text) {
			t.Errorf("%s: status %d, want %d with %q:\n%.600s", target, res.status, status, text, res.text)
		}
	}
	expect("/", http.StatusOK, "还没有来信")
	expect("/brief", http.StatusNotFound, "该日没有简报")
	expect("/brief?date=2024-10-21", http.StatusNotFound, "该日没有简报")

	var letters []letter.Judged
	for i := range 3 {
		when := time.Date(2024, 10, 19+i, 2, 0, 0, 0, time.UTC)
		letters = append(letters, letter.Judged{Letter: letter.Letter{
			ID: letter.NewID(when, 1), Source: "/mailbox/web", RecordID: "r", ReceivedAt: when, RecordedAt: when,
			Received: letter.Received{Channel: letter.ChannelWeb, Title: "题目", Body: "正文", Writer: letter.Writer{Contactable: true}},
		}})
	}
	if err := store.InsertLetters(t.Context(), letters, ""); err != nil {
		t.Fatal(err)
	}
	expect("/", http.StatusOK, "打开最新简报（2024-10-20）")
	expect("/", http.StatusOK, "<dt>来信</dt><dd>3<small>件</small>")
	expect("/brief", http.StatusOK, "2024年10月20日，共接收群众来信1件")
}

func realStore(t *testing.T) (*analytics.Store, reports.Loader) {
	t.Helper()
	directory, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	store, err := analytics.New(cfg, conn, directory, holidays, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return store, reports.Loader{Store: store, Directory: directory, Calendar: holidays}
}
