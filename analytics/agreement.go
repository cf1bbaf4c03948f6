package analytics

import (
	"context"
	"fmt"
	"text/template"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
)

// Agreement counts on how many letters the model and a person gave the same
// label. It is reported beside the figures and never enters them.
type Agreement struct {
	Letters uint64 // That have both labels.
	Type    uint64
	Group   uint64 // Of letter types: help, complaint, lead, …
	Topic   uint64
	Lead    uint64 // Security, traffic or none.
}

// Agreement compares the labels of the letters of the period as of q.AsOf, or
// as of the last record when that is zero.
func (s *Store) Agreement(ctx context.Context, v Viewer, q Query) (a Agreement, err error) {
	if err := q.Validate(); err != nil {
		return a, err
	}
	if q.AsOf.IsZero() {
		if q.AsOf, err = s.LastRecordedAt(ctx); err != nil || q.AsOf.IsZero() {
			return a, err
		}
	}
	args, err := s.arguments(v, q, q.AsOf)
	if err != nil {
		return a, err
	}
	var types, groups []string
	for _, t := range letter.Types.Terms() {
		types, groups = append(types, t.Code), append(groups, t.Group)
	}
	args = append(args, clickhouse.Named("types", types), clickhouse.Named("groups", groups))
	statement, err := compose("sql/agreement.sql", v, template.FuncMap{})
	if err != nil {
		return a, err
	}
	ctx = clickhouse.Context(ctx, clickhouse.WithSettings(readSettings()))
	err = s.conn.QueryRow(ctx, statement, args...).Scan(&a.Letters, &a.Type, &a.Group, &a.Topic, &a.Lead)
	if err != nil {
		return a, fmt.Errorf("comparing labels: %w", err)
	}
	return a, nil
}

// Engine names the database engine and its version, such as "ClickHouse 26.7.2".
func (s *Store) Engine() (string, error) {
	version, err := s.conn.ServerVersion()
	if err != nil {
		return "", fmt.Errorf("asking the engine for its version: %w", err)
	}
	return fmt.Sprintf("ClickHouse %d.%d.%d", version.Version.Major, version.Version.Minor, version.Version.Patch), nil
}
