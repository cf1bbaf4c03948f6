package analytics

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
)

// KPIs computes every figure of docs/metrics.md for what the viewer may see.
func (s *Store) KPIs(ctx context.Context, v Viewer, q Query) (Document, error) {
	if err := q.Validate(); err != nil {
		return Document{}, err
	}
	doc := Document{
		RuleVersion: RuleVersion, CalendarVersion: s.calendar.Version(),
		From: q.From, To: q.To, AsOf: q.AsOf.UTC().Truncate(time.Millisecond), By: q.By, Tier: q.Tier,
	}
	if q.AsOf.IsZero() {
		last, err := s.LastRecordedAt(ctx)
		if err != nil {
			return Document{}, err
		}
		doc.AsOf = last
	}
	if err := v.Validate(); err != nil {
		return Document{}, err
	}
	if doc.AsOf.IsZero() {
		return doc, nil // Nothing is stored yet.
	}
	args, err := s.arguments(v, q, doc.AsOf)
	if err != nil {
		return Document{}, err
	}
	if err := s.checkPrepared(ctx); err != nil {
		return Document{}, err
	}
	// First whether all had been read, then the figures: what comes in between
	// must not make a figure final that lacks it.
	if doc.Final, err = s.readPast(ctx, doc.AsOf); err != nil {
		return Document{}, err
	}
	rows, err := s.figures(ctx, v, q, doc.AsOf, args)
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
func (s *Store) figures(ctx context.Context, v Viewer, q Query, asOf time.Time, args []any) (map[string]Figures, error) {
	metrics := q.metrics()
	rows := map[string]Figures{}
	if q.By == ByNone {
		rows[""] = noFigures(metrics) // The one row stands even when nothing was received.
	}
	for _, part := range partsOf(metrics) {
		statement, err := part.compose(v, q, part.metrics)
		if err != nil {
			return nil, err
		}
		err = s.each(ctx, statement, func(scan func(...any) error) error {
			key, figures, err := s.scanFigures(scan, part.metrics, asOf)
			if err != nil {
				return err
			}
			if rows[key] == nil {
				rows[key] = noFigures(metrics)
			}
			maps.Copy(rows[key], figures)
			return nil
		}, args...)
		if err != nil {
			return nil, fmt.Errorf("computing figures of %s: %w", part.what, err)
		}
	}
	return rows, nil
}

// part is a statement's share of the figures.
type part struct {
	what    string
	metrics []Metric
	compose func(Viewer, Query, []Metric) (string, error)
}

// maxFigures is how many figures of letters one statement computes. Reading a
// statement takes the server more than twice as long for twice the figures.
const maxFigures = 24

// partsOf shares the figures out to as few statements as are quick to read.
// Those about repeats stand apart, as their state costs more to compute.
func partsOf(metrics []Metric) []part {
	var parts []part
	letters := of(metrics, ofLetters, ofHops)
	repeats := slices.DeleteFunc(slices.Clone(letters), func(m Metric) bool { return !m.aboutRepeats() })
	for few := range slices.Chunk(slices.DeleteFunc(letters, Metric.aboutRepeats), maxFigures) {
		parts = append(parts, part{"letters", few, composeLetters})
	}
	parts = append(parts,
		part{"repeats", repeats, composeLetters},
		part{"leads and cases", of(metrics, ofEvents), composeEvents},
		part{"leads", of(metrics, ofLeads), composeLeads})
	return slices.DeleteFunc(parts, func(p part) bool { return len(p.metrics) == 0 })
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
