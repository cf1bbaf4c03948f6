package classify

import (
	"slices"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

// decide makes the verdict: the lead first, since it tells much of the topic,
// and both tell much of the type.
func (c *Classifier) decide(r reading) letter.Verdict {
	types, topics := r.score(lexicon.Type), r.score(lexicon.Topic)
	found := c.findLead(&r, types, topics)
	accused, accusers := r.accusation(types)
	isAccused := accused >= c.cfg.AccusedThreshold

	topic, topicMargin := r.topic(topics, found, isAccused)
	typ, typeMargin := r.typ(types, found, isAccused, topic)
	if typ == string(letter.TypeVoid) || typ == string(letter.TypeThanks) {
		found = lead{kind: letter.LeadNone, score: min(found.score, 0)}
	}
	urgency, pressing := r.urgency(typ, found)

	v := letter.Verdict{
		ID: r.letter.ID, Type: typ, TypeProb: squash(typeMargin), Topic: topic,
		Lead: found.kind, LeadProb: squash(found.score - c.cfg.LeadThreshold), LeadType: found.code,
		AccusedPolice: isAccused, AccusedProb: squash(accused - c.cfg.AccusedThreshold),
		Police: topic != string(letter.TopicNotPolice), Urgency: urgency,
		Entities: r.found.Entities, Units: r.found.Units, Division: r.found.Division,
		Model: model, Dictionary: c.dictionary,
	}
	if term, ok := letter.Types.Lookup(typ); ok {
		v.Group = term.Group
	}
	v.NeedsReview = c.unsure(typeMargin, topicMargin, found.score-c.cfg.LeadThreshold, accused-c.cfg.AccusedThreshold) ||
		isAccused && r.found.Ambiguous
	v.Evidence = c.collect(&r, v, accusers, pressing)
	return v
}

// unsure asks for a person where a decision was close.
func (c *Classifier) unsure(margins ...float64) bool {
	return slices.ContainsFunc(margins, func(m float64) bool { return m > -c.cfg.ReviewMargin && m < c.cfg.ReviewMargin })
}

// collect gathers the spans that counted.
func (c *Classifier) collect(r *reading, v letter.Verdict, accusers []hit, pressing []letter.Evidence) []letter.Evidence {
	most := c.cfg.MaxEvidence
	out := r.evidence(lexicon.Type, v.Type, "type", most)
	out = append(out, r.evidence(lexicon.Topic, v.Topic, "topic", most)...)
	if v.Lead != letter.LeadNone {
		out = append(out, r.leadEvidence(v.LeadType, most)...)
	}
	if v.AccusedPolice {
		for _, h := range accusers[:min(len(accusers), most)] {
			out = append(out, r.span(h, "accused_police", h.Weight))
		}
	}
	return append(out, pressing[:min(len(pressing), most)]...)
}

// topicOf tells which topic a lead type belongs to; its first letters decide
// unless the code itself is listed.
var topicOf = map[string]string{
	"F": "T06", "D": "T05", "V": "T04", "H": "T09", "N": "T04", "G": "T18", "E": "T07", "S": "T12", "R": "T03",
	"P": "T11", "C": "T10", "X": "T04",
	"D10": "T07", "V01": "", "V02": "T05", "V03": "T05", "V04": "T05", "V05": "T20", "V08": "T20", "V06": "T13", "V07": "T13",
	"N04": "T08", "J02": "T14", "J03": "T14", "S02": "T02", "S05": "T21",
}

func leadTopic(code string) string {
	if t, ok := topicOf[code]; ok {
		return t
	}
	if code == "" {
		return ""
	}
	return topicOf[code[:1]]
}

// topic decides what the letter is about. Without any signal a letter that
// speaks of the police is about their service, another about something else.
func (r *reading) topic(s scores, found lead, accused bool) (string, float64) {
	if t := leadTopic(found.code); t != "" {
		s[t] += 4
	}
	if accused {
		s["T14"]++
		s["T15"]++
	}
	if r.has(cuePolice) {
		return s.top("T16")
	}
	return s.top(string(letter.TopicNotPolice))
}

// typ decides what the writer wants.
func (r *reading) typ(s scores, found lead, accused bool, topic string) (string, float64) {
	switch found.kind {
	case letter.LeadTraffic:
		s["L04"] += 3
	case letter.LeadSecurity:
		s["L04"] += 1.5
		s["L05"] += 1.0
		if len(r.cues(cueVictim)) > 1 && s["L04"] < 4 {
			s["L05"] += 1.5
		}
	default:
		s["L05"] *= 0.5
		s["L04"] *= 0.7
	}
	if r.thanksInTitle() {
		s["L09"] += 3
	}
	if accused {
		s["L03"] += 2.5
		for _, code := range []string{"L07", "L10"} { // The sharper forms of a complaint.
			if s[code] >= 2.5 {
				s[code] += 2.5
			}
		}
	}
	return s.top(r.fallbackType(topic))
}

// thanksInTitle tells a letter of thanks from one that ends politely.
func (r *reading) thanksInTitle() bool {
	return slices.ContainsFunc(r.cues(cueThanks), func(h hit) bool { return h.title })
}

// fallbackType is what a letter without any signal counts as: void when there
// is little text, else a consultation.
func (r *reading) fallbackType(topic string) string {
	if len(r.text.Runes) < 30 && topic == string(letter.TopicNotPolice) {
		return string(letter.TypeVoid)
	}
	return "L01"
}

// accusation scores how likely the letter blames police: a police word and a
// word of blame close together. A complaint in which police merely occur
// scores too little to count but enough to ask for review.
func (r *reading) accusation(types scores) (float64, []hit) {
	const near = 45 // Runes.
	score := 0.0
	var spans []hit
	police := r.cues(cuePolice)
	if typ, _ := types.top(""); len(police) > 0 && slices.Contains([]string{"L03", "L07", "L10"}, typ) {
		score += 0.5
	}
	for _, b := range r.hits {
		if b.Axis != lexicon.Cue || b.Code != cueBlame || b.caution {
			continue
		}
		for len(police) > 0 && police[0].End < b.Start-near {
			police = police[1:]
		}
		at := slices.IndexFunc(police, func(p hit) bool { return p.sentence >= b.sentence-1 })
		if at < 0 || police[at].sentence > b.sentence+1 || police[at].Start > b.End+near {
			continue
		}
		score += b.worth()
		spans = append(spans, police[at], b)
	}
	if r.has(cueThanks) {
		score--
	}
	return score, spans
}
