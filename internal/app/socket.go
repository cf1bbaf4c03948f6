package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"os"
	"time"
)

// holder is what a process that holds the data directory says about itself
// over its socket.
type holder struct {
	PID    int    `json:"pid"`
	Broker string `json:"broker"` // host:port on loopback.
	Model  string `json:"model"`  // Version of the classifier's model at the moment.
}

const (
	holderPath  = "/jiesu/holder"
	dialTimeout = 2 * time.Second
)

// socket shares the embedded engine and broker with other commands of the same
// user: only the owner can open it.
type socket struct {
	path   string
	server *http.Server
	done   chan error
}

// listenSocket serves the engine's protocol and what about says. A socket
// file left by a killed process is replaced; the caller holds the directory's
// lock, so nobody else can be listening.
func listenSocket(ctx context.Context, path string, about func() holder, engine http.Handler, logger *slog.Logger) (*socket, error) {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("removing the old socket: %w", err)
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "unix", path)
	if err != nil {
		return nil, fmt.Errorf("opening the socket for other commands: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, errors.Join(fmt.Errorf("protecting the socket: %w", err), listener.Close())
	}
	mux := http.NewServeMux()
	mux.Handle("/", engine)
	mux.HandleFunc("GET "+holderPath, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if err := json.NewEncoder(w).Encode(about()); err != nil {
			logger.LogAttrs(ctx, slog.LevelDebug, "client left the socket", slog.String("error", err.Error()))
		}
	})
	s := &socket{path: path, server: &http.Server{Handler: mux, ReadHeaderTimeout: dialTimeout}, done: make(chan error, 1)}
	go func() { s.done <- s.server.Serve(listener) }()
	return s, nil
}

func (s *socket) close(ctx context.Context) error {
	err := s.server.Shutdown(ctx)
	if err != nil { // A client that keeps its connection must not keep us.
		err = s.server.Close()
	}
	if served := <-s.done; !errors.Is(served, http.ErrServerClosed) {
		err = errors.Join(err, served)
	}
	return err
}

// askHolder asks the process that holds the data directory, if there is one.
func askHolder(ctx context.Context, path string) (holder, bool) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	transport := &http.Transport{
		DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", path)
		},
	}
	defer transport.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://jiesu"+holderPath, http.NoBody)
	if err != nil {
		return holder{}, false
	}
	resp, err := (&http.Client{Transport: transport}).Do(req)
	if err != nil {
		return holder{}, false
	}
	defer func() { _ = resp.Body.Close() }() // Read to its end or not needed.
	var h holder
	if resp.StatusCode != http.StatusOK || json.NewDecoder(resp.Body).Decode(&h) != nil {
		return holder{}, false
	}
	return h, true
}
