package analytics

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"text/template"
)

//go:embed sql
var sqlFiles embed.FS

// source says where the state of letters is taken from.
type source int

const (
	fromRecords  source = iota // Letters and events recorded by T.
	toRareEvents               // What Refresh keeps, each resting on those before: the rare events,
	toWritings                 // what is compared of letters of one writer,
	toStates                   // the state of each letter.
	fromState                  // What Refresh keeps, all records considered.
)

// stateParts are the common table expressions from the tables to letter_state,
// each using those before it.
var stateParts = map[source][]string{
	fromRecords:  {"known_events", "known_letters", "handling", "hops", "series", "writings", "repeats", "accusations", "facts", "letter_state", "outages"},
	toRareEvents: {"known_events"},
	toWritings:   {"series", "writings"},
	toStates:     {"known_events", "known_letters", "handling", "hops", "series", "kept_writings", "repeats", "accusations", "facts"},
	fromState:    {"kept_events", "kept_facts", "letter_state", "outages"},
}

// composer fills statements for a viewer from one source.
type composer struct {
	viewer Viewer
	from   source
	kept   keptTables // Needed for fromState.
}

// compose fills a statement that works on records; see composer.compose.
func compose(name string, v Viewer, functions template.FuncMap) (string, error) {
	return composer{viewer: v}.compose(name, functions)
}

// letters returns the statement for the figures of letters and hops. Its
// columns are the key and those of figureColumns.
func (c composer) letters(q Query, metrics []Metric) (string, error) {
	return c.compose("sql/letters.sql", c.letterFunctions(q, metrics))
}

// letterFunctions fills the gaps of sql/letters.sql for one query.
func (c composer) letterFunctions(q Query, metrics []Metric) template.FuncMap {
	keys := q.keys()
	return template.FuncMap{
		"of_candidates":  func() string { return inPeriod },
		"moments":        func() (string, error) { return render("sql/state/moments.sql", nil) },
		"letter_key":     func() string { return keys.letter },
		"with_members":   func() bool { return len(of(metrics, ofHops)) > 0 },
		"letter_keys":    func() string { return keyPairs(map[Dimension]groupKeys{ByNone: keys}, ofLetters) },
		"hop_keys":       func() string { return keyPairs(map[Dimension]groupKeys{ByNone: keys}, ofHops) },
		"letter_columns": func() (string, error) { return memberColumns(of(metrics, ofLetters)) },
		"hop_columns":    func() (string, error) { return memberColumns(of(metrics, ofHops)) },
		"figures":        func() (string, error) { return figureColumns(metrics) },
		"with_repeats":   func() bool { return slices.ContainsFunc(metrics, Metric.aboutRepeats) },
	}
}

// keyPairs lists a pair of dimension and key for each of the dimensions.
func keyPairs(dimensions map[Dimension]groupKeys, p population) string {
	var pairs []string
	for _, by := range slices.Sorted(maps.Keys(dimensions)) {
		key := dimensions[by].letter
		switch hop := dimensions[by].hop; {
		case p == ofEvents:
			key = dimensions[by].event
		case p == ofHops && hop != "":
			key = hop
		}
		pairs = append(pairs, fmt.Sprintf("('%s', toString(%s))", by, key))
	}
	return "[" + strings.Join(pairs, ", ") + "]"
}

// inPeriod restricts letters to the period.
const inPeriod = "received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}"

// events returns the statement for the figures of leads and cases. Its
// columns are the key and those of figureColumns.
func (c composer) events(q Query, metrics []Metric) (string, error) {
	return c.compose("sql/events.sql", template.FuncMap{
		"event_key":  func() string { return q.keys().event },
		"event_keys": func() string { return "[]" },
		"figures":    func() (string, error) { return figureColumns(metrics) },
		// A unit has a row only where a figure asked for has a member.
		"with_recovered": func() bool {
			return slices.ContainsFunc(metrics, func(m Metric) bool { return m.ID == "recovered_yuan" })
		},
	})
}

// leads returns the statement for the figures of leads accepted in the period.
// Its columns are the key and those of figureColumns.
func (c composer) leads(q Query, metrics []Metric) (string, error) {
	return c.compose("sql/leads.sql", withLeads(q, metrics, template.FuncMap{
		"figures": func() (string, error) { return figureColumns(metrics) },
	}))
}

// withLeads adds what a statement about leads is composed of.
func withLeads(q Query, metrics []Metric, functions template.FuncMap) template.FuncMap {
	functions["lead_key"] = func() string { return q.keys().lead }
	functions["lead_columns"] = func() (string, error) { return memberColumns(metrics) }
	return functions
}

// compose fills a statement's gaps. Only text from this package gets in: values
// travel as the server's own query parameters.
func (c composer) compose(name string, functions template.FuncMap) (string, error) {
	filled := template.FuncMap{
		"visible":       c.viewer.condition,
		"of_candidates": func() string { return "letter_id IN candidates" },
		"letter_states": func() string { return c.kept.states },
		"writings":      func() string { return c.kept.writings },
		"daily_figures": func() string { return c.kept.days },
		"per_day":       func() bool { return false },
		"rare_events":   c.rareEvents,
		// Refresh keeps no events of unknown letters.
		"series_of_known": func() bool { return c.from == fromRecords },
		"with_repeats":    func() bool { return c.from != fromRecords },
	}
	maps.Copy(filled, functions)
	filled["members"] = func() (string, error) { return render("sql/lead_members.sql", filled) }
	filled["state"] = func() (string, error) {
		parts := make([]string, 0, len(stateParts[c.from]))
		for _, part := range stateParts[c.from] {
			text, err := render("sql/state/"+part+".sql", filled)
			if err != nil {
				return "", err
			}
			parts = append(parts, text)
		}
		return strings.Join(parts, ",\n"), nil
	}
	return render(name, filled)
}

// rareEvents names the table that holds the events of leads, cases and series.
func (c composer) rareEvents() string {
	if c.from == fromRecords {
		return "events"
	}
	return c.kept.rareEvents
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
				fmt.Sprintf("sumMapIf(map(toUInt32(toInt32(%[3]s)), toUInt64(1)), %[2]s AND %[1]s.1 AND %[1]s.2 IS NULL) AS running_%[1]s", m.ID, m.member(), m.startDay()))
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

// startDay is the day on which the metric's clock starts, of a row of letter_state.
func (m Metric) startDay() string {
	if m.ID == "contact_minutes" {
		return "toDate32(ifNull(contact_start, received_at) + INTERVAL 8 HOUR)"
	}
	return "received_day"
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
