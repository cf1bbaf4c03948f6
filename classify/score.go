package classify

import (
	"slices"

	"jiesu.cn/jiesu/classify/lexicon"
)

// titleFactor is how much more a word says in the title.
const titleFactor = 1.6

// byCode holds a value for each of a few codes, in order of the codes.
type byCode[V any] []coded[V]

type coded[V any] struct {
	code  string
	value V
}

// at returns the place of a code's value, a new zero if need be. It is good
// until the next new code.
func (b *byCode[V]) at(code string) *V {
	i, found := b.search(code)
	if !found {
		*b = slices.Insert(*b, i, coded[V]{code: code})
	}
	return &(*b)[i].value
}

// of returns the value of a code, or zero.
func (b *byCode[V]) of(code string) V {
	var zero V
	if i, found := b.search(code); found {
		return (*b)[i].value
	}
	return zero
}

// search finds a code, or where it belongs.
func (b *byCode[V]) search(code string) (place int, found bool) {
	low, high := 0, len(*b)
	for low < high {
		middle := (low + high) / 2
		switch c := (*b)[middle].code; {
		case c == code:
			return middle, true
		case c < code:
			low = middle + 1
		default:
			high = middle
		}
	}
	return low, false
}

// scores sums signal weights by code.
type scores struct{ byCode[float64] }

// score sums the weights of an axis; each signal counts once. What a letter
// denies is not its topic, but denial is no sign of its type: 没有答复.
func (r *reading) score(axis lexicon.Axis, s *scores) {
	s.byCode = s.byCode[:0]
	for _, w := range r.distinct(axis, func(h *hit) float64 {
		if axis != lexicon.Type && h.negated {
			return 0
		}
		return h.worth()
	}) {
		*s.at(w.signal.Code) += w.weight
	}
}

// weighed is a signal with the most it weighs anywhere in the letter.
type weighed struct {
	signal *lexicon.Signal
	weight float64
}

// distinct lists the signals of an axis in order of the text, so that sums come
// out the same every time. The list is good until the next call.
func (r *reading) distinct(axis lexicon.Axis, weight func(*hit) float64) []weighed {
	out := r.weighed[:0]
	for i := range r.hits {
		h := &r.hits[i]
		if h.Axis != axis {
			continue
		}
		w := weight(h)
		place := &r.place[h.Number]
		switch {
		case *place > 0:
			out[*place-1].weight = max(out[*place-1].weight, w)
		case w > 0:
			out = append(out, weighed{h.Signal, w})
			*place = int32(len(out))
		}
	}
	for _, w := range out {
		r.place[w.signal.Number] = 0
	}
	r.weighed = out
	return out
}

// worth is a hit's weight where it stands.
func (h *hit) worth() float64 {
	if h.title {
		return h.Weight * titleFactor
	}
	return h.Weight
}

// top returns the best code, the first of equals; fallback wins an empty race.
func (s *scores) top(fallback string) string {
	code, first := fallback, s.of(fallback)
	for _, c := range s.byCode {
		if c.value > first {
			code, first = c.code, c.value
		}
	}
	return code
}
