package console

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

const (
	frontDays = 30
	// frontFor is how long figures are shown again while new records come in:
	// wall screens reload often, and the engine takes a while.
	frontFor = 15 * time.Second
)

// frontPage holds what the front page shows: counts only, no letter text.
type frontPage struct {
	at   time.Time // When the figures were gathered.
	last time.Time // The newest record then.

	Empty     bool
	Synthetic bool
	Final     bool
	Since     string
	AsOf      string
	Rule      string
	Calendar  string
	Headline  []headline
	Rates     []rate
	Latest    string // The last day with records.
	Days      []dayRow
	BriefDay  string
	FirstDay  string
	LastDay   string
	Types     []reports.Bar
	Stages    []stage
	Counts    []analytics.DayCount
	Charts    map[string]reports.Chart
	Health    health
}

type headline struct{ Name, Value, Unit string }

type rate struct {
	Name, Means, Percent, N, D string
	Small                      bool
}

// dayRow compares the latest day with the one before.
type dayRow struct{ Name, Day, Previous, Change string }

type stage struct{ Name, Month, Start string }

// health says how far reading has come.
type health struct {
	Reason string // Why there is no progress; empty when there is.
	Engine string
	Topics []topicHealth
	Rows   []headline
	Orphan string // Events whose letter has not come.
}

type topicHealth struct {
	Topic    string
	Lag      string
	CaughtUp string
}

func (s *Server) showFront(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), s.cfg.QueryTimeout)
	defer cancel()
	page, err := s.gatherFront(ctx)
	if err != nil {
		s.logger.LogAttrs(ctx, slog.LevelError, "front page not gathered", slog.Any("error", err))
		s.fail(w, r, http.StatusServiceUnavailable, "数据暂时读不到", "请稍后刷新；仍不行请运维人员查看 /readyz 或运行 jiesu doctor。")
		return
	}
	s.show(w, r, http.StatusOK, "front.html.tmpl", page)
}

// gatherFront returns the last figures while they hold, with the health of the
// moment. One request gathers, the others wait for it.
func (s *Server) gatherFront(ctx context.Context) (frontPage, error) {
	now, err := s.health(ctx)
	if err != nil {
		return frontPage{}, err
	}
	last, err := s.deps.Store.LastRecordedAt(ctx)
	if err != nil {
		return frontPage{}, err
	}
	s.frontMu.Lock()
	defer s.frontMu.Unlock()
	if s.front == nil || !s.front.holds(last) {
		page, err := s.newFront(ctx, last)
		if err != nil {
			return frontPage{}, err
		}
		s.front = &page
	}
	page := *s.front
	page.Health = now
	return page, nil
}

// holds reports whether the figures can be shown again: they are final and
// nothing came since, or they are only just gathered.
func (p *frontPage) holds(last time.Time) bool {
	return p.Final && p.last.Equal(last) || time.Since(p.at) < frontFor
}

func (s *Server) newFront(ctx context.Context, last time.Time) (frontPage, error) {
	p := frontPage{at: time.Now(), last: last}
	since, found, err := s.deps.Store.FirstDay(ctx, last)
	if err != nil {
		return frontPage{}, err
	}
	if !found {
		p.Empty, p.at = true, time.Time{} // The first letter shows at once.
		return p, nil
	}
	if p.Synthetic, err = s.deps.Store.Synthetic(ctx, last); err != nil {
		return frontPage{}, err
	}
	if err := s.fillFront(ctx, &p, since, last); err != nil {
		return frontPage{}, err
	}
	return p, nil
}

// fillFront computes the figures as of the newest record.
func (s *Server) fillFront(ctx context.Context, p *frontPage, since calendar.Date, asOf time.Time) error {
	latest := calendar.DateOf(asOf.Add(-time.Millisecond))
	monthFrom := latest.AddDays(1 - frontDays)
	if monthFrom.Before(since) {
		monthFrom = since
	}
	var docs [5]analytics.Document
	for i, q := range []analytics.Query{
		{From: since, To: latest, AsOf: asOf},
		{From: monthFrom, To: latest, AsOf: asOf},
		{From: latest, To: latest, AsOf: asOf},
		{From: latest.AddDays(-1), To: latest.AddDays(-1), AsOf: asOf.AddDate(0, 0, -1)},
		{From: since, To: latest, AsOf: asOf, By: analytics.ByType},
	} {
		var err error
		if docs[i], err = s.deps.Store.KPIs(ctx, s.deps.Viewer, q); err != nil {
			return err
		}
	}
	start, month, day, previous := figuresOf(docs[0]), figuresOf(docs[1]), figuresOf(docs[2]), figuresOf(docs[3])
	p.Final, p.Rule, p.Calendar = docs[0].Final, docs[0].RuleVersion, docs[0].CalendarVersion
	p.Since, p.Latest, p.AsOf = since.String(), latest.String(), asOf.In(calendar.Shanghai).Format("2006-01-02 15:04:05")
	p.FirstDay, p.LastDay, p.BriefDay = since.String(), latest.String(), latestBrief(asOf).String()
	p.Headline = headlines(start)
	p.Rates = rates(start, docs[0].Rules)
	p.Days = dayRows(day, previous)
	for _, row := range docs[4].Rows {
		p.Types = append(p.Types, reports.Bar{Name: row.Name, Value: row.KPIs["received"].Count})
	}
	slices.SortStableFunc(p.Types, func(a, b reports.Bar) int { return cmp.Compare(b.Value, a.Value) })
	inMonth := reports.Funnel(month)
	for i, f := range reports.Funnel(start) {
		p.Stages = append(p.Stages, stage{f.Name + "（" + f.Measure + "）", reports.Count(inMonth[i].Count), reports.Count(f.Count)})
	}
	var err error
	if p.Counts, err = s.deps.Store.DayCounts(ctx, s.deps.Viewer, monthFrom, latest, asOf); err != nil {
		return err
	}
	p.Charts = map[string]reports.Chart{
		"trend":  reports.TrendChart("chart-trend", p.Counts),
		"types":  reports.BarChart("chart-types", "来信类型", p.Types),
		"funnel": reports.FunnelChart("chart-funnel", start),
	}
	return nil
}

func figuresOf(doc analytics.Document) analytics.Figures {
	if len(doc.Rows) == 0 {
		return analytics.Figures{}
	}
	return doc.Rows[0].KPIs
}

// headlines are the counts the mailbox is known by.
func headlines(f analytics.Figures) []headline {
	var out []headline
	for _, h := range []struct{ id, name, unit string }{
		{"received", "来信", "件"},
		{"writers", "来信人", "名"},
		{"thanks", "感谢信", "封"},
		{"problems_solved", "解决急难愁盼", "件"},
		{"leads", "采信线索", "条"},
		{"cases_solved", "破案", "起"},
		{"arrests", "抓获", "名"},
		{"overdue", "超期未结", "件"},
	} {
		out = append(out, headline{h.name, reports.Count(f[h.id].Count), h.unit})
	}
	return out
}

func rates(f analytics.Figures, rules analytics.Rules) []rate {
	var out []rate
	for _, c := range reports.Clocks(rules) {
		r := f[c.ID].Rate
		if r == nil {
			r = &analytics.Rate{}
		}
		out = append(out, rate{c.Name, c.Means, reports.Percent(r), reports.Count(r.N), reports.Count(r.D), r.D > 0 && r.Small()})
	}
	return out
}

func dayRows(day, previous analytics.Figures) []dayRow {
	var out []dayRow
	for _, f := range []struct{ id, name string }{
		{"received", "来信（件）"}, {"writers", "来信人（名）"}, {"leads", "采信线索（条）"}, {"cases_filed", "立案（起）"}, {"arrests", "抓获（名）"},
	} {
		now, before := day[f.id].Count, previous[f.id].Count
		out = append(out, dayRow{f.name, reports.Count(now), reports.Count(before), reports.ChangeCell(now, before)})
	}
	return out
}

// health reads how far ingest has come from what it saved beside the rows.
func (s *Server) health(ctx context.Context) (health, error) {
	h := health{Engine: s.deps.Engine}
	if err := s.deps.Ready(); err != nil {
		h.Reason = err.Error()
	}
	progress, err := s.deps.Store.Progress(ctx)
	if err != nil {
		return health{}, err
	}
	h.Topics = topics(progress)
	counts, err := s.deps.Store.Counts(ctx)
	if err != nil {
		return health{}, err
	}
	h.Rows = []headline{{"来信记录", reports.Count(counts.Rows["letters"]), "行"}, {"事件记录", reports.Count(counts.Rows["events"]), "行"}}
	if counts.EventsWithoutLetter > 0 {
		h.Orphan = reports.Count(counts.EventsWithoutLetter)
	}
	return h, nil
}

// topics sums the lag of a topic's partitions; a topic was caught up when the
// last of them was.
func topics(progress []letter.Progress) []topicHealth {
	type sum struct {
		lag      uint64
		caughtUp time.Time
	}
	byTopic := map[string]*sum{}
	var names []string
	for _, p := range progress {
		t, ok := byTopic[p.Topic]
		if !ok {
			t = &sum{caughtUp: p.CaughtUpAt}
			byTopic[p.Topic] = t
			names = append(names, p.Topic)
		}
		t.lag += uint64(max(0, p.HighWater-p.Next))
		if p.CaughtUpAt.Before(t.caughtUp) {
			t.caughtUp = p.CaughtUpAt
		}
	}
	slices.Sort(names)
	out := make([]topicHealth, 0, len(names))
	for _, name := range names {
		t := byTopic[name]
		caughtUp := "尚未"
		if t.caughtUp.Unix() > 0 {
			caughtUp = t.caughtUp.In(calendar.Shanghai).Format("2006-01-02 15:04:05")
		}
		out = append(out, topicHealth{name, reports.Count(t.lag), caughtUp})
	}
	return out
}

// Table lays the days out for readers without charts, newest first.
func (p frontPage) Table() [][3]string {
	rows := make([][3]string, 0, len(p.Counts))
	for _, c := range slices.Backward(p.Counts) {
		rows = append(rows, [3]string{fmt.Sprintf("%d-%02d", int(c.Day.Month), c.Day.Day), reports.Count(c.Received), reports.Count(c.Closed)})
	}
	return rows
}
