package clickhouse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/ClickHouse/ch-go/compress"
)

// newBody makes the body of an answer, and says how long it is (-1: not known yet). The
// context is the request's own; release ends it.
func (e *Engine) newBody(ctx context.Context, release func(), q *request, out output) (io.ReadCloser, int64, error) {
	var err error
	if q.compressed && len(out.data) > 0 {
		out.data, err = compressBlock(out.data)
	}
	if out.stream == nil {
		release()
		return io.NopCloser(bytes.NewReader(out.data)), int64(len(out.data)), err
	}
	b := &streamBody{ctx: ctx, engine: e, request: q, stream: out.stream, pending: out.data}
	// A reader that lost interest may never close the body; its context ends all the same.
	unwatch := context.AfterFunc(ctx, b.abandon)
	b.release = func() {
		unwatch()
		release()
	}
	if err != nil {
		return nil, 0, errors.Join(err, b.Close())
	}
	return b, -1, nil
}

// compressBlock frames data as ClickHouse's compression does (LZ4, checksummed).
func compressBlock(data []byte) ([]byte, error) {
	w := compress.NewWriter(compress.LevelZero, compress.LZ4)
	if err := w.Compress(data); err != nil {
		return nil, fmt.Errorf("compressing the result: %w", err)
	}
	return bytes.Clone(w.Data), nil
}

// streamBody is a result that is fetched from the engine as it is read. Reading to the end,
// closing, or the end of its context gives the connection back.
type streamBody struct {
	ctx     context.Context
	release func()
	engine  *Engine
	request *request
	pending []byte
	err     error // What Read returns once pending is empty.

	fetching sync.Mutex    // Held while the stream is in use.
	stream   *resultStream // Nil once it is closed.
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
	b.closeStream()
	b.pending = nil
	if b.err == nil {
		b.err = errors.New("reading a closed result")
	}
	return nil
}

// abandon frees the connection of a result whose context has ended.
func (b *streamBody) abandon() {
	b.engine.kill(b.ctx, b.request)
	b.closeStream()
}

func (b *streamBody) closeStream() {
	b.fetching.Lock()
	defer b.fetching.Unlock()
	if b.stream == nil {
		return
	}
	b.engine.closeStream(b.ctx, b.stream)
	b.stream = nil
	b.release()
}

type piece struct {
	data []byte
	err  error
}

// fetch gets the next piece of the result, or the reason why there is none.
func (b *streamBody) fetch() {
	fetched := make(chan piece, 1)
	go func() { fetched <- b.next() }()
	select {
	case p := <-fetched:
		b.accept(p)
	case <-b.ctx.Done():
		b.accept(piece{err: context.Cause(b.ctx)})
	}
}

func (b *streamBody) next() piece {
	b.fetching.Lock()
	defer b.fetching.Unlock()
	if b.stream == nil {
		return piece{err: context.Cause(b.ctx)}
	}
	data, err := b.stream.next()
	if err == nil && b.request.compressed {
		data, err = compressBlock(data)
	}
	return piece{data, err}
}

func (b *streamBody) accept(p piece) {
	b.pending, b.err = p.data, p.err
	var refused *exception
	switch {
	case p.err == nil:
		return
	case errors.Is(p.err, ErrClosed):
		b.fail(raise(codeAborted, "ABORTED", "The embedded engine is being closed"))
	case errors.As(p.err, &refused):
		b.fail(refused)
	}
	if b.ctx.Err() == nil { // Otherwise abandon closes it, when the engine lets it.
		b.closeStream()
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
