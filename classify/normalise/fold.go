// Package normalise folds what people type into one form for matching: half
// width, lower case, simplified characters, no invisible characters and no
// pinyin notes. The original is never changed; every rune of the folded text
// knows which runes of the original it stands for.
package normalise

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
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
func Tables() []string { return []string{charactersTxt, phrasesTxt, rewritesTxt, synonymsTxt} }

// Folder folds texts. It never changes after New and is safe for concurrent use.
type Folder struct {
	table      table
	simplified map[rune]rune
	ambiguous  map[rune]bool // Characters that simplified text uses too, such as the surname 乾.
	phrases    [][]phrase    // Those with one first rune together; 0 is none.
	starting   []uint16      // Index into phrases by first rune.
	synonyms   synonyms
}

type phrase struct{ from, to []rune }

// New reads the embedded tables.
func New() (*Folder, error) {
	f := &Folder{
		table: newTable(), simplified: map[rune]rune{}, ambiguous: map[rune]bool{},
		phrases: make([][]phrase, 1), starting: make([]uint16, basicPlane),
	}
	if err := eachPair(charactersTxt, f.addCharacter); err != nil {
		return nil, fmt.Errorf("reading conversion characters: %w", err)
	}
	for _, txt := range []string{rewritesTxt, phrasesTxt} {
		if err := eachPair(txt, f.addPhrase); err != nil {
			return nil, fmt.Errorf("reading conversion phrases: %w", err)
		}
	}
	for _, phrases := range f.phrases {
		slices.SortStableFunc(phrases, func(a, b phrase) int { return len(b.from) - len(a.from) })
	}
	if err := eachPair(synonymsTxt, f.synonyms.add); err != nil {
		return nil, fmt.Errorf("reading synonyms: %w", err)
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
	if slices.Contains(others, from) {
		f.ambiguous[key] = true
	}
	if key != target {
		f.simplified[key] = target
		f.mark(key, traditional)
	}
}

// addPhrase enters a phrase unless it is known; none starts beyond the basic
// plane.
func (f *Folder) addPhrase(from, to string, _ []string) {
	p := phrase{from: []rune(from), to: []rune(to)}
	first := p.from[0]
	if first >= basicPlane {
		return
	}
	at := f.starting[first]
	if at == 0 {
		at = uint16(len(f.phrases))
		f.starting[first] = at
		f.phrases = append(f.phrases, nil)
	}
	for _, k := range f.phrases[at] {
		if string(k.from) == from {
			return
		}
	}
	f.phrases[at] = append(f.phrases[at], p)
	f.mark(first, startsWith)
}

// mark notes a property; runes beyond the basic plane are looked up each time.
func (f *Folder) mark(r rune, p property) {
	if r < basicPlane {
		f.table.properties[r] |= p
	}
}

// Fold folds one text. Bytes that are not UTF-8 count as one rune U+FFFD each.
func (f *Folder) Fold(text string) Text {
	t := Text{Original: []rune(text)}
	zeros := f.widths(&t)
	if zeros {
		readZeros(t.Runes)
	}
	return f.rewrite(t)
}

// widths does what looks at characters one at a time: compatibility forms,
// case and invisible characters; and leaves out pinyin notes. It reports
// whether something looks like a zero.
func (f *Folder) widths(t *Text) (zeros bool) {
	text := t.Original
	t.Runes = make([]rune, 0, len(text)+len(text)/16)
	const work = mapped | expanded | hidden | bracket | zeroLike
	for i := 0; i < len(text); i++ {
		r := text[i]
		if i+1 < len(text) && text[i+1] >= utf8.RuneSelf && f.table.of(text[i+1])&joins != 0 {
			i += f.compose(t, i) - 1
			continue
		}
		p := f.table.of(r) & work
		if p == 0 {
			if garbled(r) {
				t.Garbled++
			}
			t.append(r, i, i+1)
			continue
		}
		zeros = zeros || p&zeroLike != 0
		if p&bracket != 0 {
			if n := pinyinNote(text, i); n > 0 {
				i += n - 1
				continue
			}
		}
		switch {
		case p&hidden != 0:
			t.Hidden++
		case p&expanded != 0:
			for _, c := range f.table.all(r) {
				t.append(c, i, i+1)
			}
		case p&mapped != 0:
			t.append(f.table.one(r), i, i+1)
		default:
			t.append(r, i, i+1)
		}
	}
	return zeros
}

// maxMarks bounds how many combining marks are composed with one character.
const maxMarks = 16

// compose folds a character and the marks behind it as one: e and an acute
// accent, or half-width カ and its voicing mark. It returns their number.
func (f *Folder) compose(t *Text, i int) int {
	text := t.Original
	end := i + 1
	for end < len(text) && end-i <= maxMarks && f.table.of(text[end])&joins != 0 {
		end++
	}
	for _, r := range text[i:end] {
		if invisible(r) {
			t.Hidden++
		}
	}
	if text[i] == '\n' { // Nothing joins a line break.
		t.append('\n', i, i+1)
		return 1
	}
	for _, c := range compatible(string(text[i:end])) {
		if c == '\t' || c == '\r' {
			c = ' '
		}
		t.append(c, i, end)
	}
	return end - i
}

// minDigits is how many digits make the letter o beside them a zero.
const minDigits = 5

// readZeros turns o and ○ in long numbers into 0: 138oo138000. It leaves
// Latin words and account names alone.
func readZeros(text []rune) {
	for i := 0; i < len(text); {
		if text[i] < '0' || text[i] > '9' || i > 0 && ofAccount(text[i-1]) {
			i++
			continue
		}
		start, digits := i, 0
		for i < len(text) && (text[i] >= '0' && text[i] <= '9' || text[i] == 'o' || text[i] == '○') {
			if text[i] >= '0' && text[i] <= '9' {
				digits++
			}
			i++
		}
		if digits >= minDigits && (i == len(text) || !ofAccount(text[i])) {
			for k := start; k < i; k++ {
				if text[k] == 'o' || text[k] == '○' {
					text[k] = '0'
				}
			}
		}
	}
}

// ofAccount reports a rune that makes the digits beside it part of an account
// or an address.
func ofAccount(r rune) bool { return latin(r) || r == '.' || r == '@' || r == '/' || r == '-' }

// rewrite applies phrases, then single characters. As long as lengths stay the
// same it works in place.
func (f *Folder) rewrite(in Text) Text {
	isTraditional := f.looksTraditional(in.Runes)
	var out Text
	moved := false
	for i := 0; i < len(in.Runes); {
		r := in.Runes[i]
		p := f.table.of(r)
		if r >= basicPlane {
			p = traditional
		}
		n := 1
		if p&startsWith != 0 {
			if ph, ok := f.longest(in.Runes, i); ok {
				n = len(ph.from)
				if !moved && len(ph.to) != n {
					out, moved = in.cut(i), true
				}
				if moved {
					out.appendPhrase(ph, in, i)
				} else {
					copy(in.Runes[i:], ph.to)
				}
				i += n
				continue
			}
		}
		if p&traditional != 0 && (isTraditional || !f.ambiguous[r]) && !surname(in.Runes, i) {
			if s, ok := f.simplified[r]; ok {
				r = s
			}
		}
		if moved {
			start, end := in.Span(i, i+1)
			out.append(r, start, end)
		} else {
			in.Runes[i] = r
		}
		i += n
	}
	if moved {
		return out
	}
	return in
}

// appendPhrase keeps offsets rune by rune where lengths agree; else every new
// rune stands for the whole phrase.
func (t *Text) appendPhrase(p phrase, in Text, i int) {
	for k, r := range p.to {
		from, to := i, i+len(p.from)
		if len(p.to) == len(p.from) {
			from, to = i+k, i+k+1
		}
		start, end := in.Span(from, to)
		t.append(r, start, end)
	}
}

// longest finds the longest phrase that starts at text[i].
func (f *Folder) longest(text []rune, i int) (phrase, bool) {
	for _, p := range f.phrases[f.starting[text[i]]] {
		if matches(p.from, text, i) {
			return p, true
		}
	}
	return phrase{}, false
}

// matches compares; a phrase that begins with a Latin letter must not stand
// inside a longer Latin word or account name.
func matches(from, text []rune, i int) bool {
	end := i + len(from)
	if end > len(text) || len(from) > 1 && from[1] != text[i+1] || !slices.Equal(from, text[i:end]) {
		return false
	}
	if latin(from[0]) && i > 0 && latin(text[i-1]) {
		return false
	}
	return !latin(from[len(from)-1]) || end == len(text) || !latin(text[end])
}

func latin(r rune) bool { return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '_' }

// looksTraditional reports a text with at least two characters that only
// traditional writing has; only there are 乾, 於 and the like converted.
func (f *Folder) looksTraditional(text []rune) bool {
	found := 0
	for _, r := range text {
		if r < basicPlane && f.table.properties[r]&traditional == 0 {
			continue
		}
		if _, ok := f.simplified[r]; ok && !f.ambiguous[r] {
			if found++; found == 2 {
				return true
			}
		}
	}
	return false
}

// surname keeps 乾, 於 and 著 where a form of address follows.
func surname(text []rune, i int) bool {
	if r := text[i]; r != '乾' && r != '於' && r != '著' || i+1 >= len(text) {
		return false
	}
	switch text[i+1] {
	case '某', '姓', '先', '女', '小', '生':
		return true
	}
	return false
}
