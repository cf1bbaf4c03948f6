package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/identity"
)

type sendCmd struct {
	Files    []string `arg:"" type:"existingfile" help:"JSONL、CSV 或 XLSX,前两种可为 .gz、.zst。列名见 docs/sending.md。"`
	Keys     string   `type:"path" placeholder:"FILE" help:"身份密钥文件(jiesu keygen 生成),缺省读环境变量。"`
	Source   string   `default:"/import/file" placeholder:"URI" help:"表格行的来源;/import/ 之下视为历史导入。"`
	Backfill bool     `help:"补录:已公布快照的统计时点之前的历史也照发,入库后出更正说明。"`
	Quiet    bool     `short:"q" help:"不显示进度。"`
	JSON     bool     `name:"json" help:"输出 JSON。"`
}

// errRefused says that some rows were not sent.
var errRefused = errors.New("some rows were refused")

// Run sends the files and lists the rows it refused.
func (c *sendCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := c.corrector(g)
	if err != nil {
		return err
	}
	keys, err := readKeys(c.Keys)
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	var sent sendReport
	sent.Report, err = session.Send(ctx, app.SendOptions{
		Files: c.Files, Source: c.Source, Keys: keys, Backfill: c.Backfill,
		Progress: progress(std.err, c.Quiet, "发送", progressbar.OptionShowBytes(true)),
	})
	if err == nil && c.Backfill {
		err = sent.correct(ctx, session, viewer)
	}
	report := sent.Report
	if perr := c.print(std.out, sent); err == nil {
		err = perr
	}
	if err == nil && report.RefusedRows > 0 {
		err = fmt.Errorf("%w: %d of them; mend and send them again", errRefused, report.RefusedRows)
	}
	return err
}

// corrector is in whose name corrections are issued.
func (c *sendCmd) corrector(g *global) (analytics.Viewer, error) {
	viewer, err := g.viewer()
	if err == nil && c.Backfill && viewer.Role != analytics.RoleOperator && viewer.Role != analytics.RoleLeadership {
		err = fmt.Errorf("%w: --backfill changes figures of the whole city: only its operator or leadership may", errUsage)
	}
	return viewer, err
}

// sendReport is what became of the rows, and of published figures.
type sendReport struct {
	send.Report
	Corrections        []analytics.SnapshotCheck `json:"corrections,omitempty"`
	CorrectionsPending bool                      `json:"corrections_pending,omitempty"`
}

// correctPatience is longer than ingest takes to say that it has read nothing.
const correctPatience = 30 * time.Second

func (r *sendReport) correct(ctx context.Context, session *app.Session, viewer analytics.Viewer) (err error) {
	r.Corrections, err = session.Correct(ctx, viewer, correctPatience)
	if errors.Is(err, app.ErrNotRead) {
		r.CorrectionsPending = true
		return nil
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

func (c *sendCmd) print(w io.Writer, r sendReport) error {
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
	if r.BehindSnapshot > 0 {
		fmt.Fprintf(w, "其中 %d 行的入库时间不晚于已公布快照的统计时点,发送会改变已公布的数字;确需补录请加 --backfill,入库后将出更正说明\n", r.BehindSnapshot)
	}
	if len(r.Corrections) > 0 {
		fmt.Fprint(w, checksText(r.Corrections))
	}
	if r.CorrectionsPending {
		fmt.Fprintln(w, "所发记录尚未入库;入库后请运行 jiesu snapshot check --all 出更正说明")
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
