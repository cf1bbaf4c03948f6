package classify

import "jiesu.cn/jiesu/classify/lexicon"

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

// top returns the best code; fallback wins an empty race.
func (s scores) top(fallback string) string {
	code, first := fallback, s[fallback]
	for c, v := range s {
		if c != code && (v > first || v == first && v > 0 && c < code && code != fallback) {
			code, first = c, v
		}
	}
	return code
}
