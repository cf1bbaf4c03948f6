package clickhouse

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"

	chgo "github.com/ClickHouse/clickhouse-go/v2"
)

// Handler serves ClickHouse's HTTP protocol to other processes. It knows no users: whoever
// reaches it may do everything, reading this user's files with file() included.
func (e *Engine) Handler() http.Handler { return handler{engine: e} }

// ReadOnlyHandler is Handler for clients that may only read tables: whatever the engine's
// parser does not class as reading is refused, and so is the function file(). It knows no
// users either; put an authentication in front of it.
func (e *Engine) ReadOnlyHandler() http.Handler { return handler{engine: e, readOnly: true} }

type handler struct {
	engine   *Engine
	readOnly bool
}

// ServeHTTP implements http.Handler.
func (h handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost && r.URL.Query().Get("query") == "" {
		// What load balancers and clients ask to see whether the server is there.
		_, _ = io.WriteString(w, "Ok.\n") // The client is gone if this fails.
		return
	}
	if h.readOnly {
		r = r.Clone(r.Context())
		values := r.URL.Query()
		values.Set("readonly", "1")
		r.URL.RawQuery = values.Encode()
	}
	response, err := h.engine.respond(r)
	switch {
	case errors.Is(err, ErrClosed):
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	defer func() { _ = response.Body.Close() }() // Never fails.
	maps.Copy(w.Header(), response.Header)
	w.WriteHeader(response.StatusCode)
	if _, err := io.Copy(w, response.Body); err != nil {
		h.engine.logger.LogAttrs(r.Context(), slog.LevelDebug, "client left before the end of the answer",
			slog.String("error", err.Error()))
	}
}

// RemoteOptions returns clickhouse-go options that reach an engine of another process
// through the Unix socket on which that process serves [Engine.Handler].
func RemoteOptions(socketPath, database string) *chgo.Options {
	return &chgo.Options{
		Protocol: chgo.HTTP,
		Addr:     []string{inProcess},
		Auth:     chgo.Auth{Database: database},
		DialContext: func(ctx context.Context, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socketPath)
		},
	}
}
