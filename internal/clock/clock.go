// Package clock computes every time limit that runs for a letter: the minutes
// to sign and to contact, the working days to reply and to close, and those the
// law sets. It works from the letter's events alone, so that a return, a rework
// or a reassignment never starts a clock again. See docs/clocks.md.
package clock

import (
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// State says how a clock stands at the moment it is asked about.
type State string

// The states of a clock.
const (
	Running         State = "running"
	Soon            State = "soon" // Running, and close to its end.
	Met             State = "met"
	Missed          State = "missed"
	Provisional     State = "provisional"      // The due day is not known yet; so far within the earliest possible.
	MissingCalendar State = "missing_calendar" // As provisional, but the earliest possible day has passed.
)

// Reasons to leave a letter's clock out of the rates, as docs/metrics.md names
// them. The clock is shown all the same.
const (
	invalidated     = "invalidated"
	merged          = "merged"
	thanks          = "thanks"
	transferred     = "transferred"
	uncontactable   = "uncontactable"
	calendarMissing = "calendar_missing"
	immature        = "immature"
)

// Clock is one time limit of one letter. Times are UTC.
type Clock struct {
	ID      string `json:"id"`                // Such as sign, contact, reply; see docs/clocks.md.
	Name    string `json:"name"`              // Chinese, as printed.
	Subject string `json:"subject,omitempty"` // The unit of a hop, the lead, or the number of the instruction.
	Limit   string `json:"limit"`             // Chinese, such as 10分钟.
	Law     string `json:"law"`               // Where the limit comes from.
	Status  Status `json:"status"`            // How well that source was checked.
	Note    string `json:"note,omitempty"`    // When the limit applies, where the events cannot tell.

	Start    time.Time  `json:"start"`
	Due      *time.Time `json:"due,omitempty"`       // Exclusive end, net of outages; nil when there is none or it is not known.
	GrossDue *time.Time `json:"gross_due,omitempty"` // As if there had been no outage.
	Earliest *time.Time `json:"earliest,omitempty"`  // The least that Due can become; only when the calendar is missing.
	Stopped  *time.Time `json:"stopped,omitempty"`   // Nil while it runs.

	State      State `json:"state"`
	GrossState State `json:"gross_state"` // As if there had been no outage.

	ElapsedMS int64 `json:"elapsed_ms"` // From start to stop or now, net of outages. Still growing when Stopped is nil.
	GrossMS   int64 `json:"gross_ms"`

	Counts   bool   `json:"-"`                  // Its rate counts the letter although the clock still runs: contact was tried in vain.
	Excluded string `json:"excluded,omitempty"` // Why rates leave it out: a key of docs/metrics.md.
	Flags    []Flag `json:"flags,omitempty"`
}

// Flag is something irregular about a clock that does not change its state.
type Flag string

// The flags, all of extensions.
const (
	ExtensionLate    Flag = "extension_late"     // Approved after the due time; it has no effect.
	ExtensionTooLong Flag = "extension_too_long" // By more working days than the settings allow at once.
	ExtensionTooMany Flag = "extension_too_many" // More extensions than the settings allow.
	WriterNotTold    Flag = "writer_not_told"
)

// Bucket says how the clock counts in its rate of docs/metrics.md as of the
// moment it was computed for: yes, no, or the key under which it is left out.
// A letter closed early is left out of closed_in_time until it would have been
// due; every other clock counts once it has stopped.
func (c Clock) Bucket(asOf time.Time) string {
	early := c.ID == "close" && c.Due != nil && c.Due.After(asOf)
	switch {
	case c.Excluded != "":
		return c.Excluded
	case c.State == Provisional || c.State == MissingCalendar:
		return calendarMissing
	case (c.State == Running || c.State == Soon) && !c.Counts || early:
		return immature
	case c.State == Met:
		return "yes"
	default:
		return "no"
	}
}

// Of returns every clock that runs or has run for the letter, as was known at
// now: records of later date of recording do not exist yet. Order and
// repetition of the events make no difference. Clocks are in the order of
// docs/clocks.md; there are none for a letter not known by then.
func Of(h History, s Settings, cal *calendar.Calendar, now time.Time) []Clock {
	if h.Letter.RecordedAt.After(now) {
		return nil
	}
	k := known(h, s, cal, now)
	return slices.Concat(k.signClocks(), k.contactClocks(), k.workdayClocks(), k.statutoryClocks())
}

// plain fills in what follows from start, due and stop where outages do not
// count.
func (k *knowledge) plain(c Clock, soonAt time.Time) Clock {
	c.GrossDue = c.Due
	c.State = judge(c.Due, c.Stopped, soonAt, k.now)
	c.GrossState = c.State
	c.GrossMS = max(0, k.until(c.Stopped).Sub(c.Start)).Milliseconds()
	c.ElapsedMS = c.GrossMS
	return c
}

// minute fills in a clock of minutes, off which outages are taken.
func (k *knowledge) minute(c Clock, limit time.Duration, outages []Interval) Clock {
	span := Minutes(c.Start, k.until(c.Stopped), limit, outages)
	soon := Minutes(c.Start, k.now, time.Duration(k.SoonShare*float64(limit)), outages)
	c.Due, c.GrossDue = &span.Due, &span.GrossDue
	c.State = judge(c.Due, c.Stopped, soon.Due, k.now)
	c.GrossState = judge(c.GrossDue, c.Stopped, soon.GrossDue, k.now)
	c.ElapsedMS, c.GrossMS = span.Net.Milliseconds(), span.Gross.Milliseconds()
	return c
}

// until is where a clock's measure ends: at its stop, or now.
func (k *knowledge) until(stopped *time.Time) time.Time {
	if stopped != nil {
		return *stopped
	}
	return k.now
}

// judge compares the stop with the due time. A clock without a due time runs
// until it is stopped.
func judge(due, stopped *time.Time, soonAt, now time.Time) State {
	switch {
	case stopped != nil && (due == nil || !stopped.After(*due)):
		return Met
	case due == nil:
		return Running
	case stopped != nil || !now.Before(*due):
		return Missed
	case !now.Before(soonAt):
		return Soon
	default:
		return Running
	}
}

// soonAt is the moment from which the settings' share of the limit is used up.
func (k *knowledge) soonAt(start, due time.Time) time.Time {
	return start.Add(time.Duration(k.SoonShare * float64(due.Sub(start))))
}
