package analytics

import (
	"context"
	_ "embed" // For the statement.
	"fmt"
	"iter"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Labelling is one word on what a letter is: a verdict's, or a person's. Empty
// fields of a person's keep what stood before.
type Labelling struct {
	ByPerson bool
	Source   string // Of the event record,
	RecordID string // which for a verdict names the model.
	Type     string
	Topic    string
	Lead     letter.LeadKind
	LeadType string
	Urgency  letter.Urgency
	Accused  *bool
	Held     bool // The verdict held the letter; see docs/adr/0006.
}

// LabelledLetter is a letter with all that was said of its labels, in the order
// in which it counts. Writer, attachments and position are left out.
type LabelledLetter struct {
	letter.Letter
	Labels []Labelling
}

// LetterRange chooses letters by the day they were received.
type LetterRange struct {
	From, To   calendar.Date // Both included; a zero one leaves that side open.
	Relabelled bool          // Only letters that a person has relabelled.
}

// bounds are instants of UTC, the end exclusive, within what a column can hold.
func (r LetterRange) bounds() (from, to time.Time) {
	from, to = earliestUntil, latestUntil
	if r.From != (calendar.Date{}) {
		from = r.From.Start()
	}
	if r.To != (calendar.Date{}) {
		to = r.To.AddDays(1).Start()
	}
	return from, to
}

// lettersPerPage bounds what a page of LabelledLetters holds in memory.
const lettersPerPage = 500

//go:embed sql/letters_with_labels.sql
var lettersWithLabels string

// LabelledLetters reads the chosen letters in the order of their ids, some at a
// time, with their text as written. As texts leave the store unmasked, only a
// viewer of the whole city may read them: anybody else gets letter.KindDenied.
// An error ends the sequence.
func (s *Store) LabelledLetters(ctx context.Context, v Viewer, r LetterRange) iter.Seq2[LabelledLetter, error] {
	return func(yield func(LabelledLetter, error) bool) {
		if err := v.cityOnly(); err != nil {
			yield(LabelledLetter{}, err)
			return
		}
		for after := letter.ID(""); ; {
			page, err := s.labelledPage(ctx, r, after)
			if err != nil {
				yield(LabelledLetter{}, fmt.Errorf("reading letters with their labels: %w", err))
				return
			}
			for _, l := range page {
				if !yield(l, nil) {
					return
				}
			}
			if len(page) < lettersPerPage {
				return
			}
			after = page[len(page)-1].ID
		}
	}
}

// CountLetters counts the letters received in the range, for a progress bar.
func (s *Store) CountLetters(ctx context.Context, v Viewer, r LetterRange) (n uint64, err error) {
	if err := v.cityOnly(); err != nil {
		return 0, err
	}
	from, to := r.bounds()
	const query = "SELECT uniqExact(letter_id) FROM letters WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}" +
		" AND (NOT {relabelled_only:Bool} OR letter_id IN (SELECT letter_id FROM events WHERE kind = 'letter.relabelled'))"
	err = s.conn.QueryRow(ctx, query,
		clickhouse.DateNamed("from", from, clickhouse.MilliSeconds), clickhouse.DateNamed("to", to, clickhouse.MilliSeconds),
		clickhouse.Named("relabelled_only", r.Relabelled)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("counting letters: %w", err)
	}
	return n, nil
}

func (s *Store) labelledPage(ctx context.Context, r LetterRange, after letter.ID) ([]LabelledLetter, error) {
	from, to := r.bounds()
	var page []LabelledLetter
	err := s.each(ctx, lettersWithLabels, func(scan func(...any) error) error {
		l, err := scanLabelled(scan)
		page = append(page, l)
		return err
	},
		clickhouse.Named("after", string(after)), clickhouse.Named("size", lettersPerPage), clickhouse.Named("relabelled_only", r.Relabelled),
		clickhouse.DateNamed("from", from, clickhouse.MilliSeconds), clickhouse.DateNamed("to", to, clickhouse.MilliSeconds))
	return page, err
}

func scanLabelled(scan func(...any) error) (LabelledLetter, error) {
	var l LabelledLetter
	var byPerson, held []uint8
	var accused []int8
	var sources, records, types, topics, leads, leadTypes, urgencies []string
	err := scan((*string)(&l.ID), &l.Source, &l.RecordID, &l.ReceivedAt, &l.RecordedAt, &l.Imported, (*string)(&l.Channel), &l.Title, &l.Body,
		&byPerson, &sources, &records, &types, &topics, &leads, &leadTypes, &urgencies, &accused, &held)
	if err != nil {
		return LabelledLetter{}, err
	}
	l.ReceivedAt, l.RecordedAt = l.ReceivedAt.UTC(), l.RecordedAt.UTC()
	for i := range byPerson {
		label := Labelling{
			ByPerson: byPerson[i] == 1, Source: sources[i], RecordID: records[i],
			Type: types[i], Topic: topics[i], Lead: letter.LeadKind(leads[i]), LeadType: leadTypes[i],
			Urgency: letter.Urgency(urgencies[i]), Held: held[i] == 1,
		}
		if accused[i] >= 0 {
			yes := accused[i] == 1
			label.Accused = &yes
		}
		l.Labels = append(l.Labels, label)
	}
	return l, nil
}
