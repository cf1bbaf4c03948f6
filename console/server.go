package console

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"

	"jiesu.cn/jiesu/internal/calendar"
)

// Server is the console. It is inert until Start.
type Server struct {
	cfg     Config
	deps    Deps
	logger  *slog.Logger
	pages   *template.Template
	handler http.Handler
	briefs  chan struct{}               // Held while a brief is gathered: one at a time.
	kept    map[calendar.Date]keptBrief // Final briefs, under briefs.

	frontMu sync.Mutex
	front   *frontPage // The last one gathered.

	mu       sync.Mutex
	listener net.Listener
	server   *http.Server
	served   chan struct{} // Closed when serving has ended.
}

// New makes a console that does nothing until Start. Its Handler works at once.
func New(cfg Config, deps Deps, logger *slog.Logger) (*Server, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, deps: deps, logger: logger, briefs: make(chan struct{}, 1), kept: map[calendar.Date]keptBrief{}}
	var err error
	if s.pages, err = parsePages(); err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", s.showFront)
	mux.HandleFunc("GET /brief", s.showBrief)
	mux.HandleFunc("GET /healthz", s.showAlive)
	mux.HandleFunc("GET /readyz", s.showReady)
	mux.Handle("GET /metrics", promhttp.HandlerFor(deps.Gatherer, promhttp.HandlerOpts{}))
	mux.HandleFunc("/", s.showNothing)
	if err := handleAssets(mux); err != nil {
		return nil, err
	}
	s.handler = s.guard(mux)
	return s, nil
}

// Handler answers the console's requests.
func (s *Server) Handler() http.Handler { return s.handler }

const (
	readWithin = 10 * time.Second
	idleWithin = 2 * time.Minute
	maxHeaders = 64 << 10
)

// Start listens and serves until Stop. A second call does nothing.
func (s *Server) Start(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.server != nil {
		return nil
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", s.cfg.Addr)
	if err != nil {
		return fmt.Errorf("starting the console on %s: %w; choose another address with --listen", s.cfg.Addr, err)
	}
	s.listener = listener
	s.server = &http.Server{
		Handler:           s.handler,
		ReadHeaderTimeout: readWithin,
		ReadTimeout:       readWithin,
		WriteTimeout:      s.cfg.QueryTimeout + readWithin,
		IdleTimeout:       idleWithin,
		MaxHeaderBytes:    maxHeaders,
		ErrorLog:          slog.NewLogLogger(s.logger.Handler(), slog.LevelWarn),
		BaseContext:       func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
	}
	s.served = make(chan struct{})
	go s.serve(context.WithoutCancel(ctx), s.server, listener, s.served)
	s.logger.LogAttrs(ctx, slog.LevelInfo, "console listens", slog.String("url", "http://"+listener.Addr().String()))
	return nil
}

func (s *Server) serve(ctx context.Context, server *http.Server, listener net.Listener, served chan<- struct{}) {
	defer close(served)
	if err := server.Serve(listener); err != nil && !errors.Is(err, http.ErrServerClosed) {
		s.logger.LogAttrs(ctx, slog.LevelError, "console stopped serving", slog.Any("error", err))
	}
}

// Addr is where the console listens, with the port it got; empty before Start.
func (s *Server) Addr() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.listener == nil {
		return ""
	}
	return s.listener.Addr().String()
}

// Stop answers the requests under way and closes. It is idempotent; when ctx
// ends first, what is left is cut off.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	server, served := s.server, s.served
	s.server, s.listener = nil, nil
	s.mu.Unlock()
	if server == nil {
		return nil
	}
	err := server.Shutdown(ctx)
	if err != nil {
		err = errors.Join(fmt.Errorf("stopping the console: %w", err), server.Close())
	}
	<-served
	return err
}
