package classify

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"jiesu.cn/jiesu/letter"
)

// Explanation is a verdict with what the model's heads answered on their own,
// for a person who reviews it. Rules may have decided otherwise: the verdict is
// what counts. See docs/review-api.md.
type Explanation struct {
	Verdict letter.Verdict `json:"verdict"`
	Heads   []HeadAnswers  `json:"heads"`
}

// HeadAnswers are the answers of one head, the likeliest first. A yes-or-no head
// has the answer "yes" alone.
type HeadAnswers struct {
	Name    string             `json:"name"` // type, group, topic, lead_kind, lead, lead_type, police, accused or urgent.
	Answers []Answer           `json:"answers"`
	Points  map[string]float64 `json:"points,omitempty"` // Operating points: from this probability on the answer is yes.
}

// Answer is a code with its calibrated probability.
type Answer struct {
	Code string  `json:"code"`
	Prob float64 `json:"prob"`
}

// Explain judges one letter with the present model, as Judge does, and tells all
// answers of the heads.
func (c *Classifier) Explain(l letter.Letter) Explanation {
	var w workspace
	c.prepare(l, &w)
	m := c.model.Load()
	verdict, _ := c.verdict(&w, m)
	w.opinion.askLeadType(&w.vector) // The verdict asks only where there is a lead.
	e := Explanation{Verdict: verdict}
	for _, h := range m.Heads() {
		answers, prob := w.opinion.answers(h.Name)
		head := HeadAnswers{Name: h.Name, Points: maps.Clone(h.Thresholds)}
		for k, code := range answers {
			head.Answers = append(head.Answers, Answer{Code: code, Prob: math.Round(1000*prob[k]) / 1000})
		}
		slices.SortStableFunc(head.Answers, func(a, b Answer) int { return cmp.Compare(b.Prob, a.Prob) })
		e.Heads = append(e.Heads, head)
	}
	return e
}
