package classify

import (
	"iter"
	"slices"
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
	cueHits  []int // Places in hits of the cues.
	found    entity.Found
	sentence []int // Number of the sentence each folded rune stands in.

	// Memory to work in.
	split   segment.Buffer
	search  lexicon.Buffer
	moods   []mood  // By sentence.
	place   []int32 // By signal, for distinct; all zero.
	weighed []weighed
	police  []*hit
	asking  []bool // By sentence.
	matches []lexicon.Match
	spans   []model.Span
}

// hit is a lexicon hit in its context.
type hit struct {
	lexicon.Hit
	mood
	title    bool
	negated  bool // 没有被骗.
	sentence int
}

// mood is how a sentence means all that stands in it.
type mood struct {
	caution  bool // It asks how to avoid it.
	question bool // It asks whether it is so.
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
func (c *Classifier) read(l letter.Letter, r *reading) {
	r.letter, r.text = l, c.folder.Fold(l.Text())
	r.words = c.words(r.text.Runes, &r.split, r.words[:0])
	r.sentence = sentences(r.text.Runes, r.sentence[:0])
	r.found = c.extractor.ExtractFiled(r.text, l.ReceivedAt, l.Division)
	if r.place == nil {
		r.place = make([]int32, len(c.lexicon.Signals()))
	}
	titleRunes := utf8.RuneCountInString(l.Title)
	r.hits, r.cueHits = r.hits[:0], r.cueHits[:0]
	for i, h := range c.lexicon.Find(r.text.Runes, &r.search) {
		start, _ := r.text.Span(h.Start, h.End)
		r.hits = append(r.hits, hit{Hit: h, title: start < titleRunes, sentence: r.sentence[h.Start]})
		if h.Axis == lexicon.Cue {
			r.cueHits = append(r.cueHits, i)
		}
	}
	r.addContext()
}

// words appends the words of a text and leaves out the blanks among them.
func (c *Classifier) words(text []rune, b *segment.Buffer, words []model.Span) []model.Span {
	for _, w := range c.segmenter.Split(text, b) {
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

// sentences appends the number of the sentence of every rune.
func sentences(text []rune, out []int) []int {
	n := 0
	for _, r := range text {
		out = append(out, n)
		if lexicon.EndsSentence(r) {
			n++
		}
	}
	return out
}

// sentenceCount is one more than the number of the last sentence.
func sentenceCount(sentence []int) int {
	if len(sentence) == 0 {
		return 0
	}
	return sentence[len(sentence)-1] + 1
}

// zeroed returns n zeros in the memory of list, if it has room.
func zeroed[T any](list []T, n int) []T {
	list = slices.Grow(list[:0], n)[:n]
	clear(list)
	return list
}

// addContext marks hits that the words around them take back.
func (r *reading) addContext() {
	r.moods = zeroed(r.moods, sentenceCount(r.sentence))
	for _, i := range r.cueHits {
		in := &r.moods[r.hits[i].sentence]
		switch r.hits[i].Code {
		case cuePrecaution:
			in.caution = true
		case cueQuestion:
			in.question = true
		case cuePast:
			in.past = true
		}
	}
	for i := range r.hits {
		h := &r.hits[i]
		h.mood = r.moods[h.sentence]
		h.negated = r.negated(i)
	}
}

// maxNegationGap is how many runes may stand between 没有 and what it denies.
const maxNegationGap = 2

// negated looks for a negation right in front of hits[i].
func (r *reading) negated(i int) bool {
	at := r.hits[i].Start
	for k := i - 1; k >= 0; k-- {
		h := &r.hits[k]
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

// cues visits the hits of a cue that nothing takes back.
func (r *reading) cues(code string) iter.Seq[*hit] {
	return func(yield func(*hit) bool) {
		for _, i := range r.cueHits {
			if h := &r.hits[i]; h.Code == code && !h.negated && !h.caution && !yield(h) {
				return
			}
		}
	}
}

// count counts a cue in the letter.
func (r *reading) count(code string) int {
	n := 0
	for range r.cues(code) {
		n++
	}
	return n
}

// has reports whether a cue stands in the letter.
func (r *reading) has(code string) bool {
	for range r.cues(code) {
		return true
	}
	return false
}

// holds reports whether an entity of one of the kinds was found.
func (r *reading) holds(kinds ...string) bool {
	for i := range r.found.Entities {
		if slices.Contains(kinds, r.found.Entities[i].Kind) {
			return true
		}
	}
	return false
}

// span turns a hit into evidence for a decision.
func (r *reading) span(h *hit, decision string, weight float64) letter.Evidence {
	start, end := r.text.Span(h.Start, h.End)
	return letter.Evidence{
		For: decision, Text: string(r.text.Original[start:end]), Start: start, End: end, Weight: weight,
	}
}
