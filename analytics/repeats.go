package analytics

import (
	"context"
	"fmt"
	"text/template"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

// Period asks for the letters received in it, as known at a time.
type Period struct {
	From, To calendar.Date // Both included.
	AsOf     time.Time     // Cut-off on recorded_at; zero means the last recorded_at in the store.
}

// RepeatRule says what makes a letter a repeat of another.
type RepeatRule string

// The rules of docs/metrics.md, "Repeats and matters", the first that applies.
const (
	RepeatMerged RepeatRule = "merged" // A person merged it into the other.
	RepeatSeries RepeatRule = "series" // A person confirmed that both stand in one series.
	RepeatText   RepeatRule = "text"   // Their texts are near-duplicates.
	RepeatFact   RepeatRule = "fact"   // Both name the same account, telephone, plate, ID number or case number.
)

// Repeat is a letter that repeats an earlier one of the same writer.
type Repeat struct {
	Letter     letter.ID      `json:"letter"`
	ReceivedAt time.Time      `json:"received_at"` // UTC.
	Owner      string         `json:"owner"`       // Unit code.
	Of         letter.ID      `json:"repeat_of"`   // The latest letter it repeats that the viewer may see.
	OfReceived time.Time      `json:"repeat_of_received_at"`
	Rule       RepeatRule     `json:"rule"`
	Similarity float64        `json:"similarity"` // Estimated, of the texts: 0 to 1.
	Facts      []linkage.Kind `json:"facts"`      // Kinds of the facts that both name.
	NewFacts   bool           `json:"new_facts"`  // It names a fact that none of the letters it repeats does: think twice before merging.
}

// Repeats returns the letters received in the period that repeat an earlier one,
// in order of receipt. Pairs of which the viewer may not see both are left out.
func (s *Store) Repeats(ctx context.Context, v Viewer, p Period) ([]Repeat, error) {
	repeats := []Repeat{}
	err := s.eachOfPeriod(ctx, v, p, "sql/repeats.sql", template.FuncMap{"with_repeats": func() bool { return true }}, func(scan func(...any) error) error {
		var r Repeat
		var merged, recorded bool
		var equal uint32
		var kinds []uint8
		err := scan((*string)(&r.Letter), &r.ReceivedAt, &r.Owner, (*string)(&r.Of), &r.OfReceived, &merged, &recorded, &equal, &kinds, &r.NewFacts)
		if err != nil {
			return err
		}
		r.ReceivedAt, r.OfReceived = r.ReceivedAt.UTC(), r.OfReceived.UTC()
		r.Similarity = float64(equal) / linkage.SignatureSize
		r.Facts = make([]linkage.Kind, 0, len(kinds))
		for _, k := range kinds {
			r.Facts = append(r.Facts, linkage.Kind(k))
		}
		switch {
		case merged:
			r.Rule = RepeatMerged
		case recorded:
			r.Rule = RepeatSeries
		case equal >= linkage.MinEqual:
			r.Rule = RepeatText
		default:
			r.Rule = RepeatFact
		}
		repeats = append(repeats, r)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing repeats: %w", err)
	}
	return repeats, nil
}

// eachOfPeriod runs a statement about the letters of a period for what the
// viewer may see. An empty store has no rows.
func (s *Store) eachOfPeriod(ctx context.Context, v Viewer, p Period, name string, functions template.FuncMap, row func(scan func(...any) error) error) error {
	q := Query{From: p.From, To: p.To}
	if err := q.Validate(); err != nil {
		return err
	}
	asOf := p.AsOf.UTC().Truncate(time.Millisecond)
	if p.AsOf.IsZero() {
		last, err := s.LastRecordedAt(ctx)
		if err != nil {
			return err
		}
		asOf = last
	}
	args, err := s.arguments(v, q, asOf)
	if err != nil {
		return err
	}
	if asOf.IsZero() {
		return nil
	}
	if err := s.checkPrepared(ctx); err != nil {
		return err
	}
	statement, err := compose(name, v, functions)
	if err != nil {
		return err
	}
	return s.each(ctx, statement, row, args...)
}
