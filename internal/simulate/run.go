package simulate

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/sync/errgroup"
)

// Names of the files that Run writes.
const (
	LettersFile = "letters.jsonl"
	EventsFile  = "events.jsonl"
	TruthFile   = "truth.json"
)

// Options say which ledger to write, and where.
type Options struct {
	Profile string // Name of a profile; "" means DefaultProfile.
	Seed    uint64
	Letters int    // Number of letters received; 0 means the profile's.
	Dir     string // Where the files go; made when missing.
}

// Summary says what was written.
type Summary struct {
	Profile      string  `json:"profile"`
	Seed         uint64  `json:"seed"`
	Letters      int     `json:"letters"`
	Events       int     `json:"events"`
	LettersBytes int64   `json:"letters_bytes"`
	EventsBytes  int64   `json:"events_bytes"`
	Documents    int     `json:"documents"` // In truth.json.
	City         Figures `json:"city"`      // The whole period at the ledger's end.
}

// Run writes letters.jsonl and events.jsonl, one CloudEvent a line, and
// truth.json, the figures by docs/metrics.md. The same profile, seed and number
// of letters give the same bytes. Letters stand in order of arrival; events
// about in the order in which they were recorded, but some overtake others and,
// as the files are read side by side, their own letters.
func Run(ctx context.Context, o Options) (Summary, error) {
	l, err := open(o)
	if err != nil {
		return Summary{}, err
	}
	if err := os.MkdirAll(o.Dir, 0o750); err != nil {
		return Summary{}, fmt.Errorf("making the ledger's folder: %w", err)
	}
	s := Summary{Profile: l.profile.Name, Seed: l.seed, Letters: l.n}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		s.LettersBytes, err = toFile(filepath.Join(o.Dir, LettersFile), func(w io.Writer) error { return l.writeLetters(ctx, w) })
		return err
	})
	group.Go(func() (err error) {
		s.EventsBytes, err = toFile(filepath.Join(o.Dir, EventsFile), func(w io.Writer) error {
			s.Events, err = l.writeEvents(ctx, w)
			return err
		})
		return err
	})
	group.Go(func() error {
		docs, err := l.count(ctx)
		if err != nil {
			return err
		}
		s.Documents, s.City = len(docs), docs[0].Rows[0].KPIs
		_, err = toFile(filepath.Join(o.Dir, TruthFile), func(w io.Writer) error { return writeTruth(w, docs) })
		return err
	})
	if err := group.Wait(); err != nil {
		return Summary{}, fmt.Errorf("simulating %s: %w", l.profile.Name, err)
	}
	return s, nil
}

func open(o Options) (*ledger, error) {
	p, err := FindProfile(o.Profile)
	if err != nil {
		return nil, err
	}
	if o.Letters == 0 {
		o.Letters = p.Letters
	}
	return newLedger(p, o.Seed, o.Letters)
}

// toFile writes a file through a buffer and returns its size.
func toFile(name string, write func(io.Writer) error) (size int64, err error) {
	f, err := os.Create(name)
	if err != nil {
		return 0, fmt.Errorf("making %s: %w", filepath.Base(name), err)
	}
	defer func() {
		if closing := f.Close(); err == nil && closing != nil {
			err = fmt.Errorf("closing %s: %w", filepath.Base(name), closing)
		}
	}()
	c := &counter{w: f}
	buf := bufio.NewWriterSize(c, 1<<20)
	if err := write(buf); err != nil {
		return 0, fmt.Errorf("writing %s: %w", filepath.Base(name), err)
	}
	if err := buf.Flush(); err != nil {
		return 0, fmt.Errorf("writing %s: %w", filepath.Base(name), err)
	}
	return c.n, nil
}

// counter counts the bytes that pass.
type counter struct {
	w io.Writer
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}
