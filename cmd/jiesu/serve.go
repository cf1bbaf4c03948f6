package main

import (
	"context"

	"jiesu.cn/jiesu/internal/app"
)

type serveCmd struct {
	consoleFlags
	modelFlag
	BrokerPort int `default:"0" placeholder:"PORT" help:"内置消息队列的本机端口,0 为任选。"`
}

// Run receives letters and serves the console until it is told to stop.
func (c *serveCmd) Run(ctx context.Context, g *global, std *streams) error {
	cfg := g.config()
	cfg.Listen, cfg.Hosts, cfg.BrokerPort = c.Listen, c.Hosts, c.BrokerPort
	cfg.ModelFile = c.Model
	return runApp(ctx, g, std, cfg, app.Parts{Ingest: true, Console: true})
}

// consoleFlags say where the console answers.
type consoleFlags struct {
	Listen string   `default:"127.0.0.1:8080" placeholder:"HOST:PORT" help:"控制台地址。"`
	Hosts  []string `placeholder:"NAME" help:"经反向代理访问时使用的主机名。"`
}

// modelFlag names the classifier's model.
type modelFlag struct {
	Model string `type:"existingfile" placeholder:"FILE" help:"分类模型文件,缺省用内置;运行中换成新文件(rename)即自动换用。"`
}

type ingestCmd struct {
	modelFlag
	Follow bool `help:"由另一接收进程累计指标,本进程只接收;多个接收进程中只应有一个不加此项。"`
}

// Run receives letters from external servers.
func (c *ingestCmd) Run(ctx context.Context, g *global, std *streams) error {
	cfg := g.config()
	cfg.ModelFile, cfg.Analytics.Follow = c.Model, c.Follow
	return runApp(ctx, g, std, cfg, app.Parts{Ingest: true})
}

type consoleCmd struct {
	consoleFlags
}

// Run serves the console over external servers.
func (c *consoleCmd) Run(ctx context.Context, g *global, std *streams) error {
	cfg := g.config()
	cfg.Listen, cfg.Hosts = c.Listen, c.Hosts
	return runApp(ctx, g, std, cfg, app.Parts{Console: true})
}

func runApp(ctx context.Context, g *global, std *streams, cfg app.Config, parts app.Parts) error {
	a, err := app.New(cfg, parts, g.logger(std.err))
	if err != nil {
		return err
	}
	return a.Run(ctx)
}
