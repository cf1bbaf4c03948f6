package classify

import (
	"strings"
	"time"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/letter"
)

// urgency ranks how soon somebody must look. The taxonomy gives a prior; only
// a present danger lifts a letter to P0: to life or body, a person missing, or
// money still on its way. Returned are the spans that lifted it.
func (r *reading) urgency(typ string, found lead) (letter.Urgency, []letter.Evidence) {
	if pressing := r.pressing(found); len(pressing) > 0 && typ != string(letter.TypeVoid) && typ != string(letter.TypeThanks) {
		return letter.P0, pressing
	}
	prior := letter.P3
	if t, ok := letter.Types.Lookup(typ); ok {
		prior = t.Urgency
	}
	if t, ok := letter.LeadTypes.Lookup(found.code); ok {
		prior = t.Urgency
	}
	if prior == letter.P0 { // No sign of present danger.
		prior = letter.P1
	}
	return prior, nil
}

// How fresh an event must be to need somebody at once. A transfer can often be
// stopped within a day; a violent person may come back for longer.
const (
	freshMoney    = 24 * time.Hour
	freshViolence = 72 * time.Hour
	halfDay       = 12 * time.Hour
)

// pressing lists signs of danger that are neither past nor asked about.
func (r *reading) pressing(found lead) []letter.Evidence {
	fraud := strings.HasPrefix(found.code, "F") || found.code == "D09"
	violent := strings.HasPrefix(found.code, "V") && r.lately(freshViolence) != nil
	var out []letter.Evidence
	for _, i := range r.cueHits {
		h := &r.hits[i]
		if h.negated || h.caution || h.past || h.question {
			continue
		}
		switch h.Code {
		case cueAttempt, cueRescue:
		case cueMissing:
			if !r.beside(cueKin, h) {
				continue
			}
		case cueLife:
			if !r.beside(cueNow, h) && !violent {
				continue
			}
		case cueTransit:
			if !fraud {
				continue
			}
		default:
			continue
		}
		out = append(out, r.span(h, "urgency", h.worth()))
	}
	if e := r.lately(freshMoney); e != nil && fraud && r.holds(entity.KindAmount) {
		out = append(out, letter.Evidence{For: "urgency", Text: e.Text, Start: e.Start, End: e.End, Weight: 1})
	}
	return out
}

// staleFraud reports a fraud without any sign that its money may still be stopped.
func (r *reading) staleFraud(code string) bool {
	fraud := strings.HasPrefix(code, "F") || code == "D09"
	return fraud && !r.has(cueNow) && !r.has(cueTransit) && r.lately(freshMoney) == nil
}

// lately returns the first time named in the letter that lies within the given
// span before it came, or nil. Half a day is added, since a day is named more
// often than its hour.
func (r *reading) lately(span time.Duration) *letter.Entity {
	for i := range r.found.Entities {
		e := &r.found.Entities[i]
		from, _, ok := strings.Cut(e.Value, "/")
		if e.Kind != entity.KindTime || !ok {
			continue
		}
		began, err := time.Parse(time.RFC3339, from)
		if err == nil && !began.After(r.letter.ReceivedAt) && r.letter.ReceivedAt.Sub(began) <= span+halfDay {
			return e
		}
	}
	return nil
}

// beside reports whether a cue stands in the sentence of a hit.
func (r *reading) beside(code string, h *hit) bool {
	for cue := range r.cues(code) {
		if cue.sentence == h.sentence {
			return true
		}
	}
	return false
}
