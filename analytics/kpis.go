package analytics

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/template"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
)

// KPIs computes the figures asked for, of those letters that the viewer may
// see. As of the last record or later they come from what Refresh keeps, as of
// an earlier moment from the records.
func (s *Store) KPIs(ctx context.Context, v Viewer, q Query) (Document, error) {
	if err := errors.Join(q.Validate(), v.Validate()); err != nil {
		return Document{}, err
	}
	if err := s.checkPrepared(ctx); err != nil {
		return Document{}, err
	}
	q.Metrics = s.asked(q)
	return readKept(ctx, s, q.AsOf, func(from source, asOf time.Time) (Document, error) {
		q.AsOf = asOf
		return s.document(ctx, v, q, from)
	})
}

// asked returns the figures that a query wants: by default the contract's and,
// where that is none of them, the headline of signing.
func (s *Store) asked(q Query) []string {
	headline, _ := MetricByID(s.cfg.Rules.SigningHeadline())
	if len(q.Metrics) > 0 || headline.Core {
		return q.Metrics
	}
	ids := []string{headline.ID}
	for _, m := range Metrics() {
		ids = append(ids, m.ID)
	}
	return ids
}

// document computes the figures from the source; q.AsOf is zero for an empty store.
func (s *Store) document(ctx context.Context, v Viewer, q Query, from source) (Document, error) {
	doc := Document{
		RuleVersion: RuleVersion, CalendarVersion: s.calendar.Version(), Rules: s.cfg.Rules,
		From: q.From, To: q.To, AsOf: q.AsOf.UTC().Truncate(time.Millisecond), By: q.By, Tier: q.Tier,
	}
	if doc.AsOf.IsZero() {
		return doc, nil // Nothing is stored yet.
	}
	// First whether all had been read, then the figures: what comes in between
	// must not make a figure final that lacks it.
	var err error
	if doc.Final, err = s.readPast(ctx, doc.AsOf); err != nil {
		return Document{}, err
	}
	q.AsOf = doc.AsOf
	rows, err := s.figures(ctx, v, q, from)
	if err != nil {
		return Document{}, err
	}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		doc.Rows = append(doc.Rows, Row{Key: key, Name: s.keyName(q.By, key), KPIs: rows[key]})
	}
	return doc, nil
}

// arguments returns the parameters of both statements.
func (s *Store) arguments(v Viewer, q Query, asOf time.Time) ([]any, error) {
	args, err := v.scope(s.directory)
	if err != nil {
		return nil, err
	}
	args = append(args, s.cfg.Rules.arguments()...)
	args = append(args,
		clickhouse.DateNamed("from", q.From.Start(), clickhouse.MilliSeconds),
		clickhouse.DateNamed("to", q.To.End(), clickhouse.MilliSeconds),
		clickhouse.DateNamed("as_of", asOf, clickhouse.MilliSeconds),
		clickhouse.Named("city_desk", s.directory.CityDesk()),
		clickhouse.Named("calendar_version", s.calendar.Version()))
	if q.Tier == 0 {
		return args, nil
	}
	var units, rolledUp []string
	for _, unit := range s.directory.Units() {
		units = append(units, unit.Code)
		rolledUp = append(rolledUp, s.directory.AtTier(unit.Code, q.Tier))
	}
	return append(args, clickhouse.Named("units", units), clickhouse.Named("rolled_up", rolledUp)), nil
}

// checkPrepared refuses to compute figures without due days: every letter would
// count as lacking a calendar.
func (s *Store) checkPrepared(ctx context.Context) error {
	var days uint64
	err := s.conn.QueryRow(ctx, "SELECT count() FROM due_days WHERE calendar_version = {calendar_version:String}",
		clickhouse.Named("calendar_version", s.calendar.Version())).Scan(&days)
	if err != nil {
		return fmt.Errorf("reading due days: %w", err)
	}
	if days == 0 {
		return fmt.Errorf("reading due days: none are stored for calendar %s: call Prepare first", s.calendar.Version())
	}
	return nil
}

// figures runs the statements and puts their columns together by key.
func (s *Store) figures(ctx context.Context, v Viewer, q Query, from source) (map[string]Figures, error) {
	metrics := q.metrics()
	rows := map[string]Figures{}
	if q.By == ByNone {
		rows[""] = noFigures(metrics) // The one row stands even when nothing was received.
	}
	args, err := s.arguments(v, q, q.AsOf)
	if err != nil {
		return nil, err
	}
	statements, err := s.statements(ctx, v, q, from)
	if err != nil {
		return nil, err
	}
	for _, statement := range statements {
		err := s.each(ctx, statement.text, func(scan func(...any) error) error {
			key, figures, err := s.scanFigures(scan, statement.metrics, q.AsOf)
			if err != nil {
				return err
			}
			if rows[key] == nil {
				rows[key] = noFigures(metrics)
			}
			maps.Copy(rows[key], figures)
			return nil
		}, append(args, statement.args...)...)
		if err != nil {
			return nil, fmt.Errorf("computing figures of %s: %w", statement.of, err)
		}
	}
	return rows, nil
}

// figureStatement answers some of the figures. Its columns are the key and
// those of figureColumns.
type figureStatement struct {
	of      string
	metrics []Metric
	text    string
	args    []any // Beyond those of every statement.
}

// statements returns what has to be asked for the figures of the query.
func (s *Store) statements(ctx context.Context, v Viewer, q Query, from source) ([]figureStatement, error) {
	metrics := q.metrics()
	c := composer{viewer: v, from: from, kept: s.kept}
	var statements []figureStatement
	if from == fromState && v.unrestricted() {
		for _, table := range s.kept.dayTables() {
			byDays, _, err := table.keeps(metrics, q.By)
			if err != nil {
				return nil, err
			}
			if len(byDays) == 0 {
				continue
			}
			statement, err := s.daysStatement(ctx, c, q, table, byDays)
			if err != nil {
				return nil, err
			}
			statements = append(statements, statement)
			metrics = slices.DeleteFunc(metrics, func(m Metric) bool { return slices.Contains(byDays, m) })
		}
	}
	for _, part := range c.parts(metrics) {
		text, err := part.compose(q, part.metrics)
		if err != nil {
			return nil, err
		}
		statements = append(statements, figureStatement{of: part.of, metrics: part.metrics, text: text})
	}
	return slices.DeleteFunc(statements, func(s figureStatement) bool { return len(s.metrics) == 0 }), nil
}

// part is a statement's share of the figures.
type part struct {
	of      string
	metrics []Metric
	compose func(Query, []Metric) (string, error)
}

// maxFigures is how many figures of letters one statement computes. Reading a
// statement takes the server more than twice as long for twice the figures.
const maxFigures = 24

// parts shares the figures out to as few statements as are quick to read. Those
// about repeats stand apart, as their state costs more to compute.
func (c composer) parts(metrics []Metric) []part {
	var parts []part
	letters := of(metrics, ofLetters, ofHops)
	repeats := slices.DeleteFunc(slices.Clone(letters), func(m Metric) bool { return !m.aboutRepeats() })
	for few := range slices.Chunk(slices.DeleteFunc(slices.Clone(letters), Metric.aboutRepeats), maxFigures) {
		parts = append(parts, part{"letters", few, c.letters})
	}
	return append(parts,
		part{"repeats", repeats, c.letters},
		part{"leads and cases", of(metrics, ofEvents), c.events},
		part{"leads", of(metrics, ofLeads), c.leads})
}

// daysStatement asks for figures that follow from those of days. What is kept
// of some days may hold for another cut-off only; these are computed anew.
func (s *Store) daysStatement(ctx context.Context, c composer, q Query, t dayTable, metrics []Metric) (figureStatement, error) {
	args, err := s.arguments(c.viewer, q, q.AsOf)
	if err != nil {
		return figureStatement{}, err
	}
	by := clickhouse.Named("by", string(q.By.kept()))
	query, err := c.compose("sql/stale_days.sql", template.FuncMap{"table": func() string { return t.name }})
	if err != nil {
		return figureStatement{}, err
	}
	days := []string{}
	err = s.each(ctx, query, func(scan func(...any) error) error {
		var day string
		err := scan(&day)
		days = append(days, day)
		return err
	}, append(args, by)...)
	if err != nil {
		return figureStatement{}, fmt.Errorf("listing days to compute anew: %w", err)
	}
	text, err := c.overDays(t, q, metrics, len(days) > 0)
	return figureStatement{of: "days", metrics: metrics, text: text, args: []any{by, clickhouse.Named("days", days)}}, err
}

// scanFigures reads a row whose columns are the key and those of figureColumns.
func (s *Store) scanFigures(scan func(...any) error, metrics []Metric, asOf time.Time) (string, Figures, error) {
	var key string
	counts := make([]uint64, len(metrics))
	lists := make([][]uint64, len(metrics))
	finished := make([]map[uint32]uint64, len(metrics))
	running := make([]map[uint32]uint64, len(metrics))
	targets := []any{&key}
	for i, m := range metrics {
		switch m.Kind {
		case KindCount:
			targets = append(targets, &counts[i])
		case KindRate, KindRatio:
			targets = append(targets, &lists[i])
		case KindDuration:
			targets = append(targets, &finished[i], &running[i])
		}
	}
	if err := scan(targets...); err != nil {
		return "", nil, err
	}
	figures := Figures{}
	for i, m := range metrics {
		switch m.Kind {
		case KindCount:
			figures[m.ID] = Figure{Count: counts[i]}
		case KindRate:
			figures[m.ID] = Figure{Rate: rateOf(lists[i])}
		case KindRatio:
			figures[m.ID] = Figure{Ratio: &Ratio{N: lists[i][0], D: lists[i][1]}}
		case KindDuration:
			figures[m.ID] = Figure{Duration: durationOf(finished[i], s.leastValues(m, running[i], asOf))}
		}
	}
	return key, figures, nil
}

// rateOf reads the numbers of members in each of the buckets.
func rateOf(counts []uint64) *Rate {
	rate := &Rate{N: counts[1], D: counts[0] + counts[1], Excluded: map[string]uint64{}}
	for i, key := range exclusionKeys {
		if n := counts[2+i]; n > 0 {
			rate.Excluded[key] = n
		}
	}
	return rate
}

// readSettings pins what a server's profile could set otherwise and the
// statements rely on. The last one is for speed: looking for chains of
// comparisons in a hundred conditions takes the analyser four times as long as
// all the rest, and there are none.
func readSettings() clickhouse.Settings {
	return clickhouse.Settings{
		"join_use_nulls": 0, "transform_null_in": 0, "prefer_column_name_to_alias": 0,
		"do_not_merge_across_partitions_select_final": 0, "optimize_and_compare_chain": 0,
	}
}

// readPast reports whether every known partition of both topics was read past T.
func (s *Store) readPast(ctx context.Context, asOf time.Time) (bool, error) {
	progress, err := s.Progress(ctx)
	if err != nil {
		return false, err
	}
	read := map[string]bool{}
	for _, p := range progress {
		if p.Topic != s.cfg.LettersTopic && p.Topic != s.cfg.EventsTopic {
			continue
		}
		if !p.CaughtUpAt.After(asOf) {
			return false, nil
		}
		read[p.Topic] = true
	}
	return read[s.cfg.LettersTopic] && read[s.cfg.EventsTopic], nil
}

// keyName returns what a key of the dimension is called.
func (s *Store) keyName(by Dimension, key string) string {
	switch {
	case by == ByNone:
		return ""
	case key == "":
		return "未定"
	}
	switch by {
	case ByUnit:
		return s.directory.FullName(key)
	case ByType:
		return letter.Types.Name(key)
	case ByTopic:
		return letter.Topics.Name(key)
	case ByDivision:
		division, _ := s.directory.Division(key)
		return division.Name
	case ByChannel:
		return channelNames[letter.Channel(key)]
	default:
		return key
	}
}

var channelNames = map[letter.Channel]string{
	letter.ChannelWeb:    "网站",
	letter.ChannelWeChat: "微信",
	letter.ChannelWeibo:  "微博",
	letter.ChannelPhone:  "电话",
	letter.ChannelWalkIn: "来访",
	letter.ChannelImport: "导入",
}
