package main

import (
	"context"
	"log/slog"

	"jiesu.cn/jiesu/internal/app"
)

type demoCmd struct {
	Check   bool   `help:"核对后退出:全部重发一遍,指标仍须逐个一致。"`
	Seed    uint64 `default:"1" help:"随机种子。"`
	Letters int    `placeholder:"N" help:"来信封数,缺省 14400。"`
	Listen  string `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"控制台地址。"`
}

// Run shows the whole system on a synthetic ledger.
func (c *demoCmd) Run(ctx context.Context, g *global, std *streams) error {
	cfg := g.config()
	cfg.Listen = c.Listen
	if c.Check {
		cfg.Listen = "127.0.0.1:0" // Nobody looks; any free port will do.
	}
	if g.LogLevel == slog.LevelInfo {
		g.LogLevel = slog.LevelWarn // The demo tells its own story.
	}
	return app.Demo(ctx, cfg, app.DemoOptions{Seed: c.Seed, Letters: c.Letters, Check: c.Check, Out: std.out}, g.logger(std.err))
}
