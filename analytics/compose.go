package analytics

import (
	"embed"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/template"
)

//go:embed sql
var sqlFiles embed.FS

// stateParts are the common table expressions from the tables to letter_state,
// each using those before it.
var stateParts = []string{"known_events", "known_letters", "handling", "hops", "series", "repeats", "accusations", "facts", "letter_state", "outages"}

// composeLetters returns the statement for the figures of letters and hops. Its
// columns are the key and those of figureColumns.
func composeLetters(v Viewer, q Query, metrics []Metric) (string, error) {
	keys := q.keys()
	if keys.hop == "" {
		keys.hop = keys.letter
	}
	return compose("sql/letters.sql", v, map[string]any{
		"letter_key":     func() string { return keys.letter },
		"hop_key":        func() string { return keys.hop },
		"with_hops":      func() bool { return len(of(metrics, ofHops)) > 0 },
		"letter_columns": func() (string, error) { return memberColumns(of(metrics, ofLetters)) },
		"hop_columns":    func() (string, error) { return memberColumns(of(metrics, ofHops)) },
		"figures":        func() (string, error) { return figureColumns(metrics) },
		"with_repeats":   func() bool { return slices.ContainsFunc(metrics, Metric.aboutRepeats) },
	})
}

// composeEvents returns the statement for the figures of leads and cases. Its
// columns are the key and those of figureColumns.
func composeEvents(v Viewer, q Query, metrics []Metric) (string, error) {
	return compose("sql/events.sql", v, map[string]any{
		"event_key": func() string { return q.keys().event },
		"figures":   func() (string, error) { return figureColumns(metrics) },
	})
}

// composeLeads returns the statement for the figures of leads accepted in the
// period. Its columns are the key and those of figureColumns.
func composeLeads(v Viewer, q Query, metrics []Metric) (string, error) {
	return compose("sql/leads.sql", v, withLeads(q, metrics, map[string]any{
		"figures": func() (string, error) { return figureColumns(metrics) },
	}))
}

// withLeads adds what a statement about leads is composed of.
func withLeads(q Query, metrics []Metric, functions template.FuncMap) template.FuncMap {
	functions["lead_key"] = func() string { return q.keys().lead }
	functions["lead_columns"] = func() (string, error) { return memberColumns(metrics) }
	functions["members"] = func() (string, error) { return render("sql/lead_members.sql", functions) }
	return functions
}

// compose fills a statement's gaps. Only text from this package gets in: values
// travel as the server's own query parameters.
func compose(name string, v Viewer, functions template.FuncMap) (string, error) {
	functions["visible"] = v.condition
	if functions["with_repeats"] == nil {
		functions["with_repeats"] = func() bool { return false }
	}
	functions["state"] = func() (string, error) {
		parts := make([]string, 0, len(stateParts))
		for _, part := range stateParts {
			text, err := render("sql/state/"+part+".sql", functions)
			if err != nil {
				return "", err
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ",\n"), nil
	}
	return render(name, functions)
}

func render(name string, functions template.FuncMap) (string, error) {
	text, err := fs.ReadFile(sqlFiles, name)
	if err != nil {
		return "", fmt.Errorf("reading statement: %w", err)
	}
	parsed, err := template.New(name).Funcs(functions).Parse(string(text))
	if err != nil {
		return "", fmt.Errorf("parsing statement %s: %w", name, err)
	}
	var out strings.Builder
	if err := parsed.Execute(&out, nil); err != nil {
		return "", fmt.Errorf("composing statement %s: %w", name, err)
	}
	return strings.TrimSpace(out.String()), nil
}

func metricSQL(id string) (string, error) {
	text, err := fs.ReadFile(sqlFiles, "sql/metrics/"+id+".sql")
	if err != nil {
		return "", fmt.Errorf("reading metric %s: %w", id, err)
	}
	return strings.TrimSpace(string(text)), nil
}

// memberColumns returns what follows from each member for each metric: of a
// rate the bucket the member falls into, of a duration whether its clock
// concerns the figure and what it showed when it stopped.
func memberColumns(metrics []Metric) (string, error) {
	columns := []string{"1 AS member_columns"} // So that the list is never empty.
	for _, m := range metrics {
		var columnType string
		switch m.Kind {
		case KindRate:
			columnType = bucketType()
		case KindDuration:
			columnType = "Tuple(concerned Bool, finished Nullable(UInt32))"
		default:
			continue
		}
		text, err := metricSQL(m.ID)
		if err != nil {
			return "", err
		}
		columns = append(columns, "CAST("+text+" AS "+columnType+") AS "+m.ID)
	}
	return strings.Join(columns, ",\n"), nil
}

func bucketType() string {
	values := make([]string, 0, len(buckets))
	for i, bucket := range buckets {
		values = append(values, fmt.Sprintf("'%s' = %d", bucket, i))
	}
	return "Enum8(" + strings.Join(values, ", ") + ")"
}

// figureColumns returns the columns of each metric: a number for a count; for a
// rate the number of members in each of the buckets; [n, d] for a ratio; for a
// duration how many stopped clocks showed each value, and how many run by day
// of receipt (days since 1970).
func figureColumns(metrics []Metric) (string, error) {
	columns := make([]string, 0, len(metrics))
	for _, m := range metrics {
		text, err := metricSQL(m.ID)
		if err != nil {
			return "", err
		}
		switch m.Kind {
		case KindRate:
			columns = append(columns, bucketCounts(m, text)+" AS n_"+m.ID)
			continue
		case KindDuration:
			columns = append(columns,
				fmt.Sprintf("sumMapIf(map(ifNull(%[1]s.2, 0), toUInt64(1)), %[2]s AND %[1]s.1 AND %[1]s.2 IS NOT NULL) AS n_%[1]s", m.ID, m.member()),
				fmt.Sprintf("sumMapIf(map(toUInt32(toInt32(received_day)), toUInt64(1)), %[2]s AND %[1]s.1 AND %[1]s.2 IS NULL) AS running_%[1]s", m.ID, m.member()))
			continue
		}
		if m.Kind == KindCount {
			text = "toUInt64(" + text + ")"
		}
		columns = append(columns, text+" AS n_"+m.ID)
	}
	return strings.Join(columns, ",\n    "), nil
}

// member is the condition that a row of the statement is a member of the
// metric's population.
func (m Metric) member() string {
	switch m.population {
	case ofHops:
		return "is_hop"
	case ofLeads:
		return "is_lead"
	default:
		return "is_letter"
	}
}

// bucketCounts returns the numbers of members in each bucket. Those that the
// metric's SQL never names are not looked for: the statement takes the server
// the longer to understand the more it counts.
func bucketCounts(m Metric, text string) string {
	counts := make([]string, 0, len(buckets))
	for _, bucket := range buckets {
		if bucket == "outside" || !strings.Contains(text, "'"+bucket+"'") {
			counts = append(counts, "0")
			continue
		}
		counts = append(counts, fmt.Sprintf("countIf(%s AND %s = '%s')", m.member(), m.ID, bucket))
	}
	return "[" + strings.Join(counts, ", ") + "]"
}
