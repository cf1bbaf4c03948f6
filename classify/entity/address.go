package entity

import (
	"regexp"
	"strings"
	"unicode"
)

// endings are those of the web addresses that letters name without a scheme.
// example and invalid are reserved, for made-up addresses.
const endings = `com|cn|net|org|top|xyz|vip|cc|info|app|club|site|online|shop|work|icu|live|pro|me|io|tv|co|hk|link|fun|ltd|wang|store|tech|ren|asia|biz|mobi|gov|edu|example|invalid`

// addressPatterns are matched in folded text: a scheme, www. or a usual ending.
type addressPatterns struct{ dotted, spelled *regexp.Regexp }

func newAddressPatterns() addressPatterns {
	const path = `(?::\d+)?(?:[/?][-a-z0-9._~/?#@!$&'*+=%]*)?`
	return addressPatterns{
		dotted: regexp.MustCompile(`(?:h(?:tt|xx)ps?://|www\.)[a-z0-9][-a-z0-9.]*` + path +
			`|[a-z0-9][-a-z0-9]*(?:\.[a-z0-9][-a-z0-9]*)*\.(?:` + endings + `)\b` + path),
		spelled: regexp.MustCompile(`^(?:com|cn|net|top|vip|xyz|cc)(?:/[-a-z0-9._~/?#=&%]*)?`),
	}
}

// urls finds web addresses. Most letters have no dot between Latin letters, so
// the patterns only run where one stands.
func (c *collector) urls() {
	if c.any&classDot == 0 || c.any&(classLatin|classDigit) == 0 {
		return
	}
	c.eachLatinRun(classDot, func(start int, run string) {
		if !strings.Contains(run, ".") {
			return
		}
		for _, m := range c.patterns.dotted.FindAllStringIndex(run, -1) {
			glued := m[0] > 0 && latinOrDigit(rune(run[m[0]-1])) && !strings.HasPrefix(run[m[0]:], "http")
			if glued || m[0] > 0 && run[m[0]-1] == '@' || m[1] < len(run) && run[m[1]] == '@' {
				continue
			}
			if titled(run[m[0]:m[1]]) {
				continue
			}
			to := m[0] + len(strings.TrimRight(run[m[0]:m[1]], ".?&!'*"))
			c.add(KindURL, start+m[0], start+to, c.exact(start+m[0], start+to), 0.95)
		}
	})
	c.spelledDots()
}

// titled reports a person rather than an address: Mr.Wang.
func titled(s string) bool {
	for _, t := range []string{"mr.", "ms.", "mrs.", "dr.", "prof."} {
		if strings.HasPrefix(s, t) {
			return true
		}
	}
	return false
}

// spelledDots finds addresses whose dot is written as a word or a full stop, so
// that filters miss it: abc点com.
func (c *collector) spelledDots() {
	text := c.runes()
	for i := range text {
		if text[i] != '点' && text[i] != '。' || !latinAt(text, i-1) || !latinAt(text, i+1) {
			continue
		}
		from, to := i, i+1
		for from > 0 && (latinOrDigit(text[from-1]) || text[from-1] == '-' || text[from-1] == '.') {
			from--
		}
		for to < len(text) && text[to] > ' ' && text[to] < unicode.MaxASCII {
			to++
		}
		tail := string(text[i+1 : to])
		m := c.patterns.spelled.FindStringIndex(tail)
		if m == nil || latinAt(text, i+1+m[1]) {
			continue
		}
		to = i + 1 + len(strings.TrimRight(tail[:m[1]], ".?&"))
		c.add(KindURL, from, to, string(text[from:i])+"."+string(text[i+1:to]), 0.8)
	}
}

// eachLatinRun calls f for every run of visible ASCII that has a class.
func (c *collector) eachLatinRun(want class, f func(start int, run string)) {
	text := c.runes()
	for i := c.next(0, want); i < len(text); i = c.next(i, want) {
		start, end := i, i
		for start > 0 && visibleASCII(text[start-1]) {
			start--
		}
		for end < len(text) && visibleASCII(text[end]) {
			end++
		}
		if start < end {
			f(start, string(text[start:end]))
		}
		i = max(end, i+1)
	}
}

func visibleASCII(r rune) bool { return r > ' ' && r <= unicode.MaxASCII }

// exact returns the original with its letter case, in half width: addresses
// are case sensitive.
func (c *collector) exact(from, to int) string {
	start, end := c.text.Span(from, to)
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0xff01 && r <= 0xff5e:
			return r - 0xfee0
		case !visibleASCII(r):
			return -1
		}
		return r
	}, string(c.text.Original[start:end]))
}
