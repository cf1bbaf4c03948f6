package analytics

import (
	"maps"
	"strings"
	"text/template"
)

// keptDimensions are those by which figures are kept by day.
var keptDimensions = []Dimension{ByNone, ByUnit, ByType, ByTopic, ByDivision, ByChannel}

// keptByDay reports whether the figure of a period follows from those of its
// days. Only the contract's are kept: every figure kept makes Refresh slower.
func keptByDay(m Metric) bool {
	return m.Core && m.Additive && (m.population == ofLetters || m.population == ofHops)
}

// dailyMetrics are the figures kept by day.
func dailyMetrics() []Metric {
	var kept []Metric
	for _, m := range catalogue {
		if keptByDay(m) {
			kept = append(kept, m)
		}
	}
	return kept
}

// dailyColumns names the columns of the figures.
func dailyColumns(metrics []Metric) []string {
	var columns []string
	for _, m := range metrics {
		columns = append(columns, "n_"+m.ID)
	}
	return columns
}

// byDay returns the statement for the figures of each of the {days}, by the
// keys of each dimension.
func (c composer) byDay(by []Dimension, metrics []Metric) (string, error) {
	keys := map[Dimension]groupKeys{}
	for _, d := range by {
		keys[d] = dimensions[d]
	}
	functions := c.letterFunctions(Query{}, metrics)
	maps.Copy(functions, template.FuncMap{
		"per_day":       func() bool { return true },
		"with_members":  func() bool { return true },
		"letter_keys":   func() string { return keyPairs(keys, ofLetters) },
		"hop_keys":      func() string { return keyPairs(keys, ofHops) },
		"of_candidates": func() string { return inPeriod + " AND received_day IN {days:Array(Date32)}" },
	})
	return c.compose("sql/letters.sql", functions)
}

// dailyStatement returns the statement that fills the table of daily figures.
func (c composer) dailyStatement() (string, error) {
	metrics := dailyMetrics()
	return c.compose("sql/refresh/days.sql", template.FuncMap{
		"by_day": func() (string, error) { return c.byDay(keptDimensions, metrics) },
		"kept_figures": func() string {
			var columns []string
			for _, name := range dailyColumns(metrics) {
				columns = append(columns, "groupArray("+name+") AS "+name)
			}
			return strings.Join(columns, ",\n    ")
		},
	})
}

// overDays returns the statement that puts the figures of days together. The
// days listed as {days} are computed from the state of their letters, since
// what is kept of them holds for another cut-off.
func (c composer) overDays(q Query, metrics []Metric, withStale bool) (string, error) {
	columns := dailyColumns(metrics)
	key := q.keys().daily
	return c.compose("sql/daily.sql", template.FuncMap{
		"key":     func() string { return key },
		"columns": func() string { return strings.Join(columns, ", ") },
		"stale":   func() bool { return withStale },
		"by_day":  func() (string, error) { return c.byDay([]Dimension{q.By.kept()}, metrics) },
		"figures": func() string {
			var sums []string
			for _, m := range metrics {
				sum := "sum"
				if m.IsRate() {
					sum = "sumForEach"
				}
				sums = append(sums, sum+"(n_"+m.ID+")")
			}
			return strings.Join(sums, ",\n    ")
		},
	})
}

// kept is the dimension under which the figures are kept.
func (d Dimension) kept() Dimension {
	if d == ByDay {
		return ByNone
	}
	return d
}
