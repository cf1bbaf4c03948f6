package letter

import (
	"slices"
	"strings"
	"time"
)

// first returns the first failure as an error, or a nil error: a nil *Error in
// an error interface would not be nil.
func first(checks ...error) error {
	for _, err := range checks {
		if err != nil {
			return err
		}
	}
	return nil
}

func required(field, v string) error {
	if v == "" {
		return invalid("missing_field", field, "is required")
	}
	if len(v) > maxAttrLen {
		return invalid("too_long", field, "is longer than %d bytes", maxAttrLen)
	}
	return nil
}

func oneOf(field, v string, codes ...string) error {
	if !slices.Contains(codes, v) {
		return invalid("unknown_code", field, "must be one of %s", strings.Join(codes, ", "))
	}
	return nil
}

func code(field, v string) error {
	if v == "" {
		return invalid("missing_field", field, "is required")
	}
	if !validCode(v) {
		return invalid("unknown_code", field, "is not a unit code")
	}
	return nil
}

func date(field, v string) error {
	if _, err := time.Parse(time.DateOnly, v); err != nil {
		return invalid("bad_time", field, "must be a date, e.g. 2024-03-11")
	}
	return nil
}

// validCode checks the form of a unit or division code, not its existence.
func validCode(s string) bool {
	if len(s) == 0 || len(s) > 20 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
