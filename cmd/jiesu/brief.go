package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"

	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
)

type briefCmd struct {
	Date calendar.Date `required:"" placeholder:"DATE" help:"哪一天的简报。"`
	AsOf asOf          `placeholder:"TIME" help:"统计时点,缺省为次日 8:00(北京时间)。"`
	Out  string        `required:"" type:"path" placeholder:"FILE" help:"输出的 HTML 文件。"`
}

// Run writes the brief. The file appears whole or not at all.
func (c *briefCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	var page bytes.Buffer
	if err := session.Brief(ctx, viewer, c.Date, c.AsOf.Time, &page); err != nil {
		return err
	}
	if err := writeFile(c.Out, page.Bytes()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(std.out, "简报已写入 %s\n", c.Out)
	return err
}

// writeFile replaces a file in one step; it holds masked letters, so only the
// owner may read it.
func writeFile(path string, content []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".jiesu-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	defer func() { _ = os.Remove(tmp.Name()) }() // Gone already when all went well.
	if _, err := tmp.Write(content); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := tmp.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
