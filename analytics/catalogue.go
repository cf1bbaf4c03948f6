package analytics

import "slices"

// Metric describes one figure of docs/metrics.md.
type Metric struct {
	ID       string
	Name     string // Chinese, as printed.
	IsRate   bool
	Additive bool // Whether units and split periods add up to the whole.

	population population
}

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
	{ID: "received", Name: "来信", Additive: true},
	{ID: "invalidated", Name: "无效信件", Additive: true},
	{ID: "merged", Name: "合并信件", Additive: true},
	{ID: "letters", Name: "有效来信", Additive: true},
	{ID: "writers", Name: "来信人"},
	{ID: "matters", Name: "事项"},
	{ID: "backdated", Name: "补录", Additive: true},
	{ID: "response", Name: "响应率", IsRate: true, Additive: true},
	{ID: "signed_in_time", Name: "10分钟签收率", IsRate: true, Additive: true, population: ofHops},
	{ID: "forwarded_in_time", Name: "10分钟流转率", IsRate: true, Additive: true, population: ofHops},
	{ID: "contacted_in_time", Name: "30分钟联系率", IsRate: true, Additive: true},
	{ID: "contacted_reached_in_time", Name: "30分钟联系上率", IsRate: true, Additive: true},
	{ID: "replied_in_time", Name: "5日回复率", IsRate: true, Additive: true},
	{ID: "closure", Name: "办结率", IsRate: true, Additive: true},
	{ID: "closure_mature", Name: "到期办结率", IsRate: true, Additive: true},
	{ID: "closed_in_time", Name: "按期办结率", IsRate: true, Additive: true},
	{ID: "overdue", Name: "超期未结", Additive: true},
	{ID: "thanks", Name: "感谢信", Additive: true},
	{ID: "problems_solved", Name: "解决急难愁盼"},
	{ID: "leads", Name: "线索", population: ofEvents},
	{ID: "cases_filed", Name: "立案", Additive: true, population: ofEvents},
	{ID: "cases_solved", Name: "破案", Additive: true, population: ofEvents},
	{ID: "arrests", Name: "抓获", population: ofEvents},
}

// Metrics returns every figure in printing order.
func Metrics() []Metric { return slices.Clone(catalogue) }

// exclusionKeys are the reasons to leave a letter out of a rate, in the order
// in which they apply.
var exclusionKeys = []string{
	"invalidated", "merged", "thanks", "transferred", "uncontactable", "calendar_missing", "immature",
}

// buckets are what the SQL of a rate answers for each letter or hop.
var buckets = append([]string{"no", "yes"}, exclusionKeys...)

// metricsOf returns the figures of the populations, in printing order.
func metricsOf(populations ...population) []Metric {
	var metrics []Metric
	for _, m := range catalogue {
		if slices.Contains(populations, m.population) {
			metrics = append(metrics, m)
		}
	}
	return metrics
}

// noFigures returns a zero or an empty rate for every metric.
func noFigures() Figures {
	figures := Figures{}
	for _, m := range catalogue {
		figures[m.ID] = Figure{}
		if m.IsRate {
			figures[m.ID] = Figure{Rate: &Rate{Excluded: map[string]uint64{}}}
		}
	}
	return figures
}
