package clickhouse

import (
	"errors"
	"regexp"
	"strconv"
	"strings"

	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// exception is an error of the engine, as its text: "Code: 60. DB::Exception: … (UNKNOWN_TABLE)".
type exception struct {
	code int
	text string
}

// codeUnknownException is ClickHouse's own code for an error that has none.
const codeUnknownException = 1002

// Codes of the exceptions this package raises itself, as a server would.
const (
	codeNotImplemented = 48
	codeSyntaxError    = 62
	codeUnknownSetting = 115
	codeReadonly       = 164
	codeAborted        = 236
	codeIntoOutfile    = 358
)

func (e *exception) Error() string { return e.text }

var (
	codePattern = regexp.MustCompile(`Code:\s*(\d+)\.\s*`)
	namePattern = regexp.MustCompile(`\(([A-Z][A-Z0-9_]+)\)`)
	// The engine appends these to some messages; a server's HTTP answer has neither.
	stackPattern   = regexp.MustCompile(`(?s),?\s*Stack trace \(when copying this message.*`)
	nestedPattern  = regexp.MustCompile(`(?s)^Code: (\d+)\. DB::Exception: (Code: (\d+)\. .*\)) \(version [^()]*(?:\([^()]*\))?\)\. \(\w+\)$`)
	versionPattern = regexp.MustCompile(`\s*\(version [^()]*(\([^()]*\))?\)\s*$`)
)

// newException makes an exception of the message that the engine gave.
func newException(message string) *exception {
	text := versionPattern.ReplaceAllString(strings.TrimSpace(stackPattern.ReplaceAllString(message, "")), "")
	text = strings.TrimPrefix(text, "Error: ")
	// Settings that the parser refuses are reported as an exception within an exception.
	if m := nestedPattern.FindStringSubmatch(text); m != nil && m[1] == m[3] {
		text = m[2]
	}
	if m := codePattern.FindStringSubmatchIndex(text); m != nil && m[0] == 0 {
		code, err := strconv.Atoi(text[m[2]:m[3]])
		if err == nil && code > 0 {
			return &exception{code: code, text: text}
		}
	}
	return raise(codeUnknownException, "UNKNOWN_EXCEPTION", text)
}

// raise makes an exception of this package's own.
func raise(code int, name, message string) *exception {
	return &exception{code: code, text: "Code: " + strconv.Itoa(code) + ". DB::Exception: " + message + " (" + name + ")"}
}

// AsException finds the ClickHouse exception in an error that clickhouse-go returned, over
// whatever protocol: typed, or only as text ("code: 60, message: …", "Code: 60. DB::Exception: …").
// It is how callers tell a refusal by the engine from trouble on the way to it. Branch on
// Code: CodeName is empty where the text does not name it.
func AsException(err error) (*proto.Exception, bool) {
	if err == nil {
		return nil, false
	}
	var typed *proto.Exception
	if errors.As(err, &typed) {
		return typed, true
	}
	return parseException(err.Error())
}

var (
	serverText = regexp.MustCompile(`(?s)Code:\s*(\d+)\.\s*(DB::\w*Exception):\s*(.*)`)
	driverText = regexp.MustCompile(`(?s)code: (\d+), message: (.*)`)
)

func parseException(text string) (*proto.Exception, bool) {
	e := &proto.Exception{Name: "DB::Exception"}
	var digits string
	if m := serverText.FindStringSubmatch(text); m != nil {
		digits, e.Name, e.Message = m[1], m[2], m[3]
	} else if m := driverText.FindStringSubmatch(text); m != nil {
		digits, e.Message = m[1], m[2]
	}
	code, err := strconv.ParseInt(digits, 10, 32)
	if err != nil || code <= 0 {
		return nil, false
	}
	e.Code = int32(code)
	if names := namePattern.FindAllStringSubmatch(e.Message, -1); names != nil {
		e.CodeName = names[len(names)-1][1]
	}
	return e, true
}
