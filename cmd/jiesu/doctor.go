package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/mattn/go-runewidth"

	"jiesu.cn/jiesu/internal/app"
)

type doctorCmd struct {
	JSON bool `name:"json" help:"输出 JSON。"`
}

// errUnwell says that a check failed.
var errUnwell = errors.New("something is wrong; see the lines marked fail")

// Run examines the installation and fails if a check did.
func (c *doctorCmd) Run(ctx context.Context, g *global, std *streams) error {
	findings, err := app.Doctor(ctx, g.config(), time.Now(), g.logger(std.err))
	if err != nil {
		return err
	}
	unwell := false
	for _, f := range findings {
		unwell = unwell || f.Outcome == app.Fail
	}
	if c.JSON {
		if err := json.NewEncoder(std.out).Encode(findings); err != nil {
			return fmt.Errorf("writing the findings: %w", err)
		}
	} else {
		const nameWidth = 24
		for _, f := range findings {
			fmt.Fprintf(std.out, "%-5s%s %s\n", f.Outcome, runewidth.FillRight(f.Check, nameWidth), f.Detail)
		}
	}
	if unwell {
		return errUnwell
	}
	return nil
}
