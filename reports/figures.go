package reports

import (
	"fmt"
	"strconv"
	"strings"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/clock"
)

// smallBase is the number of letters below which a change is told in letters:
// of a few, a percentage says nothing.
const smallBase = 10

// Count writes a number with a separator every three digits.
func Count(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Percent writes a rate as docs/metrics.md rounds it, — where there is none.
func Percent(r *analytics.Rate) string {
	if r == nil || r.D == 0 {
		return "—"
	}
	return r.Percent() + "%"
}

// Change tells a count against the day before.
func Change(now, before uint64) string {
	up := now > before
	diff := max(now, before) - min(now, before)
	switch {
	case diff == 0:
		return "与前一日持平"
	case diff < smallBase || before < smallBase:
		return pick(up, "增加", "减少") + Count(diff) + "件"
	}
	t := (2000*diff + before) / (2 * before)
	return fmt.Sprintf("环比%s%d.%d%%", pick(up, "上升", "下降"), t/10, t%10)
}

// ChangeCell is Change as a table's column 环比 has it, where the row names the
// measure.
func ChangeCell(now, before uint64) string {
	return strings.NewReplacer("环比", "", "与前一日", "", "件", "").Replace(Change(now, before))
}

// changePoints tells a rate against the day before, by the figures as printed.
func changePoints(now, before *analytics.Rate) string {
	if now == nil || before == nil {
		return "—"
	}
	a, okA := now.Tenths()
	b, okB := before.Tenths()
	switch {
	case !okA || !okB:
		return "—"
	case a == b:
		return "与前一日持平"
	}
	diff := max(a, b) - min(a, b)
	return fmt.Sprintf("%s%d.%d个百分点", pick(a > b, "上升", "下降"), diff/10, diff%10)
}

// share returns part of whole as a percentage.
func share(part, whole uint64) string { return Percent(&analytics.Rate{N: part, D: whole}) }

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// rateCell is a rate as tables print it.
type rateCell struct {
	Percent string
	N, D    string
	Left    string // How many were left out; empty for none.
	Small   bool   // 样本小.
}

func cellOf(r *analytics.Rate) rateCell {
	if r == nil {
		return rateCell{Percent: "—"}
	}
	var left uint64
	for _, n := range r.Excluded {
		left += n
	}
	cell := rateCell{Percent: Percent(r), N: Count(r.N), D: Count(r.D), Small: r.D > 0 && r.Small()}
	if left > 0 {
		cell.Left = Count(left)
	}
	return cell
}

// Clock names one rate of docs/metrics.md in the words of the brief.
type Clock struct{ ID, Name, Means string }

// Clocks returns the rates that pages show, in printing order, as the rules have
// them: the signing rate first.
func Clocks(rules analytics.Rules) []Clock {
	signing, contact := Clock{"signed_in_time", "10分钟签收率", "各环节收到后10分钟内签收"}, "来信后30分钟内首次人工联系"
	if id := rules.SigningHeadline(); id != signing.ID {
		signing = Clock{id, "10分钟到底率", "来信后10分钟内承办单位签收"}
	}
	if rules.Contact == clock.FromSigned {
		contact = "首个承办单位签收后30分钟内首次人工联系"
	}
	return []Clock{
		signing,
		{"forwarded_in_time", "10分钟流转率", "各环节收到后10分钟内转出、退回或自办"},
		{"contacted_in_time", "30分钟联系率", contact},
		{"replied_in_time", "5日回复率", "来信后第5个工作日24时前首次回复"},
		{"response", "响应率", "已联系到本人、已用两种方式联系或已回复"},
		{"closure", "办结率", "全部应办件中已办结"},
		{"closure_mature", "到期办结率", "已到期应办件中已办结"},
		{"closed_in_time", "按期办结率", "已到期应办件中在期限（含批准延期）内办结"},
	}
}
