package segment

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/go-ego/gse"
)

// Reference splits by gse itself, in its shortest-path mode and with the same
// dictionary. It is slow and holds 135 MB: only for proving that Segmenter
// finds the same words.
type Reference struct {
	gse *gse.Segmenter
}

// NewReference loads the dictionary that New compiles.
func NewReference(places []string) (*Reference, error) {
	s := &gse.Segmenter{NotLoadHMM: true, SkipLog: true}
	// Of a word that stands twice the first counts: ours go first.
	if err := s.LoadDictStr(userDictionary(places)); err != nil {
		return nil, fmt.Errorf("loading domain dictionary: %w", err)
	}
	if err := s.LoadDictEmbed("zh_s"); err != nil {
		return nil, fmt.Errorf("loading general dictionary: %w", err)
	}
	return &Reference{gse: s}, nil
}

// Words returns what Segmenter.Words must return.
func (r *Reference) Words(text string) []string {
	text = valid(text)
	segments := r.gse.Segment([]byte(text))
	words := make([]string, 0, len(segments))
	for i := range segments {
		if w := text[segments[i].Start():segments[i].End()]; strings.TrimSpace(w) != "" {
			words = append(words, w)
		}
	}
	return words
}

// Comparison counts how Segmenter and gse agree.
type Comparison struct {
	Texts     int `json:"texts"`
	Words     int `json:"words"`     // By gse.
	Different int `json:"different"` // Texts whose words differ.
}

// Compare splits texts by both; Different must come out as 0. The segmenter and
// the reference must have been made with the same places.
func (r *Reference) Compare(s *Segmenter, texts iter.Seq[string]) Comparison {
	var c Comparison
	for text := range texts {
		want := r.Words(text)
		c.Texts++
		c.Words += len(want)
		if !slices.Equal(want, s.Words(text)) {
			c.Different++
		}
	}
	return c
}
