package classify

import (
	"strings"

	"jiesu.cn/jiesu/classify/lexicon"
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
	now, kin := r.sentencesWith(cueNow), r.sentencesWith(cueKin)
	var out []hit
	for _, h := range r.hits {
		if h.Axis != lexicon.Cue || h.negated || h.caution || h.past || h.question {
			continue
		}
		switch h.Code {
		case cueAttempt, cueRescue:
			out = append(out, h)
		case cueMissing:
			if kin[h.sentence] {
				out = append(out, h)
			}
		case cueLife:
			if now[h.sentence] {
				out = append(out, h)
			}
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

// sentencesWith returns the numbers of the sentences a cue stands in.
func (r *reading) sentencesWith(code string) map[int]bool {
	in := map[int]bool{}
	for _, h := range r.cues(code) {
		in[h.sentence] = true
	}
	return in
}
