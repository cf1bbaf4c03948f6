package analytics

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Snapshot is a figure set frozen when it was published. Its bytes never
// change; what a later count finds is told by a Correction.
type Snapshot struct {
	Number          uint64          `json:"number"`   // From 1, without gaps.
	TakenAt         time.Time       `json:"taken_at"` // UTC.
	TakenBy         string          `json:"taken_by"` // Name of the viewer.
	Title           string          `json:"title"`
	Query           json.RawMessage `json:"query"`
	AsOf            time.Time       `json:"as_of"` // UTC.
	RuleVersion     string          `json:"rule_version"`
	CalendarVersion string          `json:"calendar_version"`
	Final           bool            `json:"final"`     // False: 暂定.
	Synthetic       bool            `json:"synthetic"` // Simulated letters are among those counted.
	Mark            Mark            `json:"mark"`
	SHA256          string          `json:"sha256"`   // Of Document.
	Previous        string          `json:"previous"` // RowSHA256 of the number before; empty for the first.
	Nonce           string          `json:"nonce"`    // Tells takers of the same figures apart.
	RowSHA256       string          `json:"row_sha256"`

	Document []byte `json:"-"` // As `jiesu kpi --json` prints it, line end included; nil in a list.
}

// frozenQuery is the form in which a query is kept: the cut-off and the figures
// are spelt out, so that it asks the same for ever.
type frozenQuery struct {
	Period  periodJSON `json:"period"`
	AsOf    time.Time  `json:"as_of"`
	By      Dimension  `json:"by"`
	Tier    int        `json:"tier"`
	Metrics []string   `json:"metrics"`
}

// maxTitle is how many characters a title may have.
const maxTitle = 200

// isHidden reports whether a character cannot be seen in a title: a control
// character, or one that turns the text after it around.
func isHidden(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }

// TakeSnapshot counts the figures and stores them under the next number. Only
// viewers of the whole city may: anybody else gets letter.KindDenied.
func (s *Store) TakeSnapshot(ctx context.Context, v Viewer, q Query, title string) (Snapshot, error) {
	now := time.Now().UTC().Truncate(time.Millisecond)
	if err := v.cityOnly(); err != nil {
		return Snapshot{}, err
	}
	if utf8.RuneCountInString(title) > maxTitle || !utf8.ValidString(title) || strings.ContainsFunc(title, isHidden) {
		return Snapshot{}, badQuery("bad_title", "title", fmt.Sprintf("must be one line of at most %d characters, all of them visible", maxTitle))
	}
	if q.AsOf.After(now) {
		return Snapshot{}, badQuery("time_out_of_range", "as_of", "lies in the future: what will be known by then cannot be frozen yet")
	}
	snapshot := Snapshot{TakenAt: now, TakenBy: v.Name, Title: title, Nonce: rand.Text()}
	// First the mark, then the figures: a record that comes in between is rather
	// listed behind the snapshot than forgotten.
	var err error
	if snapshot.Mark, err = s.mark(ctx); err != nil {
		return Snapshot{}, err
	}
	q.Metrics = s.asked(q)
	doc, err := s.countRecords(ctx, v, q)
	if err != nil {
		return Snapshot{}, err
	}
	if doc.AsOf.IsZero() {
		return Snapshot{}, &letter.Error{Kind: letter.KindNotFound, Reason: "no_letters", Detail: "the store is empty: there is nothing to freeze"}
	}
	if err := snapshot.hold(doc, q); err != nil {
		return Snapshot{}, err
	}
	if snapshot.Synthetic, err = s.Synthetic(ctx, doc.AsOf); err != nil {
		return Snapshot{}, err
	}
	if err := s.number(ctx, &snapshot); err != nil {
		return Snapshot{}, err
	}
	s.logger.LogAttrs(ctx, slog.LevelInfo, "took snapshot", slog.Uint64("number", snapshot.Number), slog.String("sha256", snapshot.SHA256),
		slog.Time("as_of", snapshot.AsOf), slog.Bool("final", snapshot.Final))
	return snapshot, nil
}

// countRecords is KPIs from the records, whatever is kept: a frozen figure
// rests on nothing else, and neither does what it is checked with.
func (s *Store) countRecords(ctx context.Context, v Viewer, q Query) (Document, error) {
	if err := errors.Join(q.Validate(), v.Validate()); err != nil {
		return Document{}, err
	}
	if q.AsOf.IsZero() {
		var err error
		if q.AsOf, err = s.LastRecordedAt(ctx); err != nil {
			return Document{}, err
		}
	}
	return s.document(ctx, v, q, fromRecords)
}

// hold puts the figures and what was asked into the snapshot.
func (f *Snapshot) hold(doc Document, q Query) error {
	var printed bytes.Buffer
	if err := json.NewEncoder(&printed).Encode(doc); err != nil {
		return fmt.Errorf("writing figures: %w", err)
	}
	frozen := frozenQuery{Period: periodJSON{q.From, q.To}, AsOf: doc.AsOf, By: q.By, Tier: q.Tier}
	for _, m := range q.metrics() {
		frozen.Metrics = append(frozen.Metrics, m.ID)
	}
	var err error
	if f.Query, err = json.Marshal(frozen); err != nil {
		return fmt.Errorf("writing the query: %w", err)
	}
	f.AsOf, f.RuleVersion, f.CalendarVersion, f.Final = doc.AsOf, doc.RuleVersion, doc.CalendarVersion, doc.Final
	f.Document, f.SHA256 = printed.Bytes(), sha256Hex(printed.Bytes())
	return nil
}

// query returns what was asked.
func (f Snapshot) query() (Query, error) {
	var frozen frozenQuery
	if err := json.Unmarshal(f.Query, &frozen); err != nil {
		return Query{}, fmt.Errorf("reading the query of snapshot %d: %w", f.Number, err)
	}
	return Query{
		From: frozen.Period.From, To: frozen.Period.To, AsOf: frozen.AsOf, By: frozen.By, Tier: frozen.Tier, Metrics: frozen.Metrics,
	}, nil
}

// Period returns the days the figures are about, both included.
func (f Snapshot) Period() (from, to calendar.Date, err error) {
	q, err := f.query()
	return q.From, q.To, err
}

// hashedRow is what a row's hash is taken over: its compact JSON, times of UTC.
// It must never change, or no stored row would fit its hash any more.
type hashedRow struct {
	Number          uint64          `json:"number"`
	TakenAt         time.Time       `json:"taken_at"`
	TakenBy         string          `json:"taken_by"`
	Title           string          `json:"title"`
	Query           json.RawMessage `json:"query"`
	AsOf            time.Time       `json:"as_of"`
	RuleVersion     string          `json:"rule_version"`
	CalendarVersion string          `json:"calendar_version"`
	Final           bool            `json:"final"`
	Synthetic       bool            `json:"synthetic"`
	Mark            Mark            `json:"mark"`
	SHA256          string          `json:"sha256"`
	Previous        string          `json:"previous"`
	Nonce           string          `json:"nonce"`
}

// rowHash is taken over all of the row but the hash itself; the document goes
// in by its own hash.
func (f Snapshot) rowHash() (string, error) {
	row, err := json.Marshal(hashedRow{
		Number: f.Number, TakenAt: f.TakenAt, TakenBy: f.TakenBy, Title: f.Title, Query: f.Query, AsOf: f.AsOf,
		RuleVersion: f.RuleVersion, CalendarVersion: f.CalendarVersion, Final: f.Final, Synthetic: f.Synthetic,
		Mark: f.Mark, SHA256: f.SHA256, Previous: f.Previous, Nonce: f.Nonce,
	})
	if err != nil {
		return "", fmt.Errorf("writing snapshot %d: %w", f.Number, err)
	}
	return sha256Hex(row), nil
}

func sha256Hex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}
