package send

import (
	"regexp"
	"strings"

	"golang.org/x/text/width"

	"jiesu.cn/jiesu/internal/identity"
)

// Forms of numbers, after full width was folded.
var (
	calculated = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?[eE][+-][0-9]+$|^[0-9]+\.[0-9]+([eE][0-9]+)?$`) // What a spreadsheet makes of a long number.
	phoneForm  = regexp.MustCompile(`^\+?[0-9() -]+$`)
	oldID      = regexp.MustCompile(`^[0-9]{15}$`)
	newID      = regexp.MustCompile(`^[0-9]{17}[0-9X]$`)
	dateAlone  = regexp.MustCompile(`^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}$`)
	digitsOnly = regexp.MustCompile(`^[0-9]*X?$`)
)

// lost reports that a number was calculated with and its digits are gone.
func lost(v string) bool { return calculated.MatchString(strings.TrimSpace(width.Fold.String(v))) }

// usablePhone reports whether a phone number can be called and stands for a
// person: 7 digits of a landline to the 15 of ITU-T E.164.
func usablePhone(v string) bool {
	n := len(strings.TrimPrefix(identity.NormalizePhone(v), "+"))
	return n >= 7 && n <= 15
}

// checkNumbers refuses numbers that would give a person a wrong key. It
// returns what may go into the key: the ID number and the phone, empty when
// there is none that can.
func (r *run) checkNumbers(who identity.Record) (idNumber, phone string, err error) {
	const rounded = "was turned into a rounded number by a spreadsheet; format the column as text"
	if lost(who.IDNumber) {
		return "", "", refusal("number_lost", "id_number", rounded)
	}
	if lost(who.Phone) {
		return "", "", refusal("number_lost", "phone", rounded)
	}
	if usablePhone(who.Phone) {
		phone = who.Phone
	}
	n := identity.NormalizeIDNumber(who.IDNumber)
	switch {
	case n == "", oldID.MatchString(n):
	case newID.MatchString(n):
		// Spreadsheets keep 15 digits. One number in eleven passes the check
		// even so; beside others that do not, it is not believed.
		zeros, good := strings.HasSuffix(n, "000"), checkDigit(n[:17]) == n[17]
		r.rounded = r.rounded || zeros && !good
		if zeros && r.rounded {
			return "", "", refusal("number_lost", "id_number", rounded)
		}
		if !good {
			return "", "", refusal("bad_id_number", "id_number", "has a wrong check digit (GB 11643); correct the number or leave it out")
		}
	case digitsOnly.MatchString(n), len(n) < 6, len(n) > 20, !strings.ContainsAny(n, "0123456789"):
		return "", "", refusal("bad_id_number", "id_number", "is neither an ID number of 18 or 15 digits nor another document's number; correct it or leave it out")
	}
	return n, phone, nil
}

// checkDigit returns the last character of an ID number whose first 17 digits
// are given (GB 11643-1999, ISO 7064 MOD 11-2).
func checkDigit(digits string) byte {
	sum := 0
	for i := range len(digits) {
		sum = (sum + int(digits[i]-'0')) * 2 % 11
	}
	return "0123456789X"[(12-sum)%11]
}

// telling reports whether v is of a form that stands in this column and hardly
// anywhere else.
func (f field) telling(v string) bool {
	v = width.Fold.String(v)
	switch f {
	case fieldReceivedAt, fieldRecordedAt:
		_, ok := parseTime(v)
		return ok || dateAlone.MatchString(v)
	case fieldPhone:
		return phoneForm.MatchString(v) && usablePhone(v)
	case fieldIDNumber:
		n := strings.ToUpper(v)
		return newID.MatchString(n) || oldID.MatchString(n)
	}
	return false
}
