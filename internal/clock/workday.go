package clock

import (
	"fmt"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// replyDays is the promise: a reply within five working days.
const replyDays = 5

// workdayClocks are the limits to reply, to close, and to carry out
// instructions.
func (k *knowledge) workdayClocks() []Clock {
	left := k.excluded(invalidated, merged, thanks, transferred)
	common := Clock{Limit: "5个工作日", Law: promise, Status: Verified, Start: k.letter.ReceivedAt, Excluded: left}
	reply, closing := common, common
	reply.ID, reply.Name, reply.Stopped = "reply", "回复", k.firstAt(isReply)
	closing.ID, closing.Name, closing.Stopped = "close", "办结", k.closedAt()

	due5, err := k.cal.Due(k.letter.ReceivedAt, replyDays)
	if err != nil { // The calendar knows only this fault: a year is not loaded.
		earliest := k.cal.EarliestDue(k.letter.ReceivedAt, replyDays).End().UTC()
		clocks := []Clock{k.unknown(reply, earliest), k.unknown(closing, earliest)}
		return append(clocks, k.instructionClocks(nil, &earliest)...)
	}
	end := due5.At.UTC()
	reply.Due = &end
	closing.Due, closing.Flags = k.extended(end)
	if !closing.Due.Equal(end) {
		closing.Limit = "延期至 " + lastDay(*closing.Due).String()
	}
	clocks := []Clock{k.workday(reply), k.workday(closing)}
	return append(clocks, k.instructionClocks(closing.Due, nil)...)
}

// workday finishes a clock of working days: it is soon over on its last day.
func (k *knowledge) workday(c Clock) Clock {
	if c.Due == nil {
		return k.plain(c, k.now)
	}
	return k.plain(c, c.Due.Add(-24*time.Hour))
}

// unknown finishes a clock whose due day hangs on a notice that is not loaded.
// It counts neither as met nor as missed.
func (k *knowledge) unknown(c Clock, earliest time.Time) Clock {
	c = k.plain(c, k.now)
	c.Earliest = &earliest
	c.State = Provisional
	if k.until(c.Stopped).After(earliest) {
		c.State = MissingCalendar
	}
	c.GrossState = c.State
	return c
}

func isReply(e letter.Event) bool { return e.Type == letter.TypeReplied }

// firstAt returns the time of the first event that fits.
func (k *knowledge) firstAt(fits func(letter.Event) bool) *time.Time {
	if e := k.first(fits); e != nil {
		at := e.At
		return &at
	}
	return nil
}

// closedAt is when the letter was closed for the time that counts: the first
// closing after the last reopening. Nil when it is open.
func (k *knowledge) closedAt() *time.Time {
	var closed *time.Time
	for _, e := range k.events {
		switch e.Type {
		case letter.TypeReopened:
			closed = nil
		case letter.TypeClosed, letter.TypeWithdrawn:
			if closed == nil {
				at := e.At
				closed = &at
			}
		}
	}
	return closed
}

// extended returns the due time after all extensions, with what was irregular
// about them: one that was approved in time replaces the due time, whatever the
// rules on length and number say.
func (k *knowledge) extended(due time.Time) (*time.Time, []Flag) {
	var flags []Flag
	granted := 0
	for _, e := range k.events {
		p, ok := e.Payload.(*letter.ExtensionDecided)
		if !ok || !p.Approved {
			continue
		}
		until, err := calendar.ParseDate(p.Until)
		if err != nil {
			continue // Its form was checked when it came.
		}
		if e.At.After(due) {
			flags = append(flags, ExtensionLate)
			continue
		}
		granted++
		if granted > k.Extensions {
			flags = append(flags, ExtensionTooMany)
		}
		if days, err := k.cal.WorkdaysBetween(lastDay(due), until); err == nil && days > k.ExtensionDays {
			flags = append(flags, ExtensionTooLong)
		}
		if !p.ToldWriter {
			flags = append(flags, WriterNotTold)
		}
		due = until.End().UTC()
	}
	slices.Sort(flags)
	return &due, slices.Compact(flags)
}

// lastDay is the day that ends at a due time.
func lastDay(due time.Time) calendar.Date { return calendar.DateOf(due.Add(-time.Millisecond)) }

// instructionClocks are the limits to report back on instructions: the date
// the instruction sets, or the letter's own due time if that comes first and
// was still ahead. earliest is the least the letter's own can be when it is
// not known.
func (k *knowledge) instructionClocks(regular, earliest *time.Time) []Clock {
	var clocks []Clock
	for _, e := range k.events {
		p, ok := e.Payload.(*letter.Instructed)
		if !ok {
			continue
		}
		c := Clock{
			ID: "instruction", Name: "批示落实", Subject: fmt.Sprintf("第%d次", len(clocks)+1), Limit: "批示所定", Law: "领导批示", Status: Verified,
			Start: e.At, Excluded: k.excluded(invalidated, merged),
			Stopped: k.firstAt(func(a letter.Event) bool { return a.Type == letter.TypeInstructionAnswered && !a.At.Before(e.At) }),
		}
		if p.Due != nil {
			due := p.Due.UTC()
			c.Due = &due
		}
		if regular != nil && regular.After(e.At) && (c.Due == nil || regular.Before(*c.Due)) {
			c.Due, c.Limit = regular, "不晚于来信办结期限"
		}
		if earliest != nil && earliest.After(e.At) && (c.Due == nil || earliest.Before(*c.Due)) {
			c.Due = nil
			clocks = append(clocks, k.unknown(c, *earliest))
			continue
		}
		clocks = append(clocks, k.workday(c))
	}
	return clocks
}
