package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/letter"
)

// Bucket is a part of a figure whose letters are asked for. A count has only
// one; of a duration N are the stopped clocks and No those that run.
type Bucket string

// The buckets.
const (
	BucketAll      Bucket = "all" // D and Excluded.
	BucketN        Bucket = "n"
	BucketD        Bucket = "d" // N and No.
	BucketNo       Bucket = "no"
	BucketExcluded Bucket = "excluded"
)

// Drill asks for the letters behind one figure of a query.
type Drill struct {
	Metric string
	Key    *string // Of the query's dimension; nil means every key.
	Bucket Bucket
	Offset uint64
	Limit  uint64 // At most MaxDrill.
}

// MaxDrill is the largest number of entries a page can hold.
const MaxDrill = 10_000

// Members is a page of the letters behind a figure, in the order in which they
// were received, then by id.
type Members struct {
	Metric  Metric
	AsOf    time.Time // UTC; zero when the store is empty.
	Total   uint64    // Entries on all pages.
	Members []Member
}

// MarshalJSON writes the page; as_of is in Shanghai time.
func (m Members) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Metric  string   `json:"metric"`
		Name    string   `json:"name"`
		AsOf    *string  `json:"as_of"`
		Total   uint64   `json:"total"`
		Members []Member `json:"members"`
	}{m.Metric.ID, m.Metric.Name, Side{AsOf: m.AsOf}.json().AsOf, m.Total, m.Members})
}

// Member is a letter, or one of its hops, leads, cases or suspects, behind a
// figure. Of a withheld letter (see KeyLetter) only Letter, ReceivedAt, Type,
// Withheld and what it does to the figure are given. Nothing here tells who
// wrote the letter.
type Member struct {
	Letter     letter.ID       `json:"letter"`
	ReceivedAt time.Time       `json:"received_at"` // Times are UTC.
	Type       letter.TypeCode `json:"type"`
	Withheld   bool            `json:"withheld,omitempty"`
	Topic      string          `json:"topic,omitempty"`
	Owner      string          `json:"owner,omitempty"` // Unit that holds the letter.

	AttemptedAt *time.Time `json:"attempted_at,omitempty"`
	ReachedAt   *time.Time `json:"reached_at,omitempty"`
	RepliedAt   *time.Time `json:"replied_at,omitempty"`
	ClosedAt    *time.Time `json:"closed_at,omitempty"`
	Due         *time.Time `json:"due,omitempty"` // due_eff.

	Unit      string     `json:"unit,omitempty"`       // Of the hop, or that acted on the lead or case.
	ActedAt   *time.Time `json:"acted_at,omitempty"`   // First in the period, on the lead or case.
	ArrivedAt *time.Time `json:"arrived_at,omitempty"` // Of the hop, as the following.
	SignedAt  *time.Time `json:"signed_at,omitempty"`
	EndedAt   *time.Time `json:"ended_at,omitempty"`

	Key    string `json:"key,omitempty"`   // Of the query's dimension; figures by it count the member there.
	Bucket string `json:"bucket"`          // yes, no or an exclusion key; finished or running for a duration.
	Reason string `json:"reason"`          // The same in Chinese.
	Amount uint64 `json:"amount"`          // What the entry adds to a count; what a stopped clock shows.
	Group  uint64 `json:"group,omitempty"` // Entries of the same group count once: the same writer, matter, lead, case or suspect. From 1.
}

// Elapsed is how long a hop took to be signed, or has run so far; false where
// the member is no hop.
func (m Member) Elapsed(asOf time.Time) (time.Duration, bool) {
	switch {
	case m.ArrivedAt == nil:
		return 0, false
	case m.SignedAt == nil:
		return asOf.Sub(*m.ArrivedAt), true
	default:
		return m.SignedAt.Sub(*m.ArrivedAt), true
	}
}

// groupings are the figures that count several letters as one, with the
// expression of what they have in common.
var groupings = map[string]string{
	"writers":            "writer_key",
	"matters":            "matter",
	"problems_solved":    "matter",
	"letters_per_writer": "writer_key",
}

// eventThings are what a figure of leads and cases counts, where it is not the
// case numbers.
var eventThings = map[string]string{
	"leads":   "[lead]",
	"arrests": "suspects",
}

// eventSums are the figures of cases that add up what the events say.
var eventSums = map[string]bool{"recovered_yuan": true}

// bucketReasons says in Chinese why a member counts as it does.
var bucketReasons = map[string]string{
	"yes": "计入分子", "no": "计入分母，未计入分子", "finished": "已停表", "running": "仍在走表",
	"invalidated": "无效信件", "merged": "已合并", "thanks": "感谢信", "transferred": "已转出", "uncontactable": "无法联系",
	"withdrawn": "来信人撤回", "open": "未办结", "calendar_missing": "缺放假安排", "immature": "未到期",
}

// Letters returns a page of the letters behind a figure that KPIs gives for the
// same query: as many as the figure counts.
func (s *Store) Letters(ctx context.Context, v Viewer, q Query, d Drill) (Members, error) {
	m, err := d.validate(q)
	if err != nil {
		return Members{}, err
	}
	if q.AsOf.IsZero() {
		if q.AsOf, err = s.LastRecordedAt(ctx); err != nil {
			return Members{}, err
		}
	}
	asOf := q.AsOf.UTC().Truncate(time.Millisecond)
	members := Members{Metric: m, AsOf: asOf, Members: []Member{}}
	if err := v.Validate(); err != nil || asOf.IsZero() {
		return members, err
	}
	args, err := s.arguments(v, q, asOf)
	if err != nil {
		return Members{}, err
	}
	if err := s.checkPrepared(ctx); err != nil {
		return Members{}, err
	}
	statement, err := composeDrill(v, q, m)
	if err != nil {
		return Members{}, err
	}
	key := ""
	if d.Key != nil {
		key = *d.Key
	}
	args = append(args,
		clickhouse.Named("one_key", d.Key != nil), clickhouse.Named("key", key), clickhouse.Named("buckets", bucketsOf(m, d.Bucket)),
		clickhouse.Named("offset", d.Offset), clickhouse.Named("limit", d.Limit))
	err = s.each(ctx, statement, func(scan func(...any) error) error {
		member, total, err := scanMember(scan)
		if err != nil {
			return err
		}
		if m.distinct() == "" {
			member.Group = 0
		}
		if m.population == ofEvents || m.population == ofLeads {
			member.ActedAt, member.ArrivedAt = member.ArrivedAt, nil
		}
		members.Total = total
		members.Members = append(members.Members, member)
		return nil
	}, args...)
	if err != nil {
		return Members{}, fmt.Errorf("listing the letters of %s: %w", m.ID, err)
	}
	return members, nil
}

// validate checks the question and returns the figure it is about.
func (d Drill) validate(q Query) (Metric, error) {
	if err := q.Validate(); err != nil {
		return Metric{}, err
	}
	m, ok := MetricByID(d.Metric)
	if !ok {
		return Metric{}, badQuery("unknown_code", "metric", fmt.Sprintf("no figure is called %q; docs/metrics.md lists them", d.Metric))
	}
	if !slices.Contains([]Bucket{BucketAll, BucketN, BucketD, BucketNo, BucketExcluded}, d.Bucket) {
		return Metric{}, badQuery("unknown_code", "bucket", "must be all, n, d, no or excluded")
	}
	if d.Limit == 0 || d.Limit > MaxDrill {
		return Metric{}, badQuery("bad_query", "limit", fmt.Sprintf("must be 1 to %d", MaxDrill))
	}
	return m, nil
}

func scanMember(scan func(...any) error) (m Member, total uint64, err error) {
	err = scan(&total, &m.Group, (*string)(&m.Letter), &m.ReceivedAt, (*string)(&m.Type), &m.Withheld, &m.Topic, &m.Owner,
		&m.AttemptedAt, &m.ReachedAt, &m.RepliedAt, &m.ClosedAt, &m.Due,
		&m.Unit, &m.ArrivedAt, &m.SignedAt, &m.EndedAt, &m.Key, &m.Bucket, &m.Amount)
	m.Reason = bucketReasons[m.Bucket]
	return m, total, err
}

// bucketsOf returns the values of the statement that make up a bucket.
func bucketsOf(m Metric, b Bucket) []string {
	n, no, excluded := []string{"yes"}, []string{"no"}, exclusionKeys
	switch m.Kind {
	case KindCount, KindRatio:
		no, excluded = nil, nil
	case KindDuration:
		n, no, excluded = []string{"finished"}, []string{"running"}, nil
	case KindRate:
	}
	switch b {
	case BucketN:
		return n
	case BucketNo:
		return no
	case BucketD:
		return slices.Concat(n, no)
	case BucketExcluded:
		return excluded
	default:
		return slices.Concat(n, no, excluded)
	}
}

// distinct is the expression whose values the figure counts once each; empty
// where it counts every member.
func (m Metric) distinct() string {
	switch {
	case eventSums[m.ID]:
		return ""
	case m.population == ofEvents:
		return m.things()
	default:
		return groupings[m.ID]
	}
}

// things is the expression of what an event's entries stand for.
func (m Metric) things() string {
	if things := eventThings[m.ID]; things != "" {
		return things
	}
	return "[case_number]"
}

// composeDrill returns the statement that lists what is behind the figure.
func composeDrill(v Viewer, q Query, m Metric) (string, error) {
	page := func() (string, error) { return render("sql/drill/page.sql", nil) }
	text, err := metricSQL(m.ID)
	if err != nil {
		return "", err
	}
	if m.population == ofLeads {
		return compose("sql/drill/leads.sql", v, withLeads(q, []Metric{m}, map[string]any{
			"bucket": func() string { return m.ID }, "page": page,
		}))
	}
	if m.population == ofEvents {
		if m.distinct() != "" {
			text += " > 0" // Each entry stands for one thing, whatever else its event names.
		}
		return compose("sql/drill/events.sql", v, map[string]any{
			"key": func() string { return q.keys().event }, "amount": func() string { return text },
			"things": m.things, "page": page,
		})
	}
	keys := q.keys()
	key := keys.letter
	if m.population == ofHops && keys.hop != "" {
		key = keys.hop
	}
	group := "''"
	if m.distinct() != "" {
		group = m.distinct()
	}
	bucket, amount, listed := m.entry(text)
	return compose("sql/drill/letters.sql", v, map[string]any{
		"key": func() string { return key }, "of_hops": func() bool { return m.population == ofHops },
		"letter_columns": func() (string, error) { return memberColumns(of([]Metric{m}, ofLetters)) },
		"hop_columns":    func() (string, error) { return memberColumns(of([]Metric{m}, ofHops)) },
		"bucket":         func() string { return bucket }, "amount": func() string { return amount },
		"with_repeats": m.aboutRepeats,
		"group":        func() string { return group }, "listed": func() string { return listed }, "page": page,
	})
}

// entry returns the expressions for a single member of the figure: its bucket,
// what it adds, and whether it is listed.
func (m Metric) entry(text string) (bucket, amount, listed string) {
	switch m.Kind {
	case KindRate:
		return "any(" + m.ID + ")", "1", "true"
	case KindRatio:
		return "'yes'", "(" + text + ")[1]", "entry_amount > 0"
	case KindDuration:
		stopped := "any(" + m.ID + ".2)"
		return "if(" + stopped + " IS NULL, 'running', 'finished')", "ifNull(" + stopped + ", 0)", "any(" + m.ID + ".1)"
	default:
		return "'yes'", text, "entry_amount > 0"
	}
}
