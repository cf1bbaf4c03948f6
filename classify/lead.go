package classify

import (
	"slices"
	"strings"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

// lead is what the letter's leads amount to.
type lead struct {
	kind  letter.LeadKind
	code  string
	score float64 // Above the threshold there is a lead.
}

// counts is a hit's weight as part of a lead: nothing when denied or warned
// of, half when only asked about.
func (h *hit) counts() float64 {
	switch {
	case h.negated || h.caution:
		return 0
	case h.question:
		return h.worth() / 2
	}
	return h.worth()
}

// parts are the two kinds of evidence for one lead type.
type parts struct{ act, strongest, object float64 }

// add counts one signal.
func (p *parts) add(role lexicon.Role, weight float64) {
	if role == lexicon.RoleAct {
		p.act += weight
		p.strongest = max(p.strongest, weight)
	} else {
		p.object += weight
	}
}

// total lets objects support an act but never stand for one. Saying one act in
// many words adds little.
func (p parts) total() float64 {
	if p.act == 0 {
		return 0.4 * min(p.object, 3)
	}
	return p.strongest + 0.35*min(p.act-p.strongest, 8) + 0.8*min(p.object, 6)
}

// kinds lists, for a general act such as 被骗, the types that its objects may
// tell more exactly: 被骗 and 演唱会门票 make a fraud in selling goods.
var kinds = map[string][]string{
	"D09": {"F01", "F02", "F03", "F04", "F05", "F06", "F07", "F08", "F09", "F10", "F11", "E01", "D10"},
	"D99": {"D01", "D02", "D03", "D04", "D05", "D06"},
}

// inherit lends a general act to the types that have evidence of their own.
func inherit(found byCode[parts]) {
	for general, special := range kinds {
		lent := found.of(general).strongest
		if lent == 0 {
			continue
		}
		for i := range found {
			if p := &found[i].value; p.object+p.act > 0 && p.strongest < lent && slices.Contains(special, found[i].code) {
				p.act += lent - p.strongest
				p.strongest = lent
			}
		}
	}
}

// actCodes returns the code and the general act it may have been lent.
func actCodes(code string) []string {
	codes := []string{code}
	for general, special := range kinds {
		if slices.Contains(special, code) {
			codes = append(codes, general)
		}
	}
	return codes
}

// findLead weighs all lead types. A lead needs an act and a second kind of
// evidence: an object, a number or account, or somebody it was done to.
func (c *Classifier) findLead(r *reading, ruled *ruling) lead {
	found := ruled.parts[:0]
	for _, w := range r.distinct(lexicon.Lead, (*hit).counts) {
		found.at(w.signal.Code).add(w.signal.Role, w.weight)
	}
	ruled.parts = found
	inherit(found)
	l, p := lead{kind: letter.LeadNone}, parts{}
	for _, f := range found {
		if total := f.value.total(); total > l.score {
			l, p = lead{kind: kindOf(f.code), code: f.code, score: total}, f.value
		}
	}
	if l.code == "" {
		return l
	}
	support := r.support()
	if p.act == 0 || p.object == 0 && support == 0 {
		l.score = min(l.score, c.cfg.LeadThreshold/2)
	}
	l.score += support - r.doubt(ruled)
	if l.score < c.cfg.LeadThreshold {
		return lead{kind: letter.LeadNone, score: l.score, code: ""}
	}
	return l
}

// support adds what makes an account of an offence concrete.
func (r *reading) support() float64 {
	s := 0.0
	for _, cue := range []struct {
		code   string
		weight float64
	}{{cueVictim, 0.6}, {cueWitness, 0.6}, {cueDemand, 0.6}, {cueReported, 0.6}, {cueParty, 0.4}} {
		if r.has(cue.code) {
			s += cue.weight
		}
	}
	if r.holds(entity.KindAmount) {
		s += 0.5
	}
	if r.holds(entity.KindPhone, entity.KindBankCard, entity.KindPlate, entity.KindQQ, entity.KindWeChat, entity.KindURL, entity.KindCrypto) {
		s += 0.7
	}
	return s
}

// doubt takes away for letters that ask, propose or belong to other courts.
func (r *reading) doubt(ruled *ruling) float64 {
	types, topics := &ruled.types, &ruled.topics
	d := 0.35*min(types.of("L01"), 8) + 0.3*min(types.of("L08"), 8) + 0.25*min(types.of("L12"), 8) + 0.5*min(types.of("L09"), 8)
	d += 0.3 * float64(min(r.count(cueCivil), 6))
	d += 0.15 * min(topics.of("T01")+topics.of("T02"), 12)
	return d
}

// kindOf tells traffic leads by their R codes; drunk driving and leaving the
// scene of an accident are crimes.
func kindOf(code string) letter.LeadKind {
	if strings.HasPrefix(code, "R") && code != "R01" && code != "R02" {
		return letter.LeadTraffic
	}
	return letter.LeadSecurity
}
