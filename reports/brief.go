package reports

import (
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Brief holds all that one day's brief says. Names stand where the store has
// codes, and letter text is masked.
type Brief struct {
	Bureau          string        // Whose brief it is, such as 湛江市公安局.
	Date            calendar.Date // The day reported on.
	AsOf            time.Time     // Cut-off on recorded_at.
	Since           calendar.Date // The first day there are letters of.
	Final           bool          // False: 暂定.
	Synthetic       bool
	RuleVersion     string
	CalendarVersion string
	Rules           analytics.Rules

	KeyLetters  []KeyLetter
	KeySelected bool // A person selected them; otherwise they are proposed.
	Leads       []Lead
	Overdue     []OpenLetter // All of them, the oldest first.
	DueSoon     []OpenLetter // Due up to the end of SoonUntil.
	SoonUntil   calendar.Date

	Day, Previous analytics.Figures // Previous: the day before, as of one day earlier.
	Month, Start  analytics.Figures // The 30 days up to Date; Since up to Date.
	MonthFrom     calendar.Date
	Types         []Group // By letter type.
	Units         []Group // By unit of tier 2.
	Trend         []analytics.DayCount
}

// KeyLetter is a letter the chief should see. A withheld one, which may
// accuse the police, has no text, place, writer or unit.
type KeyLetter struct {
	ID        letter.ID
	Type      string
	Urgency   letter.Urgency
	Place     string // County or zone; empty when unknown.
	Writer    string // Code; empty when anonymous or an informant.
	Summary   Masked
	Reasons   []Masked
	Suggested string // The unit proposed to handle it.
	Withheld  bool
}

// Lead is a lead opened or accepted on the day.
type Lead struct {
	Number   string
	Type     string
	Letter   letter.ID
	Place    string
	Unit     string
	Accepted bool
	Withheld bool
}

// OpenLetter is a letter that is overdue or soon will be.
type OpenLetter struct {
	ID       letter.ID
	Type     string
	Unit     string
	Due      calendar.Date // The last day to act on; the earliest it can be where Provisional.
	Age      int           // Working days since receipt, today included; -1 when a year's calendar is missing.
	Withheld bool

	Provisional bool // A year's holiday notice is missing.
}

// Group is one row of a breakdown. Types have no Start, units no Previous:
// nothing prints them.
type Group struct {
	Key, Name                   string
	Day, Previous, Month, Start analytics.Figures
}
