package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/console"
	"jiesu.cn/jiesu/ingest"
)

// Parts says which parts of the system a process runs.
type Parts struct {
	Ingest  bool
	Console bool
}

// App is the running system of one process.
type App struct {
	cfg      Config
	parts    Parts
	logger   *slog.Logger
	registry *prometheus.Registry

	session    *Session
	classifier *classify.Classifier // Nil without ingest.
	socket     *socket              // Nil with external servers.
	ingest     *ingest.Ingester
	stopWatch  func() // Ends the watch over the model file; nil without one.
	refresher  *analytics.Refresher
	console    *console.Server
}

// New makes an App that does nothing until Start.
func New(cfg Config, parts Parts, logger *slog.Logger) (*App, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if !cfg.external() && parts != (Parts{Ingest: true, Console: true}) {
		return nil, errors.New("running one part alone needs external servers: set the Kafka brokers and the ClickHouse DSN")
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return &App{cfg: cfg, parts: parts, logger: logger, registry: registry}, nil
}

// Start opens engine and broker, brings the schema up to date, and starts the
// parts. What was started is stopped again when something fails.
func (a *App) Start(ctx context.Context) error {
	if err := a.start(ctx); err != nil {
		return errors.Join(err, a.Stop(context.WithoutCancel(ctx)))
	}
	return nil
}

func (a *App) start(ctx context.Context) (err error) {
	cfg := a.cfg
	cfg.Analytics.Follow = cfg.Analytics.Follow || !a.parts.Ingest // Who stores records keeps the figures.
	if a.session, err = openOwn(ctx, cfg, a.logger); err != nil {
		return err
	}
	if err := a.session.prepare(ctx); err != nil {
		return err
	}
	if a.parts.Ingest {
		if a.classifier, err = newClassifier(a.cfg, a.session.Directory, a.logger); err != nil {
			return err
		}
	}
	if a.session.engine != nil {
		a.socket, err = listenSocket(ctx, a.cfg.socket(), about(a.session.Brokers[0], a.classifier), a.session.engine.Handler(), a.logger)
		if err != nil {
			return err
		}
	}
	if a.parts.Ingest {
		if err := a.startIngest(ctx); err != nil {
			return err
		}
	}
	if a.parts.Console {
		return a.startConsole(ctx)
	}
	return nil
}

// about returns what the process says of itself over the socket.
func about(broker string, c *classify.Classifier) func() holder {
	return func() holder {
		model, _ := c.Version()
		return holder{PID: os.Getpid(), Broker: broker, Model: model}
	}
}

func (a *App) startIngest(ctx context.Context) error {
	a.stopWatch = watchModel(ctx, a.classifier, a.cfg.ModelEvery)
	var err error
	a.ingest, err = ingest.New(a.session.ingest, sink{a.session.Store}, a.classifier, a.session.Directory, a.logger, a.registry)
	if err != nil {
		return err
	}
	a.refresher = analytics.NewRefresher(a.session.Store, refreshEvery, a.logger)
	a.refresher.Start(ctx)
	return a.ingest.Start(ctx)
}

// refreshEvery is the pause between rounds that keep the figures up to date.
const refreshEvery = time.Second

const (
	stopWithin   = 30 * time.Second
	socketWithin = 2 * time.Second
)

// Stop stops the parts in reverse order: first what answers, then what writes,
// last what stores. It is idempotent and bounded.
func (a *App) Stop(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, stopWithin)
	defer cancel()
	var errs []error
	if a.console != nil {
		errs = append(errs, a.console.Stop(ctx))
		a.console = nil
	}
	if a.ingest != nil {
		errs = append(errs, a.ingest.Stop(ctx))
		a.ingest = nil
	}
	if a.refresher != nil {
		a.refresher.Stop()
		a.refresher = nil
	}
	if a.stopWatch != nil {
		a.stopWatch()
		a.stopWatch = nil
	}
	if a.socket != nil {
		closeCtx, cancel := context.WithTimeout(ctx, socketWithin)
		errs = append(errs, a.socket.close(closeCtx))
		cancel()
		a.socket = nil
	}
	if a.session != nil {
		errs = append(errs, a.session.Close())
		a.session = nil
	}
	return errors.Join(errs...)
}

// Run starts, waits until ctx ends, and stops.
func (a *App) Run(ctx context.Context) error {
	if err := a.Start(ctx); err != nil {
		return err
	}
	<-ctx.Done()
	return a.Stop(context.WithoutCancel(ctx))
}
