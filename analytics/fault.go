package analytics

import (
	"errors"
	"regexp"
	"strconv"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/column"
	"github.com/ClickHouse/clickhouse-go/v2/lib/proto"
)

// dataErrors are the ClickHouse codes that blame the values of a row. Codes
// that can also mean a broken connection (33 CANNOT_READ_ALL_DATA), an
// overloaded server (241, 252) or an older schema (16, 20) are not among them.
var dataErrors = map[int]string{
	6:   "CANNOT_PARSE_TEXT",
	25:  "CANNOT_PARSE_ESCAPE_SEQUENCE",
	26:  "CANNOT_PARSE_QUOTED_STRING",
	27:  "CANNOT_PARSE_INPUT_ASSERTION_FAILED",
	38:  "CANNOT_PARSE_DATE",
	41:  "CANNOT_PARSE_DATETIME",
	53:  "TYPE_MISMATCH",
	69:  "ARGUMENT_OUT_OF_BOUND",
	70:  "CANNOT_CONVERT_TYPE",
	72:  "CANNOT_PARSE_NUMBER",
	117: "INCORRECT_DATA",
	128: "TOO_LARGE_ARRAY_SIZE",
	130: "CANNOT_READ_ARRAY_FROM_TEXT",
	131: "TOO_LARGE_STRING_SIZE",
	190: "SIZES_OF_ARRAYS_DONT_MATCH",
	321: "VALUE_IS_OUT_OF_RANGE_OF_DATA_TYPE",
	349: "CANNOT_INSERT_NULL_IN_ORDINARY_COLUMN",
	407: "DECIMAL_OVERFLOW",
	467: "CANNOT_PARSE_BOOL",
	469: "VIOLATED_CONSTRAINT",
	691: "UNKNOWN_ELEMENT_OF_ENUM",
}

// IsDataError reports whether ClickHouse, or its driver, refused the rows
// themselves, so that sending them again cannot help. Everything else may pass:
// lost connections, memory, too many parts, time-outs, a missing table.
func IsDataError(err error) bool {
	if err == nil {
		return false
	}
	if _, ok := errors.AsType[*column.ColumnConverterError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*column.Error](err); ok {
		return true
	}
	if block, ok := errors.AsType[*proto.BlockError](err); ok && block.Op != "Decode" {
		return true // Decoding reads the server's answer; the rest is about our rows.
	}
	_, ok := dataErrors[exceptionCode(err)]
	return ok
}

// exceptionText finds the code where a proxy or an old server sent plain text.
var exceptionText = regexp.MustCompile(`Code: (\d+)\. DB::(?:NetException|Exception|ParsingException)`)

// exceptionCode returns the ClickHouse error code in err, or 0.
func exceptionCode(err error) int {
	if exception, ok := errors.AsType[*clickhouse.Exception](err); ok {
		return int(exception.Code)
	}
	match := exceptionText.FindStringSubmatch(err.Error())
	if match == nil {
		return 0
	}
	code, convErr := strconv.Atoi(match[1])
	if convErr != nil {
		return 0
	}
	return code
}
