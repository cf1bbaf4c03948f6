package analytics

import (
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Dimension is what figures are broken down by.
type Dimension string

// The dimensions; see docs/metrics.md for what each groups.
const (
	ByNone     Dimension = "" // One row for all.
	ByUnit     Dimension = "unit"
	ByType     Dimension = "type"
	ByTopic    Dimension = "topic"
	ByDivision Dimension = "division"
	ByChannel  Dimension = "channel"
	ByDay      Dimension = "day"
)

// Query asks for figures.
type Query struct {
	From, To calendar.Date // Both included.
	AsOf     time.Time     // Cut-off on recorded_at; zero means the last recorded_at in the store.
	By       Dimension
	Tier     int // With ByUnit: roll units up to tier 1, 2 or 3; 0 leaves them as they are.
}
