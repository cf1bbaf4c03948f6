package clickhouse

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"

	"github.com/ClickHouse/ch-go/compress"
)

// request is an HTTP request of ClickHouse's protocol, read.
type request struct {
	statement
	mark string
	// rows is the data of an INSERT, in rowsFormat; nil for every other statement.
	rows       io.Reader
	rowsFormat string
	compressed bool // The client wants ClickHouse's block compression.
}

// Parameters of the protocol that are not settings of the query.
var protocolParameters = map[string]bool{
	"query": true, "database": true, "default_format": true, "client_protocol_version": true,
	"compress": true, "decompress": true, "user": true, "password": true, "role": true,
	"quota_key": true, "query_id": true, "session_id": true, "session_timeout": true,
	"session_check": true, "close_session": true, "stacktrace": true, "buffer_size": true,
	"wait_end_of_query": true, "readonly": true,
}

// maxStatement bounds the text of a statement, inline data included (bytes).
const maxStatement = 64 << 20

// readRequest reads what the client asks. The statement is the query parameter followed by
// the body, unless the parameter is an INSERT: then the body is its data.
func (e *Engine) readRequest(r *http.Request) (*request, error) {
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/") {
		return nil, raise(codeNotImplemented, "NOT_IMPLEMENTED", "The embedded engine takes no external tables")
	}
	values := r.URL.Query()
	out := &request{mark: e.nextMark(), compressed: values.Get("compress") == "1"}
	out.database = firstOf(values.Get("database"), r.Header.Get("X-ClickHouse-Database"))
	out.format = firstOf(values.Get("default_format"), r.Header.Get("X-ClickHouse-Format"), "TabSeparated")
	out.readOnly = r.Method == http.MethodGet || !isOff(values.Get("readonly"))
	out.settings = maps.Clone(sessionSettings)
	out.settings[requestMark] = out.mark
	out.parameters = map[string]string{}
	for name, all := range values {
		switch parameter, found := strings.CutPrefix(name, "param_"); {
		case found:
			out.parameters[parameter] = all[len(all)-1]
		case !protocolParameters[name] && name != requestMark:
			out.settings[name] = all[len(all)-1]
		}
	}
	body, err := decodeBody(r, values.Get("decompress") == "1")
	if err != nil {
		return nil, err
	}
	out.sql = values.Get("query")
	return out, out.readBody(body)
}

func (r *request) readBody(body io.Reader) error {
	data := bufio.NewReader(body)
	if _, err := data.Peek(1); errors.Is(err, io.EOF) {
		return nil
	}
	if sql, format, ok := splitInsert(r.sql); ok {
		r.sql, r.rowsFormat, r.rows = sql, format, data
		return nil
	}
	text, err := io.ReadAll(io.LimitReader(data, maxStatement+1))
	if err != nil {
		return fmt.Errorf("reading the statement: %w", err)
	}
	if len(text) > maxStatement {
		return raise(codeSyntaxError, "SYNTAX_ERROR", fmt.Sprintf("The statement is longer than %d bytes", maxStatement))
	}
	if r.sql != "" {
		r.sql += "\n"
	}
	r.sql += string(text)
	return nil
}

func decodeBody(r *http.Request, blocks bool) (io.Reader, error) {
	var body io.Reader = http.NoBody
	if r.Body != nil {
		body = r.Body
	}
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(body)
		if err != nil {
			return nil, fmt.Errorf("reading the compressed request: %w", err)
		}
		body = unzipped
	default:
		return nil, raise(codeNotImplemented, "NOT_IMPLEMENTED", "The embedded engine does not read Content-Encoding "+encoding)
	}
	if blocks {
		body = compress.NewReader(body)
	}
	return body, nil
}

var (
	insertStart  = regexp.MustCompile(`(?is)^\s*INSERT\s`)
	insertFormat = regexp.MustCompile(`(?is)^(.*?)\s+FORMAT\s+(\w+)\s*;?\s*$`)
	insertValues = regexp.MustCompile(`(?is)^(.*?)\s+VALUES\s*;?\s*$`)
)

// splitInsert separates an INSERT that names the format of its data from that name.
func splitInsert(sql string) (statement, format string, ok bool) {
	if !insertStart.MatchString(sql) {
		return "", "", false
	}
	if m := insertFormat.FindStringSubmatch(sql); m != nil {
		return m[1], m[2], true
	}
	if m := insertValues.FindStringSubmatch(sql); m != nil {
		return m[1], "Values", true
	}
	return "", "", false
}

// streamable matches the statements whose output the engine can give in pieces.
var streamable = regexp.MustCompile(`(?is)^(\s|--[^\n]*\n|/\*.*?\*/)*(SELECT|WITH)\b`)

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func isOff(flag string) bool { return flag == "" || flag == "0" }
