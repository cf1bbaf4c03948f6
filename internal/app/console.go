package app

import (
	"context"
	"errors"
	"log/slog"
	"net"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/console"
	"jiesu.cn/jiesu/reports"
)

// startConsole serves the pages. Without accounts everybody who reaches the
// console is shown what the operator of this machine may see.
func (a *App) startConsole(ctx context.Context) error {
	engine, err := a.session.Store.Engine()
	if err != nil {
		return err
	}
	cfg := console.DefaultConfig()
	cfg.Addr, cfg.Hosts = a.cfg.Listen, a.cfg.Hosts
	if host, _, err := net.SplitHostPort(a.cfg.Listen); err == nil && !isLoopback(host) {
		a.logger.LogAttrs(ctx, slog.LevelWarn, "the console is open to the network and has no accounts; put a proxy with sign-in in front",
			slog.String("address", a.cfg.Listen))
	}
	a.console, err = console.New(cfg, console.Deps{
		Store:    a.session.Store,
		Briefs:   a.session.loader(),
		Viewer:   analytics.LocalOperator("console"),
		Engine:   engine,
		Ready:    a.ready,
		Gatherer: a.registry,
	}, a.logger)
	if err != nil {
		return err
	}
	return a.console.Start(ctx)
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// URL is where the console answers; "" before Start.
func (a *App) URL() string {
	if a.console == nil {
		return ""
	}
	return "http://" + a.console.Addr()
}

// ready says why the system makes no progress: liveness alone hid stalls of
// hours in comparable systems.
func (a *App) ready() error {
	if !a.parts.Ingest {
		return nil
	}
	if a.ingest == nil {
		return errors.New("ingest has not started")
	}
	return a.ingest.Health()
}

func (s *Session) loader() reports.Loader {
	return reports.Loader{Store: s.Store, Directory: s.Directory, Calendar: s.Calendar}
}
