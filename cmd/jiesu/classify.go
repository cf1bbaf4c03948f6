package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"

	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/internal/org"
)

type classifyCmd struct{}

// Run judges letters line by line.
func (c *classifyCmd) Run(ctx context.Context, g *global, std *streams) error {
	classifier, err := newClassifier(g, std)
	if err != nil {
		return err
	}
	return classifier.Stream(ctx, std.in, std.out)
}

type evalCmd struct {
	Data string `required:"" type:"existingfile" placeholder:"FILE" help:"已标注来信(JSONL)。"`
	JSON bool   `name:"json" help:"输出 JSON。"`
}

// Run measures the classifier against labelled letters.
func (c *evalCmd) Run(ctx context.Context, g *global, std *streams) error {
	f, err := os.Open(c.Data)
	if err != nil {
		return fmt.Errorf("opening the labelled letters: %w", err)
	}
	defer func() { _ = f.Close() }() // Only read.
	rows, err := classify.ReadLabelled(f)
	if err != nil {
		return err
	}
	classifier, err := newClassifier(g, std)
	if err != nil {
		return err
	}
	report, err := classifier.Evaluate(ctx, rows)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(std.out)
	if !c.JSON {
		enc.SetIndent("", "  ")
	}
	return enc.Encode(report)
}

func newClassifier(g *global, std *streams) (*classify.Classifier, error) {
	dir, err := org.Embedded()
	if g.Units != "" {
		dir, err = org.Parse(os.DirFS(g.Units))
	}
	if err != nil {
		return nil, fmt.Errorf("reading the unit tree: %w", err)
	}
	return classify.New(classify.DefaultConfig(), dir, g.logger(std.err))
}
