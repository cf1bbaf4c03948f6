package recount

import (
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// contactStart is from when the writer waits for contact, and the unit that owes
// it: by the rules from receipt, or from the signing of the first unit that kept
// the letter. It has not started before that unit has it.
func (s *state) contactStart() (start time.Time, unit string, started bool) {
	if !s.rules.ContactFromSigned {
		return s.ReceivedAt, s.directory.CityDesk(), true
	}
	keepings := s.all(letter.TypeSelfHandled)
	if len(keepings) == 0 {
		return start, "", false
	}
	start, unit = s.effective(keepings[0]), keepings[0].Unit()
	if signed := s.signedBy(unit); signed.known {
		start = earlier(start, signed.at)
	}
	return start, unit, true
}

// contacts are the attempts and, of a letter that came in quiet hours, the
// automatic receipts of the same night.
func (s *state) contacts() []letter.Event {
	contacts := s.attempts()
	for _, e := range s.all(letter.TypeContacted) {
		if e.Payload.(*letter.Contacted).Method == "auto" && s.sameNight(s.effective(e)) {
			contacts = append(contacts, e)
		}
	}
	return contacts
}

// sameNight reports whether the letter came in the quiet hours of a night that
// hold the time too.
func (s *state) sameNight(at time.Time) bool {
	return slices.ContainsFunc(s.nights(), func(night [2]time.Time) bool {
		return within(night, s.ReceivedAt) && within(night, at)
	})
}

func within(night [2]time.Time, at time.Time) bool {
	return !at.Before(night[0]) && at.Before(night[1])
}

// nights are the quiet hours that begin on the day of receipt and the day before.
func (s *state) nights() (nights [][2]time.Time) {
	from, to := s.rules.QuietFrom, s.rules.QuietTo
	if from == to {
		return nil
	}
	for _, day := range []calendar.Date{calendar.DateOf(s.ReceivedAt), calendar.DateOf(s.ReceivedAt).AddDays(-1)} {
		night := [2]time.Time{day.Start().Add(from), day.Start().Add(to)}
		if to < from {
			night[1] = day.End().Add(to)
		}
		nights = append(nights, night)
	}
	return nights
}
