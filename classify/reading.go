package classify

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/classify/segment"
	"jiesu.cn/jiesu/letter"
)

// reading is a letter with everything found in it, before anything is decided.
type reading struct {
	letter   letter.Letter
	text     normalise.Text
	words    []model.Span // Of the folded text, in order, without blanks.
	hits     []hit
	found    entity.Found
	sentence []int // Number of the sentence each folded rune stands in.
}

// hit is a lexicon hit in its context.
type hit struct {
	lexicon.Hit
	title    bool
	sentence int
	negated  bool // 没有被骗.
	caution  bool // The sentence asks how to avoid it.
	question bool // The sentence asks whether it is so.
	past     bool // Long ago, hearsay or fiction.
}

// Cue codes the rules use; see lexicon/lists/cue.txt.
const (
	cueNegation   = "negation"
	cuePrecaution = "precaution"
	cueQuestion   = "question"
	cuePast       = "past"
	cueVictim     = "victim"
	cueWitness    = "witness"
	cueDemand     = "demand"
	cueReported   = "reported"
	cuePolice     = "police"
	cueBlame      = "blame"
	cueCivil      = "civil"
	cueLife       = "life"
	cueAttempt    = "attempt"
	cueRescue     = "rescue"
	cueKin        = "kin"
	cueParty      = "party"
	cueMissing    = "missing"
	cueTransit    = "transit"
	cueNow        = "now"
	cueThanks     = "thanks"
)

// read folds, splits, searches and extracts.
func (c *Classifier) read(l letter.Letter) reading {
	r := reading{letter: l, text: c.folder.Fold(l.Text())}
	r.words = c.words(r.text.Runes)
	r.sentence = sentences(r.text.Runes)
	r.found = c.extractor.ExtractFiled(r.text, l.ReceivedAt, l.Division)
	titleRunes := len([]rune(l.Title))
	for _, h := range c.lexicon.Find(r.text.Runes) {
		start, _ := r.text.Span(h.Start, h.End)
		r.hits = append(r.hits, hit{Hit: h, title: start < titleRunes, sentence: r.sentence[h.Start]})
	}
	r.addContext()
	return r
}

// words splits a text into words and leaves out the blanks among them.
func (c *Classifier) words(text []rune) []model.Span {
	b, ok := c.buffers.Get().(*segment.Buffer)
	if !ok {
		b = &segment.Buffer{}
	}
	defer c.buffers.Put(b)
	found := c.segmenter.Split(text, b)
	words := make([]model.Span, 0, len(found))
	for _, w := range found {
		if !blank(text[w.Start:w.End]) {
			words = append(words, model.Span(w))
		}
	}
	return words
}

func blank(word []rune) bool {
	for _, r := range word {
		if !unicode.IsSpace(r) {
			return false
		}
	}
	return true
}

// tokens cuts the words out of the folded text, whose memory they share.
func (r *reading) tokens(folded string) []string {
	out := make([]string, len(r.words))
	place, size := 0, 0 // In runes and in bytes.
	advance := func(to int) int {
		for ; place < to; place++ {
			size += utf8.RuneLen(r.text.Runes[place])
		}
		return size
	}
	for i, w := range r.words {
		out[i] = folded[advance(w.Start):advance(w.End)]
	}
	return out
}

// sentences numbers the sentence of every rune.
func sentences(text []rune) []int {
	out := make([]int, len(text))
	n := 0
	for i, r := range text {
		out[i] = n
		if lexicon.EndsSentence(r) {
			n++
		}
	}
	return out
}

// addContext marks hits that the words around them take back.
func (r *reading) addContext() {
	marked := map[string]map[int]bool{cuePrecaution: {}, cueQuestion: {}, cuePast: {}}
	for _, h := range r.hits {
		if m := marked[h.Code]; h.Axis == lexicon.Cue && m != nil {
			m[h.sentence] = true
		}
	}
	for i := range r.hits {
		h := &r.hits[i]
		h.caution = marked[cuePrecaution][h.sentence]
		h.question = marked[cueQuestion][h.sentence]
		h.past = marked[cuePast][h.sentence]
		h.negated = r.negated(i)
	}
}

// maxNegationGap is how many runes may stand between 没有 and what it denies.
const maxNegationGap = 2

// negated looks for a negation right in front of hits[i].
func (r *reading) negated(i int) bool {
	at := r.hits[i].Start
	for k := i - 1; k >= 0; k-- {
		h := r.hits[k]
		if h.Start < at-maxNegationGap-len("没有") {
			return false
		}
		if h.Axis == lexicon.Cue && h.Code == cueNegation && h.End <= at && at-h.End <= maxNegationGap &&
			!strings.ContainsAny(string(r.text.Runes[h.End:at]), ",、。;!?\n") {
			return true
		}
	}
	return false
}

// cues returns the hits of a cue that nothing takes back.
func (r *reading) cues(code string) []hit {
	var out []hit
	for _, h := range r.hits {
		if h.Axis == lexicon.Cue && h.Code == code && !h.negated && !h.caution {
			out = append(out, h)
		}
	}
	return out
}

// has reports whether a cue stands in the letter.
func (r *reading) has(code string) bool { return len(r.cues(code)) > 0 }

// holds reports whether an entity of one of the kinds was found.
func (r *reading) holds(kinds ...string) bool {
	for _, e := range r.found.Entities {
		for _, k := range kinds {
			if e.Kind == k {
				return true
			}
		}
	}
	return false
}

// span turns a hit into evidence for a decision.
func (r *reading) span(h hit, decision string, weight float64) letter.Evidence {
	start, end := r.text.Span(h.Start, h.End)
	return letter.Evidence{
		For: decision, Text: string(r.text.Original[start:end]), Start: start, End: end, Weight: weight,
	}
}
