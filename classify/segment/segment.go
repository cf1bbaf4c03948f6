// Package segment splits folded text into words. It is the only importer of
// gse and keeps to its shortest-path mode: the HMM invents words, is four times
// slower and writes package-level state.
package segment

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/go-ego/gse"
)

// domainTxt holds words that the general dictionary lacks: "word freq pos".
//
//go:embed domain.txt
var domainTxt string

// Dictionary returns the text of the domain dictionary, for a version fingerprint.
func Dictionary() string { return domainTxt }

// Segmenter splits text. It never changes after New and is safe for concurrent use.
type Segmenter struct {
	gse *gse.Segmenter
}

// placeFreq lets a place name win over its parts.
const placeFreq = 2000

// New loads gse's simplified dictionary with our words and the given place
// names; it takes about a second and 135 MB, so load once and share.
func New(places []string) (*Segmenter, error) {
	s := &gse.Segmenter{NotLoadHMM: true, SkipLog: true}
	// Of a word that stands twice the first counts: ours go first.
	if err := s.LoadDictStr(userDictionary(places)); err != nil {
		return nil, fmt.Errorf("loading domain dictionary: %w", err)
	}
	if err := s.LoadDictEmbed("zh_s"); err != nil {
		return nil, fmt.Errorf("loading general dictionary: %w", err)
	}
	return &Segmenter{gse: s}, nil
}

// userDictionary writes comments and blanks out: gse would take a blank line
// for an empty word.
func userDictionary(places []string) string {
	var b strings.Builder
	for line := range strings.Lines(domainTxt) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		b.WriteString(line)
		b.WriteByte('\n')
	}
	for _, p := range places {
		if utf8.RuneCountInString(p) > 1 && !strings.ContainsFunc(p, unicode.IsSpace) {
			fmt.Fprintf(&b, "%s %d ns\n", strings.ToLower(p), placeFreq)
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// Words returns the words of a text in order, without blanks. They share the
// text's memory.
func (s *Segmenter) Words(text string) []string {
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, string(utf8.RuneError))
	}
	segments := s.gse.Segment([]byte(text))
	words := make([]string, 0, len(segments))
	for i := range segments {
		w := text[segments[i].Start():segments[i].End()]
		if strings.TrimSpace(w) != "" {
			words = append(words, w)
		}
	}
	return words
}
