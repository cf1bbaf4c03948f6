package analytics

import (
	"context"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"io/fs"
	"log/slog"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Migration is one step of the schema.
type Migration struct {
	Version  int
	Name     string
	Checksum string // SHA-256 of the file, in hex.
	SQL      string // As it will be sent.
}

// Applied is a migration that was carried out.
type Applied struct {
	Migration
	At time.Time // UTC.
}

//go:embed migrations/*.sql
var migrationFiles embed.FS

// The table of what was applied. It is read before it exists, so it is no
// migration itself.
const createSchemaMigrations = `CREATE TABLE IF NOT EXISTS schema_migrations {{on_cluster}}
(
    version     UInt32,
    name        String,
    checksum    String,
    applied_at  DateTime64(3, 'UTC')
)
ENGINE = {{replacing "applied_at"}}
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`

// Plan returns the migrations that Migrate would apply, in order. It changes
// nothing.
func (s *Store) Plan(ctx context.Context) ([]Migration, error) {
	known, err := loadMigrations(migrationFiles, s.cfg.Cluster)
	if err != nil {
		return nil, err
	}
	return s.pending(ctx, known)
}

// Migrate brings the schema up to date and returns what it applied. A step that
// was cut short is done again: every statement is idempotent.
func (s *Store) Migrate(ctx context.Context) ([]Applied, error) {
	known, err := loadMigrations(migrationFiles, s.cfg.Cluster)
	if err != nil {
		return nil, err
	}
	return s.migrate(ctx, known)
}

func (s *Store) migrate(ctx context.Context, known []Migration) ([]Applied, error) {
	pending, err := s.pending(ctx, known)
	if err != nil {
		return nil, err
	}
	statement, err := renderDDL(createSchemaMigrations, s.cfg.Cluster)
	if err != nil {
		return nil, err
	}
	if err := s.conn.Exec(ctx, statement); err != nil {
		return nil, fmt.Errorf("creating table schema_migrations: %w", err)
	}
	var applied []Applied
	for _, m := range pending {
		done, err := s.apply(ctx, m)
		if err != nil {
			return applied, err
		}
		applied = append(applied, done)
	}
	return applied, nil
}

func (s *Store) apply(ctx context.Context, m Migration) (Applied, error) {
	if err := s.conn.Exec(ctx, m.SQL); err != nil {
		return Applied{}, fmt.Errorf("applying migration %04d_%s: %w", m.Version, m.Name, err)
	}
	done := Applied{Migration: m, At: time.Now().UTC().Truncate(time.Millisecond)}
	batch, err := s.conn.PrepareBatch(ctx, "INSERT INTO schema_migrations (version, name, checksum, applied_at)")
	if err != nil {
		return Applied{}, fmt.Errorf("recording migration %04d_%s: %w", m.Version, m.Name, err)
	}
	defer func() { _ = batch.Close() }() // Send has said all there is to say.
	if err := batch.Append(uint32(m.Version), m.Name, m.Checksum, done.At); err != nil {
		return Applied{}, fmt.Errorf("recording migration %04d_%s: %w", m.Version, m.Name, err)
	}
	if err := batch.Send(); err != nil {
		return Applied{}, fmt.Errorf("recording migration %04d_%s: %w", m.Version, m.Name, err)
	}
	s.logger.LogAttrs(ctx, slog.LevelInfo, "applied migration", slog.Int("version", m.Version), slog.String("name", m.Name))
	return done, nil
}

// pending compares what is known with what the database says was applied.
func (s *Store) pending(ctx context.Context, known []Migration) ([]Migration, error) {
	checksums, err := s.appliedChecksums(ctx)
	if err != nil {
		return nil, err
	}
	var pending []Migration
	for _, m := range known {
		checksum, done := checksums[m.Version]
		switch {
		case !done:
			pending = append(pending, m)
		case checksum != m.Checksum:
			return nil, fmt.Errorf("checking migrations: %04d_%s is not the file that was applied to database %s: "+
				"applied steps never change, add a new one", m.Version, m.Name, s.cfg.Database)
		}
		delete(checksums, m.Version)
	}
	for version := range checksums {
		return nil, fmt.Errorf("checking migrations: database %s has step %04d, which this program does not know: "+
			"run the newer program that made it", s.cfg.Database, version)
	}
	return pending, nil
}

func (s *Store) appliedChecksums(ctx context.Context) (map[int]string, error) {
	var exists uint8
	if err := s.conn.QueryRow(ctx, "EXISTS TABLE schema_migrations").Scan(&exists); err != nil {
		return nil, fmt.Errorf("looking for table schema_migrations: %w", err)
	}
	checksums := map[int]string{}
	if exists == 0 {
		return checksums, nil
	}
	rows, err := s.conn.Query(ctx, "SELECT version, checksum FROM schema_migrations FINAL")
	if err != nil {
		return nil, fmt.Errorf("reading table schema_migrations: %w", err)
	}
	defer func() { _ = rows.Close() }() // Err has said all there is to say.
	for rows.Next() {
		var version uint32
		var checksum string
		if err := rows.Scan(&version, &checksum); err != nil {
			return nil, fmt.Errorf("reading table schema_migrations: %w", err)
		}
		checksums[int(version)] = checksum
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading table schema_migrations: %w", err)
	}
	return checksums, nil
}

var migrationName = regexp.MustCompile(`^(\d{4})_([a-z0-9_]+)\.sql$`)

// loadMigrations reads NNNN_name.sql files, numbered from 0001 without gaps,
// one statement each.
func loadMigrations(files fs.FS, cluster string) ([]Migration, error) {
	names, err := fs.Glob(files, "migrations/*.sql")
	if err != nil {
		return nil, fmt.Errorf("listing migrations: %w", err)
	}
	migrations := make([]Migration, 0, len(names)) // Glob sorts.
	for i, name := range names {
		match := migrationName.FindStringSubmatch(strings.TrimPrefix(name, "migrations/"))
		if match == nil {
			return nil, fmt.Errorf("loading migration %s: want NNNN_name.sql", name)
		}
		version, err := strconv.Atoi(match[1])
		if err != nil || version != i+1 {
			return nil, fmt.Errorf("loading migration %s: want number %04d", name, i+1)
		}
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, fmt.Errorf("loading migration %s: %w", name, err)
		}
		statement, err := renderDDL(string(text), cluster)
		if err != nil {
			return nil, fmt.Errorf("loading migration %s: %w", name, err)
		}
		sum := sha256.Sum256(text)
		migrations = append(migrations, Migration{
			Version: version, Name: match[2], Checksum: hex.EncodeToString(sum[:]), SQL: statement,
		})
	}
	return migrations, nil
}
