package analytics

import (
	"context"
	"fmt"
	"slices"
	"text/template"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// KeyLetter is a letter the chief should see in person. Of a withheld letter,
// one that is held, names a police unit as accused or accuses officials (L10),
// only ID, ReceivedAt, Type and Withheld are given.
type KeyLetter struct {
	ID          letter.ID
	ReceivedAt  time.Time // UTC.
	Type        letter.TypeCode
	Urgency     letter.Urgency
	Division    string   // Code; empty when unknown.
	Owner       string   // Unit that holds the letter.
	Title, Body string   // As written, not masked.
	WriterKey   string   // Empty for anonymous writers and for informants (L04, L10).
	Selected    bool     // Chosen for the day by a person.
	Reasons     []string // As that person gave them.
	Yuan        float64  // Largest amount of money the text names.
	Repeats     uint64   // Letters of the same writer in the 30 days up to this one, itself included; 0 for informants.
	Contacted   bool     // Somebody tried to reach the writer by the cut-off, or nobody has to: no way was left, or the letter is closed.
	Overdue     bool
	Withheld    bool
}

// NewLead is a lead opened or accepted on the day.
type NewLead struct {
	Lead     string
	Type     letter.LeadTypeCode
	Letter   letter.ID // The letter it comes from.
	Division string
	Unit     string    // The unit it was last assigned to, else the one that acted.
	At       time.Time // UTC; of the first such event on the day.
	Accepted bool      // By the cut-off.
	Withheld bool      // Its letter is held.
}

// OpenLetter is a letter with a due time that is not closed.
type OpenLetter struct {
	ID         letter.ID
	ReceivedAt time.Time // UTC.
	Type       letter.TypeCode
	Urgency    letter.Urgency
	Division   string
	Owner      string
	Due        time.Time // UTC; due_eff of docs/metrics.md, an exclusive end.
	// Provisional: a year's holiday notice is missing, and Due is the earliest it
	// can be once that is there. Such a letter is not late.
	Provisional bool
	Withheld    bool
}

// DayCount counts the letters of one Shanghai day.
type DayCount struct {
	Day      calendar.Date
	Received uint64 // Letters received on the day, as the figure received counts them.
	Closed   uint64 // Letters closed on the day and still closed as of the cut-off.
}

// repeatDays is the length of the window in which a writer's letters are
// counted together.
const repeatDays = 30

// KeyLetters returns the letters selected for the day, in the order of their
// selection; where nobody selected any, the most pressing P0 and P1 letters
// received that day, at most limit of these.
func (s *Store) KeyLetters(ctx context.Context, v Viewer, day calendar.Date, asOf time.Time, limit uint32) ([]KeyLetter, error) {
	var letters []KeyLetter
	err := s.list(ctx, v, "key_letters", day.AddDays(1-repeatDays), day, asOf, func(scan func(...any) error) error {
		var l KeyLetter
		var informant bool
		if err := scan((*string)(&l.ID), &l.ReceivedAt, (*string)(&l.Type), &l.Withheld, &l.Selected, &informant, (*string)(&l.Urgency), &l.Division, &l.Owner,
			&l.Title, &l.Body, &l.WriterKey, &l.Reasons, &l.Yuan, &l.Repeats, &l.Contacted, &l.Overdue); err != nil {
			return err
		}
		letters = append(letters, l)
		return nil
	}, clickhouse.DateNamed("day_start", day.Start(), clickhouse.MilliSeconds))
	if err != nil {
		return nil, fmt.Errorf("listing key letters: %w", err)
	}
	if proposed := slices.IndexFunc(letters, func(l KeyLetter) bool { return !l.Selected }); proposed > 0 {
		letters = letters[:proposed]
	} else if proposed == 0 {
		letters = letters[:min(len(letters), int(limit))]
	}
	return letters, nil
}

// NewLeads returns the leads opened or accepted on the day and not dismissed
// since, in that order.
func (s *Store) NewLeads(ctx context.Context, v Viewer, day calendar.Date, asOf time.Time) ([]NewLead, error) {
	var leads []NewLead
	err := s.list(ctx, v, "new_leads", day, day, asOf, func(scan func(...any) error) error {
		var l NewLead
		if err := scan(&l.Lead, (*string)(&l.Letter), &l.At, &l.Accepted, &l.Withheld, (*string)(&l.Type), &l.Division, &l.Unit); err != nil {
			return err
		}
		leads = append(leads, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("listing new leads: %w", err)
	}
	return leads, nil
}

// OpenByDue returns the letters that are open as of the cut-off and were or
// will be due before dueBefore, the most overdue first, or may be where a year's
// holiday notice is missing.
func (s *Store) OpenByDue(ctx context.Context, v Viewer, asOf, dueBefore time.Time) ([]OpenLetter, error) {
	var letters []OpenLetter
	today := calendar.DateOf(asOf)
	err := s.list(ctx, v, "open_by_due", today, today, asOf, func(scan func(...any) error) error {
		var l OpenLetter
		if err := scan((*string)(&l.ID), &l.ReceivedAt, (*string)(&l.Type), &l.Withheld, (*string)(&l.Urgency), &l.Division, &l.Owner, &l.Provisional, &l.Due); err != nil {
			return err
		}
		letters = append(letters, l)
		return nil
	}, clickhouse.DateNamed("due_before", dueBefore, clickhouse.MilliSeconds))
	if err != nil {
		return nil, fmt.Errorf("listing open letters: %w", err)
	}
	return letters, nil
}

// DayCounts counts letters by day, both days included; every day has an entry.
func (s *Store) DayCounts(ctx context.Context, v Viewer, from, to calendar.Date, asOf time.Time) ([]DayCount, error) {
	byDay := map[string]DayCount{}
	err := s.list(ctx, v, "day_counts", from, to, asOf, func(scan func(...any) error) error {
		var day string
		var c DayCount
		if err := scan(&day, &c.Received, &c.Closed); err != nil {
			return err
		}
		byDay[day] = c
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("counting letters by day: %w", err)
	}
	var counts []DayCount
	for day := from; !day.After(to); day = day.AddDays(1) {
		c := byDay[day.String()]
		c.Day = day
		counts = append(counts, c)
	}
	return counts, nil
}

// FirstDay returns the Shanghai day of the first letter known by the cut-off;
// false when there is none.
func (s *Store) FirstDay(ctx context.Context, asOf time.Time) (calendar.Date, bool, error) {
	if asOf.IsZero() {
		return calendar.Date{}, false, nil // The newest record of an empty store.
	}
	var first *time.Time
	const query = "SELECT minOrNull(received_at) FROM letters WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')}"
	if err := s.conn.QueryRow(ctx, query, clickhouse.DateNamed("as_of", asOf, clickhouse.MilliSeconds)).Scan(&first); err != nil {
		return calendar.Date{}, false, fmt.Errorf("reading the first day: %w", err)
	}
	if first == nil {
		return calendar.Date{}, false, nil
	}
	return calendar.DateOf(*first), true, nil
}

// list runs a statement of sql/brief for the days from and to, which its day
// parameter repeats as the last.
func (s *Store) list(ctx context.Context, v Viewer, name string, from, to calendar.Date, asOf time.Time, row func(scan func(...any) error) error, extra ...any) error {
	args, err := s.arguments(v, Query{From: from, To: to}, asOf)
	if err != nil {
		return err
	}
	if err := s.checkPrepared(ctx); err != nil {
		return err
	}
	functions := template.FuncMap{
		"marks": func() (string, error) { return render("sql/brief/marks.sql", nil) },
	}
	statement, err := compose("sql/brief/"+name+".sql", v, functions)
	if err != nil {
		return err
	}
	args = append(args, clickhouse.Named("day", to.String()))
	return s.each(ctx, statement, row, append(args, extra...)...)
}
