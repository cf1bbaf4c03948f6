package analytics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// immatureShare is the share of letters left out as immature above which a rate
// speaks for too few of the period's letters: one in twenty.
const immatureShare = 20

// Change sets one figure beside the same of an earlier period.
type Change struct {
	Now, Before Figure // Before is empty where Incomplete.

	Small      bool // A rate's d, or the count compared with, is below 30.
	Immature   bool // More than 5 % of a rate's letters are not due yet, in either period.
	Incomplete bool // The base is not complete: nothing can be said.
}

// changeOf sets two figures of one metric beside each other.
func changeOf(now, before Figure) Change {
	c := Change{Now: now, Before: before}
	if now.Rate != nil && before.Rate != nil {
		c.Small = now.Rate.Small() || before.Rate.Small()
		c.Immature = now.Rate.immature() || before.Rate.immature()
	} else if now.Ratio == nil && now.Duration == nil {
		c.Small = before.Count < smallD
	}
	return c
}

// immature reports whether too many members are not due yet.
func (r Rate) immature() bool {
	left := r.Excluded["immature"]
	return immatureShare*left > r.D+left
}

// Difference returns how much the figure grew, in its own unit: of counts the
// difference, of ratios that of the printed values, of durations that of the
// medians. It is empty where either side has no value, and for rates.
func (c Change) Difference() string {
	switch {
	case c.Incomplete || c.Now.Rate != nil:
		return ""
	case c.Now.Ratio != nil:
		if c.Before.Ratio == nil || c.Now.Ratio.D == 0 || c.Before.Ratio.D == 0 {
			return ""
		}
		return Points((ratio(*c.Now.Ratio) - ratio(*c.Before.Ratio)) / 100)
	case c.Now.Duration != nil:
		a, b := c.Now.Duration, c.Before.Duration
		if b == nil || a.P50 == nil || b.P50 == nil || a.P50AtLeast || b.P50AtLeast {
			return ""
		}
		return strconv.FormatInt(int64(*a.P50)-int64(*b.P50), 10)
	default:
		return strconv.FormatInt(int64(c.Now.Count)-int64(c.Before.Count), 10)
	}
}

func ratio(r Ratio) float64 { return float64(r.N) / float64(r.D) }

// Percent returns how much a count grew in percent to 0.1, e.g. "-3.5"; empty
// where it was zero before, and for figures that are no counts.
func (c Change) Percent() string {
	if c.Incomplete || c.Now.Rate != nil || c.Now.Ratio != nil || c.Now.Duration != nil || c.Before.Count == 0 {
		return ""
	}
	return Points(float64(c.Now.Count)/float64(c.Before.Count) - 1)
}

// Points returns how many percentage points a rate grew, from the unrounded
// rates, to 0.1, with the interval of the difference; false where either side
// has no rate.
func (c Change) Points() (string, Interval, bool) {
	if c.Incomplete || c.Now.Rate == nil || c.Before.Rate == nil {
		return "", Interval{}, false
	}
	interval, ok := differenceInterval(*c.Now.Rate, *c.Before.Rate)
	if !ok {
		return "", Interval{}, false
	}
	return Points(c.Now.Rate.share() - c.Before.Rate.share()), interval, true
}

// Flags returns what to beware of: small, immature, base_incomplete.
func (c Change) Flags() []string {
	flags := []string{}
	for _, f := range []struct {
		name string
		set  bool
	}{{"small", c.Small}, {"immature", c.Immature}, {"base_incomplete", c.Incomplete}} {
		if f.set {
			flags = append(flags, f.name)
		}
	}
	return flags
}

// changeJSON is the printed form; what does not apply to the kind is left out,
// what has no value is null.
type changeJSON struct {
	Now        Figure           `json:"now"`
	NowCI      *Interval        `json:"now_ci,omitempty"`
	Before     *Figure          `json:"before"`
	BeforeCI   *Interval        `json:"before_ci,omitempty"`
	Difference *json.RawMessage `json:"difference,omitempty"`
	Percent    *json.RawMessage `json:"percent,omitempty"`
	Points     *json.RawMessage `json:"points,omitempty"`
	PointsCI   *Interval        `json:"points_ci,omitempty"`
	Flags      []string         `json:"flags"`
}

// MarshalJSON writes both figures, the change and the flags.
func (c Change) MarshalJSON() ([]byte, error) {
	out := changeJSON{Now: c.Now, NowCI: c.Now.interval(), Flags: c.Flags()}
	if !c.Incomplete {
		out.Before, out.BeforeCI = &c.Before, c.Before.interval()
	}
	if c.Now.Rate != nil {
		points, interval, ok := c.Points()
		out.Points = number(points)
		if ok {
			out.PointsCI = &interval
		}
		return json.Marshal(out)
	}
	out.Difference = number(c.Difference())
	if c.Now.Ratio == nil && c.Now.Duration == nil {
		out.Percent = number(c.Percent())
	}
	return json.Marshal(out)
}

// interval returns the interval of a rate, nil for anything else.
func (f Figure) interval() *Interval {
	if f.Rate == nil {
		return nil
	}
	if interval, ok := f.Rate.Interval(); ok {
		return &interval
	}
	return nil
}

// number writes a printed number, null where it is empty.
func number(printed string) *json.RawMessage {
	if printed == "" {
		printed = "null"
	}
	raw := json.RawMessage(printed)
	return &raw
}

type comparisonJSON struct {
	RuleVersion     string            `json:"rule_version"`
	CalendarVersion string            `json:"calendar_version"`
	Baseline        Baseline          `json:"baseline"`
	Base            Base              `json:"base"`
	Reason          string            `json:"reason,omitempty"`
	By              *Dimension        `json:"by"`
	Tier            int               `json:"tier,omitempty"`
	Now             sideJSON          `json:"now"`
	Before          sideJSON          `json:"before"`
	Rows            []comparedRowJSON `json:"rows"`
}

type sideJSON struct {
	Period   periodJSON `json:"period"`
	AsOf     *string    `json:"as_of"`
	Final    bool       `json:"final"`
	Workdays *int       `json:"workdays"`
	Immature bool       `json:"immature"`
}

type comparedRowJSON struct {
	Key     string          `json:"key"`
	Name    string          `json:"name"`
	Changes json.RawMessage `json:"changes"`
}

// MarshalJSON writes the comparison, times in Shanghai time, figures in the
// order of docs/metrics.md.
func (c Comparison) MarshalJSON() ([]byte, error) {
	out := comparisonJSON{
		RuleVersion: c.RuleVersion, CalendarVersion: c.CalendarVersion, Baseline: c.Baseline, Base: c.Base, Reason: c.Reason,
		Tier: c.Tier, Now: c.Now.json(), Before: c.Before.json(), Rows: []comparedRowJSON{},
	}
	if c.By != ByNone {
		out.By = &c.By
	}
	for _, row := range c.Rows {
		changes, err := inOrder(row.Changes)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, comparedRowJSON{row.Key, row.Name, changes})
	}
	return json.Marshal(out)
}

func (s Side) json() sideJSON {
	out := sideJSON{Period: periodJSON{s.From, s.To}, Final: s.Final, Workdays: s.Workdays, Immature: s.Immature}
	if !s.AsOf.IsZero() {
		asOf := s.AsOf.In(calendar.Shanghai).Format(time.RFC3339Nano)
		out.AsOf = &asOf
	}
	return out
}

// inOrder writes an object with a member for each metric, in printing order.
func inOrder[T any](byMetric map[string]T) ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for _, m := range catalogue {
		member, ok := byMetric[m.ID]
		if !ok {
			continue
		}
		value, err := json.Marshal(member)
		if err != nil {
			return nil, fmt.Errorf("writing %s: %w", m.ID, err)
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", m.ID, value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
