package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// TruthPanel sets what officers entered against what citizens confirmed. It
// states numbers and judges nobody: each has its plain reasons.
type TruthPanel struct {
	RuleVersion     string
	CalendarVersion string
	From, To        calendar.Date
	AsOf            time.Time // UTC; zero when the store is empty.
	Final           bool
	By              Dimension
	Tier            int
	Rows            []TruthRow
}

// TruthRow holds the checks of one key of the dimension.
type TruthRow struct {
	Key    string  `json:"key"`
	Name   string  `json:"name"`
	Checks []Check `json:"checks"`
}

// Check is one share of entries.
type Check struct {
	ID       string // Column of sql/truth.sql.
	Name     string // Chinese.
	Says     string // Chinese: what n and d are.
	Rate     Rate   // Excluded is not counted.
	Expected Rate   // Of a pile-up: the share of the window's minutes, which it has where nothing piles up. Empty for the others.
}

// smoothShare is the share of a pile-up's window in the stretch that holds it in
// its middle, two of ten minutes or one of five: what it gets wherever the
// number of entries rises or falls evenly along the stretch.
var smoothShare = Rate{N: 1, D: 5}

// checks lists the columns of sql/truth.sql in their order.
var checks = []Check{
	{ID: "reached_confirmed", Name: "记为联系到本人，回访也接通", Says: "回访接通的 ÷ 记为已联系到本人且已回访的来信"},
	{ID: "solved_confirmed", Name: "记为解决，群众认可", Says: "回访答已解决的 ÷ 以已解决办结且回访有答复的来信"},
	{ID: "solved_denied", Name: "记为解决，群众答未解决", Says: "回访答未解决的 ÷ 以已解决办结且回访有答复的来信"},
	{ID: "contact_pile_up", Name: "首次联系集中在28至30分钟", Says: "第29、30分钟首次联系的 ÷ 第25至34分钟首次联系的来信", Expected: smoothShare},
	{ID: "sign_pile_up", Name: "签收集中在9至10分钟", Says: "第10分钟签收的 ÷ 第8至12分钟签收的环节", Expected: smoothShare},
	{ID: "closed_then_reopened", Name: "办结后重新办理", Says: "曾重新办理的 ÷ 曾办结的应办来信"},
	{ID: "closed_then_relettered", Name: "办结后再来信", Says: "首次办结后30日内同一人就同一事项再来信的 ÷ 首次办结已满30日的应办来信"},
	{ID: "closed_in_last_hour", Name: "到期前一小时内办结", Says: "到期前一小时内办结的 ÷ 按期办结的应办来信"},
	{ID: "entered_late", Name: "补录", Says: "发生15分钟后才录入的签收、流转、联系 ÷ 全部签收、流转、联系"},
	{ID: "unrated", Name: "回访接通而无评价", Says: "没有评价的 ÷ 回访接通的来信"},
}

// Truth computes the panel. Letters stand under their owner, hops under their
// unit, as KPIs groups them.
func (s *Store) Truth(ctx context.Context, v Viewer, q Query) (TruthPanel, error) {
	// The document brings the cut-off and whether it is final.
	head := q
	head.Metrics, head.By, head.Tier = []string{"received"}, ByNone, 0
	if err := q.Validate(); err != nil {
		return TruthPanel{}, err
	}
	doc, err := s.KPIs(ctx, v, head)
	if err != nil {
		return TruthPanel{}, err
	}
	panel := TruthPanel{
		RuleVersion: doc.RuleVersion, CalendarVersion: doc.CalendarVersion,
		From: doc.From, To: doc.To, AsOf: doc.AsOf, Final: doc.Final, By: q.By, Tier: q.Tier,
	}
	if doc.AsOf.IsZero() {
		return panel, nil
	}
	args, err := s.arguments(v, q, doc.AsOf)
	if err != nil {
		return TruthPanel{}, err
	}
	keys := q.keys()
	if keys.hop == "" {
		keys.hop = keys.letter
	}
	statement, err := compose("sql/truth.sql", v, map[string]any{
		"letter_key":   func() string { return keys.letter },
		"hop_key":      func() string { return keys.hop },
		"with_repeats": func() bool { return true },
	})
	if err != nil {
		return TruthPanel{}, err
	}
	err = s.each(ctx, statement, func(scan func(...any) error) error {
		row, err := scanTruth(scan)
		row.Name = s.keyName(q.By, row.Key)
		panel.Rows = append(panel.Rows, row)
		return err
	}, args...)
	if err != nil {
		return TruthPanel{}, fmt.Errorf("computing the truth panel: %w", err)
	}
	return panel, nil
}

func scanTruth(scan func(...any) error) (TruthRow, error) {
	var row TruthRow
	lists := make([][]uint64, len(checks))
	targets := []any{&row.Key}
	for i := range lists {
		targets = append(targets, &lists[i])
	}
	if err := scan(targets...); err != nil {
		return TruthRow{}, err
	}
	for i, check := range checks {
		check.Rate = Rate{N: lists[i][0], D: lists[i][1]}
		row.Checks = append(row.Checks, check)
	}
	return row, nil
}

// Ratio returns how many times the entries of a pile-up's window exceed those
// that its neighbours make likely, to 0.1; false where there is nothing to
// compare with.
func (c Check) Ratio() (string, bool) {
	around := c.Rate.D - c.Rate.N
	if c.Expected.D == 0 || around == 0 {
		return "", false
	}
	// The neighbours hold the rest of the stretch.
	expected := float64(around) * float64(c.Expected.N) / float64(c.Expected.D-c.Expected.N)
	return Points(float64(c.Rate.N) / expected / 100), true
}

// Above reports whether the share lies above the expected one by more than
// chance: its whole interval does.
func (c Check) Above() bool {
	interval, ok := c.Rate.Interval()
	return ok && c.Expected.D > 0 && interval.Lo > c.Expected.share()
}

// MarshalJSON writes the panel, as_of in Shanghai time.
func (p TruthPanel) MarshalJSON() ([]byte, error) {
	side := Side{From: p.From, To: p.To, AsOf: p.AsOf}.json()
	var by *Dimension
	if p.By != ByNone {
		by = &p.By
	}
	if p.Rows == nil {
		p.Rows = []TruthRow{}
	}
	return json.Marshal(struct {
		RuleVersion     string     `json:"rule_version"`
		CalendarVersion string     `json:"calendar_version"`
		Period          periodJSON `json:"period"`
		AsOf            *string    `json:"as_of"`
		Final           bool       `json:"final"`
		By              *Dimension `json:"by"`
		Tier            int        `json:"tier,omitempty"`
		Rows            []TruthRow `json:"rows"`
	}{p.RuleVersion, p.CalendarVersion, side.Period, side.AsOf, p.Final, by, p.Tier, p.Rows})
}

// MarshalJSON writes the check with its interval; a pile-up also with the share
// expected, the ratio to it and whether the share lies above it.
func (c Check) MarshalJSON() ([]byte, error) {
	out := struct {
		ID       string           `json:"id"`
		Name     string           `json:"name"`
		Says     string           `json:"says"`
		N        uint64           `json:"n"`
		D        uint64           `json:"d"`
		Pct      *json.RawMessage `json:"pct"`
		CI       *Interval        `json:"ci"`
		Small    bool             `json:"small"`
		Expected *json.RawMessage `json:"expected_pct,omitempty"`
		Ratio    *json.RawMessage `json:"ratio,omitempty"`
		Above    *bool            `json:"above,omitempty"`
	}{
		ID: c.ID, Name: c.Name, Says: c.Says, N: c.Rate.N, D: c.Rate.D, Pct: number(c.Rate.Percent()),
		CI: Figure{Rate: &c.Rate}.interval(), Small: c.Rate.Small(),
	}
	if c.Expected.D > 0 {
		ratio, _ := c.Ratio()
		above := c.Above()
		out.Expected, out.Ratio, out.Above = number(c.Expected.Percent()), number(ratio), &above
	}
	return json.Marshal(out)
}
