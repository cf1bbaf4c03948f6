package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/reports"
)

// DemoOptions says what the demonstration shows.
type DemoOptions struct {
	Seed    uint64
	Letters int       // 0 means the profile's number.
	Check   bool      // Send everything a second time, verify again, and end.
	Out     io.Writer // Where it tells what it does.
}

// demo is one run of the demonstration.
type demo struct {
	DemoOptions
	cfg    Config
	ledger string // Folder of the simulated files.
	app    *App
	sum    simulate.Summary
}

// errDiffers says that the store and the ledger do not agree.
var errDiffers = errors.New("figures differ from the ledger's own count")

// Demo simulates a ledger, replays it through the broker, verifies every figure
// against the ledger's own count and writes a brief. With Check it does so
// twice and returns; otherwise it serves the console until ctx ends. It starts
// from nothing: whatever an earlier demo left in dir/demo is removed.
func Demo(ctx context.Context, cfg Config, o DemoOptions, logger *slog.Logger) (err error) {
	if cfg.external() {
		return errors.New("the demo brings its own engine and broker; leave the Kafka and ClickHouse settings empty")
	}
	root := filepath.Join(cfg.Dir, "demo")
	if _, running := askHolder(ctx, filepath.Join(root, "jiesu.sock")); running {
		return fmt.Errorf("another demo is running in %s; stop it first", root)
	}
	if err := os.RemoveAll(root); err != nil {
		return fmt.Errorf("clearing the last demo: %w", err)
	}
	cfg.Dir = root
	cfg.Ingest.HistorySources = append(cfg.Ingest.HistorySources, simulatedSources)
	d := &demo{DemoOptions: o, cfg: cfg, ledger: filepath.Join(root, "ledger")}
	if d.app, err = New(cfg, Parts{Ingest: true, Console: true}, logger); err != nil {
		return err
	}
	if err := d.simulate(ctx); err != nil {
		return err
	}
	if err := d.app.Start(ctx); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, d.app.Stop(context.WithoutCancel(ctx))) }()
	if err := d.show(ctx); err != nil {
		return err
	}
	if d.Check {
		return d.check(ctx)
	}
	d.say("控制台已打开:%s(Ctrl+C 结束)", d.app.URL())
	<-ctx.Done()
	return nil
}

// simulatedSources may state when their records became known: a replay of
// months takes seconds.
const simulatedSources = "/simulate/"

func (d *demo) say(format string, args ...any) { fmt.Fprintf(d.Out, format+"\n", args...) }

func (d *demo) simulate(ctx context.Context) (err error) {
	started := time.Now()
	d.sum, err = simulate.Run(ctx, simulate.Options{Seed: d.Seed, Letters: d.Letters, Dir: d.ledger})
	if err != nil {
		return err
	}
	d.say("1. 生成合成台账:来信 %d 封,事件 %d 条(%.1f 秒)", d.sum.Letters, d.sum.Events, time.Since(started).Seconds())
	return nil
}

func (d *demo) show(ctx context.Context) error {
	took, err := d.replay(ctx, 1)
	if err != nil {
		return err
	}
	d.say("2. 经 Kafka 送入、分类、入库:%.1f 秒", took.Seconds())
	if err := d.verify(ctx, "3. 指标核对"); err != nil {
		return err
	}
	if err := d.headline(ctx); err != nil {
		return err
	}
	return d.brief(ctx)
}

// replay sends the ledger and waits until its last record is stored. times
// says how often it has been sent then.
func (d *demo) replay(ctx context.Context, times int64) (time.Duration, error) {
	started := time.Now()
	report, err := d.app.session.Send(ctx, SendOptions{Files: []string{
		filepath.Join(d.ledger, "letters.jsonl"), filepath.Join(d.ledger, "events.jsonl"),
	}})
	if err != nil {
		return 0, err
	}
	if report.RefusedRows > 0 {
		return 0, fmt.Errorf("sending the ledger: %d rows refused, the first: %+v", report.RefusedRows, report.Refused[0])
	}
	letters := times * int64(d.sum.Letters)
	// Each letter's verdict travels through the events topic, once.
	events := times*int64(d.sum.Events) + int64(d.sum.Letters)
	if err := d.app.waitConsumed(ctx, letters, events); err != nil {
		return 0, err
	}
	return time.Since(started), nil
}

func (d *demo) verify(ctx context.Context, title string) error {
	f, err := os.Open(filepath.Join(d.ledger, "truth.json"))
	if err != nil {
		return fmt.Errorf("opening the truth: %w", err)
	}
	defer func() { _ = f.Close() }() // Only read.
	v, err := d.app.session.Verify(ctx, demoViewer, f)
	if err != nil {
		return err
	}
	d.say("%s:%d 份、%d 个数,不一致 %d 个", title, v.Documents, v.Figures, len(v.Differences))
	const most = 20
	for i, diff := range v.Differences {
		if i == most {
			d.say("   ……")
			break
		}
		d.say("   %s %s:台账 %s,系统 %s", diff.Document, diff.Figure, diff.Want, diff.Got)
	}
	if len(v.Differences) > 0 {
		return fmt.Errorf("verifying: %w: %d of %d", errDiffers, len(v.Differences), v.Figures)
	}
	return nil
}

var demoViewer = analytics.LocalOperator("demo")

// headline prints the totals the mailbox published, and what the classifier
// alone would have said.
func (d *demo) headline(ctx context.Context) error {
	from, to := calendar.Date{Year: 2024, Month: time.March, Day: 4}, calendar.Date{Year: 2024, Month: time.October, Day: 22}
	doc, err := d.app.session.Store.KPIs(ctx, demoViewer, analytics.Query{From: from, To: to})
	if err != nil {
		return err
	}
	k := doc.Rows[0].KPIs
	pct := func(id string) string { return reports.Percent(k[id].Rate) }
	d.say("   %s 至 %s:来信 %d 封、%d 人,响应率 %s,办结率 %s,感谢信 %d 封,解决急难愁盼 %d 个,线索 %d 条,破案 %d 起,抓获 %d 人",
		from, to, k["letters"].Count, k["writers"].Count, pct("response"), pct("closure"), k["thanks"].Count,
		k["problems_solved"].Count, k["leads"].Count, k["cases_solved"].Count, k["arrests"].Count)
	a, err := d.app.session.Store.Agreement(ctx, demoViewer, analytics.Query{From: from, To: to})
	if err != nil {
		return err
	}
	of := func(n uint64) string { return reports.Percent(&analytics.Rate{N: n, D: a.Letters}) }
	d.say("   分类器单独判断与人工确认一致:类型 %s、大类 %s、业务 %s、线索 %s(%d 封,只作参考)",
		of(a.Type), of(a.Group), of(a.Topic), of(a.Lead), a.Letters)
	return nil
}

func (d *demo) brief(ctx context.Context) error {
	day := calendar.Date{Year: 2024, Month: time.October, Day: 21}
	var first, second bytes.Buffer
	if err := d.app.session.Brief(ctx, demoViewer, day, time.Time{}, &first); err != nil {
		return err
	}
	if err := d.app.session.Brief(ctx, demoViewer, day, time.Time{}, &second); err != nil {
		return err
	}
	if !bytes.Equal(first.Bytes(), second.Bytes()) {
		return errors.New("writing the brief twice gave different bytes")
	}
	path := filepath.Join(d.cfg.Dir, fmt.Sprintf("局长信箱每日信件简报_%s.html", day))
	if err := os.WriteFile(path, first.Bytes(), 0o600); err != nil {
		return fmt.Errorf("writing the brief: %w", err)
	}
	d.say("4. 每日简报:%s(%d KB)", path, first.Len()>>10)
	return nil
}

// check sends everything once more, which must change nothing, and asks the
// console for its pages.
func (d *demo) check(ctx context.Context) error {
	took, err := d.replay(ctx, 2)
	if err != nil {
		return err
	}
	if err := d.verify(ctx, fmt.Sprintf("5. 全部重发一遍(%.1f 秒)后核对", took.Seconds())); err != nil {
		return err
	}
	for _, path := range []string{"/", "/brief?date=2024-10-21", "/healthz", "/readyz", "/metrics"} {
		if err := get(ctx, d.app.URL()+path); err != nil {
			return err
		}
	}
	d.say("6. 控制台页面正常。核对通过。")
	return nil
}

func get(ctx context.Context, url string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	if err != nil {
		return fmt.Errorf("asking the console: %w", err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("asking the console: %w", err)
	}
	defer func() { _ = resp.Body.Close() }() // Read to its end below.
	if _, err := io.Copy(io.Discard, resp.Body); err != nil {
		return fmt.Errorf("reading %s: %w", url, err)
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("asking the console: %s answered %s", url, resp.Status)
	}
	return nil
}
