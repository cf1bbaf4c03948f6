package main

import (
	"context"
	"fmt"

	"jiesu.cn/jiesu/internal/app"
)

type migrateCmd struct {
	DryRun bool `help:"只列出将执行的步骤,不执行。"`
}

// Run brings the schema up to date, or says what that would do.
func (c *migrateCmd) Run(ctx context.Context, g *global, std *streams) (err error) {
	session, err := app.OpenAsIs(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	if c.DryRun {
		plan, err := session.Store.Plan(ctx)
		if err != nil {
			return err
		}
		for _, m := range plan {
			fmt.Fprintf(std.out, "-- %04d %s sha256:%.12s\n%s\n", m.Version, m.Name, m.Checksum, m.SQL)
		}
		fmt.Fprintf(std.out, "-- 待执行 %d 步\n", len(plan))
		return nil
	}
	applied, err := session.Store.Migrate(ctx)
	if err != nil {
		return err
	}
	for _, m := range applied {
		fmt.Fprintf(std.out, "%04d %s\n", m.Version, m.Name)
	}
	fmt.Fprintf(std.out, "已执行 %d 步\n", len(applied))
	return nil
}
