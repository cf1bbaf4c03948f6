package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"

	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/identity"
)

type sendCmd struct {
	Files  []string `arg:"" type:"existingfile" help:"JSONL、CSV 或 XLSX,前两种可为 .gz、.zst。列名见 docs/sending.md。"`
	Keys   string   `type:"path" placeholder:"FILE" help:"身份密钥文件(jiesu keygen 生成),缺省读环境变量。"`
	Source string   `default:"/import/file" placeholder:"URI" help:"表格行的来源;/import/ 之下视为历史导入。"`
	Quiet  bool     `short:"q" help:"不显示进度。"`
	JSON   bool     `name:"json" help:"输出 JSON。"`
}

// errRefused says that some rows were not sent.
var errRefused = errors.New("some rows were refused")

// Run sends the files and lists the rows it refused.
func (c *sendCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	keys, err := readKeys(c.Keys)
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	report, err := session.Send(ctx, app.SendOptions{Files: c.Files, Source: c.Source, Keys: keys, Progress: progress(std.err, c.Quiet, "发送", progressbar.OptionShowBytes(true))})
	if perr := c.print(std.out, report); err == nil {
		err = perr
	}
	if err == nil && report.RefusedRows > 0 {
		err = fmt.Errorf("%w: %d of them; mend and send them again", errRefused, report.RefusedRows)
	}
	return err
}

// readKeys reads the identity keys from a file, else from the environment;
// neither is fine as long as no row names a person.
func readKeys(path string) (*identity.Keys, error) {
	if path != "" {
		return identity.Load(path)
	}
	keys, err := identity.FromEnv(os.Getenv)
	if errors.Is(err, identity.ErrNoKeys) {
		return nil, nil //nolint:nilnil // No keys is a valid setting.
	}
	return keys, err
}

func (c *sendCmd) print(w io.Writer, r send.Report) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "已发送 %d 条(来信 %d,事件 %d),拒收 %d 行\n", r.Sent, r.Letters, r.Events, r.RefusedRows)
	for _, refusal := range r.Refused {
		fmt.Fprintf(w, "%s:%d\t%s\t%s\n", refusal.File, refusal.Line, refusal.Reason, refusal.Detail)
	}
	for _, column := range r.IgnoredColumns {
		fmt.Fprintf(w, "未用的列:%s\n", column)
	}
	return nil
}

type keygenCmd struct {
	File string `arg:"" type:"path" help:"新密钥文件;已存在则不覆盖。"`
}

// Run makes a file with new identity keys.
func (c *keygenCmd) Run(std *streams) error {
	if err := identity.Generate(c.File); err != nil {
		return err
	}
	_, err := fmt.Fprintf(std.out, "已生成 %s。请离线备份:丢失后已封存的身份无法恢复,泄露后来信人可被识别。\n", c.File)
	return err
}
