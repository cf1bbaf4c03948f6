package analytics

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Readings shows what the headline rates of a period would be under every
// plausible reading of their names.
type Readings struct {
	RuleVersion     string
	CalendarVersion string
	From, To        calendar.Date
	AsOf            time.Time // UTC; zero when the store is empty.
	Final           bool
	Headlines       []Headline
}

// Headline is one published rate and its readings, the published one first.
type Headline struct {
	Metric   string    `json:"metric"`
	Name     string    `json:"name"`
	Readings []Reading `json:"readings"`
}

// Reading is the rate as one would compute it who reads its name so.
type Reading struct {
	ID      string // Column of sql/readings.sql; the published one's is the metric's id.
	Name    string // Chinese.
	Formula string // Chinese: numerator and denominator.
	Rate    Rate   // Excluded is not counted.

	published Rate
}

// Points returns how many percentage points the reading lies above the
// published one, to 0.1; false where either has no rate.
func (r Reading) Points() (string, bool) {
	if r.Rate.D == 0 || r.published.D == 0 {
		return "", false
	}
	return Points(r.Rate.share() - r.published.share()), true
}

// headlines lists every reading in printing order. The formulas are those of
// sql/readings.sql in words.
var headlines = []Headline{
	{Metric: "response", Readings: []Reading{
		{ID: "response", Name: "公布口径", Formula: "已联系到本人、已用两种方式联系或已回复的 ÷ 可联系且已满30分钟或已响应的有效来信"},
		{ID: "response_reached", Name: "只算联系到本人", Formula: "人工联系到本人的 ÷ 可联系且已满30分钟或已联系到的有效来信"},
		{ID: "response_attempted", Name: "联系过一次就算", Formula: "有过人工联系的 ÷ 可联系且已满30分钟或已联系的有效来信"},
		{ID: "response_replied", Name: "只算回复", Formula: "有过回复（含阶段性）的 ÷ 可联系且已满30分钟或已回复的有效来信"},
		{ID: "response_attempted_or_replied", Name: "联系过一次或已回复", Formula: "有过人工联系或回复的 ÷ 可联系且已满30分钟或已有联系、回复的有效来信"},
		{ID: "response_with_receipts", Name: "自动回执也算", Formula: "已响应或收到自动回执的 ÷ 可联系且已满30分钟或已响应、有回执的有效来信"},
		{ID: "response_at_once", Name: "30分钟内响应", Formula: "30分钟内已响应的 ÷ 可联系且已满30分钟或已及时响应的有效来信"},
		{ID: "response_with_uncontactable", Name: "分母含无法联系的", Formula: "已响应的 ÷ 已满30分钟或已响应的有效来信"},
		{ID: "response_with_invalid", Name: "分母含无效、合并的", Formula: "已响应的 ÷ 可联系且已满30分钟或已响应的全部来信"},
		{ID: "response_with_immature", Name: "分母含未满30分钟的", Formula: "已响应的 ÷ 可联系的有效来信"},
		{ID: "response_of_received", Name: "以全部来信为分母", Formula: "已响应的 ÷ 全部来信"},
	}},
	{Metric: "closure", Readings: []Reading{
		{ID: "closure", Name: "公布口径", Formula: "已办结（含撤回）且未重新办理的 ÷ 有效来信（不含感谢信、转出）"},
		{ID: "closure_mature", Name: "只算已到期的", Formula: "已办结的 ÷ 第5个工作日已过的应办来信"},
		{ID: "closed_in_time", Name: "按期办结", Formula: "期限（含批准延期）内办结的 ÷ 期限已过的应办来信"},
		{ID: "closure_with_thanks", Name: "含感谢信", Formula: "已办结的 ÷ 有效来信（不含转出）"},
		{ID: "closure_with_transferred", Name: "转出算办结", Formula: "已办结或已转出的 ÷ 有效来信（不含感谢信）"},
		{ID: "closure_with_both", Name: "含感谢信且转出算办结", Formula: "已办结或已转出的 ÷ 有效来信"},
		{ID: "closure_ever", Name: "曾办结就算", Formula: "曾经办结（不论是否重新办理）的 ÷ 应办来信"},
		{ID: "closure_not_withdrawn", Name: "撤回不算办结", Formula: "已办结且未撤回的 ÷ 应办来信"},
		{ID: "closure_of_received", Name: "以全部来信为分母", Formula: "已办结的 ÷ 全部来信"},
	}},
	{Metric: "signed_in_time", Readings: []Reading{
		{ID: "signed_in_time", Name: "公布口径（各环节）", Formula: "到达后10分钟内签收的环节 ÷ 已签收或已满10分钟的环节"},
		{ID: "signed_first", Name: "只看首签", Formula: "市级首签不超过10分钟的来信 ÷ 首签已毕或已满10分钟的有效来信"},
		{ID: "signed_all", Name: "所有环节都及时", Formula: "每个环节都在10分钟内签收的来信 ÷ 各环节均已签收或已满10分钟的有效来信"},
		{ID: "signed_end_to_end", Name: "10分钟到底", Formula: "来信后10分钟内承办单位已签收的 ÷ 承办单位已签收或已满10分钟的有效来信"},
		{ID: "signed_of_signed", Name: "只以已签收的为分母", Formula: "到达后10分钟内签收的环节 ÷ 已签收的环节"},
		{ID: "signed_in_time_net", Name: "扣除停机", Formula: "扣除登记停机后10分钟内签收的环节 ÷ 已签收或扣除后已满10分钟的环节"},
	}},
	{Metric: "contacted_in_time", Readings: []Reading{
		{ID: "contacted_in_time", Name: "公布口径（首次联系）", Formula: "30分钟内首次人工联系的 ÷ 可联系且已联系或已满30分钟的有效来信"},
		{ID: "contacted_reached_in_time", Name: "联系到本人才算", Formula: "30分钟内联系到本人的 ÷ 同上"},
		{ID: "contacted_with_receipts", Name: "自动回执也算", Formula: "30分钟内首次联系或有自动回执的 ÷ 同上"},
		{ID: "contacted_with_uncontactable", Name: "分母含无法联系的", Formula: "30分钟内首次人工联系的 ÷ 已联系或已满30分钟的有效来信"},
		{ID: "contacted_of_contacted", Name: "只以已联系的为分母", Formula: "30分钟内首次人工联系的 ÷ 可联系且已联系的有效来信"},
		{ID: "contacted_in_time_net", Name: "扣除停机", Formula: "扣除登记停机后30分钟内首次人工联系的 ÷ 可联系且已联系或扣除后已满30分钟的有效来信"},
	}},
	{Metric: "replied_in_time", Readings: []Reading{
		{ID: "replied_in_time", Name: "公布口径（任何回复）", Formula: "第5个工作日24时前首次回复（含阶段性）的 ÷ 已回复或已到期的应办来信"},
		{ID: "replied_substantively", Name: "只算实质答复", Formula: "第5个工作日24时前实质答复的 ÷ 已实质答复或已到期的应办来信"},
		{ID: "replied_with_extensions", Name: "实质答复，批准延期的按延期", Formula: "期限（含批准延期）内实质答复的 ÷ 已实质答复或期限已过的应办来信"},
		{ID: "replied_with_thanks", Name: "含感谢信", Formula: "第5个工作日24时前首次回复的 ÷ 已回复或已到期的有效来信（不含转出）"},
		{ID: "replied_of_replied", Name: "只以已回复的为分母", Formula: "第5个工作日24时前首次回复的 ÷ 已回复的应办来信"},
	}},
}

// Readings computes the headline rates of the query's period and cut-off under
// every reading, in one statement. The query has no dimension.
func (s *Store) Readings(ctx context.Context, v Viewer, q Query) (Readings, error) {
	if q.By != ByNone {
		return Readings{}, badQuery("bad_query", "by", "readings are of all letters together")
	}
	// The document brings the cut-off and whether it is final.
	q.Metrics = []string{"received"}
	doc, err := s.KPIs(ctx, v, q)
	if err != nil {
		return Readings{}, err
	}
	out := Readings{
		RuleVersion: doc.RuleVersion, CalendarVersion: doc.CalendarVersion,
		From: doc.From, To: doc.To, AsOf: doc.AsOf, Final: doc.Final,
	}
	if doc.AsOf.IsZero() {
		return out, nil
	}
	args, err := s.arguments(v, q, doc.AsOf)
	if err != nil {
		return Readings{}, err
	}
	statement, err := compose("sql/readings.sql", v, map[string]any{"readings": readingColumns})
	if err != nil {
		return Readings{}, err
	}
	var rates []Rate
	err = s.each(ctx, statement, func(scan func(...any) error) error {
		rates, err = scanReadings(scan)
		return err
	}, args...)
	if err != nil {
		return Readings{}, fmt.Errorf("computing readings: %w", err)
	}
	for _, h := range headlines {
		m, _ := MetricByID(h.Metric)
		headline := Headline{Metric: h.Metric, Name: m.Name}
		published := rates[0]
		for _, r := range h.Readings {
			r.Rate, r.published = rates[0], published
			rates = rates[1:]
			headline.Readings = append(headline.Readings, r)
		}
		out.Headlines = append(out.Headlines, headline)
	}
	return out, nil
}

// readingColumns returns [n, d] for each reading.
func readingColumns() string {
	var columns []string
	for _, h := range headlines {
		for _, r := range h.Readings {
			columns = append(columns, fmt.Sprintf("[sum(arrayCount(x -> ifNull(x, false), %[1]s)), sum(arrayCount(x -> x IS NOT NULL, %[1]s))] AS nd_%[1]s", r.ID))
		}
	}
	return strings.Join(columns, ",\n    ")
}

func scanReadings(scan func(...any) error) ([]Rate, error) {
	var lists [][]uint64
	for _, h := range headlines {
		lists = append(lists, make([][]uint64, len(h.Readings))...)
	}
	targets := make([]any, len(lists))
	for i := range lists {
		targets[i] = &lists[i]
	}
	if err := scan(targets...); err != nil {
		return nil, err
	}
	rates := make([]Rate, len(lists))
	for i, nd := range lists {
		rates[i] = Rate{N: nd[0], D: nd[1]}
	}
	return rates, nil
}

// MarshalJSON writes the readings, as_of in Shanghai time.
func (r Readings) MarshalJSON() ([]byte, error) {
	side := Side{From: r.From, To: r.To, AsOf: r.AsOf}.json()
	if r.Headlines == nil {
		r.Headlines = []Headline{}
	}
	return json.Marshal(struct {
		RuleVersion     string     `json:"rule_version"`
		CalendarVersion string     `json:"calendar_version"`
		Period          periodJSON `json:"period"`
		AsOf            *string    `json:"as_of"`
		Final           bool       `json:"final"`
		Headlines       []Headline `json:"headlines"`
	}{r.RuleVersion, r.CalendarVersion, side.Period, side.AsOf, r.Final, r.Headlines})
}

// MarshalJSON writes the reading with its interval and its distance in
// percentage points from the published one.
func (r Reading) MarshalJSON() ([]byte, error) {
	points, _ := r.Points()
	return json.Marshal(struct {
		ID      string           `json:"id"`
		Name    string           `json:"name"`
		Formula string           `json:"formula"`
		N       uint64           `json:"n"`
		D       uint64           `json:"d"`
		Pct     *json.RawMessage `json:"pct"`
		CI      *Interval        `json:"ci"`
		Points  *json.RawMessage `json:"points"`
		Small   bool             `json:"small"`
	}{r.ID, r.Name, r.Formula, r.Rate.N, r.Rate.D, number(r.Rate.Percent()), Figure{Rate: &r.Rate}.interval(), number(points), r.Rate.Small()})
}
