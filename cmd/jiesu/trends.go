package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

type trendsCmd struct {
	From     calendar.Date `placeholder:"DATE" help:"起始日(含),北京时间,缺省为截止日前27天。"`
	To       calendar.Date `placeholder:"DATE" help:"截止日(含),缺省为统计时点当日。"`
	AsOf     asOf          `placeholder:"TIME" help:"统计时点(按入库时间),缺省为库中最后一条。"`
	Topic    []string      `placeholder:"CODE" help:"只看这些主题,*为全部主题合计。"`
	Division []string      `placeholder:"CODE" help:"只看这些区县,*为全市合计。"`
	Surges   bool          `help:"来信突增及其来信。"`
	Phrases  bool          `help:"截止日前七天多起来的词语及其来信。"`
	Forecast bool          `help:"各单位即将到期的来信、预计超期件数、正在走的分钟时限。"`
	JSON     bool          `name:"json" help:"输出 JSON。"`
}

// trendsAnswer is what was asked for; nothing named means all but the series.
type trendsAnswer struct {
	Synthetic bool               `json:"synthetic"`
	Trends    *analytics.Trends  `json:"trends,omitempty"`
	Rising    *analytics.Rising  `json:"rising,omitempty"`
	Outlook   *analytics.Outlook `json:"outlook,omitempty"`
}

// Run prints the daily series, or the warnings asked for.
func (c *trendsCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	if err := c.fill(ctx, session.Store); err != nil {
		return err
	}
	answer, err := c.ask(ctx, session.Store, viewer)
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(answer)
	}
	var b strings.Builder
	c.print(&b, answer, session)
	_, err = io.WriteString(std.out, b.String())
	return err
}

// fill puts in what was not given.
func (c *trendsCmd) fill(ctx context.Context, store *analytics.Store) error {
	const days = 28
	if c.AsOf.IsZero() {
		last, err := store.LastRecordedAt(ctx)
		if err != nil {
			return err
		}
		c.AsOf.Time = cmp.Or(last, time.Now())
	}
	c.To = cmp.Or(c.To, calendar.DateOf(c.AsOf.Time))
	c.From = cmp.Or(c.From, c.To.AddDays(1-days))
	if c.To.Before(c.From) {
		return fmt.Errorf("%w: --to lies before --from", errUsage)
	}
	return nil
}

func (c *trendsCmd) ask(ctx context.Context, store *analytics.Store, v analytics.Viewer) (answer trendsAnswer, err error) {
	if answer.Synthetic, err = store.Synthetic(ctx, c.AsOf.Time); err != nil {
		return answer, err
	}
	if c.Surges || !c.Phrases && !c.Forecast {
		t, err := store.Trends(ctx, v, analytics.TrendQuery{From: c.From, To: c.To, AsOf: c.AsOf.Time, Topics: c.Topic, Divisions: c.Division})
		if err != nil {
			return answer, err
		}
		answer.Trends = &t
	}
	if c.Phrases {
		r, err := store.RisingPhrases(ctx, v, c.To, c.AsOf.Time)
		if err != nil {
			return answer, err
		}
		answer.Rising = &r
	}
	if c.Forecast {
		o, err := store.Outlook(ctx, v, c.AsOf.Time)
		if err != nil {
			return answer, err
		}
		answer.Outlook = &o
	}
	return answer, nil
}

func (c *trendsCmd) print(b *strings.Builder, answer trendsAnswer, names *app.Session) {
	if answer.Synthetic {
		b.WriteString("【合成数据】库中有模拟生成的来信,以下数字不反映真实情况。\n")
	}
	if t := answer.Trends; t != nil {
		fmt.Fprintf(b, "期间 %s 至 %s  统计时点 %s", t.From, t.To, shanghaiTime(t.AsOf))
		if t.Incomplete {
			b.WriteString("(末日未完)")
		}
		b.WriteString("\n")
		if !c.Surges {
			printSeries(b, t.Series, names)
		}
		printSurges(b, t, names)
	}
	if answer.Rising != nil {
		printRising(b, answer.Rising)
	}
	if answer.Outlook != nil {
		printOutlook(b, answer.Outlook, names)
	}
}

// printSeries prints the total of the series by topic or division, day by day,
// with the days beyond their range marked.
func printSeries(b *strings.Builder, series []analytics.TrendSeries, names *app.Session) {
	for _, s := range series {
		if s.Topic != analytics.AllCodes && s.Division != analytics.AllCodes {
			continue // Few letters a day: see --json.
		}
		total, expected, known := 0, 0.0, false
		var days []string
		for _, p := range s.Points {
			total += p.Letters
			text := strconv.Itoa(p.Letters)
			if e := p.Expected; e != nil {
				expected, known = expected+e.Mean, true
				switch {
				case p.Counted > e.High:
					text += "↑"
				case p.Counted < e.Low:
					text += "↓"
				}
			}
			days = append(days, text)
		}
		beside := "此前不足28天,无预期"
		if known {
			beside = fmt.Sprintf("预期 %.1f", expected)
		}
		fmt.Fprintf(b, "%s  %d 件(%s)  逐日 %s\n", cellName(s.TrendCell, names), total, beside, strings.Join(days, " "))
	}
	b.WriteString("↑↓ 为超出当日99%预期范围;主题×区县逐日数见 --json。\n")
}

func cellName(c analytics.TrendCell, names *app.Session) string {
	topic, division := "全部主题", "全市"
	if c.Topic != analytics.AllCodes {
		topic = cmp.Or(letter.Topics.Name(c.Topic), "主题未定")
	}
	if c.Division != analytics.AllCodes {
		division = "地区未定"
		if d, ok := names.Directory.Division(c.Division); ok {
			division = d.Name
			if d.Parent == "" {
				division += "(未细分)"
			}
		}
	}
	return division + "·" + topic
}

func printSurges(b *strings.Builder, t *analytics.Trends, names *app.Session) {
	fmt.Fprintf(b, "来信突增 %d 处(每周比较 %d 次,全部正常时预计误报 %.2f 处/周)\n", len(t.Surges), t.Tests, t.FalseAlarms)
	for _, s := range t.Surges {
		fmt.Fprintf(b, "\n%s  %s 至 %s  %d天 %d 件(截至 %s;预期 %.1f,达 %d 件即提示)  %d 人\n",
			cellName(s.TrendCell, names), s.From, s.To, s.Days, s.Count, s.PeakTo, s.Expected, s.Limit, s.Writers)
		printTrendLetters(b, s.Letters)
	}
}

func printTrendLetters(b *strings.Builder, letters []analytics.TrendLetter) {
	for _, l := range letters {
		fmt.Fprintf(b, "  %s  %s  %s", l.Letter, shanghaiTime(l.ReceivedAt), letter.Types.Name(string(l.Type)))
		if l.Withheld {
			b.WriteString("(限制查看)")
		}
		b.WriteString("\n")
	}
}

func printRising(b *strings.Builder, r *analytics.Rising) {
	fmt.Fprintf(b, "%s 至 %s 多起来的词语 %d 个(比较 %d 个;预计其中偶然者不超过一成)\n", r.From, r.To, len(r.Phrases), r.Tests)
	for _, p := range r.Phrases {
		fmt.Fprintf(b, "\n%s  %d/%d 人,前八周 %d/%d 人\n", p.Text, p.Writers, p.WritersAll, p.WritersBefore, p.BeforeAll)
		if len(p.Beside) > 0 {
			fmt.Fprintf(b, "  同时多起来:%s\n", strings.Join(p.Beside, "、"))
		}
		printTrendLetters(b, p.Letters)
	}
}

func printOutlook(b *strings.Builder, o *analytics.Outlook, names *app.Session) {
	fmt.Fprintf(b, "即将到期  统计时点 %s\n", shanghaiTime(o.AsOf))
	if o.Unforeseen != "" {
		fmt.Fprintf(b, "%s。\n", o.Unforeseen)
	}
	for _, u := range o.Units {
		fmt.Fprintf(b, "%s", u.Name)
		for _, h := range u.Horizons {
			fmt.Fprintf(b, "  %d个工作日内 %d 件", h.WorkingDays, len(h.Letters))
			if h.Breaches != nil && len(h.Letters) > 0 {
				fmt.Fprintf(b, "(预计超期 %.1f,%d–%d)", h.Breaches.Mean, h.Breaches.Low, h.Breaches.High)
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(b, "正在走的分钟时限 %d 个\n", len(o.Clocks))
	clocks := map[string]string{"sign": "待签收", "contact": "待联系"}
	for _, clock := range o.Clocks {
		fmt.Fprintf(b, "  %s  %s  %s  剩 %d 分 %02d 秒\n", clock.Letter, clocks[clock.Clock],
			cmp.Or(names.Directory.FullName(clock.Unit), "(限制查看)"), clock.SecondsLeft/60, clock.SecondsLeft%60)
	}
}
