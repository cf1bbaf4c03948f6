package classify

import (
	"math"
	"slices"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// opinion is what the model answers to the questions of its heads for one letter.
type opinion struct {
	model *model.Model
	prob  []float64 // By output.
}

// ask lets the model judge. The lead type must be asked for separately, since
// most letters have none.
func (o *opinion) ask(m *model.Model, v *model.Vector) {
	o.model, o.prob = m, zeroed(o.prob, m.Outputs())
	from := 0
	if later := m.Head(headLeadType); later != nil {
		m.Score(v, from, later.Offset, o.prob)
		from = later.Offset + len(later.Answers)
	}
	m.Score(v, from, len(o.prob), o.prob)
	for i := range m.Heads() {
		if h := &m.Heads()[i]; h.Name != headLeadType {
			h.Calibrated(h.Of(o.prob))
		}
	}
}

// askLeadType answers the question that ask leaves out.
func (o *opinion) askLeadType(v *model.Vector) {
	h := o.model.Head(headLeadType)
	o.model.Score(v, h.Offset, h.Offset+len(h.Answers), o.prob)
	h.Calibrated(h.Of(o.prob))
}

// answers returns the answers of a head with their probabilities.
func (o *opinion) answers(head string) (answers []string, prob []float64) {
	h := o.model.Head(head)
	return h.Answers, h.Of(o.prob)
}

// yes returns the probability of a yes-or-no head.
func (o *opinion) yes(head string) float64 {
	_, prob := o.answers(head)
	return prob[0]
}

// best returns the likeliest wanted answer and its probability.
func (o *opinion) best(head string, wanted func(string) bool) (string, float64) {
	answer, most := "", 0.0
	answers, prob := o.answers(head)
	for k, p := range prob {
		if p > most && wanted(answers[k]) {
			answer, most = answers[k], p
		}
	}
	return answer, most
}

// of returns the probability of one answer.
func (o *opinion) of(head, answer string) float64 {
	answers, prob := o.answers(head)
	if k := slices.Index(answers, answer); k >= 0 {
		return prob[k]
	}
	return 0
}

// reaches reports whether a yes-or-no head is at an operating point.
func (o *opinion) reaches(head, point string) bool {
	return o.yes(head) >= o.model.Head(head).Thresholds[point]
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
func (c *Classifier) verdict(w *workspace, m *model.Model) (letter.Verdict, certainty) {
	r, ruled, o := &w.read, &w.ruled, &w.opinion
	m.Read(&w.text, &w.vector)
	o.ask(m, &w.vector)
	v := letter.Verdict{
		ID: r.letter.ID, Entities: r.found.Entities, Units: r.found.Units, Division: r.found.Division,
		Model: m.Version(), Dictionary: c.dictionary,
	}
	v.Type, v.TypeProb = c.chooseType(o, ruled)
	if term, ok := letter.Types.Lookup(v.Type); ok {
		v.Group = term.Group
	}
	sure := certainty{security: o.yes(headLead), accused: o.yes(headAccused)}
	v.Topic, sure.topic = chooseTopic(o, ruled, len(w.text.Runes))
	v.Police = v.Topic != string(letter.TopicNotPolice)
	v.Lead, v.LeadProb = chooseLead(o, v.Type)
	if v.Lead != letter.LeadNone {
		o.askLeadType(&w.vector)
		v.LeadType, v.LeadGroup = chooseLeadType(o, ruled, v.Lead)
	}
	v.AccusedProb = o.yes(headAccused)
	v.AccusedPolice = o.reaches(headAccused, pointBalanced)
	pressing := r.weighUrgency(&v, o, ruled)
	sure.typ = v.TypeProb
	sure.queued = v.Lead == letter.LeadSecurity || o.reaches(headLead, pointQueue)
	sure.held = v.AccusedPolice || o.reaches(headAccused, pointHold)
	v.Held = sure.held
	v.NeedsReview = sure.typ < c.cfg.LeastConfidence || sure.topic < c.cfg.LeastConfidence ||
		v.Lead != letter.LeadSecurity && sure.queued || !v.AccusedPolice && sure.held ||
		v.AccusedPolice && r.found.Ambiguous
	v.Evidence = append(c.explain(w, v), pressing[:min(len(pressing), c.cfg.MaxEvidence)]...)
	for _, p := range []*float64{&v.TypeProb, &v.LeadProb, &v.AccusedProb} {
		*p = math.Round(1000**p) / 1000
	}
	return v, sure
}

// weighUrgency decides how pressing a letter is, and what follows from danger:
// it is never somebody else's matter, nor does a lead the rules see wait in a
// queue for the model to be surer. It returns the rules' evidence.
func (r *reading) weighUrgency(v *letter.Verdict, o *opinion, ruled *ruling) []letter.Evidence {
	urgency, pressing := r.urgency(v.Type, lead{kind: v.Lead, code: v.LeadType})
	v.Urgency = urgency
	if o.reaches(headUrgent, pointPressing) && v.Type != string(letter.TypeThanks) && !r.staleFraud(v.LeadType) {
		v.Urgency = letter.P0
	}
	if v.Urgency != letter.P0 {
		return pressing
	}
	if !v.Police && ruled.topic != string(letter.TopicNotPolice) {
		v.Topic, v.Police = ruled.topic, true
	}
	if v.Lead == letter.LeadNone && ruled.found.kind == letter.LeadSecurity && o.reaches(headLead, pointQueue) {
		v.Lead, v.LeadType, v.LeadGroup = letter.LeadSecurity, ruled.found.code, ruled.found.code[:1]
	}
	return pressing
}

// chooseType picks the group first and the type within it.
func (c *Classifier) chooseType(o *opinion, ruled *ruling) (string, float64) {
	if ruled.typ == string(letter.TypeVoid) {
		return ruled.typ, max(o.of(headType, ruled.typ), 0.5)
	}
	group, p := "", 0.0
	groups, prob := o.answers(headGroup)
	for k, a := range groups {
		if q := prob[k] + o.group(a); q > p {
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
	if unsure && ruled.topic != none && ruled.topics.of(ruled.topic) >= clearTopic {
		return ruled.topic, max(o.of(headTopic, ruled.topic), p/2)
	}
	return topic, p
}

// group sums the probabilities of a group's types.
func (o *opinion) group(group string) float64 {
	sum := 0.0
	types, prob := o.answers(headType)
	for k, a := range types {
		if term, _ := letter.Types.Lookup(a); term.Group == group {
			sum += prob[k]
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

// chooseLeadType takes the model's type when it is sure enough; else the rules',
// which know rare types too; else the model's best of the right kind, and where
// even that is unlikely, no type but the likeliest group, which is the first
// letter of its types. Where the model names the general act only, the rules may
// say it exactly.
func chooseLeadType(o *opinion, ruled *ruling, kind letter.LeadKind) (code, group string) {
	const sure, unlikely = 0.5, 0.2
	code, p := o.best(headLeadType, func(a string) bool { return kindOf(a) == kind })
	ruledCode := ruled.found.code
	switch {
	case ruledCode != "" && kindOf(ruledCode) == kind && (p < sure || slices.Contains(kinds[code], ruledCode)):
		return ruledCode, ruledCode[:1]
	case p < unlikely:
		return "", o.leadGroup(kind)
	}
	return code, code[:1]
}

// leadGroup is the group whose lead types of a kind are likeliest together.
func (o *opinion) leadGroup(kind letter.LeadKind) string {
	sums := map[string]float64{}
	group, most := "", 0.0
	types, prob := o.answers(headLeadType)
	for k, a := range types {
		if kindOf(a) != kind {
			continue
		}
		sums[a[:1]] += prob[k]
		if sums[a[:1]] > most {
			group, most = a[:1], sums[a[:1]]
		}
	}
	return group
}
