package model

import (
	"math"
	"slices"
)

// Outcome is a letter's scores from a model that was not trained on it, with
// that model's heads and the true answers.
type Outcome struct {
	Scores  []float64
	Heads   []Head
	Answers map[string]string
}

// of returns the scores for the answers of h, in their order. A model that
// does not know an answer scores it low.
func (o Outcome) of(h *Head) []float64 {
	const unknown = -2
	i := slices.IndexFunc(o.Heads, func(x Head) bool { return x.Name == h.Name })
	out := make([]float64, len(h.Answers))
	for k, a := range h.Answers {
		out[k] = unknown
		if j := slices.Index(o.Heads[i].Answers, a); j >= 0 {
			out[k] = o.Heads[i].Of(o.Scores)[j]
		}
	}
	return out
}

// Calibrate fits the probabilities of every head to outcomes of letters that
// were not trained on: temperature for several answers, Platt's logistic for one.
func (m *Model) Calibrate(outcomes []Outcome) {
	for i := range m.heads {
		h := &m.heads[i]
		if len(h.Answers) == 1 {
			h.platt(outcomes)
		} else {
			h.temper(outcomes)
		}
	}
}

// temper picks the temperature of least log loss on a fine grid.
func (h *Head) temper(outcomes []Outcome) {
	best := math.Inf(1)
	for scale := 0.5; scale < 12; scale *= 1.04 {
		loss := 0.0
		for _, o := range outcomes {
			if k := slices.Index(h.Answers, o.Answers[h.Name]); k >= 0 {
				p := o.of(h)
				softmax(p, scale)
				loss -= math.Log(max(p[k], 1e-9))
			}
		}
		if loss < best {
			best, h.Scale = loss, scale
		}
	}
}

// platt fits a logistic curve by Newton's method, targets softened as Platt
// (1999) advises.
func (h *Head) platt(outcomes []Outcome) {
	var s, y []float64
	positive := 0.0
	for _, o := range outcomes {
		if a := o.Answers[h.Name]; a != "" {
			s = append(s, o.of(h)[0])
			y = append(y, 0)
			if a == h.Answers[0] {
				y[len(y)-1] = 1
				positive++
			}
		}
	}
	negative := float64(len(y)) - positive
	for i := range y {
		if y[i] == 1 {
			y[i] = (positive + 1) / (positive + 2)
		} else {
			y[i] = 1 / (negative + 2)
		}
	}
	a, b := 1.0, math.Log((positive+1)/(negative+1))
	for range 50 {
		ga, gb, haa, hab, hbb := 0.0, 0.0, 1e-6, 0.0, 1e-6
		for i, x := range s {
			p := 1 / (1 + math.Exp(-a*x-b))
			d, w := p-y[i], p*(1-p)
			ga, gb = ga+d*x, gb+d
			haa, hab, hbb = haa+w*x*x, hab+w*x, hbb+w
		}
		det := haa*hbb - hab*hab
		da, db := (hbb*ga-hab*gb)/det, (haa*gb-hab*ga)/det
		size := min(1, 2/max(math.Abs(da), math.Abs(db), 1e-9)) // Damped: far steps diverge.
		a, b = a-size*da, b-size*db
		if math.Abs(da)+math.Abs(db) < 1e-7 {
			break
		}
	}
	h.Scale, h.Shift = a, b
}

// SetRecall stores an operating point of a yes-or-no head: the greatest
// probability at which at least the given share of true answers is found.
func (m *Model) SetRecall(name, point string, outcomes []Outcome, recall float64) {
	h := m.Head(name)
	p, truth := h.certainties(outcomes)
	var hits []float64
	for i, t := range truth {
		if t {
			hits = append(hits, p[i])
		}
	}
	if len(hits) == 0 {
		return
	}
	slices.Sort(hits)
	h.set(point, hits[int(math.Floor((1-recall)*float64(len(hits))+1e-9))])
}

// SetBalanced stores as an operating point the probability of best F1: half of
// the best F1 there is, as holds for calibrated probabilities (Lipton et al.
// 2014). It hangs less on single letters than the very best point does.
func (m *Model) SetBalanced(name, point string, outcomes []Outcome) {
	h := m.Head(name)
	p, truth := h.certainties(outcomes)
	best := 0.0
	for t := 0.1; t < 0.9; t += 0.01 {
		tp, wrong := 0.0, 0.0
		for i := range p {
			switch {
			case truth[i] && p[i] >= t:
				tp++
			case truth[i] != (p[i] >= t):
				wrong++
			}
		}
		best = max(best, 2*tp/max(2*tp+wrong, 1))
	}
	h.set(point, best/2)
}

// certainties returns the probability of yes and the truth for each letter.
func (h *Head) certainties(outcomes []Outcome) (p []float64, truth []bool) {
	for _, o := range outcomes {
		if o.Answers[h.Name] != "" {
			p = append(p, h.logistic(o.of(h)[0]))
			truth = append(truth, o.Answers[h.Name] == h.Answers[0])
		}
	}
	return p, truth
}

func (h *Head) set(point string, p float64) {
	if h.Thresholds == nil {
		h.Thresholds = map[string]float64{}
	}
	h.Thresholds[point] = p
}
