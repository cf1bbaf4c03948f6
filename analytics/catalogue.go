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
	{ID: "closed_once", Name: "一次办结率", Kind: KindRate, Additive: true},
	{ID: "reletters", Name: "办结后再来信率", Kind: KindRate, Additive: true},
	{ID: "repeat_letters", Name: "重复件率", Kind: KindRate, Additive: true},
	{ID: "thanked", Name: "受感谢件", Additive: true},
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
