package normalise

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// property says what folding has to do at a rune.
type property uint8

const (
	mapped      property = 1 << iota // One other rune takes its place.
	expanded                         // Several runes take its place.
	hidden                           // No reader sees it.
	joins                            // May compose with the rune before it.
	bracket                          // May open a pinyin note.
	zeroLike                         // Stands for 0 among digits.
	startsWith                       // A phrase starts with it, once folded.
	traditional                      // Simplified writing has another character, once folded.
)

// table knows the runes of the basic plane; the rest is worked out when met.
type table struct {
	properties []property
	single     []uint16
	several    map[rune][]rune
}

const basicPlane = 1 << 16

func newTable() table {
	t := table{
		properties: make([]property, basicPlane), single: make([]uint16, basicPlane), several: map[rune][]rune{},
	}
	for r := range rune(basicPlane) {
		if usual(r) {
			continue
		}
		p, to := examine(r)
		t.properties[r] = p
		switch {
		case p&mapped != 0:
			t.single[r] = uint16(to[0])
		case p&expanded != 0:
			t.several[r] = to
		}
	}
	return t
}

// usual tells the bulk of Han and Hangul, which folds to itself.
func usual(r rune) bool {
	return r >= 0x3400 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3 || r >= 0xd800 && r <= 0xf8ff
}

// of returns what to do at a rune.
func (t *table) of(r rune) property {
	if uint(r) < uint(len(t.properties)) {
		return t.properties[r]
	}
	p, _ := examine(r)
	return p
}

// one returns the rune that takes the place of a mapped one.
func (t *table) one(r rune) rune {
	if uint(r) < uint(len(t.single)) {
		return rune(t.single[r])
	}
	_, to := examine(r)
	return to[0]
}

// all returns the runes that take the place of an expanded one.
func (t *table) all(r rune) []rune {
	if uint(r) < uint(len(t.properties)) {
		return t.several[r]
	}
	_, to := examine(r)
	return to
}

// examine works out what one rune folds to.
func examine(r rune) (property, []rune) {
	var p property
	switch {
	case r == '\n':
		return 0, nil
	case r == '\t' || r == '\r':
		return mapped, []rune{' '}
	case invisible(r):
		return hidden, nil
	case r == '(' || r == '（':
		p = bracket
	case r == 'o' || r == 'O' || r == 'ｏ' || r == 'Ｏ' || r == '○':
		p = zeroLike
	}
	if r >= utf8.RuneSelf && !norm.NFKC.PropertiesString(string(r)).BoundaryBefore() {
		p |= joins
	}
	to := compatible(string(r))
	switch {
	case len(to) == 0:
		p |= hidden
	case len(to) > 1:
		p |= expanded
	case to[0] != r:
		p |= mapped
	}
	return p, to
}

// compatible applies NFKC and lower case, and drops what nobody sees.
func compatible(s string) []rune {
	var to []rune
	for _, c := range norm.NFKC.String(s) {
		if d, ok := disguisedDigit(c); ok {
			c = d
		}
		if !invisible(c) {
			to = append(to, unicode.ToLower(c))
		}
	}
	return to
}

// disguisedDigit reads the circled digits that have no compatibility form.
func disguisedDigit(r rune) (rune, bool) {
	switch {
	case r == '⓿' || r == '🄌':
		return '0', true
	case r >= '❶' && r <= '❾':
		return '1' + r - '❶', true
	case r >= '⓵' && r <= '⓽':
		return '1' + r - '⓵', true
	case r >= '➀' && r <= '➈':
		return '1' + r - '➀', true
	case r >= '➊' && r <= '➒':
		return '1' + r - '➊', true
	}
	return 0, false
}

// invisible reports characters that no reader sees: controls, format
// characters such as zero-width spaces, variation selectors and the frame of
// a keycap.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case r < 0x80:
		return r < ' ' || r == 0x7f
	case r >= 0xfe00 && r <= 0xfe0f, r >= 0xe0100 && r <= 0xe01ef:
		return true
	case r == 0x3164, r == 0x115f, r == 0x1160, r == 0x20e3, r == 0x034f:
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Cc)
}

// garbled reports what is left of text that was lost on the way: private use
// and replacement characters. What they stood for is never guessed.
func garbled(r rune) bool { return r == utf8.RuneError || r >= 0xe000 && r <= 0xf8ff }
