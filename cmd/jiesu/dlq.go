package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"unicode"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
)

type dlqCmd struct {
	List   dlqListCmd   `cmd:"" help:"列出死信:位置、时间、原因,不含正文。"`
	Replay dlqReplayCmd `cmd:"" help:"按原样重新送回原主题。"`
}

// dlqChoice chooses dead letters.
type dlqChoice struct {
	Reason string `placeholder:"CODE" help:"只取某一原因。"`
	Topic  string `placeholder:"TOPIC" help:"只取某一死信主题。"`
	Since  asOf   `placeholder:"TIME" help:"只取此时及以后的。"`
}

func (c dlqChoice) filter(cfg ingest.Config) (ingest.DeadLetterFilter, error) {
	if c.Topic != "" && c.Topic != cfg.LettersDLQTopic && c.Topic != cfg.EventsDLQTopic {
		return ingest.DeadLetterFilter{}, fmt.Errorf("%w: --topic must be %s or %s", errUsage, cfg.LettersDLQTopic, cfg.EventsDLQTopic)
	}
	return ingest.DeadLetterFilter{Reason: c.Reason, Topic: c.Topic, Since: c.Since.Time}, nil
}

type dlqListCmd struct {
	dlqChoice
	JSON bool `name:"json" help:"每条一行 JSON。"`
}

// Run lists dead letters.
func (c *dlqListCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	filter, err := c.filter(g.config().Ingest)
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	total := 0
	encoder := json.NewEncoder(std.out)
	err = session.DeadLetters(ctx, filter, func(d ingest.DeadLetter) error {
		total++
		if c.JSON {
			return encoder.Encode(d)
		}
		_, err := fmt.Fprintf(std.out, "%s\t%s/%d@%d\t%s\t%d B\t%s\n", d.FailedAt.In(calendar.Shanghai).Format("2006-01-02 15:04:05"),
			d.Source.Topic, d.Source.Partition, d.Source.Offset, plain(d.Reason), d.Size, plain(d.Detail))
		return err
	})
	if err == nil && !c.JSON {
		fmt.Fprintf(std.out, "共 %d 条\n", total)
	}
	return err
}

type dlqReplayCmd struct {
	dlqChoice
	All bool `help:"不加筛选时须写明:全部重放。"`
}

// Run sends dead letters back to where they came from.
func (c *dlqReplayCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	if !c.All && c.Reason == "" && c.Topic == "" && c.Since.IsZero() {
		return fmt.Errorf("%w: choose with --reason, --topic or --since, or say --all", errUsage)
	}
	filter, err := c.filter(g.config().Ingest)
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	sent, err := session.Replay(ctx, filter)
	fmt.Fprintf(std.out, "已重放 %d 条\n", sent)
	return err
}

// plain leaves out what would steer a terminal or turn text around: whoever may
// write to the dead-letter topic chooses what it says.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)
}
