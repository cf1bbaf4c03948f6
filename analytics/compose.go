package analytics

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"
	"text/template"
)

//go:embed sql
var sqlFiles embed.FS

// stateParts are the common table expressions from the tables to letter_state,
// each using those before it.
var stateParts = []string{"known_events", "known_letters", "handling", "hops", "series", "accusations", "facts", "letter_state"}

// composeLetters returns the statement for all figures of letters and hops. Its
// columns are the key and one for each of metricsOf(ofLetters, ofHops).
func composeLetters(v Viewer, q Query) (string, error) {
	keys := q.keys()
	if keys.hop == "" {
		keys.hop = keys.letter
	}
	return compose("sql/letters.sql", v, map[string]any{
		"letter_key":   func() string { return keys.letter },
		"hop_key":      func() string { return keys.hop },
		"letter_rates": func() (string, error) { return rateColumns(ofLetters) },
		"hop_rates":    func() (string, error) { return rateColumns(ofHops) },
		"figures":      func() (string, error) { return figureColumns(metricsOf(ofLetters, ofHops)) },
	})
}

// composeEvents returns the statement for all figures of leads and cases. Its
// columns are the key and one for each of metricsOf(ofEvents).
func composeEvents(v Viewer, q Query) (string, error) {
	return compose("sql/events.sql", v, map[string]any{
		"event_key": func() string { return q.keys().event },
		"figures":   func() (string, error) { return figureColumns(metricsOf(ofEvents)) },
	})
}

// compose fills a statement's gaps. Only text from this package gets in: values
// travel as the server's own query parameters.
func compose(name string, v Viewer, functions template.FuncMap) (string, error) {
	functions["visible"] = v.condition
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

// rateColumns returns a column for each rate of the population: the bucket each
// member falls into.
func rateColumns(p population) (string, error) {
	var columns []string
	for _, m := range metricsOf(p) {
		if !m.IsRate {
			continue
		}
		text, err := metricSQL(m.ID)
		if err != nil {
			return "", err
		}
		columns = append(columns, "CAST("+text+" AS "+bucketType()+") AS "+m.ID)
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

// figureColumns returns a column for each metric: a number, or for a rate the
// number of members in each of the buckets.
func figureColumns(metrics []Metric) (string, error) {
	columns := make([]string, 0, len(metrics))
	for _, m := range metrics {
		if m.IsRate {
			columns = append(columns, bucketCounts(m)+" AS n_"+m.ID)
			continue
		}
		text, err := metricSQL(m.ID)
		if err != nil {
			return "", err
		}
		columns = append(columns, "toUInt64("+text+") AS n_"+m.ID)
	}
	return strings.Join(columns, ",\n    "), nil
}

func bucketCounts(m Metric) string {
	member := "is_letter"
	if m.population == ofHops {
		member = "is_hop"
	}
	counts := make([]string, 0, len(buckets))
	for _, bucket := range buckets {
		counts = append(counts, fmt.Sprintf("countIf(%s AND %s = '%s')", member, m.ID, bucket))
	}
	return "[" + strings.Join(counts, ", ") + "]"
}
