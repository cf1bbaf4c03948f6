package classify

import (
	"cmp"
	"math"
	"slices"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// decision is an answer of the model that the verdict gives.
type decision struct{ field, head, answer string }

// decisions lists what in a verdict is explained: what was found, not what was
// not found.
func decisions(v letter.Verdict) []decision {
	list := []decision{{"type", headType, v.Type}, {"topic", headTopic, v.Topic}}
	switch v.Lead {
	case letter.LeadSecurity:
		list = append(list, decision{"lead", headLead, "yes"})
	case letter.LeadTraffic:
		list = append(list, decision{"lead", headKind, string(v.Lead)})
	}
	if v.LeadType != "" {
		list = append(list, decision{"lead_type", headLeadType, v.LeadType})
	}
	if v.AccusedPolice {
		list = append(list, decision{"accused_police", headAccused, "yes"})
	}
	if v.Urgency == letter.P0 {
		list = append(list, decision{"urgency", headUrgent, "yes"})
	}
	return list
}

// explain finds for every decision the words that spoke for it most.
func (c *Classifier) explain(r *reading, t *model.Text, places []int, m *model.Model, v model.Vector, verdict letter.Verdict) []letter.Evidence {
	var known []decision
	var outputs []int
	for _, d := range decisions(verdict) {
		h := m.Head(d.head)
		if k := slices.Index(h.Answers, d.answer); k >= 0 {
			known, outputs = append(known, d), append(outputs, h.Offset+k)
		}
	}
	var out []letter.Evidence
	added := m.Explain(t, &v, outputs, nil)
	for i := range outputs {
		out = append(out, r.evidence(known[i].field, t.Words, places, wordSums(t.Words, added, i, len(outputs)), c.cfg.MaxEvidence)...)
	}
	return out
}

// leastShare is how much of the strongest span's weight a span needs to be
// worth showing.
const leastShare = 0.2

// stretch is a range of folded runes with what it contributed.
type stretch struct {
	model.Span
	weight float64
}

// evidence returns the strongest stretches of words that speak for a decision,
// heaviest first.
func (r *reading) evidence(field string, words []model.Span, places []int, sums []float64, most int) []letter.Evidence {
	found := stretches(words, sums, places != nil)
	slices.SortStableFunc(found, func(a, b stretch) int { return cmp.Compare(b.weight, a.weight) })
	var out []letter.Evidence
	for _, s := range found[:min(len(found), most)] {
		if s.weight < leastShare*found[0].weight {
			break
		}
		if places != nil {
			s.Start, s.End = places[s.Start], places[s.End-1]+1
		}
		start, end := r.text.Span(s.Start, s.End)
		out = append(out, letter.Evidence{
			For: field, Text: r.text.Slice(s.Start, s.End), Start: start, End: end,
			Weight: max(math.Round(1000*s.weight)/1000, 0.001),
		})
	}
	return out
}

// stretches joins neighbouring words that contributed much; single keeps them apart.
func stretches(words []model.Span, sums []float64, single bool) []stretch {
	least := 0.0
	for _, s := range sums {
		least = max(least, leastShare/2*s)
	}
	var out []stretch
	for i, w := range words {
		if sums[i] <= least {
			continue
		}
		if n := len(out); n > 0 && out[n-1].End == w.Start && !single {
			out[n-1].End = w.End
			out[n-1].weight += sums[i]
			continue
		}
		out = append(out, stretch{w, sums[i]})
	}
	return out
}

// wordSums adds up what the runes of each word contributed to the first of so
// many outputs, or to a later one; see model.Explain.
func wordSums(words []model.Span, added []float32, output, of int) []float64 {
	sums := make([]float64, len(words))
	for i, w := range words {
		for at := w.Start; at < w.End; at++ {
			sums[i] += float64(added[at*of+output])
		}
	}
	return sums
}
