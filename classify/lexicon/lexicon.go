// Package lexicon holds the indicator words that speak for a letter type, a
// topic or a kind of lead, and finds them in folded text. A hit is a feature
// with a place in the text, never a judgement: the classifier weighs hits.
package lexicon

import (
	"embed"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// files holds one list per axis; the form of a line is told in each file.
//
//go:embed lists/*.txt
var files embed.FS

// Axis is the question a signal helps to answer; it is the name of its file.
type Axis string

// The axes.
const (
	Type  Axis = "type"
	Topic Axis = "topic"
	Lead  Axis = "lead"
	Cue   Axis = "cue" // Who writes, how sure, how pressing: see lists/cue.txt.
)

// Role says what part of a lead a word tells of. One word alone never makes a lead.
type Role string

// The roles; only the lead axis uses them.
const (
	RoleNone   Role = "-"
	RoleAct    Role = "act"    // What was done: 诈骗, 偷, 赌博.
	RoleObject Role = "object" // What to, with what, where, how: 门票, 账户, 麻将馆.
)

// Signal is one indicator: a word, or two words of one sentence ("被…骗").
type Signal struct {
	Number int // Its place among all signals.
	Axis   Axis
	Code   string
	Weight float64
	Role   Role
	Text   string
}

// Hit is a place where a signal stands, in runes of the searched text.
type Hit struct {
	*Signal
	Start, End int
}

// maxGap is how many runes may stand between the halves of a two-word signal.
const maxGap = 12

// Lexicon finds signals. It never changes after New and is safe for concurrent use.
type Lexicon struct {
	trie    *Trie
	words   []word
	signals []*Signal
}

// word is a searched string with the signals it completes or begins.
type word struct {
	whole []*Signal
	first []pair
	axes  []Axis
}

// pair is a two-word signal seen from its first word.
type pair struct {
	signal *Signal
	second int
}

// New reads the embedded lists. Errors name the file and line.
func New() (*Lexicon, error) {
	l := &Lexicon{trie: NewTrie()}
	for _, axis := range []Axis{Type, Topic, Lead, Cue} {
		text, err := fs.ReadFile(files, path.Join("lists", string(axis)+".txt"))
		if err != nil {
			return nil, fmt.Errorf("reading %s signals: %w", axis, err)
		}
		if err := l.read(axis, string(text)); err != nil {
			return nil, err
		}
	}
	return l, nil
}

// Files returns the text of all lists, for a version fingerprint.
func Files() ([]string, error) {
	var texts []string
	err := fs.WalkDir(files, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := files.ReadFile(p)
		texts = append(texts, string(b))
		return err
	})
	return texts, err
}

// Signals returns all signals; the caller must not change them.
func (l *Lexicon) Signals() []*Signal { return l.signals }

// read parses "code weight role word word…" lines.
func (l *Lexicon) read(axis Axis, text string) error {
	n := 0
	for line := range strings.Lines(text) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 || strings.HasPrefix(f[0], "#") {
			continue
		}
		if len(f) < 4 {
			return fmt.Errorf("lists/%s.txt:%d: want code, weight, role and words", axis, n)
		}
		weight, err := strconv.ParseFloat(f[1], 64)
		if err != nil {
			return fmt.Errorf("lists/%s.txt:%d: reading weight: %w", axis, n, err)
		}
		role := Role(f[2])
		if role != RoleNone && role != RoleAct && role != RoleObject {
			return fmt.Errorf("lists/%s.txt:%d: role %q is none of -, act, object", axis, n, role)
		}
		for _, w := range f[3:] {
			if err := l.add(&Signal{Axis: axis, Code: f[0], Weight: weight, Role: role, Text: w}); err != nil {
				return fmt.Errorf("lists/%s.txt:%d: %w", axis, n, err)
			}
		}
	}
	return nil
}

func (l *Lexicon) add(s *Signal) error {
	first, second, two := strings.Cut(strings.ToLower(s.Text), "…")
	if first == "" || two && second == "" {
		return fmt.Errorf("signal %q has an empty word", s.Text)
	}
	i := l.word(first)
	if two {
		j := l.word(second)
		l.words[i].first = append(l.words[i].first, pair{s, j})
	} else {
		l.words[i].whole = append(l.words[i].whole, s)
		if !slices.Contains(l.words[i].axes, s.Axis) {
			l.words[i].axes = append(l.words[i].axes, s.Axis)
		}
	}
	s.Number = len(l.signals)
	l.signals = append(l.signals, s)
	return nil
}

func (l *Lexicon) word(text string) int {
	id, added := l.trie.Add([]rune(text))
	if added {
		l.words = append(l.words, word{})
	}
	return id
}

// Buffer is the memory Find works in. The zero value is ready; one goroutine
// at a time may use it, for any number of texts.
type Buffer struct {
	matches []Match
	hits    []Hit
}

// Find returns the hits in folded text in order of their start. Within one
// axis a word inside a longer word does not count: 满意 in 不满意. The result is
// valid until the next call with the same buffer.
func (l *Lexicon) Find(text []rune, b *Buffer) []Hit {
	b.matches = l.trie.Find(text, b.matches[:0])
	matches, hits := b.matches, b.hits[:0]
	for i, m := range matches {
		w := &l.words[m.Word]
		for _, s := range w.whole {
			if !l.covered(matches, i, s.Axis) {
				hits = append(hits, Hit{s, m.Start, m.End})
			}
		}
		for _, p := range w.first {
			if end := secondHalf(text, matches[i+1:], m.End, p.second); end > 0 {
				hits = append(hits, Hit{p.signal, m.Start, end})
			}
		}
	}
	b.hits = hits
	return hits
}

// covered reports whether a longer word of the axis spans matches[i].
func (l *Lexicon) covered(matches []Match, i int, axis Axis) bool {
	m := matches[i]
	for j := i - 1; j >= 0 && matches[j].Start > m.Start-l.trie.longest; j-- {
		if l.covers(matches[j], m, axis) {
			return true
		}
	}
	for j := i + 1; j < len(matches) && matches[j].Start == m.Start; j++ {
		if l.covers(matches[j], m, axis) {
			return true
		}
	}
	return false
}

func (l *Lexicon) covers(long, short Match, axis Axis) bool {
	return long.Start <= short.Start && long.End >= short.End &&
		long.End-long.Start > short.End-short.Start && slices.Contains(l.words[long.Word].axes, axis)
}

// secondHalf looks for the second word behind from, in the same sentence.
func secondHalf(text []rune, later []Match, from, second int) int {
	for _, m := range later {
		if m.Start > from+maxGap {
			return 0
		}
		if m.Word == second && m.Start >= from {
			if slices.ContainsFunc(text[from:m.Start], EndsSentence) {
				return 0
			}
			return m.End
		}
	}
	return 0
}

// EndsSentence reports a rune that ends a sentence in folded text.
func EndsSentence(r rune) bool {
	switch r {
	case '。', '!', '?', ';', '\n', '…':
		return true
	}
	return false
}
