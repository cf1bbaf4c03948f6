package analytics

import "slices"

// Metric describes one figure of docs/metrics.md.
type Metric struct {
	ID       string
	Name     string // Chinese, as printed.
	Kind     Kind
	Additive bool // Whether units and split periods add up to the whole.
	Core     bool // One of the contract's, which a query asks for by default.

	population population
}

// IsRate reports whether the figure is a share with a denominator.
func (m Metric) IsRate() bool { return m.Kind == KindRate }

// aboutRepeats reports a figure for which all letters of each writer must be
// compared, which costs as much as everything else.
func (m Metric) aboutRepeats() bool {
	return slices.Contains([]string{"closed_once", "reletters", "repeat_letters", "thanked"}, m.ID)
}

// Kind is the form a figure has.
type Kind int

// What the SQL of each kind answers is written at figureColumns.
const (
	KindCount    Kind = iota
	KindRate          // Rate: members in numerator and denominator.
	KindRatio         // Ratio: one count over another.
	KindDuration      // Duration: quantiles of clocks, running ones included.
)

// population says which members of a statement a figure counts.
type population int

const (
	ofLetters population = iota
	ofHops
	ofEvents // Of leads and cases.
	ofLeads  // Accepted in the period.
)

// catalogue lists every figure in the order of docs/metrics.md. The SQL of each
// is sql/metrics/<id>.sql.
var catalogue = []Metric{
	{ID: "received", Name: "来信", Additive: true, Core: true},
	{ID: "invalidated", Name: "无效信件", Additive: true, Core: true},
	{ID: "merged", Name: "合并信件", Additive: true, Core: true},
	{ID: "letters", Name: "有效来信", Additive: true, Core: true},
	{ID: "writers", Name: "来信人", Core: true},
	{ID: "matters", Name: "事项", Core: true},
	{ID: "backdated", Name: "补录", Additive: true, Core: true},
	{ID: "response", Name: "响应率", Kind: KindRate, Additive: true, Core: true},
	{ID: "signed_in_time", Name: "10分钟签收率", Kind: KindRate, Additive: true, population: ofHops, Core: true},
	{ID: "forwarded_in_time", Name: "10分钟流转率", Kind: KindRate, Additive: true, population: ofHops, Core: true},
	{ID: "contacted_in_time", Name: "30分钟联系率", Kind: KindRate, Additive: true, Core: true},
	{ID: "contacted_reached_in_time", Name: "30分钟联系上率", Kind: KindRate, Additive: true, Core: true},
	{ID: "replied_in_time", Name: "5日回复率", Kind: KindRate, Additive: true, Core: true},
	{ID: "closure", Name: "办结率", Kind: KindRate, Additive: true, Core: true},
	{ID: "closure_mature", Name: "到期办结率", Kind: KindRate, Additive: true, Core: true},
	{ID: "closed_in_time", Name: "按期办结率", Kind: KindRate, Additive: true, Core: true},
	{ID: "overdue", Name: "超期未结", Additive: true, Core: true},
	{ID: "thanks", Name: "感谢信", Additive: true, Core: true},
	{ID: "problems_solved", Name: "解决急难愁盼", Core: true},
	{ID: "leads", Name: "线索", population: ofEvents, Core: true},
	{ID: "cases_filed", Name: "立案", Additive: true, population: ofEvents, Core: true},
	{ID: "cases_solved", Name: "破案", Additive: true, population: ofEvents, Core: true},
	{ID: "arrests", Name: "抓获", population: ofEvents, Core: true},
	{ID: "first_signed_in_time", Name: "10分钟首签率", Kind: KindRate, Additive: true},
	{ID: "all_signed_in_time", Name: "全程签收及时率", Kind: KindRate, Additive: true},
	{ID: "owner_signed_in_time", Name: "10分钟到底率", Kind: KindRate, Additive: true},
	{ID: "signed_in_time_net", Name: "10分钟签收率(扣除停机)", Kind: KindRate, Additive: true, population: ofHops},
	{ID: "forwarded_in_time_net", Name: "10分钟流转率(扣除停机)", Kind: KindRate, Additive: true, population: ofHops},
	{ID: "contacted_in_time_net", Name: "30分钟联系率(扣除停机)", Kind: KindRate, Additive: true},
	{ID: "contacted_first", Name: "先行联系率", Kind: KindRate, Additive: true},
	{ID: "open", Name: "在办", Additive: true},
	{ID: "open_over_5", Name: "在办超5日", Additive: true},
	{ID: "open_over_15", Name: "在办超15日", Additive: true},
	{ID: "closed_once", Name: "一次办结率", Kind: KindRate, Additive: true},
	{ID: "reletters", Name: "办结后再来信率", Kind: KindRate, Additive: true},
	{ID: "repeat_letters", Name: "重复件率", Kind: KindRate, Additive: true},
	{ID: "revisited", Name: "回访率", Kind: KindRate, Additive: true},
	{ID: "revisit_reached", Name: "回访接通率", Kind: KindRate, Additive: true},
	{ID: "rated", Name: "参评率", Kind: KindRate, Additive: true},
	{ID: "satisfied", Name: "满意率", Kind: KindRate, Additive: true},
	{ID: "dissatisfied", Name: "不满意率", Kind: KindRate, Additive: true},
	{ID: "solved_rate", Name: "问题解决率", Kind: KindRate, Additive: true},
	{ID: "lead_rate", Name: "线索率", Kind: KindRate, Additive: true},
	{ID: "leads_true", Name: "线索属实率", Kind: KindRate, Additive: true, population: ofLeads},
	{ID: "leads_filed", Name: "线索转化率", Kind: KindRate, Additive: true, population: ofLeads},
	{ID: "cases_criminal", Name: "刑事立案", Additive: true, population: ofEvents},
	{ID: "cases_administrative", Name: "行政受案", Additive: true, population: ofEvents},
	{ID: "recovered_yuan", Name: "挽回损失(元)", Additive: true, population: ofEvents},
	{ID: "supervised", Name: "督办件", Additive: true},
	{ID: "supervised_rate", Name: "督办率", Kind: KindRate, Additive: true},
	{ID: "supervision_answered", Name: "督办按时反馈率", Kind: KindRate, Additive: true},
	{ID: "escalated", Name: "提级件", Additive: true},
	{ID: "escalated_rate", Name: "提级率", Kind: KindRate, Additive: true},
	{ID: "instructed", Name: "批示件", Additive: true},
	{ID: "instruction_done", Name: "批示落实率", Kind: KindRate, Additive: true},
	{ID: "transferred", Name: "转出件", Additive: true},
	{ID: "transferred_rate", Name: "不属管辖率", Kind: KindRate, Additive: true},
	{ID: "transferred_in_time", Name: "24小时转出率", Kind: KindRate, Additive: true},
	{ID: "closed_by_first", Name: "首接办结率", Kind: KindRate, Additive: true},
	{ID: "returned_rate", Name: "退单率", Kind: KindRate, Additive: true},
	{ID: "returns", Name: "退单次数", Additive: true},
	{ID: "reworked_rate", Name: "重办率", Kind: KindRate, Additive: true},
	{ID: "thanked", Name: "受感谢件", Additive: true},
	{ID: "letters_per_writer", Name: "人均来信", Kind: KindRatio},
	{ID: "handling_days", Name: "办理时长(工作日)", Kind: KindDuration},
	{ID: "contact_minutes", Name: "首次联系用时(分钟)", Kind: KindDuration},
	{ID: "first_sign_minutes", Name: "首签用时(分钟)", Kind: KindDuration},
}

// Metrics returns the contract's figures in printing order.
func Metrics() []Metric {
	return slices.DeleteFunc(slices.Clone(catalogue), func(m Metric) bool { return !m.Core })
}

// AllMetrics returns every figure in printing order.
func AllMetrics() []Metric { return slices.Clone(catalogue) }

// MetricByID returns a figure's description.
func MetricByID(id string) (Metric, bool) {
	i := slices.IndexFunc(catalogue, func(m Metric) bool { return m.ID == id })
	if i < 0 {
		return Metric{}, false
	}
	return catalogue[i], true
}

// exclusionKeys are the reasons to leave a letter out of a rate, in the order
// in which they apply.
var exclusionKeys = []string{
	"invalidated", "merged", "thanks", "transferred", "uncontactable", "withdrawn", "open", "calendar_missing", "immature",
}

// buckets are what the SQL of a rate answers for each letter or hop. Those
// outside are no concern of the rate and are not listed.
var buckets = slices.Concat([]string{"no", "yes"}, exclusionKeys, []string{"outside"})

// of returns those of the metrics that count members of the populations.
func of(metrics []Metric, populations ...population) []Metric {
	return slices.DeleteFunc(slices.Clone(metrics), func(m Metric) bool { return !slices.Contains(populations, m.population) })
}

// noFigures returns a zero or its like for each of the metrics.
func noFigures(metrics []Metric) Figures {
	figures := Figures{}
	for _, m := range metrics {
		switch m.Kind {
		case KindCount:
			figures[m.ID] = Figure{}
		case KindRate:
			figures[m.ID] = Figure{Rate: &Rate{Excluded: map[string]uint64{}}}
		case KindRatio:
			figures[m.ID] = Figure{Ratio: &Ratio{}}
		case KindDuration:
			figures[m.ID] = Figure{Duration: &Duration{}}
		}
	}
	return figures
}
