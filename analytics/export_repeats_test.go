package analytics

import (
	"context"
	"strings"
	"text/template"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Repetition is a row of repeats.sql.
type Repetition struct {
	Repeats      bool
	RepeatOf     string
	NewFacts     bool
	ReletteredAt *time.Time
	Thanked      bool
	ThanksFor    string
}

// Repetitions gives tests what repeats.sql says of the letters whose id begins
// so, and of those of their writers.
func Repetitions(ctx context.Context, s *Store, prefix string, asOf time.Time) (map[string]Repetition, error) {
	parts := []string{"WITH candidates AS (SELECT letter_id FROM letters WHERE startsWith(letter_id, {prefix:String}))"}
	functions := template.FuncMap{
		"with_repeats": func() bool { return true }, "series_of_known": func() bool { return true }, "rare_events": func() string { return "events" },
	}
	for _, part := range []string{"series", "writings", "repeats"} {
		text, err := render("sql/state/"+part+".sql", functions)
		if err != nil {
			return nil, err
		}
		parts = append(parts, text)
	}
	all := map[string]Repetition{}
	statement := strings.Join(parts, ",\n") + "\nSELECT letter_id, repeats, repeat_of, new_facts, relettered_at, thanked, thanks_for FROM repetition"
	err := s.each(ctx, statement, func(scan func(...any) error) error {
		var id string
		var r Repetition
		if err := scan(&id, &r.Repeats, &r.RepeatOf, &r.NewFacts, &r.ReletteredAt, &r.Thanked, &r.ThanksFor); err != nil {
			return err
		}
		all[id] = r
		return nil
	}, clickhouse.Named("prefix", prefix), clickhouse.DateNamed("as_of", asOf, clickhouse.MilliSeconds))
	return all, err
}
