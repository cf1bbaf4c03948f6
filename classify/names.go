package classify

import (
	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

// names are those of the marks and scores that the model weighs, put together
// once for all letters.
type names struct {
	signals []string             // By number of the signal.
	coded   map[[2]string]string // By prefix and code.
}

// Prefixes of names.
const (
	prefixType     = "type:"
	prefixTopic    = "topic:"
	prefixIsType   = "is type:"
	prefixIsTopic  = "is topic:"
	prefixIsLead   = "is lead:"
	prefixLeadType = "is lead type:"
	prefixEntity   = "entity:"
)

func newNames(words *lexicon.Lexicon) names {
	n := names{coded: map[[2]string]string{}}
	for _, s := range words.Signals() {
		n.signals = append(n.signals, string(s.Axis)+":"+s.Code+":"+string(s.Role))
	}
	n.add(codes(letter.Types), prefixType, prefixIsType)
	n.add(codes(letter.Topics), prefixTopic, prefixIsTopic)
	n.add(codes(letter.LeadTypes), prefixLeadType)
	n.add([]string{string(letter.LeadSecurity), string(letter.LeadTraffic), string(letter.LeadNone)}, prefixIsLead)
	n.add(entity.Kinds(), prefixEntity)
	return n
}

func codes(t letter.Taxonomy) []string {
	var list []string
	for _, term := range t.Terms() {
		list = append(list, term.Code)
	}
	return list
}

func (n names) add(codes []string, prefixes ...string) {
	for _, code := range codes {
		for _, prefix := range prefixes {
			n.coded[[2]string{prefix, code}] = prefix + code
		}
	}
}

// of returns prefix and code in one.
func (n names) of(prefix, code string) string {
	if name, ok := n.coded[[2]string{prefix, code}]; ok {
		return name
	}
	return prefix + code
}

// hit tells what was hit and how it was meant.
func (n names) hit(h *hit) string {
	name := n.signals[h.Number]
	for _, mark := range []struct {
		set  bool
		name string
	}{{h.negated, "n"}, {h.caution, "c"}, {h.question, "q"}, {h.past, "p"}} {
		if mark.set {
			name += mark.name
		}
	}
	return name
}
