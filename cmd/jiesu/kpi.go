package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/reports"
)

type kpiCmd struct {
	From calendar.Date `required:"" placeholder:"DATE" help:"起始日(含),北京时间。"`
	To   calendar.Date `required:"" placeholder:"DATE" help:"截止日(含)。"`
	AsOf asOf          `placeholder:"TIME" help:"统计时点(按入库时间),缺省为库中最后一条。"`
	By   string        `enum:",unit,division,type,topic,channel,day" default:"" help:"分组:unit、division、type、topic、channel、day。"`
	Tier int           `enum:"0,1,2,3" default:"0" help:"按机构分组时汇总到第几级:1 市、2 县区、3 派出所。"`
	All  bool          `help:"加上口径文档中的全部指标。"`
	JSON bool          `name:"json" help:"输出 JSON。"`

	Metric []string `placeholder:"ID" help:"只算这些指标。"`

	Snapshot bool   `env:"-" help:"冻结为一份编号快照,供公布后核对。"`
	Title    string `env:"-" placeholder:"TEXT" help:"配合 --snapshot:快照的名称。"`

	kpiViews
}

// Run computes the figures and prints them.
func (c *kpiCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	if c.Tier != 0 && c.By != string(analytics.ByUnit) {
		return fmt.Errorf("%w: --tier goes with --by unit", errUsage)
	}
	if c.To.Before(c.From) {
		return fmt.Errorf("%w: --to lies before --from", errUsage)
	}
	if err := c.check(c.query()); err != nil {
		return err
	}
	if c.Snapshot && c.chosen() || c.Title != "" && !c.Snapshot {
		return fmt.Errorf("%w: --snapshot freezes plain figures, and --title goes with it", errUsage)
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	if c.Snapshot {
		return takeSnapshot(ctx, session.Store, viewer, c.query(), c.Title, c.JSON, std.out)
	}
	if c.chosen() {
		return c.show(ctx, session.Store, viewer, c.query(), c.JSON, std.out)
	}
	doc, err := session.Store.KPIs(ctx, viewer, c.query())
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(doc)
	}
	return printFigures(std.out, doc)
}

func (c *kpiCmd) query() analytics.Query {
	q := analytics.Query{From: c.From, To: c.To, AsOf: c.AsOf.Time, By: analytics.Dimension(c.By), Tier: c.Tier, Metrics: c.Metric}
	if c.All {
		for _, m := range analytics.AllMetrics() {
			q.Metrics = append(q.Metrics, m.ID)
		}
	}
	return q
}

// asOf is a cut-off given as RFC 3339 or as a Shanghai date and time.
type asOf struct{ time.Time }

// UnmarshalText implements encoding.TextUnmarshaler.
func (a *asOf) UnmarshalText(text []byte) error {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.ParseInLocation(layout, string(text), calendar.Shanghai); err == nil {
			a.Time = t
			return nil
		}
	}
	return fmt.Errorf("want a time such as 2024-10-23T08:00 (Beijing) or 2024-10-23T00:00:00Z, got %q", text)
}

// printFigures writes one table per row, in the order of docs/metrics.md.
func printFigures(w io.Writer, doc analytics.Document) error {
	if doc.AsOf.IsZero() {
		_, err := fmt.Fprintln(w, "库中尚无来信。若刚刚发送,请稍候;进度见 jiesu doctor。")
		return err
	}
	var b strings.Builder
	state := "终值"
	if !doc.Final {
		state = "暂定"
	}
	fmt.Fprintf(&b, "期间 %s 至 %s  统计时点 %s(%s)  口径 %s  日历 %s\n",
		doc.From, doc.To, doc.AsOf.In(calendar.Shanghai).Format("2006-01-02 15:04:05"), state, doc.RuleVersion, doc.CalendarVersion)
	for _, row := range doc.Rows {
		if doc.By != analytics.ByNone {
			fmt.Fprintf(&b, "\n%s %s\n", row.Key, row.Name)
		}
		for _, m := range analytics.AllMetrics() {
			if figure, ok := row.KPIs[m.ID]; ok {
				printFigure(&b, m.Name, figure)
			}
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func printFigure(b *strings.Builder, name string, f analytics.Figure) {
	const nameWidth = 26
	b.WriteString("  " + runewidth.FillRight(name, nameWidth))
	switch {
	case f.Rate != nil:
		fmt.Fprintf(b, "%10s  %d/%d", reports.Percent(f.Rate), f.Rate.N, f.Rate.D)
		if f.Rate.Small() {
			b.WriteString("  (样本小)")
		}
	case f.Ratio != nil:
		fmt.Fprintf(b, "%10s  %d/%d", dash(f.Ratio.Per()), f.Ratio.N, f.Ratio.D)
	case f.Duration != nil:
		d := f.Duration
		fmt.Fprintf(b, "%10s  P90 %s  平均 %s  已停 %d  在走 %d",
			quantile(d.P50, d.P50AtLeast), quantile(d.P90, d.P90AtLeast), dash(d.Mean.String()), d.Finished, d.Running)
	default:
		fmt.Fprintf(b, "%10d", f.Count)
	}
	b.WriteString("\n")
}

// quantile prints a clock's quantile; one that rests on running clocks is a
// lower bound.
func quantile(value *uint32, atLeast bool) string {
	switch {
	case value == nil:
		return dash("")
	case atLeast:
		return "≥" + strconv.Itoa(int(*value))
	default:
		return strconv.Itoa(int(*value))
	}
}

// dash stands for what has no value.
func dash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}

// closing closes the session and keeps the first error.
func closing(s *app.Session, err error) error {
	if cerr := s.Close(); err == nil {
		return cerr
	}
	return err
}
