package analytics

import (
	"context"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// History is all that was recorded of one letter by a moment, without its text
// and its writer.
type History struct {
	Letter  letter.Letter  // Identity, times and whether its writer can be reached only.
	Events  []letter.Event // In the order of docs/metrics.md.
	Outages []letter.Event // Of the units it went through, of those above them and of the city's.
}

// History returns what was recorded of the letter by asOf; a zero asOf means
// the last recorded_at in the store. The time used comes back with it. A letter
// that does not exist by then, or that the viewer may not see, is one error:
// kind not_found.
func (s *Store) History(ctx context.Context, v Viewer, id letter.ID, asOf time.Time) (History, time.Time, error) {
	if !id.Valid() {
		return History{}, asOf, errNoLetter
	}
	if asOf.IsZero() {
		var err error
		if asOf, err = s.LastRecordedAt(ctx); err != nil {
			return History{}, asOf, err
		}
		if asOf.IsZero() { // Nothing is stored.
			return History{}, asOf, errNoLetter
		}
	}
	h, err := s.history(ctx, v, id, asOf)
	if err != nil {
		return History{}, asOf, fmt.Errorf("reading the history of letter %s: %w", id, err)
	}
	if h.Letter.ID == "" {
		return History{}, asOf, errNoLetter
	}
	return h, asOf, nil
}

// errNoLetter does not tell a letter that is hidden from one that is not there.
var errNoLetter = &letter.Error{Kind: letter.KindNotFound, Reason: "unknown_letter", Field: "letter", Detail: "查无此信,或无权查看"}

func (s *Store) history(ctx context.Context, v Viewer, id letter.ID, asOf time.Time) (History, error) {
	today := calendar.DateOf(asOf)
	args, err := s.arguments(v, Query{From: today, To: today}, asOf)
	if err != nil {
		return History{}, err
	}
	statement, err := compose("sql/history.sql", v, map[string]any{})
	if err != nil {
		return History{}, err
	}
	args = append(args, clickhouse.Named("letter", string(id)), clickhouse.Named("city", []string{cityUnit, s.directory.CityDesk()}))
	var h History
	err = s.each(ctx, statement, h.add, args...)
	return h, err
}

// add takes in one row: the letter, an event or an outage.
func (h *History) add(scan func(...any) error) error {
	var r letter.Record
	var kind, data string
	var recordedAt time.Time
	var imported, contactable bool
	if err := scan(&r.Subject, &kind, &r.Source, &r.ID, &r.Time, &recordedAt, &imported, &contactable, &data); err != nil {
		return err
	}
	r.Type, r.Time, recordedAt, r.Data = letter.EventType("cn.jiesu."+kind), r.Time.UTC(), recordedAt.UTC(), []byte(data)
	r.ExpectedRev = letter.NoRevision
	if r.Type == letter.TypeReceived {
		h.Letter = letter.Letter{
			ID: letter.ID(r.Subject), Source: r.Source, RecordID: r.ID, ReceivedAt: r.Time, RecordedAt: recordedAt, Imported: imported,
			Received: letter.Received{Writer: letter.Writer{Contactable: contactable}},
		}
		return nil
	}
	event, err := letter.ParseEvent(r)
	if err != nil {
		return fmt.Errorf("decoding event %s: %w", r.ID, err)
	}
	event.RecordedAt, event.Imported = recordedAt, imported
	if event.Type == letter.TypeSystemOutage {
		h.Outages = append(h.Outages, event)
	} else {
		h.Events = append(h.Events, event)
	}
	return nil
}
