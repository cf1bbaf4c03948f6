package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/internal/org"
)

type classifyCmd struct {
	modelFlag
}

// Run judges letters line by line, with the model file as it is at the moment.
func (c *classifyCmd) Run(ctx context.Context, g *global, std *streams) error {
	classifier, err := newClassifier(g, std, c.Model)
	if err != nil {
		return err
	}
	watching, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() { classifier.Watch(watching, g.config().ModelEvery) })
	defer wg.Wait()
	defer stop()
	return classifier.Stream(ctx, std.in, std.out)
}

type trainCmd struct {
	Data      string   `required:"" type:"existingdir" placeholder:"DIR" help:"训练数据目录(gold/dev.jsonl 与 *_letters*.jsonl.gz,见 docs/model-card.md)。"`
	Challenge string   `type:"existingfile" placeholder:"FILE" help:"只标注紧急程度的来信(JSONL)。"`
	Further   string   `type:"existingfile" placeholder:"FILE" help:"训练数据目录中其他来信的补充标注(JSONL,不含原文)。"`
	Labels    []string `type:"existingfile" placeholder:"FILE" help:"另加的已标注来信(jiesu labels 导出的 JSONL),可多次。"`
	Out       string   `required:"" type:"path" placeholder:"MODEL" help:"写出的模型文件。"`
	Seed      uint64   `default:"1" help:"随机种子;同一数据与种子得到同一文件。"`
}

// Run trains a model. The file appears whole or not at all.
func (c *trainCmd) Run(ctx context.Context, g *global, std *streams) error {
	challenge, err := readLabelled(c.Challenge)
	if err != nil {
		return err
	}
	labelled := challenge
	for _, name := range c.Labels {
		more, err := readLabelled(name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		labelled = append(labelled, more...)
	}
	classifier, err := newUntrained(g, std)
	if err != nil {
		return err
	}
	further, err := readFurther(c.Further)
	if err != nil {
		return err
	}
	file, err := classifier.Train(ctx, os.DirFS(c.Data), labelled, further, c.Seed)
	if err != nil {
		return err
	}
	part := c.Out + ".part"
	if err := os.WriteFile(part, file, 0o600); err != nil {
		return fmt.Errorf("writing the model: %w", err)
	}
	if err := os.Rename(part, c.Out); err != nil {
		return fmt.Errorf("putting the model in place: %w", err)
	}
	_, err = fmt.Fprintf(std.out, "%s: %d bytes\n", c.Out, len(file))
	return err
}

type evalCmd struct {
	Data      string `type:"existingfile" placeholder:"FILE" help:"已标注来信(JSONL)。"`
	Model     string `type:"existingfile" placeholder:"FILE" help:"模型文件,缺省用内置。"`
	Folds     int    `placeholder:"N" help:"交叉验证的折数:每封信由没有见过它的模型判断;缺省直接评测模型。"`
	Aux       string `type:"existingdir" placeholder:"DIR" help:"交叉验证时只用于训练的其他来信目录。"`
	Further   string `type:"existingfile" placeholder:"FILE" help:"其他来信的补充标注(JSONL,不含原文),只用于训练。"`
	Challenge string `type:"existingfile" placeholder:"FILE" help:"另行评测的、只标注紧急程度的来信(JSONL)。"`
	Teddy     string `type:"existingdir" placeholder:"DIR" help:"改为在泰迪杯 2020 C 题留言(letters9168.jsonl.gz)上训练并评测主题。"`
	Seed      uint64 `default:"1" help:"随机种子。"`
	JSON      bool   `name:"json" help:"输出单行 JSON。"`
}

// Run measures the classifier against labelled letters.
func (c *evalCmd) Run(ctx context.Context, g *global, std *streams) error {
	report, err := c.report(ctx, g, std)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(std.out)
	if !c.JSON {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(report)
}

func (c *evalCmd) report(ctx context.Context, g *global, std *streams) (any, error) {
	if c.Teddy != "" {
		classifier, err := newUntrained(g, std)
		if err != nil {
			return nil, err
		}
		return classifier.MessageBoard(ctx, os.DirFS(c.Teddy), c.Seed)
	}
	if c.Data == "" {
		return nil, fmt.Errorf("%w: --data or --teddy is needed", errUsage)
	}
	rows, err := readLabelled(c.Data)
	if err != nil {
		return nil, err
	}
	challenge, err := readLabelled(c.Challenge)
	if err != nil {
		return nil, err
	}
	rows = append(rows, challenge...)
	var aux fs.FS
	if c.Aux != "" {
		aux = os.DirFS(c.Aux)
	}
	classifier, report, err := c.judge(ctx, g, std, aux, rows)
	if err != nil {
		return nil, err
	}
	compared, err := classifier.CompareWords(ctx, aux, rows)
	report.Words = &compared
	return report, err
}

// judge judges labelled letters, by the model as it is or in folds.
func (c *evalCmd) judge(ctx context.Context, g *global, std *streams, aux fs.FS, rows []classify.Labelled) (*classify.Classifier, classify.Report, error) {
	if c.Folds == 0 {
		classifier, err := newClassifier(g, std, c.Model)
		if err != nil {
			return nil, classify.Report{}, err
		}
		report, err := classifier.Evaluate(ctx, rows)
		return classifier, report, err
	}
	classifier, err := newUntrained(g, std)
	if err != nil {
		return nil, classify.Report{}, err
	}
	further, err := readFurther(c.Further)
	if err != nil {
		return nil, classify.Report{}, err
	}
	report, err := classifier.CrossValidate(ctx, aux, rows, further, c.Folds, c.Seed)
	return classifier, report, err
}

// readFurther reads a file of further labels; no name is no labels.
func readFurther(name string) (rows []classify.Further, err error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening further labels: %w", err)
	}
	defer func() { _ = f.Close() }() // Only read.
	return classify.ReadFurther(f)
}

// readLabelled reads a file of labelled letters; no name is no letters.
func readLabelled(name string) (rows []classify.Labelled, err error) {
	if name == "" {
		return nil, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("opening the labelled letters: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return classify.ReadLabelled(f)
}

func newClassifier(g *global, std *streams, model string) (*classify.Classifier, error) {
	dir, err := g.directory()
	if err != nil {
		return nil, err
	}
	cfg := classify.DefaultConfig()
	cfg.ModelFile = model
	return classify.New(cfg, dir, g.logger(std.err))
}

func newUntrained(g *global, std *streams) (*classify.Classifier, error) {
	dir, err := g.directory()
	if err != nil {
		return nil, err
	}
	return classify.NewUntrained(classify.DefaultConfig(), dir, g.logger(std.err))
}

// directory reads the unit tree the flags name.
func (g *global) directory() (*org.Directory, error) {
	dir, err := org.Embedded()
	if g.Units != "" {
		dir, err = org.Parse(os.DirFS(g.Units))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the unit tree: %w", err)
	}
	return dir, nil
}
