package main

import (
	"context"

	"jiesu.cn/jiesu/internal/app"
)

type serveCmd struct {
	Listen     string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"控制台地址。"`
	BrokerPort int    `default:"0" placeholder:"PORT" help:"内置消息队列的本机端口,0 为任选。"`
}

// Run receives letters and serves the console until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, g *global, std *streams) error {
	cfg := g.config()
	cfg.Listen, cfg.BrokerPort = c.Listen, c.BrokerPort
	return runApp(ctx, g, std, cfg, app.Parts{Ingest: true, Console: true})
}

type ingestCmd struct{}

// Run receives letters from external servers.
func (c *ingestCmd) Run(ctx context.Context, g *global, std *streams) error {
	return runApp(ctx, g, std, g.config(), app.Parts{Ingest: true})
}

type consoleCmd struct {
	Listen string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"控制台地址。"`
}

// Run serves the console over external servers.
func (c *consoleCmd) Run(ctx context.Context, g *global, std *streams) error {
	cfg := g.config()
	cfg.Listen = c.Listen
	return runApp(ctx, g, std, cfg, app.Parts{Console: true})
}

func runApp(ctx context.Context, g *global, std *streams, cfg app.Config, parts app.Parts) error {
	a, err := app.New(cfg, parts, g.logger(std.err))
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
