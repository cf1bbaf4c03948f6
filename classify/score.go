package classify

import (
	"cmp"
	"math"
	"slices"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

// titleFactor is how much more a word says in the title.
const titleFactor = 1.6

// scores sums signal weights by code.
type scores map[string]float64

// score sums the weights of an axis; each signal counts once. What a letter
// denies is not its topic, but denial is no sign of its type: 没有答复.
func (r *reading) score(axis lexicon.Axis) scores {
	s := scores{}
	for _, w := range r.distinct(axis, func(h hit) float64 {
		if axis != lexicon.Type && h.negated {
			return 0
		}
		return h.worth()
	}) {
		s[w.signal.Code] += w.weight
	}
	return s
}

// weighed is a signal with the most it weighs anywhere in the letter.
type weighed struct {
	signal *lexicon.Signal
	weight float64
}

// distinct lists the signals of an axis in order of the text, so that sums come
// out the same every time.
func (r *reading) distinct(axis lexicon.Axis, weight func(hit) float64) []weighed {
	var out []weighed
	place := map[*lexicon.Signal]int{}
	for _, h := range r.hits {
		if h.Axis != axis {
			continue
		}
		w := weight(h)
		i, seen := place[h.Signal]
		switch {
		case seen:
			out[i].weight = max(out[i].weight, w)
		case w > 0:
			place[h.Signal] = len(out)
			out = append(out, weighed{h.Signal, w})
		}
	}
	return out
}

// worth is a hit's weight where it stands.
func (h hit) worth() float64 {
	if h.title {
		return h.Weight * titleFactor
	}
	return h.Weight
}

// top returns the best code and how far it leads; fallback wins an empty race.
func (s scores) top(fallback string) (code string, margin float64) {
	code = fallback
	first, second := s[fallback], 0.0
	for c, v := range s {
		switch {
		case c == code:
		case v > first || v == first && v > 0 && c < code && code != fallback:
			code, first, second = c, v, first
		case v > second:
			second = v
		}
	}
	return code, first - second
}

// evidence lists the strongest distinct spans that speak for a type or topic.
func (r *reading) evidence(axis lexicon.Axis, code, decision string, most int) []letter.Evidence {
	return r.strongest(most, decision, hit.worth, func(h hit) bool {
		return h.Axis == axis && h.Code == code && (axis == lexicon.Type || !h.negated)
	})
}

// leadEvidence lists what was done as evidence of the lead, and what to or
// with what as evidence of its type.
func (r *reading) leadEvidence(code string, most int) []letter.Evidence {
	of := func(role lexicon.Role, codes []string) func(hit) bool {
		return func(h hit) bool {
			return h.Axis == lexicon.Lead && h.Role == role && slices.Contains(codes, h.Code) && h.counts() > 0
		}
	}
	return append(r.strongest(most, "lead", hit.counts, of(lexicon.RoleAct, actCodes(code))),
		r.strongest(most, "lead_type", hit.counts, of(lexicon.RoleObject, []string{code}))...)
}

// strongest lists the heaviest of the wanted hits, one for each signal.
func (r *reading) strongest(most int, decision string, weight func(hit) float64, wanted func(hit) bool) []letter.Evidence {
	var out []letter.Evidence
	seen := map[*lexicon.Signal]bool{}
	for _, h := range r.hits {
		if wanted(h) && !seen[h.Signal] {
			seen[h.Signal] = true
			out = append(out, r.span(h, decision, weight(h)))
		}
	}
	slices.SortStableFunc(out, func(a, b letter.Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	return out[:min(len(out), most)]
}

// squash maps a margin to (0, 1), 0 to one half. It ranks; it is no probability
// in the strict sense.
func squash(margin float64) float64 {
	return math.Round(1000/(1+math.Exp(-0.9*margin))) / 1000
}
