package clickhouse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"

	"github.com/ClickHouse/ch-go/compress"
)

// readAhead is how much of a result is collected before the answer starts (bytes). Results
// that end within it free their connection at once, so that a caller may run a statement
// while it reads the rows of another, even on a small pool.
const readAhead = 1 << 20

// output is what a statement gave: all of it in data, or its beginning there and the rest
// still to come from stream. discard or bodyOf must follow.
type output struct {
	data    []byte
	stream  *resultStream
	release func() // Gives the connection back; nil once that is done.
	err     error
}

func (o output) discard() {
	if o.stream != nil {
		o.stream.close()
		o.release()
	}
}

// execute runs a request on a connection. It gives the connection back, at the latest when
// the output is discarded or read to its end.
func (e *Engine) execute(ctx context.Context, c *connection, q *request) output {
	release := func() { e.connections <- c }
	if err := ctx.Err(); err != nil {
		release()
		return output{err: err}
	}
	if err := c.prepare(&q.statement); err != nil {
		release()
		return output{err: err}
	}
	if q.rows != nil {
		defer release()
		if q.readOnly {
			return output{err: raise(codeReadonly, "READONLY", "Cannot execute query in readonly mode.")}
		}
		err := c.insert(ctx, &q.statement, q.rowsFormat, q.rows)
		if err != nil {
			c.settle()
		}
		return output{err: err}
	}
	a, err := c.admit(q)
	if err != nil {
		release()
		return output{err: err}
	}
	if a.class == classReadOnly && streamable.MatchString(q.sql) {
		return startStream(c, q, release)
	}
	defer release()
	data, err := c.query(&q.statement)
	if a.class == classControl {
		err = errors.Join(err, c.afterControl())
	}
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

func startStream(c *connection, q *request, release func()) output {
	stream, err := c.stream(&q.statement)
	if err != nil {
		release()
		return output{err: err}
	}
	out := output{stream: stream, release: release}
	for len(out.data) < readAhead {
		piece, err := stream.next()
		if err == nil {
			out.data = append(out.data, piece...)
			continue
		}
		out.discard()
		out.stream = nil
		if !errors.Is(err, io.EOF) {
			return output{err: err}
		}
		break
	}
	return out
}

// bodyOf makes the body of an answer, and says how long it is (-1: not known yet).
func (e *Engine) bodyOf(ctx context.Context, q *request, out output) (io.ReadCloser, int64, error) {
	if q.compressed && len(out.data) > 0 {
		var err error
		if out.data, err = compressBlock(out.data); err != nil {
			out.discard()
			return nil, 0, err
		}
	}
	if out.stream == nil {
		return io.NopCloser(bytes.NewReader(out.data)), int64(len(out.data)), nil
	}
	return &streamBody{ctx: ctx, engine: e, request: q, output: out, pending: out.data}, -1, nil
}

// compressBlock frames data as ClickHouse's compression does (LZ4, checksummed).
func compressBlock(data []byte) ([]byte, error) {
	w := compress.NewWriter(compress.LevelZero, compress.LZ4)
	if err := w.Compress(data); err != nil {
		return nil, fmt.Errorf("compressing the result: %w", err)
	}
	return bytes.Clone(w.Data), nil
}

// streamBody is a result that is fetched from the engine as it is read. Reading to the end
// or closing gives the connection back.
type streamBody struct {
	ctx     context.Context //nolint:containedctx // A body lives as long as its request.
	engine  *Engine
	request *request
	output  output
	pending []byte
	err     error // What Read returns once pending is empty.
}

// Read implements io.Reader.
func (b *streamBody) Read(p []byte) (int, error) {
	for len(b.pending) == 0 {
		if b.err != nil {
			return 0, b.err
		}
		b.fetch()
	}
	n := copy(p, b.pending)
	b.pending = b.pending[n:]
	return n, nil
}

// Close implements io.Closer.
func (b *streamBody) Close() error {
	if b.err == nil {
		b.output.discard()
		b.err = errors.New("reading a closed result")
	}
	b.pending = nil
	return nil
}

type piece struct {
	data []byte
	err  error
}

// fetch gets the next piece of the result, or the reason why there is none.
func (b *streamBody) fetch() {
	fetched := make(chan piece, 1)
	go func() {
		data, err := b.output.stream.next()
		fetched <- piece{data, err}
	}()
	select {
	case p := <-fetched:
		b.accept(p)
		return
	case <-b.ctx.Done():
		b.err = b.ctx.Err()
	case <-b.engine.closing:
		b.fail(raise(codeAborted, "ABORTED", "The embedded engine is being closed"))
	}
	b.engine.abandon(b.ctx, b.request, func() {
		<-fetched
		b.output.discard()
	})
}

func (b *streamBody) accept(p piece) {
	if p.err == nil && b.request.compressed {
		p.data, p.err = compressBlock(p.data)
	}
	if p.err == nil {
		b.pending = p.data
		return
	}
	b.output.discard()
	b.err = p.err
	var refused *exception
	if errors.As(p.err, &refused) {
		b.fail(refused)
	}
}

// exceptionTag stands where a server puts a random tag, 16 bytes long.
const exceptionTag = "jiesuembeddedeng"

// fail ends the result the way a server does when it has already begun to answer: with a
// framed exception in the body, which clickhouse-go looks for.
func (b *streamBody) fail(refused *exception) {
	b.err = io.EOF
	text := refused.text + "\n"
	b.pending = fmt.Appendf(nil, "\r\n__exception__\r\n%s\r\n%s%d %s\r\n__exception__\r\n",
		exceptionTag, text, len(text), exceptionTag)
}
