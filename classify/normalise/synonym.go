package normalise

import (
	_ "embed"
	"unicode/utf8"
)

// synonymsTxt maps dialect and slang to the written word: "from to".
//
//go:embed synonyms.txt
var synonymsTxt string

// Synonym is a written word for what the text says in dialect or slang. It is
// an addition for recognition; the folded text itself keeps the writer's word.
type Synonym struct {
	Word       string
	Start, End int // Folded runes of the writer's word.
}

// synonyms finds dialect words by their first rune.
type synonyms struct {
	byFirst map[rune][]synonym
}

type synonym struct {
	from []rune
	to   string
}

func (s *synonyms) add(from, to string, _ []string) {
	if s.byFirst == nil {
		s.byFirst = map[rune][]synonym{}
	}
	r, _ := utf8.DecodeRuneInString(from)
	s.byFirst[r] = append(s.byFirst[r], synonym{[]rune(from), to})
}

// Synonyms finds the written words for dialect and slang in a folded text, by
// start; of two at one place the longer.
func (f *Folder) Synonyms(t Text) []Synonym {
	var found []Synonym
	for i := 0; i < len(t.Runes); {
		best := synonym{}
		for _, s := range f.synonyms.byFirst[t.Runes[i]] {
			if len(s.from) > len(best.from) && matches(s.from, t.Runes, i) {
				best = s
			}
		}
		if best.from == nil {
			i++
			continue
		}
		found = append(found, Synonym{best.to, i, i + len(best.from)})
		i += len(best.from)
	}
	return found
}
