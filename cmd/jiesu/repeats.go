package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
)

type repeatsCmd struct {
	From  calendar.Date `placeholder:"DATE" help:"来信起始日(含),北京时间,缺省为截止日前29天。"`
	To    calendar.Date `placeholder:"DATE" help:"来信截止日(含),缺省为统计时点当日。"`
	AsOf  asOf          `placeholder:"TIME" help:"统计时点(按入库时间),缺省为库中最后一条。"`
	Joint bool          `help:"改列联名信:不同来信人、内容相近的来信。"`
	JSON  bool          `name:"json" help:"输出 JSON。"`
}

// Run lists repeats, or joint letters.
func (c *repeatsCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	period, err := c.period(ctx, session.Store)
	if err != nil {
		return err
	}
	if c.Joint {
		joint, err := session.Store.Joint(ctx, viewer, period)
		if err != nil {
			return err
		}
		return c.print(std.out, joint, func(b *strings.Builder) { printJoint(b, period, joint) })
	}
	repeats, err := session.Store.Repeats(ctx, viewer, period)
	if err != nil {
		return err
	}
	return c.print(std.out, repeats, func(b *strings.Builder) { printRepeats(b, period, repeats) })
}

func (c *repeatsCmd) print(w io.Writer, answer any, table func(*strings.Builder)) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(answer)
	}
	var b strings.Builder
	table(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// period fills in what was not given.
func (c *repeatsCmd) period(ctx context.Context, store *analytics.Store) (analytics.Period, error) {
	const days = 30
	p := analytics.Period{From: c.From, To: c.To, AsOf: c.AsOf.Time}
	if p.AsOf.IsZero() {
		last, err := store.LastRecordedAt(ctx)
		if err != nil {
			return p, err
		}
		p.AsOf = cmp.Or(last, time.Now())
	}
	if p.To == (calendar.Date{}) {
		p.To = calendar.DateOf(p.AsOf)
	}
	if p.From == (calendar.Date{}) {
		p.From = p.To.AddDays(1 - days)
	}
	if p.To.Before(p.From) {
		return p, fmt.Errorf("%w: --to lies before --from", errUsage)
	}
	return p, nil
}

func printPeriod(b *strings.Builder, p analytics.Period) {
	fmt.Fprintf(b, "期间 %s 至 %s  统计时点 %s\n", p.From, p.To, shanghaiTime(p.AsOf))
}

func printRepeats(b *strings.Builder, p analytics.Period, repeats []analytics.Repeat) {
	printPeriod(b, p)
	fmt.Fprintf(b, "重复来信 %d 件(同一来信人、同一事项;不自动合并,不重置时限)\n", len(repeats))
	for _, r := range repeats {
		fmt.Fprintf(b, "%s  %s  重复 %s(%s)  %s", r.Letter, shanghaiTime(r.ReceivedAt), r.Of, shanghaiTime(r.OfReceived), why(r))
		if r.NewFacts {
			b.WriteString("  有新事实,合并前请核对")
		}
		b.WriteString("\n")
	}
}

// why says by which rule a letter repeats another.
func why(r analytics.Repeat) string {
	switch r.Rule {
	case analytics.RepeatMerged:
		return "人工合并"
	case analytics.RepeatSeries:
		return "人工确认同一系列"
	case analytics.RepeatText:
		return fmt.Sprintf("内容相近 %.0f%%", 100*r.Similarity)
	}
	kinds := make([]string, 0, len(r.Facts))
	for _, k := range r.Facts {
		kinds = append(kinds, k.String())
	}
	return "同一" + strings.Join(kinds, "、")
}

func printJoint(b *strings.Builder, p analytics.Period, joint analytics.JointLetters) {
	printPeriod(b, p)
	fmt.Fprintf(b, "联名来信 %d 组(不同来信人、内容相近;各自仍为独立信件)\n", len(joint.Groups))
	for i, group := range joint.Groups {
		fmt.Fprintf(b, "\n第 %d 组  %d 件  %d 人\n", i+1, len(group.Letters), group.Writers)
		for _, l := range group.Letters {
			fmt.Fprintf(b, "  %s  %s  与 %s 相近 %.0f%%\n", l.Letter, shanghaiTime(l.ReceivedAt), l.Like, 100*l.Similarity)
		}
	}
	if joint.Crowded > 0 {
		fmt.Fprintf(b, "\n另:%d 件与数十件以上来信内容相近,仅与时间相邻者比对,同组来信可能分列两组。\n", joint.Crowded)
	}
}
