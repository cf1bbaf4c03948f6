package analytics

import (
	"context"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Document holds figures as `jiesu kpi --json` prints them.
type Document struct {
	RuleVersion     string
	CalendarVersion string
	From, To        calendar.Date
	AsOf            time.Time
	Final           bool // False: 暂定.
	By              Dimension
	Tier            int
	Rows            []Row
}

// Row holds the figures of one key of the dimension.
type Row struct {
	Key  string
	Name string // Chinese; empty when there is no dimension.
	KPIs Figures
}

// Figures holds a figure for every metric, by id.
type Figures map[string]Figure

// Figure is a count or a rate.
type Figure struct {
	Count uint64
	Rate  *Rate // Nil for counts.
}

// Rate is a share with all that is needed to judge it.
type Rate struct {
	N, D     uint64
	Excluded map[string]uint64 // By exclusion key; zeros are left out.
}

// KPIs computes every figure of docs/metrics.md.
func (s *Store) KPIs(_ context.Context, _ Viewer, _ Query) (Document, error) {
	return Document{}, errNotYet
}

// LastRecordedAt returns the newest recorded_at in the store, UTC; zero when it
// is empty.
func (s *Store) LastRecordedAt(_ context.Context) (time.Time, error) { return time.Time{}, errNotYet }

// Synthetic reports whether any letter comes from the simulator.
func (s *Store) Synthetic(_ context.Context) (bool, error) { return false, errNotYet }

// Counts describes the store for a health check.
type Counts struct {
	Rows                map[string]uint64 // By table.
	EventsWithoutLetter uint64            // Stored, but ignored by figures until the letter comes.
}

// Counts counts rows as a reader sees them.
func (s *Store) Counts(_ context.Context) (Counts, error) { return Counts{}, errNotYet }
