package identity

import (
	"strings"

	"golang.org/x/text/width"
)

// NormalizeIDNumber folds full width, drops spaces and separators and writes
// the check letter as X.
func NormalizeIDNumber(s string) string {
	return strings.ToUpper(onlyASCIIAlnum(width.Fold.String(s)))
}

// NormalizePhone reduces a number to its digits, as it is dialled within the
// country: 13800000000, 07592281110. Numbers of other countries keep their +.
func NormalizePhone(s string) string {
	s = strings.TrimSpace(width.Fold.String(s))
	international := strings.HasPrefix(s, "+") || strings.HasPrefix(s, "00")
	digits := onlyDigits(s)
	digits = strings.TrimPrefix(digits, "00")
	switch {
	case digits == "":
		return ""
	case international && strings.HasPrefix(digits, "86"):
		return domestic(digits[2:])
	case international:
		return "+" + digits
	case len(digits) == 13 && strings.HasPrefix(digits, "861"): // 86 before a mobile number, without a plus.
		return digits[2:]
	}
	return digits
}

// domestic gives a landline the 0 that the country code had replaced.
func domestic(digits string) string {
	if digits == "" || digits[0] == '0' || (digits[0] == '1' && len(digits) == 11) {
		return digits
	}
	return "0" + digits
}

func onlyDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, s)
}

func onlyASCIIAlnum(s string) string {
	return strings.Map(func(r rune) rune {
		if (r >= '0' && r <= '9') || (r >= 'a' && r <= 'z') || (r >= 'A' && r <= 'Z') {
			return r
		}
		return -1
	}, s)
}
