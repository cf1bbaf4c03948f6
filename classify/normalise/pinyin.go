package normalise

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Copies of texts from some web pages carry the reading of a character in
// brackets behind it. These are the parts of a syllable.
const (
	initials = " b p m f d t n l g k h j q x zh ch sh r z c s y w "
	finals   = " a o e ai ei ao ou an en ang eng er i ia ie iao iu ian in iang ing iong u ua uo uai ui uan un uang ue ong v ve "
)

// maxNote bounds a note: one syllable, or several where tones are written.
const maxNote = 32

// pinyinNote returns how many runes the bracketed reading at text[i] has, or 0
// when it is none: it must follow a Han character and hold one syllable, or
// any number of them with tones. An (app) is no reading.
func pinyinNote(text []rune, i int) int {
	if i == 0 || !unicode.Is(unicode.Han, text[i-1]) {
		return 0
	}
	for k := i + 1; k < len(text) && k-i <= maxNote; k++ {
		switch r := text[k]; {
		case r == ')' || r == '）':
			if note := text[i+1 : k]; syllable(note) || toned(note) {
				return k - i + 1
			}
			return 0
		case !unicode.IsLower(r) && !unicode.Is(unicode.Mn, r) && r != ' ' && r != '…':
			return 0
		}
	}
	return 0
}

// toned reports a vowel with a tone mark or an umlaut.
func toned(s []rune) bool {
	for _, r := range s {
		if strings.ContainsRune("āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜ\u0304\u0301\u030c\u0300", r) {
			return true
		}
	}
	return false
}

// syllable reports whether s is a pinyin syllable, with or without its tone.
func syllable(s []rune) bool {
	plain := strings.Map(toneless, norm.NFD.String(string(s)))
	if plain == "" {
		return false
	}
	for n := range 3 {
		if n > len(plain) {
			break
		}
		head, tail := plain[:n], plain[n:]
		if (n == 0 || strings.Contains(initials, " "+head+" ")) && strings.Contains(finals, " "+tail+" ") && tail != "" {
			return true
		}
	}
	return false
}

// toneless drops combining marks; ü becomes u with them, which is near enough.
func toneless(r rune) rune {
	if unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}
