package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
)

// snapshotColumns are those of a row, in the order of Snapshot.row.
const snapshotColumns = "number, taken_at, taken_by, title, query, as_of, rule_version, calendar_version, final, synthetic, mark, sha256, previous, nonce, row_sha256"

// Snapshots returns all snapshots, the newest first, without their documents.
func (s *Store) Snapshots(ctx context.Context, v Viewer) ([]Snapshot, error) {
	if err := v.cityOnly(); err != nil {
		return nil, err
	}
	snapshots, err := s.snapshots(ctx, "SELECT "+snapshotColumns+", '' FROM snapshots FINAL ORDER BY number DESC, row_sha256")
	if err != nil {
		return nil, fmt.Errorf("listing snapshots: %w", err)
	}
	return snapshots, nil
}

// Snapshot returns the snapshot of the number with its document as it is
// stored; CheckSnapshot says whether that is what was frozen.
func (s *Store) Snapshot(ctx context.Context, v Viewer, number uint64) (Snapshot, error) {
	if err := v.cityOnly(); err != nil {
		return Snapshot{}, err
	}
	rows, err := s.numbered(ctx, number)
	if err != nil {
		return Snapshot{}, err
	}
	if len(rows) == 0 {
		return Snapshot{}, &letter.Error{Kind: letter.KindNotFound, Reason: "unknown_snapshot", Field: "number", Detail: "no snapshot has this number"}
	}
	return rows[0], nil
}

// FrozenUntil returns the latest cut-off of all snapshots, UTC; zero when there
// is none. A record that claims to have been known by then can change a
// published figure.
func (s *Store) FrozenUntil(ctx context.Context) (time.Time, error) {
	var exists uint8
	if err := s.conn.QueryRow(ctx, "EXISTS TABLE snapshots").Scan(&exists); err != nil {
		return time.Time{}, fmt.Errorf("looking for table snapshots: %w", err)
	}
	if exists == 0 { // Who sends may not be who migrates.
		return time.Time{}, nil
	}
	var latest *time.Time
	if err := s.conn.QueryRow(ctx, "SELECT maxOrNull(as_of) FROM snapshots").Scan(&latest); err != nil {
		return time.Time{}, fmt.Errorf("reading the latest cut-off of snapshots: %w", err)
	}
	if latest == nil {
		return time.Time{}, nil
	}
	return latest.UTC(), nil
}

// number gives the snapshot the next number and stores it. ClickHouse has no
// unique keys, but it takes only one insert of each token: of two takers of a
// number the server keeps the row of one, the other finds that row in place of
// its own and tries the next number.
func (s *Store) number(ctx context.Context, snapshot *Snapshot) error {
	for {
		last, err := s.snapshots(ctx, "SELECT "+snapshotColumns+", '' FROM snapshots ORDER BY number DESC LIMIT 1")
		if err != nil {
			return fmt.Errorf("reading the last snapshot: %w", err)
		}
		snapshot.Number, snapshot.Previous = 1, ""
		if len(last) > 0 {
			snapshot.Number, snapshot.Previous = last[0].Number+1, last[0].RowSHA256
		}
		if err := s.claim(ctx, snapshot); err != nil {
			return err
		}
		stored, err := s.numbered(ctx, snapshot.Number)
		if err != nil {
			return err
		}
		if len(stored) == 0 {
			return fmt.Errorf("storing snapshot %d: the server dropped it as a repetition of one that is not there: try again in a moment", snapshot.Number)
		}
		if stored[0].RowSHA256 == snapshot.RowSHA256 {
			return nil
		}
	}
}

// claim inserts the row under the token of its number.
func (s *Store) claim(ctx context.Context, f *Snapshot) (err error) {
	if f.RowSHA256, err = f.rowHash(); err != nil {
		return err
	}
	mark, err := json.Marshal(f.Mark)
	if err != nil {
		return fmt.Errorf("writing the mark of snapshot %d: %w", f.Number, err)
	}
	columns := []string{snapshotColumns, "document"}
	row := []any{
		f.Number, f.TakenAt, f.TakenBy, f.Title, string(f.Query), f.AsOf, f.RuleVersion, f.CalendarVersion, f.Final, f.Synthetic,
		string(mark), f.SHA256, f.Previous, f.Nonce, f.RowSHA256, string(f.Document),
	}
	return s.insert(ctx, "snapshots", columns, [][]any{row}, fmt.Sprintf("snapshot/%d", f.Number))
}

// numbered returns the rows of a number; more than one means that somebody put
// another beside it.
func (s *Store) numbered(ctx context.Context, number uint64) ([]Snapshot, error) {
	rows, err := s.snapshots(ctx, "SELECT "+snapshotColumns+", document FROM snapshots FINAL WHERE number = {number:UInt64} ORDER BY row_sha256",
		clickhouse.Named("number", number))
	if err != nil {
		return nil, fmt.Errorf("reading snapshot %d: %w", number, err)
	}
	return rows, nil
}

func (s *Store) snapshots(ctx context.Context, query string, args ...any) ([]Snapshot, error) {
	var all []Snapshot
	err := s.each(ctx, query, func(scan func(...any) error) error {
		var f Snapshot
		var asked, mark, document string
		if err := scan(&f.Number, &f.TakenAt, &f.TakenBy, &f.Title, &asked, &f.AsOf, &f.RuleVersion, &f.CalendarVersion, &f.Final, &f.Synthetic,
			&mark, &f.SHA256, &f.Previous, &f.Nonce, &f.RowSHA256, &document); err != nil {
			return err
		}
		f.TakenAt, f.AsOf, f.Query = f.TakenAt.UTC(), f.AsOf.UTC(), json.RawMessage(asked)
		if document != "" {
			f.Document = []byte(document)
		}
		if err := json.Unmarshal([]byte(mark), &f.Mark); err != nil {
			return fmt.Errorf("reading the mark of snapshot %d: %w", f.Number, err)
		}
		all = append(all, f)
		return nil
	}, args...)
	return all, err
}
