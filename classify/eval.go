package classify

import (
	"cmp"
	"context"
	"maps"
	"slices"

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
	LeadKind   MultiClass  `json:"lead_kind"` // Security, traffic or none.
	LeadType   MultiClass  `json:"lead_type"` // Over letters that have a lead.
	Lead       BinaryClass `json:"lead"`      // Security lead against the rest.
	Police     BinaryClass `json:"police"`
	Accused    BinaryClass `json:"accused"`
	Urgent     BinaryClass `json:"urgent"` // P0 against the rest.
	Review     float64     `json:"review"` // Share of letters sent to a person.
}

// MultiClass scores a question with several answers.
type MultiClass struct {
	Accuracy float64                `json:"accuracy"`
	MacroF1  float64                `json:"macro_f1"` // Over the answers that occur in the labels.
	Classes  map[string]BinaryClass `json:"classes"`
}

// BinaryClass counts and scores a yes-or-no question. Rates without a
// denominator are 0.
type BinaryClass struct {
	TruePositive  int     `json:"true_positive"`
	FalsePositive int     `json:"false_positive"`
	FalseNegative int     `json:"false_negative"`
	Precision     float64 `json:"precision"`
	Recall        float64 `json:"recall"`
	F1            float64 `json:"f1"`
}

// Evaluate judges labelled letters and compares.
func (c *Classifier) Evaluate(ctx context.Context, rows []Labelled) (Report, error) {
	letters := make([]letter.Letter, len(rows))
	for i, row := range rows {
		letters[i] = row.letter()
	}
	judged, err := c.Classify(ctx, letters)
	if err != nil {
		return Report{}, err
	}
	verdicts := make([]letter.Verdict, len(judged))
	for i, j := range judged {
		verdicts[i] = j.Verdict
	}
	return compare(rows, verdicts), nil
}

// tally collects pairs of labels and answers.
type tally struct{ want, got []string }

func (t *tally) add(want, got string) { t.want, t.got = append(t.want, want), append(t.got, got) }

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}

func compare(rows []Labelled, judged []letter.Verdict) Report {
	var typ, group, topic, kind, leadType, leads, police, accused, urgent tally
	rep := Report{Letters: len(rows)}
	review := 0
	for i, row := range rows {
		v := judged[i]
		rep.Model, rep.Dictionary = v.Model, v.Dictionary
		term, _ := letter.Types.Lookup(row.Type)
		typ.add(row.Type, v.Type)
		group.add(term.Group, v.Group)
		topic.add(row.Topic, v.Topic)
		kind.add(string(row.Lead), string(v.Lead))
		leads.add(yes(row.Lead == letter.LeadSecurity), yes(v.Lead == letter.LeadSecurity))
		if row.LeadType != "" {
			leadType.add(row.LeadType, v.LeadType)
		}
		police.add(yes(row.Police == 1), yes(v.Police))
		accused.add(yes(row.Accused == 1), yes(v.AccusedPolice))
		urgent.add(yes(row.Urgent == 1), yes(v.Urgency == letter.P0))
		if v.NeedsReview {
			review++
		}
	}
	rep.Type, rep.Group, rep.Topic = typ.multi(), group.multi(), topic.multi()
	rep.LeadKind, rep.LeadType = kind.multi(), leadType.multi()
	rep.Lead, rep.Police, rep.Accused, rep.Urgent = leads.binary("yes"), police.binary("yes"), accused.binary("yes"), urgent.binary("yes")
	rep.Review = ratio(review, len(rows))
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

// multi scores all answers.
func (t *tally) multi() MultiClass {
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
