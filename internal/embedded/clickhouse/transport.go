package clickhouse

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

	chgo "github.com/ClickHouse/clickhouse-go/v2"
)

// RoundTripper returns the client's end of the in-process connection: requests of
// ClickHouse's HTTP protocol are answered by the engine, without any network. Host and
// scheme do not matter.
func (e *Engine) RoundTripper() http.RoundTripper { return transport{e} }

// inProcess is the address that clickhouse-go wants; nothing is dialed.
const inProcess = "embedded:8123"

// Options returns clickhouse-go options that reach the engine in this process. The database
// need not exist yet, but must when the first statement other than the handshake runs.
// Callers may change the options before they use them.
func (e *Engine) Options(database string) *chgo.Options {
	return &chgo.Options{
		Protocol:     chgo.HTTP,
		Addr:         []string{inProcess},
		Auth:         chgo.Auth{Database: database},
		MaxOpenConns: e.size,
		MaxIdleConns: e.size,
		TransportFunc: func(*http.Transport) (http.RoundTripper, error) {
			return e.RoundTripper(), nil
		},
	}
}

type transport struct{ engine *Engine }

// RoundTrip implements http.RoundTripper.
func (t transport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.engine.respond(r)
	if r.Body != nil {
		err = errors.Join(err, r.Body.Close())
	}
	if err != nil {
		return nil, err
	}
	response.Request = r
	return response, nil
}

// respond answers one request. Exceptions of the engine are answers; errors are for a
// request that got none (canceled, engine closed, body unreadable).
func (e *Engine) respond(r *http.Request) (*http.Response, error) {
	q, err := e.readRequest(r)
	var body io.ReadCloser
	var length int64
	if err == nil {
		body, length, err = e.run(r.Context(), q)
	}
	var refused *exception
	if errors.As(err, &refused) {
		return e.refusal(refused), nil
	}
	if err != nil {
		return nil, err
	}
	response := e.newResponse(http.StatusOK, body, length)
	response.Header.Set("X-ClickHouse-Format", q.format)
	return response, nil
}

func (e *Engine) refusal(refused *exception) *http.Response {
	text := refused.text + "\n"
	response := e.newResponse(http.StatusInternalServerError, io.NopCloser(bytes.NewReader([]byte(text))), int64(len(text)))
	response.Header.Set("X-ClickHouse-Exception-Code", strconv.Itoa(refused.code))
	response.Header.Set("Content-Type", "text/plain; charset=UTF-8")
	return response
}

func (e *Engine) newResponse(status int, body io.ReadCloser, length int64) *http.Response {
	header := http.Header{}
	header.Set("X-ClickHouse-Server-Display-Name", displayName)
	header.Set("X-ClickHouse-Timezone", "UTC")
	return &http.Response{
		Status:        strconv.Itoa(status) + " " + http.StatusText(status),
		StatusCode:    status,
		Proto:         "HTTP/1.1",
		ProtoMajor:    1,
		ProtoMinor:    1,
		Header:        header,
		Body:          body,
		ContentLength: length,
	}
}

// run executes a request on a connection of the pool and returns its output with its
// length in bytes, -1 if it is still being made.
func (e *Engine) run(ctx context.Context, q *request) (io.ReadCloser, int64, error) {
	ctx, release := e.bind(ctx)
	if q.sql == handshakeQuery {
		data, err := e.handshake()
		if err != nil {
			release()
			return nil, 0, err
		}
		return e.newBody(ctx, release, q, output{data: data})
	}
	c, err := e.acquire(ctx)
	if err != nil {
		release()
		return nil, 0, err
	}
	done := make(chan output, 1)
	go func() { done <- e.execute(ctx, c, q) }()
	select {
	case out := <-done:
		if out.err != nil {
			release()
			return nil, 0, out.err
		}
		return e.newBody(ctx, release, q, out)
	case <-ctx.Done():
		go e.abandon(ctx, release, q, done)
		return nil, 0, context.Cause(ctx)
	}
}

// killAgain is how often a statement that goes on regardless is told to stop: the first
// time it may not have been in the engine's list yet.
const killAgain = 100 * time.Millisecond

// abandon waits for a statement that nobody else waits for any more.
func (e *Engine) abandon(ctx context.Context, release func(), q *request, done <-chan output) {
	defer release()
	again := time.NewTicker(killAgain)
	defer again.Stop()
	for {
		e.kill(ctx, q)
		select {
		case out := <-done:
			if out.stream != nil {
				e.closeStream(ctx, out.stream)
			}
			return
		case <-again.C:
		}
	}
}
