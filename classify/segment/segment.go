// Package segment splits folded text into words. It is the only importer of
// gse, takes gse's dictionary and gives the words of gse's shortest-path mode
// from a search of its own; gse's HMM invents words, is four times slower and
// writes package-level state.
package segment

import (
	_ "embed"
	"fmt"
	"runtime/debug"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// domainTxt holds words that the general dictionary lacks: "word freq pos".
//
//go:embed domain.txt
var domainTxt string

// Dictionary returns the text of the domain dictionary, for a version fingerprint.
func Dictionary() string { return domainTxt }

// Segmenter splits text. It never changes after New and is safe for concurrent use.
type Segmenter struct {
	trie    *trie
	buffers sync.Pool
}

// placeFreq lets a place name win over its parts.
const placeFreq = 2000

// New loads gse's simplified dictionary with our words and the given place
// names, and compiles it, which takes about a second; load once and share.
func New(places []string) (*Segmenter, error) {
	t, err := load(places)
	if err != nil {
		return nil, err
	}
	debug.FreeOSMemory() // What gse held while loading goes back to the system.
	return &Segmenter{trie: t}, nil
}

// load compiles gse's dictionary and lets go of it.
func load(places []string) (*trie, error) {
	r, err := NewReference(places)
	if err != nil {
		return nil, err
	}
	return compile(r.gse.Dict), nil
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
// text's memory. Bytes that are not UTF-8 count as U+FFFD.
func (s *Segmenter) Words(text string) []string {
	text = valid(text)
	b, ok := s.buffers.Get().(*stringBuffer)
	if !ok {
		b = &stringBuffer{}
	}
	defer s.buffers.Put(b)
	b.runes = b.runes[:0]
	for _, r := range text {
		b.runes = append(b.runes, r)
	}
	found := s.Split(b.runes, &b.Buffer)
	words := make([]string, 0, len(found))
	at := 0
	for _, f := range found {
		size := 0
		for _, r := range b.runes[f.Start:f.End] {
			size += utf8.RuneLen(r)
		}
		if w := text[at : at+size]; strings.TrimSpace(w) != "" {
			words = append(words, w)
		}
		at += size
	}
	return words
}

func valid(text string) string { return strings.ToValidUTF8(text, string(utf8.RuneError)) }

// stringBuffer adds the runes of a string to a buffer.
type stringBuffer struct {
	Buffer
	runes []rune
}
