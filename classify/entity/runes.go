package entity

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// class tells what a rune may be part of, so that most of a text is passed over.
type class uint8

const (
	classDigit    class = 1 << iota // 0 to 9.
	classHanDigit                   // As people spell numbers out: 〇 to 九, 幺.
	classNumeral                    // Starts a sum of money: digits, 两, 十, 壹.
	classLatin                      // A lower-case letter.
	classProvince                   // Starts a number plate.
	classDot                        // Stands in a web address.
	classAt
)

const (
	hanDigits = "〇零一二三四五六七八九幺○"
	// provinces starts a number plate.
	provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
)

func newClasses() []class {
	c := make([]class, 1<<16)
	for r := '0'; r <= '9'; r++ {
		c[r] = classDigit | classNumeral
	}
	for r := 'a'; r <= 'z'; r++ {
		c[r] = classLatin
	}
	for _, r := range hanDigits {
		c[r] |= classHanDigit
	}
	for _, r := range hanNumerals + formalNumbers + "十拾两俩" {
		c[r] |= classNumeral
	}
	for _, r := range provinces {
		c[r] |= classProvince
	}
	c['.'] |= classDot
	c['。'] |= classDot
	c['点'] |= classDot
	c['@'] |= classAt
	return c
}

// hasPrefix reports whether the text goes on with s at i.
func hasPrefix(text []rune, i int, s string) bool {
	for _, r := range s {
		if i < 0 || i >= len(text) || text[i] != r {
			return false
		}
		i++
	}
	return true
}

// hasSuffix reports whether s stands right in front of i.
func hasSuffix(text []rune, i int, s string) bool {
	return hasPrefix(text, i-utf8.RuneCountInString(s), s)
}

// wordList splits words at blanks, ready for looking them up in runes.
func wordList(text string) [][]rune {
	var list [][]rune
	for w := range strings.FieldsSeq(text) {
		list = append(list, []rune(w))
	}
	return list
}

// endsWithAny reports whether one of the words stands right in front of i.
func endsWithAny(text []rune, i int, words [][]rune) bool {
	if i <= 0 || i > len(text) {
		return false
	}
	last := text[i-1]
	for _, w := range words {
		if w[len(w)-1] == last && len(w) <= i && slices.Equal(w, text[i-len(w):i]) {
			return true
		}
	}
	return false
}

// holdsAny reports whether one of the words stands within [from, to).
func holdsAny(text []rune, from, to int, words [][]rune) bool {
	from, to = max(0, from), min(to, len(text))
	for i := from; i < to; i++ {
		for _, w := range words {
			if w[0] == text[i] && len(w) <= to-i && slices.Equal(w, text[i:i+len(w)]) {
				return true
			}
		}
	}
	return false
}

func followedBy(text []rune, i int, set string) bool {
	return i >= 0 && i < len(text) && strings.ContainsRune(set, text[i])
}

// skip moves i over any of the given strings, again and again.
func skip(text []rune, i int, words ...string) int {
	for moved := true; moved; {
		moved = false
		for _, s := range words {
			if hasPrefix(text, i, s) {
				i += utf8.RuneCountInString(s)
				moved = true
			}
		}
	}
	return i
}

// skipBack moves i back over any runes of the set, at most n.
func skipBack(text []rune, i, n int, set string) int {
	for ; n > 0 && i > 0 && strings.ContainsRune(set, text[i-1]); n-- {
		i--
	}
	return i
}

func digit(r rune) bool { return r >= '0' && r <= '9' }
func lower(r rune) bool { return r >= 'a' && r <= 'z' }

func latinOrDigit(r rune) bool { return lower(r) || digit(r) }

// latinAt reports a letter, digit or underscore at i.
func latinAt(text []rune, i int) bool {
	return i >= 0 && i < len(text) && (latinOrDigit(text[i]) || text[i] == '_')
}
