package classify

import (
	"strings"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

// silentWords must never count for or against anybody. The model does not read
// the clauses they stand in, neither when it trains nor when it judges.
const silentWords = letter.SilentWords

// wordTrie finds the words of a list.
func wordTrie(list string) *lexicon.Trie {
	t := lexicon.NewTrie()
	for w := range strings.FieldsSeq(list) {
		t.Add([]rune(w))
	}
	return t
}

// kept lists the runes of a letter outside the clauses with silent words, or nil
// if that is all of them.
func (c *Classifier) kept(r *reading) []int {
	text := r.text.Runes
	found := c.silent.Find(text, r.matches[:0])
	r.matches = found
	if len(found) == 0 {
		return nil
	}
	cut := make([]bool, len(text))
	for _, f := range found {
		start := f.Start
		for start > 0 && !endsClause(text[start-1]) {
			start--
		}
		end := f.Start
		for end < len(text) && !endsClause(text[end]) {
			end++
		}
		for i := start; i < min(end+1, len(text)); i++ {
			cut[i] = true
		}
	}
	keep := make([]int, 0, len(text))
	for i, c := range cut {
		if !c {
			keep = append(keep, i)
		}
	}
	return keep
}

func endsClause(r rune) bool { return r == ',' || r == ':' || lexicon.EndsSentence(r) }
