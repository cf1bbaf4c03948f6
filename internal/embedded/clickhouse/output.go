package clickhouse

import (
	"context"
	"errors"
	"io"
	"regexp"
)

// readAhead is how much of a result is collected before the answer starts (bytes). Results
// that end within it free their connection at once, so that a caller may run a statement
// while it reads the rows of another, even on a small pool.
const readAhead = 1 << 20

// output is what a statement gave: all of it in data, or its beginning there and the rest
// still to come from stream, which then must be closed.
type output struct {
	data   []byte
	stream *resultStream
	err    error
}

// execute runs a request on a connection and gives the connection back, unless the output
// has a stream: then closing that does.
func (e *Engine) execute(ctx context.Context, c *connection, q *request) output {
	out := e.start(ctx, c, q)
	if out.stream == nil {
		c.spoiled = c.spoiled || out.err != nil
		e.putBack(ctx, c)
	}
	return out
}

func (e *Engine) start(ctx context.Context, c *connection, q *request) output {
	if err := ctx.Err(); err != nil {
		return output{err: err}
	}
	if err := c.prepare(&q.statement); err != nil {
		return output{err: err}
	}
	if q.rows != nil {
		if q.readOnly {
			return output{err: raise(codeReadonly, "READONLY", "Cannot execute query in readonly mode.")}
		}
		c.spoiled = true // The engine gives every later statement of the session the same id.
		return output{err: c.insert(ctx, &q.statement, q.rowsFormat, q.rows)}
	}
	a, err := c.admit(q)
	if err != nil {
		return output{err: err}
	}
	if a.class == classReadOnly && streamable.MatchString(q.sql) {
		return c.startStream(q)
	}
	c.spoiled = a.class == classControl
	data, err := c.query(&q.statement)
	return output{data: data, err: err}
}

// admit refuses what a server would refuse before it runs anything.
func (c *connection) admit(q *request) (analysis, error) {
	a, err := c.analyse(q.sql)
	if err != nil {
		return a, err
	}
	if a.statementCount > 1 {
		return a, raise(codeSyntaxError, "SYNTAX_ERROR", "Syntax error (Multi-statements are not allowed)")
	}
	if a.class == classControl && streamable.MatchString(q.sql) {
		return a, raise(codeIntoOutfile, "INTO_OUTFILE_NOT_ALLOWED", "INTO OUTFILE is not allowed")
	}
	if q.readOnly && (a.class != classReadOnly && a.class != classUnknown || mentionsFile.MatchString(q.sql)) {
		return a, raise(codeReadonly, "READONLY", "Cannot execute query in readonly mode.")
	}
	return a, nil
}

// mentionsFile matches statements that might call file('path'), a function that reads any
// file and that no grant governs. A backslash in a quoted name could spell it too. Harmless
// statements that match are refused as well, which is the side to err on.
var mentionsFile = regexp.MustCompile("(?is)\\bfile\\b|[`\"][^`\"]*\\\\")

// startStream runs a statement and collects the beginning of its output.
func (c *connection) startStream(q *request) output {
	stream, err := c.stream(&q.statement)
	if err != nil {
		return output{err: err}
	}
	var data []byte
	for len(data) < readAhead {
		piece, err := stream.next()
		if errors.Is(err, io.EOF) {
			stream.close()
			return output{data: data}
		}
		if err != nil {
			stream.close()
			return output{err: err}
		}
		data = append(data, piece...)
	}
	return output{data: data, stream: stream}
}

// closeStream ends a stream, whether it was read to its end or not, and gives its
// connection back.
func (e *Engine) closeStream(ctx context.Context, stream *resultStream) {
	c := stream.connection
	c.spoiled = !stream.ended || stream.failed
	stream.close()
	e.putBack(ctx, c)
}
