package reports

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

const (
	// maxKeyLetters is what a chief reads in the morning.
	maxKeyLetters = 5
	// monthDays is the length of the period whose rates a brief shows.
	monthDays = 30
	// reportHour is when the brief of a day is on the desk the next morning.
	reportHour = 8 * time.Hour
	// unitTier is the level the breakdown by unit rolls up to.
	unitTier = org.TierCounty
)

// Store answers what a brief asks; *analytics.Store is one.
type Store interface {
	KPIs(ctx context.Context, v analytics.Viewer, q analytics.Query) (analytics.Document, error)
	KeyLetters(ctx context.Context, v analytics.Viewer, day calendar.Date, asOf time.Time, limit uint32) ([]analytics.KeyLetter, error)
	NewLeads(ctx context.Context, v analytics.Viewer, day calendar.Date, asOf time.Time) ([]analytics.NewLead, error)
	OpenByDue(ctx context.Context, v analytics.Viewer, asOf, dueBefore time.Time) ([]analytics.OpenLetter, error)
	DayCounts(ctx context.Context, v analytics.Viewer, from, to calendar.Date, asOf time.Time) ([]analytics.DayCount, error)
	FirstDay(ctx context.Context, asOf time.Time) (calendar.Date, bool, error)
	Synthetic(ctx context.Context, asOf time.Time) (bool, error)
}

// Loader gathers briefs. All fields are required.
type Loader struct {
	Store     Store
	Directory *org.Directory
	Calendar  *calendar.Calendar
}

// DefaultAsOf is the cut-off of a day's brief unless another is asked for:
// 08:00 in Shanghai on the next day.
func DefaultAsOf(day calendar.Date) time.Time { return day.End().Add(reportHour).UTC() }

// Load gathers the brief of a day as of a cut-off on recorded_at; the zero time
// means DefaultAsOf. A day before the first letter is a *letter.Error of
// KindNotFound.
func (l Loader) Load(ctx context.Context, v analytics.Viewer, day calendar.Date, asOf time.Time) (Brief, error) {
	if asOf.IsZero() {
		asOf = DefaultAsOf(day)
	}
	b := Brief{Date: day, AsOf: asOf.UTC(), MonthFrom: day.AddDays(1 - monthDays), SoonUntil: l.nextWorkday(calendar.DateOf(asOf))}
	bureau, _ := l.Directory.Unit(l.Directory.Root())
	b.Bureau = bureau.Name

	since, found, err := l.Store.FirstDay(ctx, asOf)
	if err != nil {
		return Brief{}, err
	}
	if !found || day.Before(since) {
		return Brief{}, &letter.Error{
			Kind: letter.KindNotFound, Reason: "no_letters", Field: "date",
			Detail: "there are no letters of that day or before it; choose a later day",
		}
	}
	b.Since = since
	if b.MonthFrom.Before(since) {
		b.MonthFrom = since
	}
	if b.Synthetic, err = l.Store.Synthetic(ctx, asOf); err != nil {
		return Brief{}, err
	}
	// The figures say whether all was read; what is gathered after them is no
	// less complete.
	if err := l.loadFigures(ctx, v, &b); err != nil {
		return Brief{}, fmt.Errorf("gathering the figures of %s: %w", day, err)
	}
	if err := l.loadNamed(ctx, v, &b); err != nil {
		return Brief{}, fmt.Errorf("gathering the lists of %s: %w", day, err)
	}
	return b, nil
}

// loadNamed gathers what a brief names one by one.
func (l Loader) loadNamed(ctx context.Context, v analytics.Viewer, b *Brief) error {
	letters, err := l.Store.KeyLetters(ctx, v, b.Date, b.AsOf, maxKeyLetters)
	if err != nil {
		return err
	}
	for _, k := range letters {
		b.KeySelected = b.KeySelected || k.Selected
		b.KeyLetters = append(b.KeyLetters, l.keyLetter(k))
	}
	leads, err := l.Store.NewLeads(ctx, v, b.Date, b.AsOf)
	if err != nil {
		return err
	}
	for _, n := range leads {
		b.Leads = append(b.Leads, Lead{
			Number: n.Lead, Type: letter.LeadTypes.Name(string(n.Type)), Letter: n.Letter, Place: l.place(n.Division),
			Unit: l.unitName(n.Unit), Accepted: n.Accepted, Withheld: n.Withheld,
		})
	}
	open, err := l.Store.OpenByDue(ctx, v, b.AsOf, b.SoonUntil.End().Add(time.Millisecond))
	if err != nil {
		return err
	}
	for _, o := range open {
		row := OpenLetter{
			ID: o.ID, Type: typeName(o.Type), Unit: l.unitName(o.Owner), Due: calendar.DateOf(o.Due.Add(-time.Millisecond)),
			Age: l.age(o.ReceivedAt, b.AsOf), Withheld: o.Withheld, Provisional: o.Provisional,
		}
		if o.Due.Before(b.AsOf) && !o.Provisional {
			b.Overdue = append(b.Overdue, row)
		} else {
			b.DueSoon = append(b.DueSoon, row)
		}
	}
	b.Trend, err = l.Store.DayCounts(ctx, v, b.MonthFrom, b.Date, b.AsOf)
	return err
}

func (l Loader) keyLetter(k analytics.KeyLetter) KeyLetter {
	if k.Withheld {
		return KeyLetter{ID: k.ID, Type: typeName(k.Type), Withheld: true}
	}
	shown := KeyLetter{
		ID: k.ID, Type: typeName(k.Type), Urgency: k.Urgency, Place: l.place(k.Division), Writer: WriterCode(k.WriterKey),
		Summary: Summary(k.Title, k.Body, SummaryRunes), Suggested: l.suggested(k),
	}
	for _, r := range k.Reasons {
		shown.Reasons = append(shown.Reasons, Mask(r))
	}
	shown.Reasons = append(shown.Reasons, grounds(k)...)
	return shown
}

// grounds are the reasons the figures give to see a letter.
func grounds(k analytics.KeyLetter) []Masked {
	var reasons []Masked
	if k.Urgency == letter.P0 || k.Urgency == letter.P1 {
		reasons = append(reasons, Masked("紧急程度"+k.Urgency))
	}
	if k.Yuan > 0 {
		reasons = append(reasons, Masked("提及金额最高"+yuan(k.Yuan)))
	}
	if k.Repeats > 1 {
		reasons = append(reasons, Masked("同一来信人近30日来信"+Count(k.Repeats)+"件"))
	}
	if k.Overdue {
		reasons = append(reasons, "已超期")
	}
	if !k.Contacted {
		reasons = append(reasons, "截至成稿尚未联系来信人")
	}
	return reasons
}

// loadFigures gathers what a brief counts.
func (l Loader) loadFigures(ctx context.Context, v analytics.Viewer, b *Brief) error {
	day := analytics.Query{From: b.Date, To: b.Date, AsOf: b.AsOf}
	// Equal lag: the day before had as much time to be dealt with.
	previous := analytics.Query{From: b.Date.AddDays(-1), To: b.Date.AddDays(-1), AsOf: b.AsOf.AddDate(0, 0, -1)}
	month := analytics.Query{From: b.MonthFrom, To: b.Date, AsOf: b.AsOf}
	start := analytics.Query{From: b.Since, To: b.Date, AsOf: b.AsOf}
	for _, t := range []struct {
		query analytics.Query
		into  *analytics.Figures
	}{{day, &b.Day}, {previous, &b.Previous}, {month, &b.Month}, {start, &b.Start}} {
		doc, err := l.Store.KPIs(ctx, v, t.query)
		if err != nil {
			return err
		}
		*t.into = figuresOf(doc)
		if t.into == &b.Day {
			b.Final, b.RuleVersion, b.CalendarVersion, b.Rules = doc.Final, doc.RuleVersion, doc.CalendarVersion, doc.Rules
		}
	}
	var err error
	if b.Types, err = l.groups(ctx, v, []period{
		{day, func(g *Group) *analytics.Figures { return &g.Day }},
		{previous, func(g *Group) *analytics.Figures { return &g.Previous }},
		{month, func(g *Group) *analytics.Figures { return &g.Month }},
	}, analytics.ByType, 0); err != nil {
		return err
	}
	b.Units, err = l.groups(ctx, v, []period{
		{day, func(g *Group) *analytics.Figures { return &g.Day }},
		{month, func(g *Group) *analytics.Figures { return &g.Month }},
		{start, func(g *Group) *analytics.Figures { return &g.Start }},
	}, analytics.ByUnit, unitTier)
	return err
}

// figuresOf returns the figures of a document without a dimension.
func figuresOf(doc analytics.Document) analytics.Figures {
	if len(doc.Rows) == 0 {
		return analytics.Figures{}
	}
	return doc.Rows[0].KPIs
}

// period is a stretch of days and the place of its figures in a Group.
type period struct {
	query analytics.Query
	into  func(*Group) *analytics.Figures
}

// groups breaks periods down. Every key of any period has a row, in the order
// of the codes.
func (l Loader) groups(ctx context.Context, v analytics.Viewer, periods []period, by analytics.Dimension, tier int) ([]Group, error) {
	byKey := map[string]*Group{}
	for _, p := range periods {
		q := p.query
		q.By, q.Tier = by, tier
		doc, err := l.Store.KPIs(ctx, v, q)
		if err != nil {
			return nil, err
		}
		for _, row := range doc.Rows {
			g, ok := byKey[row.Key]
			if !ok {
				g = &Group{Key: row.Key, Name: l.groupName(by, row)}
				byKey[row.Key] = g
			}
			*p.into(g) = row.KPIs
		}
	}
	groups := make([]Group, 0, len(byKey))
	for _, g := range byKey {
		groups = append(groups, *g)
	}
	slices.SortFunc(groups, func(a, b Group) int { return strings.Compare(a.Key, b.Key) })
	return groups, nil
}

func (l Loader) groupName(by analytics.Dimension, row analytics.Row) string {
	if by == analytics.ByUnit {
		if unit, ok := l.Directory.Unit(row.Key); ok {
			return unit.Short
		}
		return "未定"
	}
	return typeName(letter.TypeCode(row.Key))
}

// typeName is a letter type without what its parentheses explain.
func typeName(c letter.TypeCode) string {
	if c == "" {
		return "未定"
	}
	name, _, _ := strings.Cut(letter.Types.Name(string(c)), "(")
	return name
}

// place is the county or zone a division lies in: no finer, so that an
// informant's village is not told.
func (l Loader) place(code string) string {
	for code != "" {
		d, ok := l.Directory.Division(code)
		if !ok {
			return ""
		}
		if d.Level != org.LevelTownship {
			return d.Name
		}
		code = d.Parent
	}
	return ""
}

// unitName is short and still clear outside the unit's county.
func (l Loader) unitName(code string) string {
	unit, ok := l.Directory.Unit(code)
	if !ok {
		return "未定"
	}
	if unit.Kind != org.KindStation {
		return unit.Short
	}
	above, _ := l.Directory.Unit(unit.Parent)
	return above.Short + unit.Short
}

// suggested is who should handle the letter: the unit that has it, or the one
// in charge of the place while the city desk still holds it.
func (l Loader) suggested(k analytics.KeyLetter) string {
	code := k.Owner
	if code == l.Directory.CityDesk() {
		code = l.Directory.OwnerOf(k.Division)
	}
	return l.Directory.FullName(code)
}

// age counts working days since receipt, -1 where the calendar is missing.
func (l Loader) age(received, asOf time.Time) int {
	n, err := l.Calendar.WorkdaysBetween(calendar.DateOf(received), calendar.DateOf(asOf))
	if err != nil {
		return -1
	}
	return n
}

// nextWorkday is the first working day after d; where the calendar of its year
// is missing, simply the next day.
func (l Loader) nextWorkday(d calendar.Date) calendar.Date {
	for next := d.AddDays(1); ; next = next.AddDays(1) {
		if worked, err := l.Calendar.IsWorkday(next); worked || err != nil {
			return next
		}
	}
}

// yuan writes an amount as a reader says it.
func yuan(amount float64) string {
	const wan = 10_000
	if amount < wan {
		return fmt.Sprintf("%.0f元", amount)
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", amount/wan), ".0") + "万元"
}
