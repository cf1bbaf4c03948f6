package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
)

// Correction is a note as it was issued.
type Correction struct {
	Snapshot uint64          `json:"snapshot"`
	MadeAt   time.Time       `json:"made_at"` // UTC.
	Changed  bool            `json:"changed"` // False: records came behind the snapshot, but its figures are the same.
	Late     uint64          `json:"late"`    // Records behind the snapshot by then.
	Note     json.RawMessage `json:"note"`    // A Note.
	Text     string          `json:"text"`    // Chinese.
	SHA256   string          `json:"sha256"`  // Of Text.
}

// SnapshotCheck says whether a snapshot is what was frozen, and whether it
// would be counted the same today.
type SnapshotCheck struct {
	Snapshot   Snapshot    `json:"snapshot"`
	Faults     []string    `json:"faults"`     // Chinese; not empty: what is stored was tampered with, and nothing was counted.
	Correction *Correction `json:"correction"` // Nil where the count is the same and nothing came behind the snapshot.
	Issued     bool        `json:"issued"`     // The correction is new.
}

// CheckSnapshot verifies the snapshot's hashes and its link to the one before,
// counts the same query as of the same moment from the records, and issues a
// correction where the finding is one that no correction has told yet. The
// snapshot itself never changes.
func (s *Store) CheckSnapshot(ctx context.Context, v Viewer, number uint64) (SnapshotCheck, error) {
	snapshot, err := s.Snapshot(ctx, v, number)
	if err != nil {
		return SnapshotCheck{}, err
	}
	check := SnapshotCheck{Snapshot: snapshot}
	if check.Faults, err = s.faults(ctx, snapshot); err != nil || len(check.Faults) > 0 {
		return check, err
	}
	note, err := s.recount(ctx, v, snapshot)
	if err != nil {
		return check, fmt.Errorf("counting snapshot %d again: %w", number, err)
	}
	if len(note.Figures)+len(note.Records) == 0 {
		return check, nil
	}
	check.Correction, check.Issued, err = s.issue(ctx, snapshot, note)
	return check, err
}

// faults lists what does not fit together.
func (s *Store) faults(ctx context.Context, f Snapshot) ([]string, error) {
	faults := []string{}
	if sha256Hex(f.Document) != f.SHA256 {
		faults = append(faults, "正文与其 SHA-256 不符:正文被改动")
	}
	if row, err := f.rowHash(); err != nil || row != f.RowSHA256 {
		faults = append(faults, "登记内容与其 SHA-256 不符:登记被改动")
	}
	rows, err := s.numbered(ctx, f.Number)
	if err != nil {
		return nil, err
	}
	if len(rows) > 1 {
		faults = append(faults, fmt.Sprintf("第 %d 号有 %d 份", f.Number, len(rows)))
	}
	if f.Number == 1 {
		if f.Previous != "" {
			faults = append(faults, "第 1 号之前不应再有快照")
		}
		return faults, nil
	}
	before, err := s.numbered(ctx, f.Number-1)
	if err != nil {
		return nil, err
	}
	switch {
	case len(before) == 0:
		faults = append(faults, fmt.Sprintf("前一号(第 %d 号)不见了", f.Number-1))
	case before[0].RowSHA256 != f.Previous:
		faults = append(faults, fmt.Sprintf("与前一号(第 %d 号)的链接不符:其中一份被换过", f.Number-1))
	}
	return faults, nil
}

// recount counts the snapshot's query again, under the rules it was counted
// by, and sets both beside each other.
func (s *Store) recount(ctx context.Context, v Viewer, f Snapshot) (Note, error) {
	q, err := f.query()
	if err != nil {
		return Note{}, err
	}
	var was, is Document
	if err := json.Unmarshal(f.Document, &was); err != nil {
		return Note{}, err
	}
	cfg := s.cfg
	cfg.Rules = was.Rules // What the city has chosen since changes nothing that was published.
	under, err := New(cfg, s.conn, s.directory, s.calendar, s.logger)
	if err != nil {
		return Note{}, err
	}
	counted, err := under.countRecords(ctx, v, q)
	if err != nil {
		return Note{}, err
	}
	// Both as read from print, so that they differ only where the prints do.
	printed, err := json.Marshal(counted)
	if err != nil {
		return Note{}, err
	}
	if err := json.Unmarshal(printed, &is); err != nil {
		return Note{}, err
	}
	note := Note{
		Snapshot: f.Number, DocumentSHA256: f.SHA256, Figures: differences(was, is), Records: []LateRecords{},
		RuleVersion:     Versions{was.RuleVersion, is.RuleVersion},
		CalendarVersion: Versions{was.CalendarVersion, is.CalendarVersion},
	}
	late, err := s.late(ctx, f.Mark, f.AsOf)
	note.Records = append(note.Records, late...)
	return note, err
}

// issue stores the note unless one of the same text was issued before, and
// returns the one that stands.
func (s *Store) issue(ctx context.Context, f Snapshot, note Note) (*Correction, bool, error) {
	letters, events := note.lateRecords()
	c := Correction{
		Snapshot: f.Number, MadeAt: time.Now().UTC().Truncate(time.Millisecond), Changed: len(note.Figures) > 0,
		Late: letters + events, Text: note.text(f),
	}
	c.SHA256 = sha256Hex([]byte(c.Text))
	var err error
	if c.Note, err = json.Marshal(note); err != nil {
		return nil, false, fmt.Errorf("writing a correction: %w", err)
	}
	issued, err := s.corrections(ctx, f.Number)
	if err != nil {
		return nil, false, err
	}
	for _, before := range issued {
		if before.SHA256 == c.SHA256 {
			return &before, false, nil
		}
	}
	err = s.insert(ctx, "corrections", []string{"number", "made_at", "changed", "late", "note", "text", "sha256"},
		[][]any{{c.Snapshot, c.MadeAt, c.Changed, c.Late, string(c.Note), c.Text, c.SHA256}}, "correction/"+c.SHA256)
	if err != nil {
		return nil, false, err
	}
	s.logger.LogAttrs(ctx, slog.LevelWarn, "issued correction", slog.Uint64("snapshot", c.Snapshot), slog.Bool("changed", c.Changed),
		slog.Uint64("late_records", c.Late), slog.String("sha256", c.SHA256))
	return &c, true, nil
}

// Corrections returns what was issued for a snapshot, the oldest first.
func (s *Store) Corrections(ctx context.Context, v Viewer, number uint64) ([]Correction, error) {
	if err := v.cityOnly(); err != nil {
		return nil, err
	}
	return s.corrections(ctx, number)
}

func (s *Store) corrections(ctx context.Context, number uint64) ([]Correction, error) {
	var all []Correction
	err := s.each(ctx, "SELECT number, made_at, changed, late, note, text, sha256 FROM corrections FINAL WHERE number = {number:UInt64} ORDER BY made_at, sha256",
		func(scan func(...any) error) error {
			var c Correction
			var note string
			if err := scan(&c.Snapshot, &c.MadeAt, &c.Changed, &c.Late, &note, &c.Text, &c.SHA256); err != nil {
				return err
			}
			c.MadeAt, c.Note = c.MadeAt.UTC(), json.RawMessage(note)
			all = append(all, c)
			return nil
		}, clickhouse.Named("number", number))
	if err != nil {
		return nil, fmt.Errorf("reading the corrections of snapshot %d: %w", number, err)
	}
	return all, nil
}

// CheckSnapshots checks all snapshots, the first one first. Numbers that are
// missing show as faults of the one after them.
func (s *Store) CheckSnapshots(ctx context.Context, v Viewer) ([]SnapshotCheck, error) {
	snapshots, err := s.Snapshots(ctx, v)
	if err != nil {
		return nil, err
	}
	checks := []SnapshotCheck{}
	for i := len(snapshots) - 1; i >= 0; i-- {
		if i+1 < len(snapshots) && snapshots[i].Number == snapshots[i+1].Number {
			continue // A second row of the number, a fault of the first.
		}
		check, err := s.CheckSnapshot(ctx, v, snapshots[i].Number)
		if err != nil {
			return checks, err
		}
		checks = append(checks, check)
	}
	return checks, nil
}

// PendingCorrections returns the numbers of the snapshots behind which records
// have come that no correction tells of, in ascending order.
func (s *Store) PendingCorrections(ctx context.Context) ([]uint64, error) {
	snapshots, err := s.snapshots(ctx, "SELECT "+snapshotColumns+", '' FROM snapshots FINAL ORDER BY number")
	if err != nil {
		return nil, fmt.Errorf("listing snapshots: %w", err)
	}
	told := map[uint64]uint64{}
	err = s.each(ctx, "SELECT number, max(late) FROM corrections GROUP BY number", func(scan func(...any) error) error {
		var number, late uint64
		err := scan(&number, &late)
		told[number] = late
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading what corrections told: %w", err)
	}
	var pending []uint64
	for _, f := range snapshots {
		records, err := s.late(ctx, f.Mark, f.AsOf)
		if err != nil {
			return nil, err
		}
		letters, events := Note{Records: records}.lateRecords()
		if letters+events > told[f.Number] {
			pending = append(pending, f.Number)
		}
	}
	return pending, nil
}
