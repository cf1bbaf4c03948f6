package recount

import (
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// The further figures of docs/metrics.md that are about letters and hops, in its
// order.

func (s *state) firstSignedInTime() answer {
	return s.signedAfterReceipt(s.signedBy(s.directory.CityDesk()))
}

func (s *state) ownerSignedInTime() answer {
	return s.signedAfterReceipt(s.signedBy(s.owner())) // Whether or not its arrival was recorded.
}

func (s *state) signedAfterReceipt(signed moment) answer {
	if key := s.notOfV(); key != "" {
		return key
	}
	if !signed.known && !s.passed(s.ReceivedAt.Add(signLimit)) {
		return immatureKey
	}
	return yesIf(signed.within(signLimit, s.ReceivedAt))
}

func (s *state) allSignedInTime() answer {
	if key := s.notOfV(); key != "" {
		return key
	}
	all := true
	for _, h := range s.hops {
		if !h.signed.known && !s.passed(h.arrival.Add(signLimit)) {
			return immatureKey
		}
		all = all && h.signed.within(signLimit, h.arrival)
	}
	return yesIf(all)
}

func (s *state) signedInTimeNet(h hop) answer {
	return s.inTimeOfHopNet(h, h.signed)
}

func (s *state) forwardedInTimeNet(h hop) answer {
	return s.inTimeOfHopNet(h, h.ended)
}

func (s *state) inTimeOfHopNet(h hop, done moment) answer {
	if key := s.notOfV(); key != "" {
		return key
	}
	if !done.known && s.net(h.unit, h.arrival, s.asOf) < signLimit {
		return immatureKey
	}
	return yesIf(done.known && s.net(h.unit, h.arrival, done.at) <= signLimit)
}

func (s *state) contactedInTimeNet() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, uncontactableKey); key != "" {
		return key
	}
	start, unit, started := s.contactStart()
	first, attempted := earliest(s.contacts(), s.effective)
	if !started || !attempted && s.net(unit, start, s.asOf) < contactLimit {
		return immatureKey
	}
	return yesIf(attempted && s.net(unit, start, first) <= contactLimit)
}

func (s *state) contactedFirst() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, thanksKey, uncontactableKey); key != "" {
		return key
	}
	handled, isHandled := earliest(s.all(letter.TypeReplied, letter.TypeClosed, letter.TypeWithdrawn), at)
	if !isHandled {
		return openKey
	}
	first, attempted := earliest(s.attempts(), s.effective)
	return yesIf(attempted && !first.After(handled))
}

func (s *state) isOpen() bool { return s.notOfClosure() == "" && !s.isClosed() }

func (s *state) open() int { return one(s.isOpen()) }

func (s *state) openOver5() int { return one(s.isOpen() && s.olderThan(5)) }

func (s *state) openOver15() int { return one(s.isOpen() && s.olderThan(15)) }

func (s *state) olderThan(days int) bool {
	worked, ok := s.workdaysTo(s.asOf)
	return ok && worked > days
}

// workdaysTo counts the working days after the day of receipt up to and
// including that of the time; false where a calendar is missing.
func (s *state) workdaysTo(at time.Time) (int, bool) {
	worked, last := 0, calendar.DateOf(at)
	for date := calendar.DateOf(s.ReceivedAt).AddDays(1); !date.After(last); date = date.AddDays(1) {
		isWorked, err := s.calendar.IsWorkday(date)
		if err != nil {
			return 0, false
		}
		worked += one(isWorked)
	}
	return worked, true
}

const reletterWindow = 30 * day

func (s *state) closedOnce() answer {
	if key := s.notOfClosure(); key != "" {
		return key
	}
	closing, closed := s.firstClosing()
	switch {
	case !closed:
		return openKey
	case !s.passed(closing.Add(reletterWindow)):
		return immatureKey
	}
	return yesIf(!s.everReopened() && !s.hasReletter())
}

func (s *state) reletters() answer {
	if key := s.notOfClosure(); key != "" {
		return key
	}
	closing, closed := s.firstClosing()
	switch {
	case !closed:
		return openKey
	case !s.hasReletter() && !s.passed(closing.Add(reletterWindow)):
		return immatureKey
	}
	return yesIf(s.hasReletter())
}

func (s *state) repeatLetters() answer {
	if key := s.leftOut(invalidatedKey, thanksKey); key != "" {
		return key
	}
	return yesIf(s.isRepeat())
}

// revisits are what the revisits of a letter came to.
type revisits struct {
	times        int
	reached      bool
	solved       string // Last answer; "" where none was given.
	satisfaction int    // Last rating; 0 where none was given.
}

func (s *state) revisits() (r revisits) {
	for _, e := range s.all(letter.TypeRevisited) {
		p := e.Payload.(*letter.Revisited)
		r.times++
		r.reached = r.reached || p.Reached
		if p.Solved == "yes" || p.Solved == "partly" || p.Solved == "no" {
			r.solved = p.Solved
		}
		if p.Satisfaction != nil {
			r.satisfaction = *p.Satisfaction
		}
	}
	return r
}

func (s *state) revisited() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, thanksKey, transferredKey, uncontactableKey, withdrawnKey); key != "" {
		return key
	}
	const window = 7 * day
	closed, isClosed := s.closedAt()
	done := s.revisits().reached || s.revisits().times >= 2
	switch {
	case !isClosed:
		return openKey
	case !done && !s.passed(closed.Add(window)):
		return immatureKey
	}
	return yesIf(done)
}

func (s *state) revisitReached() answer {
	if s.revisits().times == 0 {
		return outside
	}
	if key := s.notOfV(); key != "" {
		return key
	}
	return yesIf(s.revisits().reached)
}

func (s *state) rated() answer {
	if a := s.revisited(); a != yes && a != no {
		return a
	}
	return yesIf(s.revisits().satisfaction > 0)
}

func (s *state) satisfied() answer {
	return s.rating(func(rating int) bool { return rating >= 3 })
}

func (s *state) dissatisfied() answer {
	return s.rating(func(rating int) bool { return rating <= 2 })
}

func (s *state) rating(met func(int) bool) answer {
	rating := s.revisits().satisfaction
	if rating == 0 {
		return outside
	}
	if key := s.leftOut(invalidatedKey, mergedKey, thanksKey); key != "" {
		return key
	}
	return yesIf(met(rating))
}

func (s *state) solvedRate() answer {
	solved := s.revisits().solved
	if solved == "" || s.closingReason() == "unreasonable" {
		return outside
	}
	if key := s.leftOut(invalidatedKey, mergedKey, transferredKey); key != "" {
		return key
	}
	return yesIf(solved == "yes")
}

// share answers for a rate over all of V.
func (s *state) share(met bool) answer {
	if key := s.notOfV(); key != "" {
		return key
	}
	return yesIf(met)
}

func (s *state) leadRate() answer {
	return s.share(s.any(letter.TypeLeadAccepted, letter.TypeLeadVerified))
}

func (s *state) supervised() int { return one(s.supervisedRate() == yes) }

func (s *state) supervisedRate() answer { return s.share(s.any(letter.TypeSupervised)) }

// supervisionAnswered asks about the first supervised with a due time.
func (s *state) supervisionAnswered() answer {
	for i, e := range s.events {
		p, ok := e.Payload.(*letter.Supervised)
		if !ok || p.Due == nil {
			continue
		}
		if key := s.notOfV(); key != "" {
			return key
		}
		answered := s.firstAfter(i, letter.TypeReplied, letter.TypeClosed, letter.TypeInstructionAnswered)
		if !answered.known && !s.passed(*p.Due) {
			return immatureKey
		}
		return yesIf(answered.known && !answered.at.After(*p.Due))
	}
	return outside
}

// firstAfter is the time of the first event of the types after the i-th.
func (s *state) firstAfter(i int, types ...letter.EventType) moment {
	for _, e := range s.events[i+1:] {
		for _, t := range types {
			if e.Type == t {
				return moment{e.At, true}
			}
		}
	}
	return moment{}
}

func (s *state) escalated() int { return one(s.escalatedRate() == yes) }

func (s *state) escalatedRate() answer { return s.share(s.any(letter.TypeEscalated)) }

func (s *state) instructed() int { return one(s.share(s.any(letter.TypeInstructed)) == yes) }

// instructionDone asks about all instructions with a due time that are answered
// or due.
func (s *state) instructionDone() answer {
	withDue, ripe, met := 0, 0, 0
	for i, e := range s.events {
		p, ok := e.Payload.(*letter.Instructed)
		if !ok || p.Due == nil {
			continue
		}
		withDue++
		answered := s.firstAfter(i, letter.TypeInstructionAnswered)
		if answered.known || s.passed(*p.Due) {
			ripe++
			met += one(answered.known && !answered.at.After(*p.Due))
		}
	}
	if withDue == 0 {
		return outside
	}
	if key := s.notOfV(); key != "" {
		return key
	}
	if ripe == 0 {
		return immatureKey
	}
	return yesIf(met == ripe)
}

func (s *state) transferred() int { return one(s.transferredRate() == yes) }

func (s *state) transferredRate() answer { return s.share(s.isTransferred()) }

func (s *state) transferredInTime() answer {
	first, isTransferred := earliest(s.all(letter.TypeTransferred), at)
	if !isTransferred {
		return outside
	}
	return s.share(first.Sub(s.ReceivedAt) <= day)
}

func (s *state) closedByFirst() answer {
	first, ok := s.firstReceiver()
	if !ok {
		return outside
	}
	if key := s.notOfClosure(); key != "" {
		return key
	}
	return yesIf(s.isClosed() && s.owner() == first)
}

func (s *state) returnedRate() answer {
	if !s.isDispatched() {
		return outside
	}
	return s.share(s.any(letter.TypeReturned))
}

func (s *state) returns() int {
	if !s.isValid() {
		return 0
	}
	return len(s.all(letter.TypeReturned))
}

func (s *state) reworkedRate() answer {
	if key := s.notOfClosure(); key != "" {
		return key
	}
	if _, closed := s.firstClosing(); !closed {
		return openKey
	}
	return yesIf(s.everReopened())
}

func (s *state) thanked() int { return one(s.isValid() && s.isThanked()) }

// lettersPerWriter counts letters with a writer key over their writers.
func (t *tally) lettersPerWriter(key string, s *state) {
	if s.isValid() && s.Writer.Key != "" {
		t.addCount(key, "letters_per_writer", 1)
		t.addThing(key, "letters_per_writer", s.Writer.Key)
	}
}

// clock is what a letter's clock shows.
type clock struct {
	counts  bool // Whether the letter has one.
	running bool // The value is the least it can end with.
	value   int  // Working days or minutes.
}

func (s *state) handlingDays() clock {
	if s.notOfClosure() != "" {
		return clock{}
	}
	end, isClosed := s.closedAt()
	if !isClosed {
		end = s.asOf
	}
	worked, ok := s.workdaysTo(end)
	return clock{counts: ok, running: !isClosed, value: worked}
}

func (s *state) contactMinutes() clock {
	if s.leftOut(invalidatedKey, mergedKey, uncontactableKey) != "" {
		return clock{}
	}
	start, _, started := s.contactStart()
	if !started {
		return clock{}
	}
	return s.minutes(start, momentOf(earliest(s.contacts(), s.effective)))
}

func (s *state) firstSignMinutes() clock {
	if s.notOfV() != "" {
		return clock{}
	}
	return s.minutes(s.ReceivedAt, s.signedBy(s.directory.CityDesk()))
}

// minutes counts whole minutes from start to the moment; while it has not come,
// from the end of the day of the start to T.
func (s *state) minutes(start time.Time, done moment) clock {
	end := done.at
	if !done.known {
		start, end = calendar.DateOf(start).End(), s.asOf
	}
	return clock{counts: true, running: !done.known, value: int(max(0, end.Sub(start)) / time.Minute)}
}
