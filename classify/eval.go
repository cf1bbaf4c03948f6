package classify

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"jiesu.cn/jiesu/classify/segment"
	"jiesu.cn/jiesu/letter"
)

// Report says how well verdicts agree with labels.
type Report struct {
	Letters    int         `json:"letters"`
	Model      string      `json:"model"`
	Dictionary string      `json:"dictionary"`
	Type       MultiClass  `json:"type"`
	Group      MultiClass  `json:"group"`
	Topic      MultiClass  `json:"topic"`
	LeadKind   MultiClass  `json:"lead_kind"`  // Security, traffic or none.
	LeadType   MultiClass  `json:"lead_type"`  // Over letters that have a lead.
	LeadGroup  MultiClass  `json:"lead_group"` // The same by the first letter of the code: fraud, theft, violence and so on.
	Lead       BinaryClass `json:"lead"`       // Security lead against the rest, balanced point.
	Queue      BinaryClass `json:"queue"`      // The same at the lead queue's point.
	Police     BinaryClass `json:"police"`
	Accused    BinaryClass `json:"accused"`   // Balanced point.
	Hold       BinaryClass `json:"hold"`      // The same at the hold's point.
	Urgent     BinaryClass `json:"urgent"`    // P0 against the rest.
	Challenge  BinaryClass `json:"challenge"` // The same on letters labelled for urgency alone.
	Review     float64     `json:"review"`    // Share of letters sent to a person.

	// Words is filled in from CompareWords by whoever wants it.
	Words *segment.Comparison `json:"segmentation,omitempty"`
}

// MultiClass scores a question with several answers.
type MultiClass struct {
	Accuracy         float64                   `json:"accuracy"`
	AccuracyInterval Interval                  `json:"accuracy_interval"`
	MacroF1          float64                   `json:"macro_f1"` // Over the answers that occur in the labels.
	MacroF1Interval  Interval                  `json:"macro_f1_interval"`
	Classes          map[string]BinaryClass    `json:"classes"`
	Confusion        map[string]map[string]int `json:"confusion"`          // Label, answer, letters.
	ECE              float64                   `json:"ece,omitempty"`      // Expected calibration error, ten bins.
	Coverage         []Coverage                `json:"coverage,omitempty"` // Where probabilities are known.
}

// BinaryClass counts and scores a yes-or-no question. Rates without a
// denominator are 0.
type BinaryClass struct {
	TruePositive  int       `json:"true_positive"`
	FalsePositive int       `json:"false_positive"`
	FalseNegative int       `json:"false_negative"`
	Precision     float64   `json:"precision"`
	Recall        float64   `json:"recall"`
	F1            float64   `json:"f1"`
	F1Interval    *Interval `json:"f1_interval,omitempty"`
	RecallExact   *Interval `json:"recall_exact,omitempty"` // Clopper-Pearson, 95 %.
	ECE           float64   `json:"ece,omitempty"`
	FalsePerDay   float64   `json:"false_per_day,omitempty"` // Of 60 letters a day.
}

// Evaluate judges labelled letters and compares.
func (c *Classifier) Evaluate(ctx context.Context, rows []Labelled) (Report, error) {
	answers := make([]answer, len(rows))
	for i, row := range rows {
		if err := ctx.Err(); err != nil {
			return Report{}, fmt.Errorf("evaluating: %w", err)
		}
		j, sure := c.judge(row.letter())
		answers[i] = answer{j.Verdict, sure}
	}
	return compare(rows, answers, 1), nil
}

// answer is a verdict with what evaluation wants to know of it.
type answer struct {
	letter.Verdict
	certainty
}

// tally collects pairs of labels and answers, and how sure the answers were.
type tally struct {
	want, got []string
	prob      []float64
}

func (t *tally) add(want, got string) { t.want, t.got = append(t.want, want), append(t.got, got) }

// addSure adds an answer with its probability.
func (t *tally) addSure(want, got string, p float64) {
	t.add(want, got)
	t.prob = append(t.prob, p)
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

// addYes adds a yes-or-no answer with the probability of yes.
func (t *tally) addYes(want, got bool, p float64) { t.addSure(yes(want), yes(got), p) }

func compare(rows []Labelled, answers []answer, seed uint64) Report {
	var typ, group, topic, kind, leadType, leadGroup, leads, queue, police, accused, hold, urgent, challenge tally
	rep := Report{}
	review := 0
	for i, row := range rows {
		v := answers[i]
		rep.Model, rep.Dictionary = v.Model, v.Dictionary
		if row.Type == "" {
			challenge.add(yes(row.Urgent == 1), yes(v.Urgency == letter.P0))
			continue
		}
		rep.Letters++
		term, _ := letter.Types.Lookup(row.Type)
		typ.addSure(row.Type, v.Type, v.typ)
		group.add(term.Group, v.Group)
		topic.addSure(row.Topic, v.Topic, v.topic)
		kind.add(string(row.Lead), string(v.Lead))
		isLead := row.Lead == letter.LeadSecurity
		leads.addYes(isLead, v.Lead == letter.LeadSecurity, v.security)
		queue.add(yes(isLead), yes(v.queued))
		if row.LeadType != "" {
			leadType.add(row.LeadType, v.LeadType)
			leadGroup.add(row.LeadType[:1], v.LeadGroup)
		}
		police.add(yes(row.Police == 1), yes(v.Police))
		accused.addYes(row.Accused == 1, v.AccusedPolice, v.accused)
		hold.add(yes(row.Accused == 1), yes(v.held))
		urgent.add(yes(row.Urgent == 1), yes(v.Urgency == letter.P0))
		if v.NeedsReview {
			review++
		}
	}
	rep.Type, rep.Group, rep.Topic = typ.multi(seed), group.multi(seed), topic.multi(seed)
	rep.LeadKind, rep.LeadType, rep.LeadGroup = kind.multi(seed), leadType.multi(seed), leadGroup.multi(seed)
	for _, b := range []struct {
		into *BinaryClass
		of   *tally
	}{
		{&rep.Lead, &leads},
		{&rep.Queue, &queue},
		{&rep.Police, &police},
		{&rep.Accused, &accused},
		{&rep.Hold, &hold},
		{&rep.Urgent, &urgent},
		{&rep.Challenge, &challenge},
	} {
		*b.into = b.of.yesNo(seed)
	}
	rep.Review = ratio(review, rep.Letters)
	return rep
}

// binary scores one answer against all others.
func (t *tally) binary(answer string) BinaryClass {
	var b BinaryClass
	for i, want := range t.want {
		switch got := t.got[i]; {
		case want == answer && got == answer:
			b.TruePositive++
		case got == answer:
			b.FalsePositive++
		case want == answer:
			b.FalseNegative++
		}
	}
	b.Precision = ratio(b.TruePositive, b.TruePositive+b.FalsePositive)
	b.Recall = ratio(b.TruePositive, b.TruePositive+b.FalseNegative)
	b.F1 = ratio(2*b.TruePositive, 2*b.TruePositive+b.FalsePositive+b.FalseNegative)
	return b
}

// multi scores all answers, with intervals.
func (t *tally) multi(seed uint64) MultiClass {
	m := t.score()
	m.AccuracyInterval = t.bootstrap(seed, func(s *tally) float64 { return s.score().Accuracy })
	m.MacroF1Interval = t.bootstrap(seed, func(s *tally) float64 { return s.score().MacroF1 })
	m.Confusion = map[string]map[string]int{}
	for i, want := range t.want {
		if m.Confusion[want] == nil {
			m.Confusion[want] = map[string]int{}
		}
		m.Confusion[want][t.got[i]]++
	}
	if t.prob != nil {
		m.ECE, m.Coverage = t.calibrationError(), t.coverage()
	}
	return m
}

// score scores all answers.
func (t *tally) score() MultiClass {
	m := MultiClass{Classes: map[string]BinaryClass{}}
	right, occurring, sum := 0, map[string]bool{}, 0.0
	for i, want := range t.want {
		occurring[want] = true
		m.Classes[want], m.Classes[t.got[i]] = BinaryClass{}, BinaryClass{}
		if want == t.got[i] {
			right++
		}
	}
	for _, answer := range slices.SortedFunc(maps.Keys(m.Classes), cmp.Compare[string]) {
		b := t.binary(answer)
		m.Classes[answer] = b
		if occurring[answer] {
			sum += b.F1
		}
	}
	m.Accuracy = ratio(right, len(t.want))
	if len(occurring) > 0 {
		m.MacroF1 = sum / float64(len(occurring))
	}
	return m
}

func ratio(n, of int) float64 {
	if of == 0 {
		return 0
	}
	return float64(n) / float64(of)
}
