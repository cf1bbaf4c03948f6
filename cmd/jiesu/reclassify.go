package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"

	"jiesu.cn/jiesu/internal/app"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

type reclassifyCmd struct {
	From   calendar.Date `placeholder:"DATE" help:"起始日(含,来信日期),缺省从最早。"`
	To     calendar.Date `placeholder:"DATE" help:"截止日(含),缺省到最近。"`
	DryRun bool          `help:"只判断并报告,不发布。"`
	Model  string        `type:"existingfile" placeholder:"FILE" help:"模型文件,缺省用内置;应与运行中的 serve 相同。"`
	Quiet  bool          `short:"q" help:"不显示进度。"`
	JSON   bool          `name:"json" help:"输出 JSON。"`
}

// Run judges stored letters again under the present model and says what changed.
func (c *reclassifyCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	if c.From != (calendar.Date{}) && c.To != (calendar.Date{}) && c.To.Before(c.From) {
		return fmt.Errorf("%w: --to lies before --from", errUsage)
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	classifier, err := newClassifier(g, std, c.Model)
	if err != nil {
		return err
	}
	report, err := session.Reclassify(ctx, classifier, app.ReclassifyOptions{
		Viewer: viewer, From: c.From, To: c.To, DryRun: c.DryRun, Progress: progress(std.err, c.Quiet, "重新分类"),
	})
	if perr := c.print(std.out, report); err == nil {
		err = perr
	}
	return err
}

// changedFields are the report's fields, as people call them, and what their
// codes mean.
var changedFields = map[string]struct {
	name string
	code func(string) string
}{
	"type":           {"类型", letter.Types.Name},
	"topic":          {"业务", letter.Topics.Name},
	"lead":           {"线索", func(c string) string { return map[string]string{"S": "治安刑事", "T": "交通", "N": "无"}[c] }},
	"accused_police": {"投诉民警", yesNo},
	"held":           {"留市级处理", yesNo},
}

func yesNo(b string) string {
	if b == "true" {
		return "是"
	}
	return "否"
}

func (c *reclassifyCmd) print(w io.Writer, r app.Reclassification) error {
	if c.JSON {
		return json.NewEncoder(w).Encode(r)
	}
	fmt.Fprintf(w, "模型 %s  词典 %s\n", r.Model, r.Dictionary)
	if r.Serving != "" {
		fmt.Fprintf(w, "注意:运行中的 serve 用的是另一模型 %s\n", r.Serving)
	}
	fmt.Fprintf(w, "读取来信 %d 封,已有此模型判定 %d 封(其中 %d 封另有更晚的判定),重新判断 %d 封\n", r.Letters, r.Skipped, r.Superseded, r.Judged)
	if r.DryRun {
		fmt.Fprintln(w, "试运行,未发布")
	} else {
		fmt.Fprintf(w, "已发布新判定 %d 条,入库后生效\n", r.Published)
	}
	fmt.Fprintf(w, "判定有变化 %d 封(其中 %d 封已有人工标注,以人工为准),此前从未判定 %d 封\n", r.Changed, r.Relabelled, r.First)
	totals := map[string]int64{}
	for _, change := range r.Changes {
		totals[change.Field] += change.Letters
	}
	last := ""
	for _, change := range r.Changes {
		field := changedFields[change.Field]
		if change.Field != last {
			last = change.Field
			fmt.Fprintf(w, "%s变化 %d 封\n", field.name, totals[change.Field])
		}
		fmt.Fprintf(w, "%8d  %s → %s\n", change.Letters, codeAndName(change.From, field.code), codeAndName(change.To, field.code))
	}
	return nil
}

func codeAndName(code string, name func(string) string) string {
	if code == "true" || code == "false" || code == "" {
		return name(code)
	}
	return code + " " + name(code)
}
