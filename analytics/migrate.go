package analytics

import (
	"context"
	"errors"
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

var errNotYet = errors.New("not built yet")

// Plan returns the migrations that Migrate would apply, in order.
func (s *Store) Plan(_ context.Context) ([]Migration, error) { return nil, errNotYet }

// Migrate brings the schema up to date and returns what it applied.
func (s *Store) Migrate(_ context.Context) ([]Applied, error) { return nil, errNotYet }

// Prepare fills the tables that follow from the directory and the calendar.
func (s *Store) Prepare(_ context.Context) error { return errNotYet }
