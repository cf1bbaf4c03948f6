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

// decisions appends what in a verdict is explained: what was found, not what
// was not found.
func decisions(v letter.Verdict, list []decision) []decision {
	list = append(list, decision{"type", headType, v.Type}, decision{"topic", headTopic, v.Topic})
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
func (c *Classifier) explain(w *workspace, verdict letter.Verdict) []letter.Evidence {
	m := w.opinion.model
	w.decisions, w.outputs = decisions(verdict, w.decisions[:0]), w.outputs[:0]
	known := w.decisions[:0]
	for _, d := range w.decisions {
		h := m.Head(d.head)
		if k := slices.Index(h.Answers, d.answer); k >= 0 {
			known, w.outputs = append(known, d), append(w.outputs, h.Offset+k)
		}
	}
	w.added = m.Explain(&w.text, &w.vector, w.outputs, w.added)
	w.evidence = w.evidence[:0]
	for i, d := range known {
		w.sumWords(i, len(known))
		w.strongest(d.field, c.cfg.MaxEvidence)
	}
	return append([]letter.Evidence(nil), w.evidence...)
}

// leastShare is how much of the strongest span's weight a span needs to be
// worth showing.
const leastShare = 0.2

// stretch is a range of folded runes with what it contributed.
type stretch struct {
	model.Span
	weight float64
}

// strongest adds to the evidence the strongest stretches of words that speak for
// a decision, heaviest first.
func (w *workspace) strongest(field string, most int) {
	w.joinWords()
	found, text := w.stretches, &w.read.text
	slices.SortStableFunc(found, func(a, b stretch) int { return cmp.Compare(b.weight, a.weight) })
	for _, s := range found[:min(len(found), most)] {
		if s.weight < leastShare*found[0].weight {
			break
		}
		if w.places != nil {
			s.Start, s.End = w.places[s.Start], w.places[s.End-1]+1
		}
		start, end := text.Span(s.Start, s.End)
		w.evidence = append(w.evidence, letter.Evidence{
			For: field, Text: text.Slice(s.Start, s.End), Start: start, End: end,
			Weight: max(math.Round(1000*s.weight)/1000, 0.001),
		})
	}
}

// joinWords joins neighbouring words that contributed much to stretches; where
// clauses were left out they stay apart.
func (w *workspace) joinWords() {
	least := 0.0
	for _, s := range w.sums {
		least = max(least, leastShare/2*s)
	}
	out := w.stretches[:0]
	for i, word := range w.text.Words {
		if w.sums[i] <= least {
			continue
		}
		if n := len(out); n > 0 && out[n-1].End == word.Start && w.places == nil {
			out[n-1].End = word.End
			out[n-1].weight += w.sums[i]
			continue
		}
		out = append(out, stretch{word, w.sums[i]})
	}
	w.stretches = out
}

// sumWords adds up what the runes of each word contributed to one of so many
// decisions; see model.Explain.
func (w *workspace) sumWords(decision, of int) {
	w.sums = zeroed(w.sums, len(w.text.Words))
	for i, word := range w.text.Words {
		for at := word.Start; at < word.End; at++ {
			w.sums[i] += float64(w.added[at*of+decision])
		}
	}
}
