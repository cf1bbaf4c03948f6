package entity

import "strings"

const plateEnding = "学警挂港澳领使"

// plates finds number plates: province, letter, five letters or digits, six on
// new energy cars.
func (c *collector) plates() {
	text := c.runes()
	for i := c.next(0, classProvince); i < len(text); i = c.next(i+1, classProvince) {
		letter := i + 1
		if letter < len(text) && (text[letter] == ' ' || text[letter] == '-') {
			letter++
		}
		if letter >= len(text) || !lower(text[letter]) || text[letter] == 'i' {
			continue
		}
		from := skip(text, letter+1, "·", "•", "・", ".", " ", "-")
		end, ok := plateBody(text, from)
		if !ok || text[letter] == 'o' && !followedBy(text, end-1, plateEnding) {
			continue
		}
		c.add(KindPlate, i, end, string(text[i])+strings.ToUpper(string(text[letter])+string(text[from:end])), 0.95)
	}
}

// plateBody reads the letters and digits behind the place.
func plateBody(text []rune, from int) (end int, ok bool) {
	end, digits := from, 0
	for end < len(text) && end-from < 6 && latinOrDigit(text[end]) {
		if text[end] == 'i' || text[end] == 'o' {
			return end, false
		}
		if digit(text[end]) {
			digits++
		}
		end++
	}
	if end-from == 4 && followedBy(text, end, plateEnding) {
		return end + 1, digits >= 2
	}
	if latinAt(text, end) || digits < 2 {
		return end, false
	}
	return end, end-from == 5 || end-from == 6 && newEnergy(text[from:end])
}

// newEnergy: a small car's plate starts with a letter of A–H, J, K and has four
// or five digits; a large one's ends with such a letter.
func newEnergy(body []rune) bool {
	digits := 0
	for _, r := range body {
		if digit(r) {
			digits++
		}
	}
	first, last := body[0], body[len(body)-1]
	return digits >= 4 && (first >= 'a' && first <= 'k' || last >= 'a' && last <= 'k')
}
