package letter

import (
	"errors"
	"fmt"
)

// Kind says what went wrong in terms a caller can act on.
type Kind string

// The kinds of error every stage speaks.
const (
	KindInvalid     Kind = "invalid"     // The input breaks the contract; sending it again cannot help.
	KindNotFound    Kind = "not_found"   // What was asked for does not exist, or not for this viewer.
	KindConflict    Kind = "conflict"    // The input contradicts what is already recorded.
	KindDenied      Kind = "denied"      // The viewer may not do this.
	KindUnavailable Kind = "unavailable" // A dependency is away; trying again may help.
)

// Error is an error with a kind, a stable reason code and, where one field is
// to blame, its path. Its text never repeats letter text or identity data.
type Error struct {
	Kind   Kind
	Reason string // Stable snake_case code, e.g. "bad_utf8"; goes into dead-letter headers and metrics.
	Field  string // Path of the offending field, e.g. "data.writer.key"; may be empty.
	Detail string // What to do about it, for a person.
}

// Error implements error.
func (e *Error) Error() string {
	if e.Field == "" {
		return fmt.Sprintf("%s: %s", e.Reason, e.Detail)
	}
	return fmt.Sprintf("%s: %s: %s", e.Reason, e.Field, e.Detail)
}

// KindOf returns the kind of the first *Error in err's chain, or "" if none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return ""
}

// ReasonOf returns the reason code of the first *Error in err's chain, or "".
func ReasonOf(err error) string {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Reason
	}
	return ""
}

func invalid(reason, field, format string, args ...any) *Error {
	return &Error{Kind: KindInvalid, Reason: reason, Field: field, Detail: fmt.Sprintf(format, args...)}
}
