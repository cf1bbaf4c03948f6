package analytics

import (
	"context"
	"errors"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// KeyLetter is a letter the chief should see in person. Of a held letter, one
// that may accuse a police unit and is not cleared, only ID, ReceivedAt, Type
// and Held are given.
type KeyLetter struct {
	ID          letter.ID
	ReceivedAt  time.Time // UTC.
	Type        letter.TypeCode
	Urgency     letter.Urgency
	Division    string   // Code; empty when unknown.
	Owner       string   // Unit that holds the letter.
	Title, Body string   // As written, not masked.
	WriterKey   string   // Empty for anonymous writers and for informants (L04, L10).
	Selected    bool     // Chosen for the day by a person.
	Reasons     []string // As that person gave them.
	Yuan        float64  // Largest amount of money the text names.
	Repeats     uint64   // Letters of the same writer in the 30 days up to this one, itself included; 0 for informants.
	Contacted   bool     // Somebody tried to reach the writer by AsOf.
	Overdue     bool
	Held        bool
}

// NewLead is a lead opened or accepted on the day.
type NewLead struct {
	Lead     string
	Type     letter.LeadTypeCode
	Letter   letter.ID // The letter it comes from.
	Division string
	Unit     string    // The unit it was last assigned to, else the one that acted.
	At       time.Time // UTC; of the first such event on the day.
	Accepted bool      // Accepted by AsOf.
	Held     bool      // Its letter is held.
}

// OpenLetter is a letter with a due time that is not closed.
type OpenLetter struct {
	ID         letter.ID
	ReceivedAt time.Time // UTC.
	Type       letter.TypeCode
	Urgency    letter.Urgency
	Division   string
	Owner      string
	Due        time.Time // UTC; due_eff of docs/metrics.md, an exclusive end.
	Held       bool
}

// DayCount counts the letters of one Shanghai day.
type DayCount struct {
	Day      calendar.Date
	Received uint64 // Letters received on the day, as the figure received counts them.
	Closed   uint64 // Letters closed on the day and still closed as of the cut-off.
}

// KeyLetters returns the letters selected for the day, in the order of their
// selection; where nobody selected any, the most pressing P0 and P1 letters
// received that day. At most limit.
func (s *Store) KeyLetters(_ context.Context, _ Viewer, _ calendar.Date, _ time.Time, _ int) ([]KeyLetter, error) {
	return nil, errors.ErrUnsupported
}

// NewLeads returns the leads opened or accepted on the day, in that order.
func (s *Store) NewLeads(_ context.Context, _ Viewer, _ calendar.Date, _ time.Time) ([]NewLead, error) {
	return nil, errors.ErrUnsupported
}

// OpenByDue returns the letters that are open as of the cut-off and were or
// will be due before dueBefore, the most overdue first.
func (s *Store) OpenByDue(_ context.Context, _ Viewer, _, _ time.Time) ([]OpenLetter, error) {
	return nil, errors.ErrUnsupported
}

// DayCounts counts letters by day, both days included; every day has an entry.
func (s *Store) DayCounts(_ context.Context, _ Viewer, _, _ calendar.Date, _ time.Time) ([]DayCount, error) {
	return nil, errors.ErrUnsupported
}

// FirstDay returns the Shanghai day of the first letter known by the cut-off;
// false when there is none.
func (s *Store) FirstDay(_ context.Context, _ Viewer, _ time.Time) (calendar.Date, bool, error) {
	return calendar.Date{}, false, errors.ErrUnsupported
}
