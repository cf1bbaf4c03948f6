package analytics

import (
	"encoding/json"
	"fmt"
	"maps"
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

// durationOf computes the figure from the numbers of clocks by what they showed
// when they stopped, and by the least they can still show.
func durationOf(finished, running map[uint32]uint64) *Duration {
	var d Duration
	var sum uint64
	least := maps.Clone(finished)
	if least == nil {
		least = map[uint32]uint64{}
	}
	for value, n := range finished {
		d.Finished += n
		sum += uint64(value) * n
	}
	for value, n := range running {
		d.Running += n
		least[value] += n
	}
	if d.Finished > 0 {
		d.Mean = json.Number(tenths((20*sum + d.Finished) / (2 * d.Finished)))
	}
	const median, ninth = 50, 90
	d.P50, d.P50AtLeast = quantile(least, finished, d.Finished+d.Running, median)
	d.P90, d.P90AtLeast = quantile(least, finished, d.Finished+d.Running, ninth)
	return &d
}

// quantile returns the value at the rank that the percentage of all clocks ends
// on, every running one at its least. The second is true where it is higher if
// none of these ever stops.
func quantile(least, finished map[uint32]uint64, clocks, percent uint64) (*uint32, bool) {
	rank := (clocks*percent + 99) / 100
	value, ok := atRank(least, rank)
	if !ok {
		return nil, false
	}
	most, ok := atRank(finished, rank)
	return &value, !ok || most != value
}

// atRank returns the value of the clock at the rank, counted from 1 for the
// lowest; false where there are fewer clocks.
func atRank(values map[uint32]uint64, rank uint64) (uint32, bool) {
	var clocks uint64
	for _, value := range slices.Sorted(maps.Keys(values)) {
		if clocks += values[value]; clocks >= rank {
			return value, true
		}
	}
	return 0, false
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
