package analytics

import (
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// DifferenceInterval gives tests the interval that comparisons print.
var DifferenceInterval = differenceInterval

// BaselineOf gives tests what Compare compares a query with: the period, its
// cut-off and the state of the base, the mailbox's first day being first.
func BaselineOf(q Query, kind Baseline, first calendar.Date) (Query, time.Time, Base, error) {
	earlier, err := q.baseline(kind)
	if err != nil {
		return Query{}, time.Time{}, "", err
	}
	base, _ := baseOf(earlier, first, true)
	return earlier, alignedCutOff(q, earlier, q.AsOf), base, nil
}
