package classify

import (
	"strings"

	"jiesu.cn/jiesu/letter"
)

// urgency ranks how soon somebody must look. The taxonomy gives a prior; only
// a present danger lifts a letter to P0: to life or body, a person missing, or
// money still on its way. Returned are the hits that lifted it.
func (r *reading) urgency(typ string, found lead) (letter.Urgency, []hit) {
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

// pressing lists signs of danger that are neither past nor asked about.
func (r *reading) pressing(found lead) []hit {
	now := map[int]bool{}
	for _, h := range r.cues(cueNow) {
		now[h.sentence] = true
	}
	var out []hit
	for _, h := range r.cues(cueAttempt) {
		if !h.past && !h.question {
			out = append(out, h)
		}
	}
	for _, h := range r.cues(cueMissing) {
		if !h.past && !h.question {
			out = append(out, h)
		}
	}
	for _, h := range r.cues(cueLife) {
		if !h.past && !h.question && (now[h.sentence] || h.title) {
			out = append(out, h)
		}
	}
	if strings.HasPrefix(found.code, "F") || found.code == "D09" {
		for _, h := range r.cues(cueTransit) {
			if !h.past {
				out = append(out, h)
			}
		}
	}
	return out
}
