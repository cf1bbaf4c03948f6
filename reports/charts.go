package reports

import (
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"jiesu.cn/jiesu/analytics"
)

// Chart is a figure of a page: the id of its box and the options that
// assets/charts.js hands to ECharts. The options are plain JSON without
// functions, so that a page needs no script made of data.
type Chart struct {
	ID     string
	Label  string // What a reader who cannot see it is told.
	Option map[string]any
}

// Colours keep apart when printed in grey.
const (
	blue  = "#1f4e8c"
	amber = "#c46a11"
	fonts = `"Noto Sans CJK SC","Source Han Sans SC","Microsoft YaHei","PingFang SC",sans-serif`
)

// TrendChart draws the letters received and closed by day.
func TrendChart(id string, days []analytics.DayCount) Chart {
	dates := make([]string, 0, len(days))
	received := make([]opts.LineData, 0, len(days))
	closed := make([]opts.LineData, 0, len(days))
	for _, d := range days {
		dates = append(dates, strconv.Itoa(int(d.Day.Month))+"-"+strconv.Itoa(d.Day.Day))
		received = append(received, opts.LineData{Value: d.Received})
		closed = append(closed, opts.LineData{Value: d.Closed})
	}
	line := charts.NewLine()
	line.SetGlobalOptions(
		sober(id, blue, amber),
		charts.WithLegendOpts(opts.Legend{Top: "0", Right: "0"}),
		charts.WithTooltipOpts(opts.Tooltip{Trigger: "axis"}),
		charts.WithGridOpts(opts.Grid{Left: "36", Right: "12", Top: "30", Bottom: "24"}),
		charts.WithYAxisOpts(opts.YAxis{MinInterval: 1, SplitLine: &opts.SplitLine{LineStyle: &opts.LineStyle{Color: "#e5e7eb"}}}),
		charts.WithXAxisOpts(opts.XAxis{BoundaryGap: opts.Bool(false)}),
	)
	line.SetXAxis(dates).
		AddSeries("来信", received, charts.WithLineChartOpts(opts.LineChart{Symbol: "circle"})).
		AddSeries("办结", closed, charts.WithLineChartOpts(opts.LineChart{Symbol: "rect"}),
			charts.WithLineStyleOpts(opts.LineStyle{Type: "dashed"}))
	line.Validate()
	return Chart{ID: id, Label: "逐日来信与办结件数折线图，数字见逐日数据表", Option: line.JSON()}
}

// Bar is one bar of a chart.
type Bar struct {
	Name  string
	Value uint64
}

// BarChart draws named numbers as horizontal bars, the first on top.
func BarChart(id, label string, bars []Bar) Chart {
	names := make([]string, 0, len(bars))
	values := make([]opts.BarData, 0, len(bars))
	for _, b := range bars {
		names = append(names, b.Name)
		values = append(values, opts.BarData{Value: b.Value})
	}
	bar := charts.NewBar()
	bar.SetGlobalOptions(
		sober(id, blue),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Trigger: "item", Formatter: "{b}: {c}件"}),
		charts.WithGridOpts(opts.Grid{Left: "4", Right: "48", Top: "4", Bottom: "4", ContainLabel: opts.Bool(true)}),
		charts.WithXAxisOpts(opts.XAxis{Type: "value", Show: opts.Bool(false)}),
		charts.WithYAxisOpts(opts.YAxis{Type: "category", Data: names, Inverse: opts.Bool(true)}),
	)
	bar.AddSeries("件数", values, charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right"}))
	bar.Validate()
	return Chart{ID: id, Label: label + "条形图，数字见表", Option: bar.JSON()}
}

// FunnelChart draws how leads became cases and arrests. Its stages keep their
// order and count different things, so a later one may be the wider.
func FunnelChart(id string, f analytics.Figures) Chart {
	stages := Funnel(f)
	data := make([]opts.FunnelData, 0, len(stages))
	for _, s := range stages {
		data = append(data, opts.FunnelData{Name: s.Name + " " + Count(s.Count) + s.Measure, Value: s.Count})
	}
	funnel := charts.NewFunnel()
	funnel.SetGlobalOptions(
		sober(id, blue, "#3f74b5", "#7ba3d4", amber),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Trigger: "item", Formatter: "{b}"}),
	)
	funnel.AddSeries("战果", data,
		charts.WithSeriesOpts(func(s *charts.SingleSeries) {
			s.Sort, s.Left, s.Right, s.Top, s.Bottom = "none", "6%", "34%", "4", "4"
		}),
		charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right", Formatter: "{b}"}))
	funnel.Validate()
	return Chart{ID: id, Label: "线索到抓获漏斗图，数字见表", Option: funnel.JSON()}
}

// Stage is one step from lead to arrest.
type Stage struct {
	Name    string
	Count   uint64
	Measure string // The measure word of what is counted.
}

// Funnel returns the steps from lead to arrest. They are shown and never rank
// a unit.
func Funnel(f analytics.Figures) []Stage {
	return []Stage{
		{"采信线索", f["leads"].Count, "条"},
		{"立案", f["cases_filed"].Count, "起"},
		{"破案", f["cases_solved"].Count, "起"},
		{"抓获", f["arrests"].Count, "名"},
	}
}

// sober sets what all charts share. The fixed id keeps the output the same
// from run to run.
func sober(id string, colours ...string) charts.GlobalOpts {
	return func(bc *charts.BaseConfiguration) {
		bc.ChartID = id
		bc.Colors = colours
		bc.Animation = opts.Bool(false)
		bc.Accept(plain{})
	}
}

// plain adds the options that the library has no fields for.
type plain struct {
	charts.BaseConfigurationVisitor
}

// Visit makes tooltips canvas text: an HTML tooltip would interpret names.
func (plain) Visit(option map[string]any) {
	option["textStyle"] = map[string]any{"fontFamily": fonts, "color": "#1f2937"}
}

// VisitTooltipOpt implements charts.ConfigurationVisitor.
func (plain) VisitTooltipOpt(t opts.Tooltip) any {
	return struct {
		opts.Tooltip
		RenderMode string `json:"renderMode"`
		Confine    bool   `json:"confine"`
	}{t, "richText", true}
}
