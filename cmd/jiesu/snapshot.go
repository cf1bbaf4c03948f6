package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/app"
)

type snapshotCmd struct {
	List  snapshotListCmd  `cmd:"" help:"列出全部快照。"`
	Show  snapshotShowCmd  `cmd:"" help:"按原样显示一份快照及其更正说明。"`
	Check snapshotCheckCmd `cmd:"" help:"核对:原件是否被改动;按同一时点重算,有差异则出更正说明。"`
}

// takeSnapshot freezes the figures and says under which number.
func takeSnapshot(ctx context.Context, store *analytics.Store, v analytics.Viewer, q analytics.Query, title string, asJSON bool, w io.Writer) error {
	snapshot, err := store.TakeSnapshot(ctx, v, q, title)
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(w).Encode(snapshot)
	}
	if err := printFrozen(w, snapshot); err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "\n已冻结为快照第 %d 号%s\nSHA-256 %s\n链 %s\n", snapshot.Number, provisional(snapshot), snapshot.SHA256, snapshot.RowSHA256)
	return err
}

func provisional(f analytics.Snapshot) string {
	var stamps string
	if !f.Final {
		stamps += "(暂定)"
	}
	if f.Synthetic {
		stamps += "(含合成来信)"
	}
	return stamps
}

// printFrozen prints the figures of the stored document.
func printFrozen(w io.Writer, f analytics.Snapshot) error {
	var doc analytics.Document
	if err := json.Unmarshal(f.Document, &doc); err != nil {
		return fmt.Errorf("reading the document of snapshot %d: %w", f.Number, err)
	}
	return printFigures(w, doc)
}

type snapshotListCmd struct {
	JSON bool `name:"json" help:"输出 JSON。"`
}

// Run lists the snapshots, the newest first.
func (c *snapshotListCmd) Run(ctx context.Context, g *global, std *streams) error {
	return withStore(ctx, g, std, func(store *analytics.Store, viewer analytics.Viewer) error {
		snapshots, err := store.Snapshots(ctx, viewer)
		if err != nil {
			return err
		}
		if c.JSON {
			return json.NewEncoder(std.out).Encode(append([]analytics.Snapshot{}, snapshots...))
		}
		for _, f := range snapshots {
			from, to, err := f.Period()
			if err != nil {
				return err
			}
			fmt.Fprintf(std.out, "%4d  %s 至 %s  统计时点 %s%s  冻结于 %s  %s  %.12s  %s\n",
				f.Number, from, to, shanghai(f.AsOf), provisional(f), shanghai(f.TakenAt), f.TakenBy, f.SHA256, f.Title)
		}
		_, err = fmt.Fprintf(std.out, "共 %d 份\n", len(snapshots))
		return err
	})
}

type snapshotShowCmd struct {
	Number uint64 `arg:"" help:"第几号。"`
	JSON   bool   `name:"json" help:"只输出冻结的原文,逐字节不变。"`
}

// Run prints a snapshot as it is stored.
func (c *snapshotShowCmd) Run(ctx context.Context, g *global, std *streams) error {
	return withStore(ctx, g, std, func(store *analytics.Store, viewer analytics.Viewer) error {
		snapshot, err := store.Snapshot(ctx, viewer, c.Number)
		if err != nil {
			return err
		}
		if c.JSON {
			_, err := std.out.Write(snapshot.Document)
			return err
		}
		corrections, err := store.Corrections(ctx, viewer, c.Number)
		if err != nil {
			return err
		}
		fmt.Fprintf(std.out, "快照第 %d 号%s %s\n冻结于 %s,%s\nSHA-256 %s\n链 %s\n\n",
			snapshot.Number, provisional(snapshot), snapshot.Title, shanghai(snapshot.TakenAt), snapshot.TakenBy, snapshot.SHA256, snapshot.RowSHA256)
		if err := printFrozen(std.out, snapshot); err != nil {
			return err
		}
		for _, correction := range corrections {
			fmt.Fprintf(std.out, "\n%s出具,SHA-256 %s\n%s", shanghai(correction.MadeAt), correction.SHA256, correction.Text)
		}
		return nil
	})
}

type snapshotCheckCmd struct {
	Number uint64 `arg:"" optional:"" help:"第几号。"`
	All    bool   `help:"全部快照。"`
	JSON   bool   `name:"json" help:"输出 JSON。"`
}

// errTampered says that a snapshot is not what was frozen.
var errTampered = errors.New("what is stored is not what was frozen; see the lines marked fail")

// Run checks the snapshots; it fails if one was tampered with.
func (c *snapshotCheckCmd) Run(ctx context.Context, g *global, std *streams) error {
	if c.All == (c.Number != 0) {
		return fmt.Errorf("%w: name one snapshot or say --all", errUsage)
	}
	return withStore(ctx, g, std, func(store *analytics.Store, viewer analytics.Viewer) error {
		checks, err := c.check(ctx, store, viewer)
		if err != nil {
			return err
		}
		if c.JSON {
			err = json.NewEncoder(std.out).Encode(checks)
		} else {
			_, err = io.WriteString(std.out, checksText(checks))
		}
		return errors.Join(err, tampered(checks))
	})
}

// tampered is errTampered where a snapshot has faults.
func tampered(checks []analytics.SnapshotCheck) error {
	if slices.ContainsFunc(checks, func(c analytics.SnapshotCheck) bool { return len(c.Faults) > 0 }) {
		return errTampered
	}
	return nil
}

func (c *snapshotCheckCmd) check(ctx context.Context, store *analytics.Store, viewer analytics.Viewer) ([]analytics.SnapshotCheck, error) {
	if c.All {
		return store.CheckSnapshots(ctx, viewer)
	}
	check, err := store.CheckSnapshot(ctx, viewer, c.Number)
	return []analytics.SnapshotCheck{check}, err
}

// checksText says of each snapshot whether it is as frozen and counted the same.
func checksText(checks []analytics.SnapshotCheck) string {
	var b strings.Builder
	for _, check := range checks {
		f := check.Snapshot
		switch {
		case len(check.Faults) > 0:
			fmt.Fprintf(&b, "%-5s第 %d 号 %s\n", app.Fail, f.Number, strings.Join(check.Faults, ";"))
		case check.Correction == nil:
			fmt.Fprintf(&b, "%-5s第 %d 号 原件完好,重算相同\n", app.OK, f.Number)
		default:
			issued := "已有此说明"
			if check.Issued {
				issued = "已出说明"
			}
			result := "重算相同,有补入记录"
			if check.Correction.Changed {
				result = "重算不同"
			}
			fmt.Fprintf(&b, "%-5s第 %d 号 原件完好,%s,%s\n%s", app.Warn, f.Number, result, issued, check.Correction.Text)
		}
	}
	fmt.Fprintf(&b, "共核对 %d 份\n", len(checks))
	return b.String()
}

// withStore opens the store for a viewer and closes it.
func withStore(ctx context.Context, g *global, std *streams, do func(*analytics.Store, analytics.Viewer) error) (err error) {
	viewer, err := g.viewer()
	if err != nil {
		return err
	}
	session, err := app.Open(ctx, g.config(), g.logger(std.err))
	if err != nil {
		return err
	}
	defer func() { err = closing(session, err) }()
	return do(session.Store, viewer)
}
