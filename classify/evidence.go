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
	if v.Lead == letter.LeadSecurity {
		list = append(list, decision{"lead", headLead, "yes"})
	} else if v.Lead == letter.LeadTraffic {
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
	for i, added := range m.Explain(t, v, outputs) {
		out = append(out, r.evidence(known[i].field, t.Words, places, added, c.cfg.MaxEvidence)...)
	}
	return out
}

// leastShare is how much of the strongest span's weight a span needs to be
// worth showing.
const leastShare = 0.2

// evidence joins neighbouring words that speak for a decision and returns the
// strongest spans, heaviest first.
func (r *reading) evidence(field string, words []model.Span, places []int, added []float32, most int) []letter.Evidence {
	var spans []letter.Evidence
	var open model.Span
	weight := 0.0
	closeSpan := func() {
		if weight > 0 {
			from, to := open.Start, open.End
			if places != nil {
				from, to = places[from], places[to-1]+1
			}
			start, end := r.text.Span(from, to)
			spans = append(spans, letter.Evidence{For: field, Text: r.text.Slice(from, to), Start: start, End: end, Weight: weight})
		}
		weight = 0
	}
	sums := wordSums(words, added)
	least := leastShare / 2 * slices.Max(append(sums, 0))
	for i, w := range words {
		if sums[i] <= least || w.Start != open.End || places != nil {
			closeSpan()
			open.Start = w.Start
		}
		if sums[i] > least {
			open.End = w.End
			weight += sums[i]
		}
	}
	closeSpan()
	slices.SortStableFunc(spans, func(a, b letter.Evidence) int { return cmp.Compare(b.Weight, a.Weight) })
	spans = spans[:min(len(spans), most)]
	for i := range spans {
		if spans[i].Weight < leastShare*spans[0].Weight {
			return spans[:i]
		}
		spans[i].Weight = max(math.Round(1000*spans[i].Weight)/1000, 0.001)
	}
	return spans
}

// wordSums adds up what the runes of each word contributed.
func wordSums(words []model.Span, added []float32) []float64 {
	sums := make([]float64, len(words))
	for i, w := range words {
		for _, x := range added[w.Start:w.End] {
			sums[i] += float64(x)
		}
	}
	return sums
}
