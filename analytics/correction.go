package analytics

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// Note is what a later count found against a snapshot: which figures differ,
// and what has become known or was changed since.
type Note struct {
	Snapshot        uint64            `json:"snapshot"`
	DocumentSHA256  string            `json:"document_sha256"`
	Figures         []CorrectedFigure `json:"figures"`
	Records         []LateRecords     `json:"records"`
	RuleVersion     Versions          `json:"rule_version"`
	CalendarVersion Versions          `json:"calendar_version"`
}

// Versions are those of the snapshot and of the later count.
type Versions struct {
	Was string `json:"was"`
	Is  string `json:"is"`
}

// CorrectedFigure is a figure that is another by now; on one side it may be
// missing, where the row of its key has come or gone.
type CorrectedFigure struct {
	ID      string  `json:"id"`
	Name    string  `json:"name"`
	Key     string  `json:"key"` // Of the dimension; empty without one.
	KeyName string  `json:"key_name"`
	Was     *Figure `json:"was"`
	Is      *Figure `json:"is"`
}

// Difference returns by how much the figure grew: percentage points of a rate,
// else its own unit. A missing count is none; of other figures nothing can be
// said then, and it is empty.
func (c CorrectedFigure) Difference() string {
	if !c.isCount() && (c.Was == nil || c.Is == nil) {
		return ""
	}
	change := Change{Now: *cmp.Or(c.Is, new(Figure)), Before: *cmp.Or(c.Was, new(Figure))}
	if points, _, ok := change.Points(); ok {
		return points
	}
	return change.Difference()
}

func (c CorrectedFigure) isRate() bool { return c.present().Rate != nil }

func (c CorrectedFigure) isCount() bool {
	f := c.present()
	return f.Rate == nil && f.Ratio == nil && f.Duration == nil
}

// present is the side that is there.
func (c CorrectedFigure) present() Figure { return *cmp.Or(c.Is, c.Was, new(Figure)) }

// MarshalJSON writes the figure with its difference, named points for a rate.
func (c CorrectedFigure) MarshalJSON() ([]byte, error) {
	type plain CorrectedFigure
	out := struct {
		plain
		Difference *json.RawMessage `json:"difference,omitempty"`
		Points     *json.RawMessage `json:"points,omitempty"`
	}{plain: plain(c)}
	if c.isRate() {
		out.Points = number(c.Difference())
	} else {
		out.Difference = number(c.Difference())
	}
	return json.Marshal(out)
}

// differences lists the figures in which two counts of one query differ, row by
// row in the order of the keys.
func differences(was, is Document) []CorrectedFigure {
	rows := map[string][2]*Row{}
	for side, doc := range []Document{was, is} {
		for i := range doc.Rows {
			both := rows[doc.Rows[i].Key]
			both[side] = &doc.Rows[i]
			rows[doc.Rows[i].Key] = both
		}
	}
	changed := []CorrectedFigure{}
	for _, key := range slices.Sorted(maps.Keys(rows)) {
		both := rows[key]
		for _, m := range AllMetrics() {
			c := CorrectedFigure{ID: m.ID, Name: m.Name, Key: key}
			for _, row := range both {
				if row != nil {
					c.KeyName = row.Name
				}
			}
			c.Was, c.Is = both[0].figure(m.ID), both[1].figure(m.ID)
			if !reflect.DeepEqual(c.Was, c.Is) {
				changed = append(changed, c)
			}
		}
	}
	return changed
}

func (r *Row) figure(id string) *Figure {
	if r == nil {
		return nil
	}
	if figure, ok := r.KPIs[id]; ok {
		return &figure
	}
	return nil
}

// lateRecords counts the records that came behind the snapshot.
func (n Note) lateRecords() (letters, events uint64) {
	for _, r := range n.Records {
		letters += r.Letters
		events += r.Events
	}
	return letters, events
}

// text writes the note as it is issued. It holds nothing that differs between
// two counts with the same finding.
func (n Note) text(f Snapshot) string {
	var b strings.Builder
	title, state := "", "终值"
	if f.Title != "" {
		title = "《" + f.Title + "》"
	}
	if !f.Final {
		state = "暂定"
	}
	fmt.Fprintf(&b, "更正说明:快照第 %d 号%s\n", n.Snapshot, title)
	fmt.Fprintf(&b, "统计时点 %s(%s),冻结于 %s。原件不变,SHA-256 %s\n", shanghaiTime(f.AsOf), state, shanghaiTime(f.TakenAt), n.DocumentSHA256)
	n.writeRecords(&b)
	if n.RuleVersion.Was != n.RuleVersion.Is {
		fmt.Fprintf(&b, "口径版本由 %s 变为 %s。\n", n.RuleVersion.Was, n.RuleVersion.Is)
	}
	if n.CalendarVersion.Was != n.CalendarVersion.Is {
		fmt.Fprintf(&b, "日历版本由 %s 变为 %s。\n", n.CalendarVersion.Was, n.CalendarVersion.Is)
	}
	if len(n.Figures) > 0 && n.unexplained() {
		b.WriteString("未见补入的记录,口径与日历版本也未变:库中记录可能缺失或被改动,请运行 jiesu doctor 对账。\n")
	}
	n.writeFigures(&b)
	return b.String()
}

// unexplained reports that nothing is known that could change a figure.
func (n Note) unexplained() bool {
	return len(n.Records) == 0 && n.RuleVersion.Was == n.RuleVersion.Is && n.CalendarVersion.Was == n.CalendarVersion.Is
}

func (n Note) writeRecords(b *strings.Builder) {
	if len(n.Records) == 0 {
		return
	}
	letters, events := n.lateRecords()
	fmt.Fprintf(b, "冻结后补入、入库时间不晚于统计时点的记录:来信 %d 件,事件 %d 条。\n", letters, events)
	for _, r := range n.Records {
		fmt.Fprintf(b, "  来源 %s:来信 %d 件,事件 %d 条;入库时间 %s 至 %s;发生时间 %s 至 %s\n", r.Source, r.Letters, r.Events,
			shanghaiTime(r.RecordedFrom), shanghaiTime(r.RecordedUntil), shanghaiTime(r.HappenedFrom), shanghaiTime(r.HappenedUntil))
	}
}

func (n Note) writeFigures(b *strings.Builder) {
	if len(n.Figures) == 0 {
		b.WriteString("快照所列指标均未改变。\n")
		return
	}
	b.WriteString("下列指标现为:\n")
	for _, c := range n.Figures {
		name := c.Name
		if c.Key != "" || c.KeyName != "" {
			name = strings.TrimSpace(c.Key+" "+c.KeyName) + " " + name
		}
		fmt.Fprintf(b, "  %s:原 %s,现 %s", name, figureText(c.Was), figureText(c.Is))
		if difference := c.Difference(); difference != "" {
			if !strings.HasPrefix(difference, "-") {
				difference = "+" + difference
			}
			if c.isRate() {
				difference += " 个百分点"
			}
			fmt.Fprintf(b, "(%s)", difference)
		}
		b.WriteString("\n")
	}
}

func shanghaiTime(t time.Time) string { return t.In(calendar.Shanghai).Format(time.DateTime) }

// figureText writes a figure with all that may differ in it.
func figureText(f *Figure) string {
	switch {
	case f == nil:
		return "无"
	case f.Rate != nil:
		text := fmt.Sprintf("%d/%d", f.Rate.N, f.Rate.D)
		if pct := f.Rate.Percent(); pct != "" {
			text = pct + "% " + text
		}
		if left := sum(f.Rate.Excluded); left > 0 {
			text += fmt.Sprintf(" 剔除 %d", left)
		}
		return text
	case f.Ratio != nil:
		return fmt.Sprintf("%s %d/%d", f.Ratio.Per(), f.Ratio.N, f.Ratio.D)
	case f.Duration != nil:
		d := f.Duration
		return fmt.Sprintf("P50 %s P90 %s 平均 %s 已停 %d 在走 %d", quantileText(d.P50, d.P50AtLeast), quantileText(d.P90, d.P90AtLeast),
			orDash(d.Mean.String()), d.Finished, d.Running)
	default:
		return strconv.FormatUint(f.Count, 10)
	}
}

func sum(counts map[string]uint64) (total uint64) {
	for _, n := range counts {
		total += n
	}
	return total
}

func quantileText(value *uint32, atLeast bool) string {
	switch {
	case value == nil:
		return orDash("")
	case atLeast:
		return fmt.Sprintf("≥%d", *value)
	default:
		return strconv.FormatUint(uint64(*value), 10)
	}
}

func orDash(s string) string {
	if s == "" {
		return "—"
	}
	return s
}
