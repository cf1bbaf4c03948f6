package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"

	"jiesu.cn/jiesu/internal/app"
)

type labelsCmd struct {
	Out       string `required:"" type:"path" placeholder:"FILE" help:"写出的 JSONL 文件,含来信原文,权限 0600。"`
	Synthetic bool   `help:"连同合成来信(来源 /simulate/)。"`
	Quiet     bool   `short:"q" help:"不显示进度。"`
	JSON      bool   `name:"json" help:"输出 JSON。"`
}

// Run writes the letters that people relabelled as training data. The file
// appears whole or not at all.
func (c *labelsCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	report, err := c.write(ctx, session, app.LabelsOptions{
		Viewer: viewer, Synthetic: c.Synthetic, Progress: progress(std.err, c.Quiet, "导出标注"),
	})
	if err != nil {
		return err
	}
	if c.JSON {
		return json.NewEncoder(std.out).Encode(report)
	}
	fmt.Fprintf(std.out, "已写入 %s:%d 封(另有合成来信 %d 封、标注不全 %d 封未写)\n", c.Out, report.Written, report.Synthetic, report.Incomplete)
	fmt.Fprintln(std.err, "注意:文件含来信原文,只供训练;用后删除,勿外传。")
	return nil
}

func (c *labelsCmd) write(ctx context.Context, session *app.Session, o app.LabelsOptions) (report app.LabelsReport, err error) {
	if info, err := os.Stat(c.Out); err == nil && !info.Mode().IsRegular() {
		return report, fmt.Errorf("%w: %s is no ordinary file; name one to be written", errUsage, c.Out)
	}
	part := c.Out + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, os.ErrNotExist) {
		return report, fmt.Errorf("removing an unfinished export: %w", err)
	}
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return report, fmt.Errorf("writing labelled letters: %w", err)
	}
	defer func() { _ = os.Remove(part) }() // Gone already when all went well.
	buffered := bufio.NewWriter(f)
	report, err = session.ExportLabels(ctx, buffered, o)
	if err := errors.Join(err, buffered.Flush(), f.Sync(), f.Close()); err != nil {
		return report, err
	}
	if err := os.Rename(part, c.Out); err != nil {
		return report, fmt.Errorf("putting the labelled letters in place: %w", err)
	}
	return report, nil
}
