package classify

import (
	"slices"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

// ruling is what the rules alone make of a letter.
type ruling struct {
	types, topics scores
	parts         byCode[parts] // Of lead types.
	found         lead
	accused       float64 // Score of an accusation against the police.
	isAccused     bool
	topic, typ    string
	urgency       letter.Urgency
}

// rule applies the rules: the lead first, since it tells much of the topic,
// and both tell much of the type.
func (c *Classifier) rule(r *reading, ruled *ruling) {
	r.score(lexicon.Type, &ruled.types)
	r.score(lexicon.Topic, &ruled.topics)
	ruled.found = c.findLead(r, ruled)
	ruled.accused = r.accusation(&ruled.types)
	ruled.isAccused = ruled.accused >= c.cfg.AccusedThreshold
	ruled.topic = r.topic(&ruled.topics, ruled.found, ruled.isAccused)
	ruled.typ = r.typ(&ruled.types, ruled.found, ruled.isAccused, ruled.topic)
	if ruled.typ == string(letter.TypeVoid) || ruled.typ == string(letter.TypeThanks) {
		ruled.found = lead{kind: letter.LeadNone, score: min(ruled.found.score, 0)}
	}
	ruled.urgency, _ = r.urgency(ruled.typ, ruled.found)
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
func (r *reading) topic(s *scores, found lead, accused bool) string {
	if t := leadTopic(found.code); t != "" {
		*s.at(t) += 4
	}
	if accused {
		*s.at("T14")++
		*s.at("T15")++
	}
	if r.has(cuePolice) {
		return s.top("T16")
	}
	return s.top(string(letter.TopicNotPolice))
}

// typ decides what the writer wants.
func (r *reading) typ(s *scores, found lead, accused bool, topic string) string {
	switch found.kind {
	case letter.LeadTraffic:
		*s.at("L04") += 3
	case letter.LeadSecurity:
		*s.at("L04") += 1.5
		*s.at("L05") += 1.0
		if r.count(cueVictim) > 1 && s.of("L04") < 4 {
			*s.at("L05") += 1.5
		}
	default:
		*s.at("L05") *= 0.5
		*s.at("L04") *= 0.7
	}
	if r.thanksInTitle() {
		*s.at("L09") += 3
	}
	if accused {
		*s.at("L03") += 2.5
		for _, code := range []string{"L07", "L10"} { // The sharper forms of a complaint.
			if s.of(code) >= 2.5 {
				*s.at(code) += 2.5
			}
		}
	}
	return s.top(r.fallbackType(topic))
}

// thanksInTitle tells a letter of thanks from one that ends politely.
func (r *reading) thanksInTitle() bool {
	for h := range r.cues(cueThanks) {
		if h.title {
			return true
		}
	}
	return false
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
func (r *reading) accusation(types *scores) float64 {
	const near = 45 // Runes.
	score := 0.0
	police := r.police[:0]
	for h := range r.cues(cuePolice) {
		police = append(police, h)
	}
	r.police = police
	if typ := types.top(""); len(police) > 0 && slices.Contains([]string{"L03", "L07", "L10"}, typ) {
		score += 0.5
	}
	for _, i := range r.cueHits {
		b := &r.hits[i]
		if b.Code != cueBlame || b.caution {
			continue
		}
		for len(police) > 0 && police[0].End < b.Start-near {
			police = police[1:]
		}
		at := slices.IndexFunc(police, func(p *hit) bool { return p.sentence >= b.sentence-1 })
		if at < 0 || police[at].sentence > b.sentence+1 || police[at].Start > b.End+near {
			continue
		}
		score += b.worth()
	}
	if r.has(cueThanks) {
		score--
	}
	return score
}
