// Package send reads files of letters and events and sends them to the topics.
// Here identities stop: what leaves carries a writer key and a sealed record.
package send

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/identity"
	"jiesu.cn/jiesu/letter"
)

// Producer takes the records; ingest.Producer is one.
type Producer interface {
	Send(ctx context.Context, records ...letter.Record) error
}

// Config says how plain rows become letters.
type Config struct {
	Source      string                                   // CloudEvents source of plain rows. Under /import/ they are history.
	Channel     letter.Channel                           // Of rows that name none.
	Division    func(name string) (code string, ok bool) // Finds the code of a division's name; nil knows none.
	Unit        func(code string) bool                   // Whether the directory has a unit; nil takes any code.
	FrozenUntil time.Time                                // Refuse history recorded no later; zero refuses none.
	History     func(source string) bool                 // Whether a source's recording times are honoured; nil means no source's.
	Progress    func(done, total int64)                  // Told the bytes read so far, now and then; may be nil.
	Now         func() time.Time                         // The clock that tells the future.
	Limits      letter.Limits                            // Of a record.
	MaxSkew     time.Duration                            // How far a time may lie ahead of Now.
	Batch       int                                      // Records sent at a time.
	MaxLine     int                                      // Bytes of the longest row.
	MaxList     int                                      // Refusals listed; the count stays exact.
}

// DefaultConfig reads history.
func DefaultConfig() Config {
	return Config{
		Source: "/import/file", Channel: letter.ChannelImport, Now: time.Now,
		Limits: letter.DefaultLimits(), MaxSkew: 5 * time.Minute,
		Batch: 2000, MaxLine: 4 << 20, MaxList: 10_000,
	}
}

// maxSource is the contract's bound on an attribute of a record.
const maxSource = 256

// Validate reports every setting that cannot work.
func (c Config) Validate() error {
	var errs []error
	if !strings.HasPrefix(c.Source, "/") || len(c.Source) > maxSource || !utf8.ValidString(c.Source) || strings.ContainsFunc(c.Source, unicode.IsControl) {
		errs = append(errs, fmt.Errorf("source: must be a path such as /import/2024 of at most %d bytes", maxSource))
	}
	if !c.Channel.Valid() {
		errs = append(errs, errors.New("channel: must be web, wechat, weibo, phone, walkin or import"))
	}
	if c.Now == nil {
		errs = append(errs, errors.New("now: is required"))
	}
	if c.Batch < 1 || c.MaxLine < 1<<10 || c.MaxList < 0 || c.MaxSkew < 0 {
		errs = append(errs, errors.New("batch, max line, max list and max skew: must be positive"))
	}
	return errors.Join(errs...)
}

// Refusal is a row that was not sent. It repeats nothing of the row.
type Refusal struct {
	File   string `json:"file"`
	Line   int    `json:"line"`   // From 1, the header included; of XLSX the row.
	Reason string `json:"reason"` // Stable code.
	Detail string `json:"detail"` // What to do about it.
}

// Report says what became of the rows.
type Report struct {
	Sent           int64     `json:"sent"`    // Letters and events.
	Letters        int64     `json:"letters"` // Sent.
	Events         int64     `json:"events"`  // Sent.
	RefusedRows    int64     `json:"refused_rows"`
	BehindSnapshot int64     `json:"behind_snapshot,omitempty"` // Of these, rows recorded no later than Config.FrozenUntil.
	Refused        []Refusal `json:"refused,omitempty"`         // The first Config.MaxList.
	IgnoredColumns []string  `json:"ignored_columns,omitempty"` // Of plain rows: columns no field is known for.
}

// Sender sends files. One Sender serves one call of Files at a time.
type Sender struct {
	cfg  Config
	to   Producer
	keys *identity.Keys
}

// New makes a sender. Without keys it sends CloudEvents, and plain rows that
// say nothing of who wrote.
func New(cfg Config, to Producer, keys *identity.Keys) (*Sender, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the settings of send: %w", err)
	}
	return &Sender{cfg: cfg, to: to, keys: keys}, nil
}

// ErrNeedKeys is wrapped when a row names a person and there are no keys.
var ErrNeedKeys = errors.New("the rows name people, and no identity keys are set")

// Files sends the files in turn, JSONL, CSV or XLSX, the first two also as .gz
// or .zst. Rows it must refuse are reported and the rest is sent. An error ends
// the sending; the report then says what was sent, and sending all again is
// safe, because the same row makes the same record.
func (s *Sender) Files(ctx context.Context, paths ...string) (Report, error) {
	run := &run{Sender: s, ignored: map[string]bool{}, seed: maphash.MakeSeed(), seen: map[uint64]uint64{}}
	for _, path := range paths {
		size, err := fileSize(path)
		if err != nil {
			return run.report, err
		}
		run.total += size
	}
	for _, path := range paths {
		if err := run.file(ctx, path); err != nil {
			return run.report, fmt.Errorf("sending %s: %w", path, errors.Join(err, run.flush(context.WithoutCancel(ctx))))
		}
	}
	return run.report, run.flush(ctx)
}

// run is one call of Files.
type run struct {
	*Sender
	report      Report
	ignored     map[string]bool
	batch       []letter.Record
	batchBytes  int
	done, total int64
	path        string
	rounded     bool // The file has an ID number that a spreadsheet rounded.
	seed        maphash.Seed
	seen        map[uint64]uint64 // Hash of a record's key to that of its content.
}

const (
	maxBatchBytes = 8 << 20
	maxRemembered = 4 << 20 // About 150 MB; the records after that are not compared.
)

// remember refuses a record whose id another one has: the store would keep the
// first and nobody would hear of the second. The same record again is fine.
func (r *run) remember(rec letter.Record, content uint64) error {
	key := maphash.Comparable(r.seed, letter.Key{Subject: rec.Subject, Source: rec.Source, ID: rec.ID})
	before, ok := r.seen[key]
	if ok && before != content {
		return refusal("duplicate_id", "id", "was used for another row before; give each letter its own")
	}
	if len(r.seen) < maxRemembered {
		r.seen[key] = content
	}
	return nil
}

// add queues a record and sends a full batch.
func (r *run) add(ctx context.Context, rec letter.Record) error {
	r.batch = append(r.batch, rec)
	r.batchBytes += len(rec.Data)
	if len(r.batch) < r.cfg.Batch && r.batchBytes < maxBatchBytes {
		return nil
	}
	return r.flush(ctx)
}

func (r *run) flush(ctx context.Context) error {
	r.batchBytes = 0
	if len(r.batch) > 0 {
		if err := r.to.Send(ctx, r.batch...); err != nil {
			r.batch = r.batch[:0]
			return err
		}
	}
	for _, rec := range r.batch {
		if rec.Type == letter.TypeReceived {
			r.report.Letters++
		} else {
			r.report.Events++
		}
	}
	r.report.Sent += int64(len(r.batch))
	clear(r.batch)
	r.batch = r.batch[:0]
	if r.cfg.Progress != nil {
		r.cfg.Progress(r.done, r.total)
	}
	return nil
}

// refuse lists a row that cannot be sent.
func (r *run) refuse(line int, err error) {
	r.report.RefusedRows++
	if letter.ReasonOf(err) == reasonBehindSnapshot {
		r.report.BehindSnapshot++
	}
	if len(r.report.Refused) >= r.cfg.MaxList {
		return
	}
	refusal := Refusal{File: r.path, Line: line, Reason: "bad_row", Detail: "cannot be read"}
	if e, ok := errors.AsType[*letter.Error](err); ok {
		refusal.Reason, refusal.Detail = e.Reason, ingest.PublicDetail(e)
	}
	r.report.Refused = append(r.report.Refused, refusal)
}

const reasonBehindSnapshot = "behind_snapshot"

// checkFrozen refuses a record that would change figures which were published:
// history that claims to have been known by their cut-off.
func (s *Sender) checkFrozen(rec letter.Record) error {
	if rec.RecordedTime.IsZero() || rec.RecordedTime.After(s.cfg.FrozenUntil) || s.cfg.History == nil || !s.cfg.History(rec.Source) {
		return nil
	}
	return refusal(reasonBehindSnapshot, "recordedtime", "lies no later than the cut-off of published figures, "+
		s.cfg.FrozenUntil.In(shanghai).Format(time.DateTime)+" Beijing time; send it with --backfill, which issues correction notes")
}

func refusal(reason, field, detail string) *letter.Error {
	return &letter.Error{Kind: letter.KindInvalid, Reason: reason, Field: field, Detail: detail}
}
