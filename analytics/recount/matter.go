package recount

import (
	"slices"
	"strings"
	"time"

	"jiesu.cn/jiesu/letter"
)

// series is that of the last series.confirmed, merged or split that lists the
// letter, unless a later rejected or unlinked of that series lists it.
func (s *state) series() string {
	in := ""
	for _, e := range s.seriesEvents {
		p := e.Payload.(*letter.SeriesChanged)
		if !slices.Contains(p.Letters, s.ID) {
			continue
		}
		switch e.Type {
		case letter.TypeSeriesConfirmed, letter.TypeSeriesMerged, letter.TypeSeriesSplit:
			in = p.Series
		case letter.TypeSeriesRejected, letter.TypeSeriesUnlinked:
			if p.Series == in {
				in = ""
			}
		}
	}
	return in
}

// matter names the matter a letter stands for: letters of one writer in one
// series are one, any other letter is one of its own.
func (s *state) matter() string {
	series := s.series()
	if s.Writer.Key == "" || series == "" {
		return "letter " + string(s.ID)
	}
	return strings.Join([]string{"writer", s.Writer.Key, "series", series}, "\x00")
}

const day = 24 * time.Hour

// repeats reports whether the letter repeats the earlier one.
func (s *state) repeats(old *state) bool {
	sameWriter := s.Writer.Key != "" && old.Writer.Key == s.Writer.Key
	if !old.isEarlierThan(s) || !sameWriter || old.isThanks() || s.isThanks() || old.isInvalidated() || s.isInvalidated() {
		return false
	}
	if s.isMergedInto(old) || s.series() != "" && s.series() == old.series() {
		return true // Rule 1.
	}
	const window = 90 * day
	if s.ReceivedAt.Sub(old.ReceivedAt) > window || s.keptApartFrom(old) {
		return false
	}
	return s.isNearDuplicateOf(old) || s.namesFactOf(old) // Rules 2 and 3.
}

// isEarlierThan: received before the other, or at the same time with a smaller id.
func (s *state) isEarlierThan(other *state) bool {
	return s.ReceivedAt.Before(other.ReceivedAt) || s.ReceivedAt.Equal(other.ReceivedAt) && s.ID < other.ID
}

// isMergedInto: the letter is merged and its last merged names the other.
func (s *state) isMergedInto(other *state) bool {
	mergings := s.all(letter.TypeMerged)
	return s.isMerged() && mergings[len(mergings)-1].Payload.(*letter.Merged).Into == other.ID
}

// keptApartFrom: a person rejected or unlinked a series that lists both.
func (s *state) keptApartFrom(other *state) bool {
	return slices.ContainsFunc(s.seriesEvents, func(e letter.Event) bool {
		if e.Type != letter.TypeSeriesRejected && e.Type != letter.TypeSeriesUnlinked {
			return false
		}
		listed := e.Payload.(*letter.SeriesChanged).Letters
		return slices.Contains(listed, other.ID) && slices.Contains(listed, s.ID)
	})
}

func (s *state) isNearDuplicateOf(other *state) bool {
	const enough = 0.6
	return s.links.Similar != nil && s.links.Similar(other.ID, s.ID) >= enough
}

func (s *state) namesFactOf(other *state) bool {
	if s.links.Facts == nil {
		return false
	}
	named := s.links.Facts(other.ID)
	return slices.ContainsFunc(s.links.Facts(s.ID), func(fact string) bool { return slices.Contains(named, fact) })
}

// isRepeat: the letter repeats any earlier one.
func (s *state) isRepeat() bool { return slices.ContainsFunc(s.byWriter[s.Writer.Key], s.repeats) }

// hasReletter: a repeat of the letter came after its first closing and within
// 30 days of it.
func (s *state) hasReletter() bool {
	const window = 30 * day
	closing, closed := s.firstClosing()
	if !closed {
		return false
	}
	return slices.ContainsFunc(s.byWriter[s.Writer.Key], func(other *state) bool {
		after := other.ReceivedAt.Sub(closing)
		return after > 0 && after <= window && other.repeats(s)
	})
}

// isThanked: a letter of thanks that is not invalidated is linked to this one.
func (s *state) isThanked() bool {
	return slices.ContainsFunc(s.byWriter[s.Writer.Key], func(thanks *state) bool {
		return thanks.isThanks() && !thanks.isInvalidated() && thanks.thanksFor() == s
	})
}

// thanksFor is the letter of the same writer, neither thanks nor invalidated and
// earlier than the letter of thanks, whose last closing before the receipt of
// the thanks is the latest, or where none has such, the one received last; among
// equals the one received last, then that with the largest id.
func (s *state) thanksFor() *state {
	var found *state
	for _, other := range s.byWriter[s.Writer.Key] {
		if other.isThanks() || other.isInvalidated() || !other.isEarlierThan(s) {
			continue
		}
		if found == nil || s.prefersFirst(other, found) {
			found = other
		}
	}
	return found
}

func (s *state) prefersFirst(a, b *state) bool {
	closedA, closedB := a.lastClosingBefore(s.ReceivedAt), b.lastClosingBefore(s.ReceivedAt)
	if !closedA.Equal(closedB) {
		return closedA.After(closedB)
	}
	return b.isEarlierThan(a)
}

// lastClosingBefore is the time of the last closed or withdrawn before the time;
// the zero time, which is before all others, when there is none.
func (s *state) lastClosingBefore(end time.Time) (last time.Time) {
	for _, e := range s.all(letter.TypeClosed, letter.TypeWithdrawn) {
		if e.At.Before(end) {
			last = later(last, e.At)
		}
	}
	return last
}
