package analytics

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"text/template"
)

// keptDimensions are those by which figures are kept by day.
var keptDimensions = []Dimension{ByNone, ByUnit, ByType, ByTopic, ByDivision, ByChannel}

// keptDimensionsSQL is the list of them in SQL.
func keptDimensionsSQL() string {
	names := make([]string, 0, len(keptDimensions))
	for _, by := range keptDimensions {
		names = append(names, "'"+string(by)+"'")
	}
	return "[" + strings.Join(names, ", ") + "]"
}

// notByDay are figures that change with every day that passes or with an outage
// told of later, and the one of events that no other figure counts.
var notByDay = []string{
	"open_over_5", "open_over_15", "signed_in_time_net", "forwarded_in_time_net", "contacted_in_time_net", "recovered_yuan",
}

// keptForm is how a figure is kept of a day, and how the figure of a period
// follows from that: as SQL over the members of the day, and over the kept
// values of several days.
type keptForm struct{ kept, merged string }

// keptFormOf returns the form of a metric, false where the figure of a period
// does not follow from its days.
func keptFormOf(m Metric, by Dimension) (keptForm, bool, error) {
	text, err := metricSQL(m.ID)
	switch {
	case err != nil || m.population == ofLeads || m.Kind == KindRatio || m.Kind == KindDuration || slices.Contains(notByDay, m.ID):
		return keptForm{}, false, err
	case m.IsRate():
		return keptForm{bucketCounts(m, text), "sumForEach(n_" + m.ID + ")"}, true, nil
	case m.ID == "writers":
		// Who wrote before in the period is not counted again.
		form := keptForm{
			"sumMapIf(map(toInt32(previous_day), toUInt64(1)), is_letter AND counted AND writer_key != '')",
			"arraySum(mapValues(mapFilter((d, n) -> d = toInt32(toDate32('1900-01-01')) OR d < toInt32(toDate32({from:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR)), sumMap(n_writers))))",
		}
		return form, by == ByNone, nil
	case m.ID == "matters":
		return mattersForm(m.ID, "counted"), true, nil
	case m.ID == "problems_solved":
		return mattersForm(m.ID, "counted AND solved"), true, nil
	case m.population == ofEvents:
		distinct, ok := strings.CutPrefix(text, "uniqExact")
		return keptForm{"groupUniqArray" + distinct, "toUInt64(uniqExactArray(n_" + m.ID + "))"}, ok, nil
	default:
		return keptForm{"toUInt64(" + text + ")", "sum(n_" + m.ID + ")"}, m.Additive, nil
	}
}

// mattersForm counts matters. Most letters are a matter of their own: only of
// those in series it has to be kept which.
func mattersForm(id, condition string) keptForm {
	return keptForm{
		fmt.Sprintf("(countIf(is_letter AND %[1]s AND matter.1 = 'letter'), groupUniqArrayIf((matter.2, matter.3), is_letter AND %[1]s AND matter.1 = 'series'))", condition),
		fmt.Sprintf("toUInt64(sum(n_%[1]s.1) + uniqExactArray(n_%[1]s.2))", id),
	}
}

// dayTable is a table of figures by day: by the day on which letters were
// received, or on which something became of a lead or case.
type dayTable struct {
	name      string
	statement string // Of sql, with the figures of each of the {days}.
	metrics   []Metric
	// Lazy tables are not filled in a round: it only marks their days as not
	// holding, and RefreshFurther fills them in a quiet moment.
	lazy bool
}

// furtherAtOnce is how many figures a lazy table keeps: see maxFigures.
const furtherAtOnce = 18

// dayTables are the tables of figures by day under their kept names.
func (k keptTables) dayTables() []dayTable {
	tables := []dayTable{
		{name: k.days, statement: "sql/letters.sql", metrics: of(Metrics(), ofLetters, ofHops)},
		{name: k.caseDays, statement: "sql/events.sql", metrics: of(AllMetrics(), ofEvents)},
	}
	further := slices.DeleteFunc(of(AllMetrics(), ofLetters, ofHops), func(m Metric) bool {
		_, ok, err := keptFormOf(m, ByNone)
		return m.Core || !ok || err != nil
	})
	for i, metrics := range slices.Collect(slices.Chunk(further, furtherAtOnce)) {
		tables = append(tables, dayTable{
			name: fmt.Sprintf("daily_further%d_%s", i+1, k.hash), statement: "sql/letters.sql", metrics: metrics, lazy: true,
		})
	}
	return tables
}

// keeps returns those of the metrics that the table keeps by the dimension, and
// their forms.
func (t dayTable) keeps(metrics []Metric, by Dimension) (kept []Metric, forms []keptForm, err error) {
	for _, m := range metrics {
		if !slices.Contains(t.metrics, m) {
			continue
		}
		form, ok, err := keptFormOf(m, by)
		if err != nil {
			return nil, nil, err
		}
		if ok {
			kept, forms = append(kept, m), append(forms, form)
		}
	}
	return kept, forms, nil
}

// byDay returns the statement for what the table keeps of each of the {days},
// by the keys of each dimension. Columns that only one dimension has are
// computed for all.
func (c composer) byDay(t dayTable, by []Dimension, metrics []Metric) (string, error) {
	keys := map[Dimension]groupKeys{}
	for _, d := range by {
		keys[d] = dimensions[d]
	}
	_, forms, err := t.keeps(metrics, ByNone)
	if err != nil {
		return "", err
	}
	functions := c.letterFunctions(Query{}, metrics)
	maps.Copy(functions, template.FuncMap{
		"per_day":        func() bool { return true },
		"with_recovered": func() bool { return false },
		"event_key":      func() string { return "''" },
		"with_members":   func() bool { return true },
		"letter_keys":    func() string { return keyPairs(keys, ofLetters) },
		"hop_keys":       func() string { return keyPairs(keys, ofHops) },
		"event_keys":     func() string { return keyPairs(keys, ofEvents) },
		"of_candidates":  t.candidates,
		"figures": func() string {
			columns := make([]string, 0, len(forms))
			for i, m := range metrics {
				columns = append(columns, forms[i].kept+" AS n_"+m.ID)
			}
			return strings.Join(columns, ",\n    ")
		},
	})
	return c.compose(t.statement, functions)
}

// candidates restricts the letters to which a statement by day has to look.
func (t dayTable) candidates() string {
	if t.statement == "sql/events.sql" {
		return "letter_id IN candidates"
	}
	return inPeriod + " AND received_day IN {days:Array(Date32)}"
}

// fillDays returns the statement that fills the table for {days}.
func (c composer) fillDays(t dayTable) (string, error) {
	metrics, _, err := t.keeps(catalogue, ByNone)
	if err != nil {
		return "", err
	}
	return c.compose("sql/refresh/days.sql", template.FuncMap{
		"by_day":     func() (string, error) { return c.byDay(t, keptDimensions, metrics) },
		"dimensions": keptDimensionsSQL,
		"kept_figures": func() string {
			columns := make([]string, 0, len(metrics))
			for _, m := range metrics {
				columns = append(columns, fmt.Sprintf("groupArray(n_%[1]s) AS n_%[1]s", m.ID))
			}
			return strings.Join(columns, ",\n    ")
		},
	})
}

// overDays returns the statement that puts the figures of days together. The
// days listed as {days} are computed from the state of their letters, since
// what is kept of them holds for another cut-off.
func (c composer) overDays(t dayTable, q Query, metrics []Metric, withStale bool) (string, error) {
	_, forms, err := t.keeps(metrics, q.By)
	if err != nil {
		return "", err
	}
	columns := make([]string, 0, len(metrics))
	merged := make([]string, 0, len(metrics))
	for i, m := range metrics {
		columns = append(columns, "n_"+m.ID)
		merged = append(merged, forms[i].merged)
	}
	return c.compose("sql/daily.sql", template.FuncMap{
		"table":   func() string { return t.name },
		"key":     func() string { return q.keys().daily },
		"columns": func() string { return strings.Join(columns, ", ") },
		"stale":   func() bool { return withStale },
		"by_day":  func() (string, error) { return c.byDay(t, []Dimension{q.By.kept()}, metrics) },
		"figures": func() string { return strings.Join(merged, ",\n    ") },
	})
}

// kept is the dimension under which the figures are kept.
func (d Dimension) kept() Dimension {
	if d == ByDay {
		return ByNone
	}
	return d
}
