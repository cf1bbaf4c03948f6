package classify

import (
	"math"
	"slices"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// answers to the questions of the model's heads for one letter.
type opinion struct {
	scores []float64
	head   map[string]*model.Head
	prob   map[string][]float64
}

// ask lets the model judge.
func ask(m *model.Model, v model.Vector) *opinion {
	o := &opinion{scores: m.Scores(v), head: map[string]*model.Head{}, prob: map[string][]float64{}}
	for i := range m.Heads() {
		h := &m.Heads()[i]
		o.head[h.Name], o.prob[h.Name] = h, h.Probabilities(o.scores)
	}
	return o
}

// yes returns the probability of a yes-or-no head.
func (o *opinion) yes(head string) float64 { return o.prob[head][0] }

// best returns the likeliest wanted answer and its probability.
func (o *opinion) best(head string, wanted func(string) bool) (string, float64) {
	answer, most := "", 0.0
	for k, p := range o.prob[head] {
		if a := o.head[head].Answers[k]; p > most && wanted(a) {
			answer, most = a, p
		}
	}
	return answer, most
}

// of returns the probability of one answer.
func (o *opinion) of(head, answer string) float64 {
	if k := slices.Index(o.head[head].Answers, answer); k >= 0 {
		return o.prob[head][k]
	}
	return 0
}

// reaches reports whether a yes-or-no head is at an operating point.
func (o *opinion) reaches(head, point string) bool {
	return o.yes(head) >= o.head[head].Thresholds[point]
}

// anything wants every answer.
func anything(string) bool { return true }

// certainty is how sure a verdict is, and where it goes at the operating points.
type certainty struct {
	typ, topic, security, accused float64 // Probabilities.
	queued, held                  bool    // In the lead queue; held from the units.
}

const (
	sureTopic   = 0.4 // Least probability of a topic that rules do not overrule,
	sureNone    = 0.7 // and of no police topic,
	maybePolice = 0.5 // if it might be within the police remit at this probability.
	clearTopic  = 3   // Least score of rules that overrule.

	// A letter of few runes tells the model little, so that rules say more.
	shortLetter      = 60
	sureNoneShort    = 0.85
	maybePoliceShort = 0.2
)

// verdict weighs rules and model. The model decides what the letter is; the
// rules keep the last word on danger, and on letters too short to judge.
func (c *Classifier) verdict(r *reading, ruled *ruling, t *model.Text, places []int, m *model.Model) (letter.Verdict, certainty) {
	vector := m.Vector(t)
	o := ask(m, vector)
	v := letter.Verdict{
		ID: r.letter.ID, Entities: r.found.Entities, Units: r.found.Units, Division: r.found.Division,
		Model: m.Version(), Dictionary: c.dictionary,
	}
	v.Type, v.TypeProb = c.chooseType(o, ruled)
	if term, ok := letter.Types.Lookup(v.Type); ok {
		v.Group = term.Group
	}
	sure := certainty{security: o.yes(headLead), accused: o.yes(headAccused)}
	v.Topic, sure.topic = chooseTopic(o, ruled, len(t.Runes))
	v.Police = v.Topic != string(letter.TopicNotPolice)
	v.Lead, v.LeadProb = chooseLead(o, v.Type)
	if v.Lead != letter.LeadNone {
		v.LeadType = chooseLeadType(o, ruled, v.Lead)
	}
	v.AccusedProb = o.yes(headAccused)
	v.AccusedPolice = o.reaches(headAccused, pointBalanced)
	var pressing []letter.Evidence
	v.Urgency, pressing = r.urgency(v.Type, lead{kind: v.Lead, code: v.LeadType})
	if o.reaches(headUrgent, pointPressing) && v.Type != string(letter.TypeThanks) && !r.staleFraud(v.LeadType) {
		v.Urgency = letter.P0
	}
	if v.Urgency == letter.P0 && !v.Police && ruled.topic != string(letter.TopicNotPolice) {
		v.Topic, v.Police = ruled.topic, true // Danger is never somebody else's matter.
	}
	sure.typ = v.TypeProb
	sure.queued = v.Lead == letter.LeadSecurity || o.reaches(headLead, pointQueue)
	sure.held = v.AccusedPolice || o.reaches(headAccused, pointHold)
	v.Held = sure.held
	v.NeedsReview = sure.typ < c.cfg.LeastConfidence || sure.topic < c.cfg.LeastConfidence ||
		v.Lead != letter.LeadSecurity && sure.queued || !v.AccusedPolice && sure.held ||
		v.AccusedPolice && r.found.Ambiguous
	v.Evidence = append(c.explain(r, t, places, m, vector, v), pressing[:min(len(pressing), c.cfg.MaxEvidence)]...)
	for _, p := range []*float64{&v.TypeProb, &v.LeadProb, &v.AccusedProb} {
		*p = math.Round(1000**p) / 1000
	}
	return v, sure
}

// chooseType picks the group first and the type within it.
func (c *Classifier) chooseType(o *opinion, ruled *ruling) (string, float64) {
	if ruled.typ == string(letter.TypeVoid) {
		return ruled.typ, max(o.of(headType, ruled.typ), 0.5)
	}
	group, p := "", 0.0
	for k, a := range o.head[headGroup].Answers {
		if q := o.prob[headGroup][k] + o.group(a); q > p {
			group, p = a, q
		}
	}
	return o.best(headType, func(a string) bool {
		term, _ := letter.Types.Lookup(a)
		return term.Group == group
	})
}

// chooseTopic takes the model's topic when it is sure enough. Else the rules
// may name one: they know topics that training letters hardly have.
func chooseTopic(o *opinion, ruled *ruling, runes int) (string, float64) {
	const none = string(letter.TopicNotPolice)
	topic, p := o.best(headTopic, anything)
	least, maybe := sureNone, maybePolice
	if runes < shortLetter {
		least, maybe = sureNoneShort, maybePoliceShort
	}
	unsure := p < sureTopic || topic == none && p < least && o.yes(headPolice) >= maybe
	if unsure && ruled.topic != none && ruled.topics[ruled.topic] >= clearTopic {
		return ruled.topic, max(o.of(headTopic, ruled.topic), p/2)
	}
	return topic, p
}

// group sums the probabilities of a group's types.
func (o *opinion) group(group string) float64 {
	sum := 0.0
	for k, a := range o.head[headType].Answers {
		if term, _ := letter.Types.Lookup(a); term.Group == group {
			sum += o.prob[headType][k]
		}
	}
	return sum
}

// chooseLead takes a security lead at the balanced point, else whichever of
// traffic and none is likelier.
func chooseLead(o *opinion, typ string) (letter.LeadKind, float64) {
	security, traffic := o.yes(headLead), o.of(headKind, string(letter.LeadTraffic))
	switch {
	case typ == string(letter.TypeVoid) || typ == string(letter.TypeThanks):
		return letter.LeadNone, security
	case o.reaches(headLead, pointBalanced):
		return letter.LeadSecurity, security
	case traffic > o.of(headKind, string(letter.LeadNone)):
		return letter.LeadTraffic, traffic
	}
	return letter.LeadNone, security
}

// chooseLeadType takes the model's type when it is sure enough; else the
// rules', which know rare types too; else the model's best of the right kind.
// Where the model names the general act only, the rules may say it exactly.
func chooseLeadType(o *opinion, ruled *ruling, kind letter.LeadKind) string {
	const sure = 0.5
	code, p := o.best(headLeadType, func(a string) bool { return kindOf(a) == kind })
	ruledCode := ruled.found.code
	if ruledCode != "" && kindOf(ruledCode) == kind && (p < sure || slices.Contains(kinds[code], ruledCode)) {
		return ruledCode
	}
	return code
}
