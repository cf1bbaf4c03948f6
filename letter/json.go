package letter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"unicode/utf8"
)

// checkJSON refuses what encoding/json would let pass or quietly change: broken
// UTF-8, deep nesting, a key twice in one object, and keys that would match a
// field only by folding case.
func checkJSON(b []byte, lim Limits) error {
	switch {
	case lim.MaxBytes > 0 && len(b) > lim.MaxBytes:
		return invalid("too_large", "", "message has %d bytes, the limit is %d", len(b), lim.MaxBytes)
	case len(bytes.TrimSpace(b)) == 0:
		return invalid("empty", "", "message is empty")
	case bytes.HasPrefix(b, []byte("\xef\xbb\xbf")):
		return invalid("bad_encoding", "", "message begins with a byte order mark; send UTF-8 without one")
	case !utf8.Valid(b):
		return invalid("bad_utf8", "", "message is not UTF-8 (GBK?); convert it before sending")
	case !json.Valid(b):
		return invalid("bad_json", "", "%s", jsonFault(json.Unmarshal(b, new(json.RawMessage))))
	case bytes.TrimSpace(b)[0] != '{':
		return invalid("bad_json", "", "message must be a JSON object")
	}
	return checkShape(b, lim.MaxDepth)
}

// maxKeys is far above what any object of the contract has, and keeps the
// search for a key that stands twice cheap on hostile input.
const maxKeys = 128

// checkShape walks valid JSON once, without building values.
func checkShape(b []byte, maxDepth int) error {
	type level struct {
		object bool
		keys   []string
	}
	var stack []level
	wantKey := false
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '{', '[':
			stack = append(stack, level{object: b[i] == '{'})
			if maxDepth > 0 && len(stack) > maxDepth {
				return invalid("too_deep", "", "nesting is deeper than %d levels", maxDepth)
			}
			wantKey = b[i] == '{'
		case '}', ']':
			stack = stack[:len(stack)-1]
			wantKey = false
		case ',':
			wantKey = len(stack) > 0 && stack[len(stack)-1].object
		case '"':
			end := stringEnd(b, i)
			if wantKey {
				key := string(b[i+1 : end])
				top := &stack[len(stack)-1]
				if !isFieldName(key) {
					return invalid("bad_key", clip(key), "field names are lower-case a-z 0-9 _")
				}
				if len(top.keys) == maxKeys {
					return invalid("too_many_fields", "", "an object has more than %d fields", maxKeys)
				}
				if slices.Contains(top.keys, key) {
					return invalid("duplicate_key", key, "stands twice in one object")
				}
				top.keys = append(top.keys, key)
				wantKey = false
			}
			i = end
		}
	}
	return nil
}

// stringEnd returns the index of the quote that closes the string at b[start].
func stringEnd(b []byte, start int) int {
	for i := start + 1; i < len(b); i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return len(b) - 1
}

func isFieldName(s string) bool {
	if s == "" || len(s) > 64 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// clip shortens hostile input before it enters an error text.
func clip(s string) string {
	const most = 32
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most]) + "…"
}

// decodeData reads a record's data strictly: unknown fields are errors, since
// a misspelt field is a lost fact.
func decodeData(data []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return invalid("bad_data", "data", "%s", jsonFault(err))
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return invalid("bad_data", "data", "holds more than one value")
	}
	return nil
}

// jsonFault names the place of a JSON error without repeating any value.
func jsonFault(err error) string {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Sprintf("not JSON at byte %d", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Sprintf("field %q must not be a JSON %s", clip(e.Field), kindOnly(e.Value))
	}
	if err == nil {
		return "not JSON"
	}
	const unknown = "json: unknown field "
	if msg := err.Error(); len(msg) > len(unknown) && msg[:len(unknown)] == unknown {
		return "unknown field " + clip(msg[len(unknown):])
	}
	return "not readable"
}

// kindOnly strips the value encoding/json appends for numbers ("number 13800…").
func kindOnly(v string) string {
	kind, _, _ := bytes.Cut([]byte(v), []byte(" "))
	return string(kind)
}
