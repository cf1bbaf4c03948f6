// Package normalise folds what people type into one form for matching: half
// width, lower case, simplified characters, no invisible characters and no
// pinyin notes. The original is never changed; every rune of the folded text
// knows which runes of the original it stands for.
package normalise

import (
	_ "embed"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// The conversion tables are OpenCC's; see opencc/NOTICE. Our own rewrites
// come on top and win.
var (
	//go:embed opencc/TSCharacters.txt
	charactersTxt string
	//go:embed opencc/TSPhrases.txt
	phrasesTxt string
	//go:embed rewrites.txt
	rewritesTxt string
)

// Tables returns the text of all tables in use, for a version fingerprint.
func Tables() []string { return []string{charactersTxt, phrasesTxt, rewritesTxt} }

// Text is a folded text with its way back to the original.
type Text struct {
	Original []rune
	Runes    []rune // Folded.
	start    []int  // Of each folded rune in Original.
	end      []int
	Hidden   int // Invisible characters left out.
}

// String returns the folded text.
func (t Text) String() string { return string(t.Runes) }

// Span maps folded runes [from, to) to the runes of the original they stand
// for; an empty or impossible range gives an empty span.
func (t Text) Span(from, to int) (start, end int) {
	if from < 0 || to > len(t.Runes) || from >= to {
		return 0, 0
	}
	return t.start[from], t.end[to-1]
}

// Slice returns the original text behind folded runes [from, to).
func (t Text) Slice(from, to int) string {
	start, end := t.Span(from, to)
	return string(t.Original[start:end])
}

// Folder folds texts. It never changes after New and is safe for concurrent use.
type Folder struct {
	simplified map[rune]rune
	ambiguous  map[rune]bool // Characters that simplified text uses too, such as the surname 乾.
	phrases    map[rune][]phrase
}

type phrase struct{ from, to []rune }

// New reads the embedded tables.
func New() (*Folder, error) {
	f := &Folder{simplified: map[rune]rune{}, ambiguous: map[rune]bool{}, phrases: map[rune][]phrase{}}
	if err := eachPair(charactersTxt, f.addCharacter); err != nil {
		return nil, fmt.Errorf("reading conversion characters: %w", err)
	}
	for _, txt := range []string{rewritesTxt, phrasesTxt} {
		if err := eachPair(txt, f.addPhrase); err != nil {
			return nil, fmt.Errorf("reading conversion phrases: %w", err)
		}
	}
	return f, nil
}

// eachPair calls add for each "from to…" line; of several targets the first counts.
func eachPair(txt string, add func(from, to string, others []string)) error {
	for line := range strings.Lines(txt) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		fields := strings.Fields(line)
		if len(fields) < 2 {
			return fmt.Errorf("line %q has no target", line)
		}
		add(fields[0], fields[1], fields[2:])
	}
	return nil
}

func (f *Folder) addCharacter(from, to string, others []string) {
	key, _ := utf8.DecodeRuneInString(from)
	target, _ := utf8.DecodeRuneInString(to)
	for _, o := range others {
		if o == from {
			f.ambiguous[key] = true
		}
	}
	if key != target {
		f.simplified[key] = target
	}
}

func (f *Folder) addPhrase(from, to string, _ []string) {
	p := phrase{from: []rune(from), to: []rune(to)}
	known := f.phrases[p.from[0]]
	for _, k := range known {
		if string(k.from) == from {
			return
		}
	}
	f.phrases[p.from[0]] = append(known, p)
}

// Fold folds one text. Bytes that are not UTF-8 count as one rune U+FFFD each.
func (f *Folder) Fold(text string) Text {
	t := Text{Original: []rune(text)}
	wide := f.widths(&t)
	f.rewrite(&t, wide)
	return t
}

// piece is a rune between the two passes, with its place in the original.
type piece struct {
	r          rune
	start, end int
}

// widths does what looks at one rune at a time: compatibility forms, case and
// invisible characters; and leaves out pinyin notes.
func (f *Folder) widths(t *Text) []piece {
	out := make([]piece, 0, len(t.Original)+8)
	for i := 0; i < len(t.Original); i++ {
		r := t.Original[i]
		switch {
		case r == '(' || r == '（':
			if n := pinyinNote(t.Original, i); n > 0 {
				i += n - 1
				continue
			}
			out = append(out, piece{'(', i, i + 1})
		case r >= 0x4e00 && r <= 0x9fff, r == '\n', r >= ' ' && r < 'A', r > 'Z' && r < 0x7f:
			out = append(out, piece{r, i, i + 1})
		case invisible(r):
			t.Hidden++
		case r == '\t' || r == '\r' || r == 0x3000:
			out = append(out, piece{' ', i, i + 1})
		case r >= 0xff01 && r <= 0xff5e:
			out = append(out, piece{unicode.ToLower(r - 0xfee0), i, i + 1})
		default:
			for _, c := range compatible(r) {
				out = append(out, piece{unicode.ToLower(c), i, i + 1})
			}
		}
	}
	return out
}

// compatible applies NFKC to one rune. Sequences of combining marks stay
// uncomposed, so that offsets stay exact.
func compatible(r rune) string {
	if r < 0x80 {
		return string(r)
	}
	return norm.NFKC.String(string(r))
}

// invisible reports characters that no reader sees: controls, format
// characters such as zero-width spaces, and variation selectors.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r >= 0xfe00 && r <= 0xfe0f, r == 0x3164, r == 0x115f, r == 0x1160:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc)
}

// rewrite applies phrases, then single characters.
func (f *Folder) rewrite(t *Text, in []piece) {
	n := len(in)
	t.Runes, t.start, t.end = make([]rune, 0, n), make([]int, 0, n), make([]int, 0, n)
	traditional := f.looksTraditional(in)
	for i := 0; i < n; {
		if p, ok := f.longest(in, i); ok {
			t.appendPhrase(p, in[i:i+len(p.from)])
			i += len(p.from)
			continue
		}
		r := in[i].r
		if s, ok := f.simplified[r]; ok && (traditional || !f.ambiguous[r]) && !surname(in, i) {
			r = s
		}
		t.append(r, in[i].start, in[i].end)
		i++
	}
}

func (t *Text) append(r rune, start, end int) {
	t.Runes = append(t.Runes, r)
	t.start = append(t.start, start)
	t.end = append(t.end, end)
}

// appendPhrase keeps offsets rune by rune where lengths agree; else every new
// rune stands for the whole phrase.
func (t *Text) appendPhrase(p phrase, in []piece) {
	for k, r := range p.to {
		if len(p.to) == len(in) {
			t.append(r, in[k].start, in[k].end)
		} else {
			t.append(r, in[0].start, in[len(in)-1].end)
		}
	}
}

// longest finds the longest phrase that starts at in[i].
func (f *Folder) longest(in []piece, i int) (best phrase, ok bool) {
	for _, p := range f.phrases[in[i].r] {
		if len(p.from) > len(best.from) && matches(p.from, in, i) {
			best, ok = p, true
		}
	}
	return best, ok
}

// matches compares; a phrase that begins with a Latin letter must not stand
// inside a longer Latin word or account name.
func matches(from []rune, in []piece, i int) bool {
	if i+len(from) > len(in) {
		return false
	}
	for k, r := range from {
		if in[i+k].r != r {
			return false
		}
	}
	end := i + len(from)
	if latin(from[0]) && i > 0 && latin(in[i-1].r) {
		return false
	}
	return !latin(from[len(from)-1]) || end == len(in) || !latin(in[end].r)
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' }

// looksTraditional reports a text with at least two characters that only
// traditional writing has; only there are 乾, 於 and the like converted.
func (f *Folder) looksTraditional(in []piece) bool {
	found := 0
	for _, p := range in {
		if p.r < 0x3400 {
			continue
		}
		if _, ok := f.simplified[p.r]; ok && !f.ambiguous[p.r] {
			if found++; found == 2 {
				return true
			}
		}
	}
	return false
}

// surname keeps 乾, 於 and 著 where a form of address follows.
func surname(in []piece, i int) bool {
	if r := in[i].r; r != '乾' && r != '於' && r != '著' || i+1 >= len(in) {
		return false
	}
	switch in[i+1].r {
	case '某', '姓', '先', '女', '小', '生':
		return true
	}
	return false
}
