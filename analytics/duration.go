package analytics

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Ratio is one count over another that it is no part of.
type Ratio struct {
	N uint64 `json:"n"`
	D uint64 `json:"d"`
}

// Per returns n over d rounded half up to 0.1, or "" where d is 0.
func (r Ratio) Per() string {
	if r.D == 0 {
		return ""
	}
	return tenths((20*r.N + r.D) / (2 * r.D))
}

// MarshalJSON writes {"n","d","per"}.
func (r Ratio) MarshalJSON() ([]byte, error) {
	per := r.Per()
	if per == "" {
		per = "null"
	}
	return fmt.Appendf(nil, `{"n":%d,"d":%d,"per":%s}`, r.N, r.D, per), nil
}

// Duration holds quantiles of a clock over letters, in working days or minutes
// as the metric says. See docs/metrics.md for how running clocks count.
type Duration struct {
	P50        *uint32     `json:"p50"` // Nil where there is no clock at all.
	P90        *uint32     `json:"p90"`
	Mean       json.Number `json:"mean,omitempty"` // Of the finished, to 0.1.
	Finished   uint64      `json:"finished"`
	Running    uint64      `json:"running"`
	P50AtLeast bool        `json:"p50_at_least"` // Print with ≥.
	P90AtLeast bool        `json:"p90_at_least"`
}

func tenths(n uint64) string {
	return strconv.FormatUint(n/10, 10) + "." + strconv.FormatUint(n%10, 10)
}

// clockValue is what a number of clocks show.
type clockValue struct {
	value   uint32
	running bool // The value is the least the clocks can end with.
	clocks  uint64
}

// durationOf computes the figure from the numbers of clocks by what they showed
// when they stopped, and by the least they can still show.
func durationOf(finished, running map[uint32]uint64) *Duration {
	var d Duration
	var sum uint64
	values := make([]clockValue, 0, len(finished)+len(running))
	for value, n := range finished {
		values = append(values, clockValue{value, false, n})
		d.Finished += n
		sum += uint64(value) * n
	}
	for value, n := range running {
		values = append(values, clockValue{value, true, n})
		d.Running += n
	}
	slices.SortFunc(values, func(a, b clockValue) int {
		if a.value != b.value {
			return cmp.Compare(a.value, b.value)
		}
		return cmp.Compare(boolToInt(a.running), boolToInt(b.running))
	})
	if d.Finished > 0 {
		d.Mean = json.Number(tenths((20*sum + d.Finished) / (2 * d.Finished)))
	}
	d.P50, d.P50AtLeast = nearestRank(values, d.Finished+d.Running, 50)
	d.P90, d.P90AtLeast = nearestRank(values, d.Finished+d.Running, 90)
	return &d
}

func boolToInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// nearestRank returns the value at the rank that the percentage of all clocks
// ends on, and whether a clock at or before that rank still runs.
func nearestRank(values []clockValue, clocks, percent uint64) (*uint32, bool) {
	rank := (clocks*percent + 99) / 100
	var below uint64
	atLeast := false
	for _, v := range values {
		atLeast = atLeast || v.running
		if below += v.clocks; below >= rank {
			return &v.value, atLeast
		}
	}
	return nil, false
}

// leastValues turns the numbers of running clocks by day of receipt (days since
// 1970) into numbers by the least they can still show. Days whose calendar is
// missing are left out.
func (s *Store) leastValues(m Metric, running map[uint32]uint64, asOf time.Time) map[uint32]uint64 {
	const daySeconds = 24 * 60 * 60
	least := map[uint32]uint64{}
	for number, n := range running {
		day := calendar.DateOf(time.Unix(int64(number)*daySeconds, 0).UTC())
		if m.ID != "handling_days" {
			least[uint32(max(0, asOf.Sub(day.End())/time.Minute))] += n
			continue
		}
		if days, err := s.calendar.WorkdaysBetween(day, calendar.DateOf(asOf)); err == nil {
			least[uint32(max(0, days))] += n
		}
	}
	return least
}
