package analytics

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// RuleVersion is the version of docs/metrics.md that the figures follow.
const RuleVersion = "2026-1"

// Document holds figures as `jiesu kpi --json` prints them.
type Document struct {
	RuleVersion     string
	CalendarVersion string
	Rules           Rules // Printed only where they are not the contract's.
	From, To        calendar.Date
	AsOf            time.Time // Zero when the store is empty.
	Final           bool      // False: 暂定.
	By              Dimension
	Tier            int
	Rows            []Row
}

// Row holds the figures of one key of the dimension.
type Row struct {
	Key  string  `json:"key"`
	Name string  `json:"name"` // Chinese; empty when there is no dimension.
	KPIs Figures `json:"kpis"`
}

// Figures holds a figure for every metric, by id.
type Figures map[string]Figure

// Figure is a count unless one of the others is given.
type Figure struct {
	Count    uint64
	Rate     *Rate
	Ratio    *Ratio
	Duration *Duration
}

// Rate is a share with all that is needed to judge it.
type Rate struct {
	N, D     uint64
	Excluded map[string]uint64 // By exclusion key; zeros are left out.
}

// smallD is the denominator below which a rate says little.
const smallD = 30

// Small reports whether the rate rests on too few letters to be read as one.
func (r Rate) Small() bool { return r.D < smallD }

// Tenths returns the percentage in tenths, rounded half up, but 1000 only where
// n = d and 0 only where n = 0. It is false where there is no rate, as d = 0.
func (r Rate) Tenths() (tenths uint64, ok bool) {
	switch {
	case r.D == 0:
		return 0, false
	case r.N == r.D:
		return 1000, true
	case r.N == 0:
		return 0, true
	}
	tenths = (2000*r.N + r.D) / (2 * r.D)
	return min(max(tenths, 1), 999), true
}

// Percent returns the percentage as printed, e.g. "99.8", or "" where there is
// no rate.
func (r Rate) Percent() string {
	tenths, ok := r.Tenths()
	if !ok {
		return ""
	}
	return strconv.FormatUint(tenths/10, 10) + "." + strconv.FormatUint(tenths%10, 10)
}

// MarshalJSON writes {"n","d","pct","excluded"}, the keys of excluded in the
// order in which they apply.
func (r Rate) MarshalJSON() ([]byte, error) {
	pct := r.Percent()
	if pct == "" {
		pct = "null"
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, `{"n":%d,"d":%d,"pct":%s,"excluded":{`, r.N, r.D, pct)
	written := 0
	for _, key := range exclusionKeys {
		if r.Excluded[key] == 0 {
			continue
		}
		if written > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%d", key, r.Excluded[key])
		written++
	}
	b.WriteString("}}")
	return b.Bytes(), nil
}

// UnmarshalJSON reads what MarshalJSON writes; pct follows from n and d.
func (r *Rate) UnmarshalJSON(data []byte) error {
	var in struct {
		N        uint64            `json:"n"`
		D        uint64            `json:"d"`
		Excluded map[string]uint64 `json:"excluded"`
	}
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("reading rate: %w", err)
	}
	*r = Rate{N: in.N, D: in.D, Excluded: in.Excluded}
	return nil
}

// MarshalJSON writes a number, or the object of a rate, ratio or duration.
func (f Figure) MarshalJSON() ([]byte, error) {
	switch {
	case f.Rate != nil:
		return f.Rate.MarshalJSON()
	case f.Ratio != nil:
		return f.Ratio.MarshalJSON()
	case f.Duration != nil:
		return json.Marshal(f.Duration)
	default:
		return strconv.AppendUint(nil, f.Count, 10), nil
	}
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Figure) UnmarshalJSON(data []byte) error {
	var fields map[string]json.RawMessage
	if !bytes.HasPrefix(bytes.TrimSpace(data), []byte("{")) {
		if err := json.Unmarshal(data, &f.Count); err != nil {
			return fmt.Errorf("reading count: %w", err)
		}
		return nil
	}
	if err := json.Unmarshal(data, &fields); err != nil {
		return fmt.Errorf("reading figure: %w", err)
	}
	switch {
	case fields["pct"] != nil:
		f.Rate = new(Rate)
		return f.Rate.UnmarshalJSON(data)
	case fields["per"] != nil:
		f.Ratio = new(Ratio)
		return json.Unmarshal(data, f.Ratio)
	default:
		f.Duration = new(Duration)
		return json.Unmarshal(data, f.Duration)
	}
}

// Count returns the count with the id, 0 for a rate.
func (f Figures) Count(id string) uint64 { return f[id].Count }

// Rate returns the rate with the id, an empty one for a count.
func (f Figures) Rate(id string) Rate {
	if rate := f[id].Rate; rate != nil {
		return *rate
	}
	return Rate{}
}

// MarshalJSON writes the figures in the order of docs/metrics.md.
func (f Figures) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	written := 0
	for _, m := range catalogue {
		figure, ok := f[m.ID]
		if !ok {
			continue
		}
		value, err := figure.MarshalJSON()
		if err != nil {
			return nil, err
		}
		if written > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, "%q:%s", m.ID, value)
		written++
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// documentJSON is the printed form, in its order.
type documentJSON struct {
	RuleVersion     string     `json:"rule_version"`
	CalendarVersion string     `json:"calendar_version"`
	Rules           *Rules     `json:"rules,omitempty"` // Only where they are not the contract's.
	Period          periodJSON `json:"period"`
	AsOf            *string    `json:"as_of"`
	Final           bool       `json:"final"`
	By              *Dimension `json:"by"`
	Tier            int        `json:"tier,omitempty"`
	Rows            []Row      `json:"rows"`
}

type periodJSON struct {
	From calendar.Date `json:"from"`
	To   calendar.Date `json:"to"`
}

// MarshalJSON writes the output form of the figures; as_of is in Shanghai time.
func (d Document) MarshalJSON() ([]byte, error) { return json.Marshal(d.json()) }

func (d Document) json() documentJSON {
	out := documentJSON{
		RuleVersion: d.RuleVersion, CalendarVersion: d.CalendarVersion,
		Period: periodJSON{d.From, d.To}, Final: d.Final, Tier: d.Tier, Rows: d.Rows,
	}
	if !d.AsOf.IsZero() {
		asOf := d.AsOf.In(calendar.Shanghai).Format(time.RFC3339Nano)
		out.AsOf = &asOf
	}
	if d.Rules != DefaultRules() && d.Rules != (Rules{}) {
		out.Rules = &d.Rules
	}
	if d.By != ByNone {
		out.By = &d.By
	}
	if out.Rows == nil {
		out.Rows = []Row{}
	}
	return out
}

// UnmarshalJSON reads what MarshalJSON writes.
func (d *Document) UnmarshalJSON(data []byte) error {
	var in documentJSON
	if err := json.Unmarshal(data, &in); err != nil {
		return fmt.Errorf("reading figures: %w", err)
	}
	*d = Document{
		RuleVersion: in.RuleVersion, CalendarVersion: in.CalendarVersion,
		From: in.Period.From, To: in.Period.To, Final: in.Final, Tier: in.Tier, Rows: in.Rows,
	}
	d.Rules = DefaultRules()
	if in.Rules != nil {
		d.Rules = *in.Rules
	}
	if in.By != nil {
		d.By = *in.By
	}
	if in.AsOf == nil {
		return nil
	}
	var err error
	if d.AsOf, err = time.Parse(time.RFC3339Nano, *in.AsOf); err != nil {
		return fmt.Errorf("reading figures: %w", err)
	}
	d.AsOf = d.AsOf.UTC()
	return nil
}
