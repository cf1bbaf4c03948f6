package main

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/mattn/go-runewidth"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

// nothingYet is what any view of an empty store says.
const nothingYet = "库中尚无来信。若刚刚发送,请稍候;进度见 jiesu doctor。\n"

const metricWidth = 26

// heading names a period and its cut-off.
func heading(from, to calendar.Date, asOf time.Time, final bool) string {
	state := "暂定"
	if final {
		state = "终值"
	}
	return fmt.Sprintf("期间 %s 至 %s  统计时点 %s(%s)\n", from, to, shanghai(asOf), state)
}

func shanghai(t time.Time) string { return t.In(calendar.Shanghai).Format("2006-01-02 15:04:05") }

func comparisonText(c analytics.Comparison) string {
	if c.Now.AsOf.IsZero() {
		return nothingYet
	}
	var b strings.Builder
	name := map[analytics.Baseline]string{analytics.PreviousPeriod: "环比", analytics.LastYear: "同比"}[c.Baseline]
	b.WriteString("本期:" + heading(c.Now.From, c.Now.To, c.Now.AsOf, c.Now.Final))
	if c.Base == analytics.BaseComplete {
		b.WriteString(name + "基期:" + heading(c.Before.From, c.Before.To, c.Before.AsOf, c.Before.Final))
	} else {
		fmt.Fprintf(&b, "%s基期:%s 至 %s  — (%s)\n", name, c.Before.From, c.Before.To, c.Reason)
	}
	for _, row := range c.Rows {
		if c.By != analytics.ByNone {
			fmt.Fprintf(&b, "\n%s %s\n", row.Key, row.Name)
		}
		for _, m := range analytics.AllMetrics() {
			if change, ok := row.Changes[m.ID]; ok {
				b.WriteString("  " + runewidth.FillRight(m.Name, metricWidth) + changeText(change) + "\n")
			}
		}
	}
	return b.String()
}

// changeText writes both values and the change with its flags.
func changeText(c analytics.Change) string {
	before := "—"
	if !c.Incomplete {
		before = valueText(c.Before)
	}
	text := runewidth.FillLeft(valueText(c.Now), 10) + runewidth.FillLeft(before, 10) + "  "
	points, interval, ok := c.Points()
	switch {
	case ok:
		text += signed(points) + " 个百分点 [" + signed(analytics.Points(interval.Lo)) + ", " + signed(analytics.Points(interval.Hi)) + "]"
	case c.Percent() != "":
		text += signed(c.Difference()) + " (" + signed(c.Percent()) + "%)"
	default:
		text += signed(dash(c.Difference()))
	}
	if c.Small {
		text += "  (样本小)"
	}
	if c.Immature {
		text += "  (未到期)"
	}
	return text
}

// signed marks growth with a plus.
func signed(number string) string {
	if number == "—" || strings.HasPrefix(number, "-") || strings.Trim(number, "0.") == "" {
		return number
	}
	return "+" + number
}

func valueText(f analytics.Figure) string {
	switch {
	case f.Rate != nil:
		return reports.Percent(f.Rate)
	case f.Ratio != nil:
		return dash(f.Ratio.Per())
	case f.Duration != nil:
		return quantile(f.Duration.P50, f.Duration.P50AtLeast)
	default:
		return strconv.FormatUint(f.Count, 10)
	}
}

// rateText writes a rate with its interval and, where few, a warning.
func rateText(r analytics.Rate) string {
	text := runewidth.FillLeft(reports.Percent(&r), 8)
	if interval, ok := r.Interval(); ok {
		text += "  [" + runewidth.FillLeft(interval.String(), 11) + "]"
	}
	text += fmt.Sprintf("  %d/%d", r.N, r.D)
	if r.Small() {
		text += "  (样本小)"
	}
	return text
}

func intervalsText(doc analytics.Document) string {
	if doc.AsOf.IsZero() {
		return nothingYet
	}
	var b strings.Builder
	b.WriteString(heading(doc.From, doc.To, doc.AsOf, doc.Final))
	for _, row := range doc.Rows {
		if doc.By != analytics.ByNone {
			fmt.Fprintf(&b, "\n%s %s\n", row.Key, row.Name)
		}
		for _, m := range analytics.AllMetrics() {
			if figure, ok := row.KPIs[m.ID]; ok && figure.Rate != nil {
				b.WriteString("  " + runewidth.FillRight(m.Name, metricWidth) + rateText(*figure.Rate) + "\n")
			}
		}
	}
	return b.String()
}

func rankingText(doc analytics.Document, ranking analytics.Ranking) string {
	if doc.AsOf.IsZero() {
		return nothingYet
	}
	var b strings.Builder
	m, _ := analytics.MetricByID(ranking.Metric)
	b.WriteString(heading(doc.From, doc.To, doc.AsOf, doc.Final) + m.Name + "\n")
	for _, p := range ranking.Ranked {
		fmt.Fprintf(&b, "%4d  %s%s", p.Place, runewidth.FillRight(p.Key+" "+p.Name, 40), rateText(p.Rate))
		if p.Overlaps {
			b.WriteString("  (与上一名区间重叠)")
		}
		fmt.Fprintf(&b, "  来信 %d\n", *p.Letters)
	}
	if len(ranking.Apart) > 0 {
		b.WriteString("分母不足 30,不排名:\n")
	}
	for _, p := range ranking.Apart {
		fmt.Fprintf(&b, "      %s%d/%d", runewidth.FillRight(p.Key+" "+p.Name, 40), p.Rate.N, p.Rate.D)
		if p.Interval != nil {
			b.WriteString("  [" + p.Interval.String() + "]")
		}
		fmt.Fprintf(&b, "  来信 %d\n", *p.Letters)
	}
	return b.String()
}

func readingsText(r analytics.Readings) string {
	if r.AsOf.IsZero() {
		return nothingYet
	}
	var b strings.Builder
	b.WriteString(heading(r.From, r.To, r.AsOf, r.Final))
	for _, h := range r.Headlines {
		b.WriteString("\n" + h.Name + "\n")
		for i, reading := range h.Readings {
			points := ""
			if p, ok := reading.Points(); ok && i > 0 {
				points = "  比公布 " + signed(p)
			}
			fmt.Fprintf(&b, "  %s%s%s\n      %s\n", runewidth.FillRight(reading.Name, metricWidth), rateText(reading.Rate), points, reading.Formula)
		}
	}
	return b.String()
}

func truthText(p analytics.TruthPanel) string {
	if p.AsOf.IsZero() {
		return nothingYet
	}
	var b strings.Builder
	b.WriteString(heading(p.From, p.To, p.AsOf, p.Final) + "以下只列事实,各有正常原因,不作评价。\n")
	for _, row := range p.Rows {
		if p.By != analytics.ByNone {
			fmt.Fprintf(&b, "\n%s %s\n", row.Key, row.Name)
		}
		for _, c := range row.Checks {
			fmt.Fprintf(&b, "  %s%s%s\n", runewidth.FillRight(c.Name, 30), rateText(c.Rate), expectedText(c))
			if p.By == analytics.ByNone {
				b.WriteString("      " + c.Says + "\n")
			}
		}
	}
	return b.String()
}

// expectedText says how a pile-up compares with the minutes around it.
func expectedText(c analytics.Check) string {
	ratio, ok := c.Ratio()
	if !ok {
		return ""
	}
	text := "  平滑预期 " + c.Expected.Percent() + "%,为预期的 " + ratio + " 倍"
	if c.Above() {
		text += "(超出随机波动)"
	}
	return text
}

func membersText(members analytics.Members) string {
	if members.AsOf.IsZero() {
		return nothingYet
	}
	var b strings.Builder
	fmt.Fprintf(&b, "%s:共 %d 条  统计时点 %s\n", members.Metric.Name, members.Total, shanghai(members.AsOf))
	for _, m := range members.Members {
		cells := []string{string(m.Letter), shanghai(m.ReceivedAt), string(m.Type) + " " + letter.Types.Name(string(m.Type)), m.Reason}
		if m.Withheld {
			cells = append(cells, "内容不列")
		}
		if m.Owner != "" {
			cells = append(cells, "承办 "+m.Owner)
		}
		if m.Unit != "" {
			cells = append(cells, "环节 "+m.Unit)
			if elapsed, ok := m.Elapsed(members.AsOf); ok {
				cells = append(cells, elapsed.Round(time.Second).String())
			}
		}
		if m.Group > 0 {
			cells = append(cells, "第 "+strconv.FormatUint(m.Group, 10)+" 组")
		}
		if m.Amount > 1 {
			cells = append(cells, "计 "+strconv.FormatUint(m.Amount, 10))
		}
		b.WriteString("  " + strings.Join(cells, "  ") + "\n")
	}
	return b.String()
}
