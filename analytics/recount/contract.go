package recount

import (
	"time"

	"jiesu.cn/jiesu/letter"
)

// The figures of the contract that are about letters and hops, in the order of
// docs/metrics.md.

// answer is what a rate says of one of its members: yes or no, or the key under
// which it is left out.
type answer string

const (
	yes     answer = "yes"
	no      answer = "no"
	outside answer = "" // The question does not concern it.

	invalidatedKey     answer = "invalidated"
	mergedKey          answer = "merged"
	thanksKey          answer = "thanks"
	transferredKey     answer = "transferred"
	uncontactableKey   answer = "uncontactable"
	withdrawnKey       answer = "withdrawn"
	openKey            answer = "open"
	calendarMissingKey answer = "calendar_missing"
	immatureKey        answer = "immature"
)

func yesIf(met bool) answer {
	if met {
		return yes
	}
	return no
}

// leftOut returns the first of the keys that applies, "" when none does. Keys
// must be given in the order of docs/metrics.md.
func (s *state) leftOut(keys ...answer) answer {
	for _, key := range keys {
		applies := false
		switch key {
		case invalidatedKey:
			applies = s.isInvalidated()
		case mergedKey:
			applies = s.isMerged()
		case thanksKey:
			applies = s.isThanks()
		case transferredKey:
			applies = s.isTransferred()
		case uncontactableKey:
			applies = !s.Writer.Contactable
		case withdrawnKey:
			applies = s.isWithdrawn()
		case calendarMissingKey:
			_, ok := s.due5()
			applies = !ok
		}
		if applies {
			return key
		}
	}
	return ""
}

// notOfV and notOfClosure are the keys of what V and closure's d leave out.
func (s *state) notOfV() answer { return s.leftOut(invalidatedKey, mergedKey) }

func (s *state) notOfClosure() answer {
	return s.leftOut(invalidatedKey, mergedKey, thanksKey, transferredKey)
}

// passed reports whether a time is ≤ T.
func (l *ledger) passed(at time.Time) bool { return !at.After(l.asOf) }

const (
	signLimit    = 10 * time.Minute
	contactLimit = 30 * time.Minute
)

func one(is bool) int {
	if is {
		return 1
	}
	return 0
}

func (s *state) received() int { return 1 }

func (s *state) invalidated() int { return one(s.isInvalidated()) }

func (s *state) merged() int { return one(s.isMerged() && !s.isInvalidated()) }

func (s *state) letters() int { return one(s.isValid()) }

func (s *state) writers() string {
	if !s.isValid() {
		return ""
	}
	return s.Writer.Key
}

func (s *state) matters() string {
	if !s.isValid() {
		return ""
	}
	return s.matter()
}

func (s *state) backdated() (n int) {
	if !s.isValid() {
		return 0
	}
	for _, e := range s.all(letter.TypeSigned, letter.TypeForwarded, letter.TypeReturned, letter.TypeSelfHandled, letter.TypeContacted) {
		if p, ok := e.Payload.(*letter.Forwarded); ok && p.Role != "lead" {
			continue
		}
		if p, ok := e.Payload.(*letter.Contacted); ok && p.Method == "auto" {
			continue
		}
		n += one(s.isLate(e))
	}
	return n
}

func (s *state) response() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, uncontactableKey); key != "" {
		return key
	}
	if !s.isResponded() && s.ReceivedAt.Add(contactLimit).After(s.asOf) {
		return immatureKey
	}
	return yesIf(s.isResponded())
}

func (s *state) signedInTime(h hop) answer {
	return s.inTimeOfHop(h, h.signed)
}

func (s *state) forwardedInTime(h hop) answer {
	return s.inTimeOfHop(h, h.ended)
}

func (s *state) inTimeOfHop(h hop, done moment) answer {
	if key := s.notOfV(); key != "" {
		return key
	}
	if !done.known && !s.passed(h.arrival.Add(signLimit)) {
		return immatureKey
	}
	return yesIf(done.within(signLimit, h.arrival))
}

func (s *state) contactedInTime() answer {
	return s.contacted(s.contacts())
}

func (s *state) contactedReachedInTime() answer {
	return s.contacted(s.reached())
}

// contacted asks whether the first of the contacts was in time. A letter is
// mature once contact was attempted, whatever came of it, but not before its
// clock has started.
func (s *state) contacted(contacts []letter.Event) answer {
	if key := s.leftOut(invalidatedKey, mergedKey, uncontactableKey); key != "" {
		return key
	}
	start, _, started := s.contactStart()
	if !started || len(s.contacts()) == 0 && !s.passed(start.Add(contactLimit)) {
		return immatureKey
	}
	return yesIf(momentOf(earliest(contacts, s.effective)).within(contactLimit, start))
}

func (s *state) repliedInTime() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, thanksKey, transferredKey, calendarMissingKey); key != "" {
		return key
	}
	due, _ := s.due5()
	first, isReplied := earliest(s.all(letter.TypeReplied), at)
	if !isReplied && !s.passed(due) {
		return immatureKey
	}
	return yesIf(isReplied && !first.After(due))
}

func (s *state) closure() answer {
	if key := s.notOfClosure(); key != "" {
		return key
	}
	return yesIf(s.isClosed())
}

func (s *state) closureMature() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, thanksKey, transferredKey, calendarMissingKey); key != "" {
		return key
	}
	if due, _ := s.due5(); !s.passed(due) {
		return immatureKey
	}
	return yesIf(s.isClosed())
}

func (s *state) closedInTime() answer {
	if key := s.leftOut(invalidatedKey, mergedKey, thanksKey, transferredKey, calendarMissingKey); key != "" {
		return key
	}
	due, _ := s.dueEff()
	if !s.passed(due) {
		return immatureKey
	}
	closed, isClosed := s.closedAt()
	return yesIf(isClosed && !closed.After(due))
}

func (s *state) overdue() int {
	due, ok := s.dueEff()
	return one(ok && s.notOfClosure() == "" && !s.isClosed() && due.Before(s.asOf))
}

func (s *state) thanks() int { return one(s.isValid() && s.isThanks()) }

func (s *state) problemsSolved() string {
	if !s.isValid() {
		return ""
	}
	for _, e := range s.all(letter.TypeRevisited) {
		if e.Payload.(*letter.Revisited).Solved == "yes" {
			return s.matter()
		}
	}
	return ""
}
