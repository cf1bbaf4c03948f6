package reports_test

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

var update = flag.Bool("update", false, "write the golden files anew")

// hostile is text that must stay text wherever it is printed.
const hostile = `</script><script>alert(1)</script><!--{{.}} =HYPERLINK("http://x.example","点") ` + "\u202e反过来\u202c"

func day(s string) calendar.Date {
	d, err := calendar.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func figures(received, late uint64) analytics.Figures {
	rate := func(n, d uint64) analytics.Figure {
		return analytics.Figure{Rate: &analytics.Rate{N: n, D: d, Excluded: map[string]uint64{"immature": 4, "thanks": 2}}}
	}
	return analytics.Figures{
		"received": {Count: received}, "letters": {Count: received - received/50}, "writers": {Count: received - received/9},
		"thanks": {Count: received / 40}, "overdue": {Count: late},
		"leads": {Count: received / 10}, "cases_filed": {Count: received / 16}, "cases_solved": {Count: received / 25}, "arrests": {Count: received / 14},
		"signed_in_time": rate(received*2-3, received*2), "forwarded_in_time": rate(received*2-5, received*2),
		"contacted_in_time": rate(received-2, received), "replied_in_time": rate(received-9, received),
		"response": rate(received-1, received), "closure": rate(received-8, received),
		"closure_mature": rate(received-7, received-6), "closed_in_time": rate(received-9, received-6),
	}
}

// handmade is a brief of a busy day whose letters try to break out of it.
func handmade() reports.Brief {
	b := reports.Brief{
		Bureau: "湛江市公安局", Date: day("2024-10-21"), AsOf: time.Date(2024, 10, 22, 0, 0, 0, 0, time.UTC),
		Since: day("2024-03-04"), MonthFrom: day("2024-09-22"), SoonUntil: day("2024-10-23"),
		Synthetic: true, RuleVersion: "2026-1", CalendarVersion: "2024-2026/1", Rules: analytics.DefaultRules(),
		KeyLetters: []reports.KeyLetter{
			{
				ID: "2024102100037", Type: "报案", Urgency: letter.P0, Place: "霞山区", Writer: "3F9A21",
				Summary:   reports.Summary("做任务返利被骗", "您好，昨晚九点多有人拉我进群做任务返利，先后转了三次共4.8万元到对方银行卡6222021234567890123,现在群解散了，对方电话13800138000,我叫陈小明，请尽快帮我止付。", reports.SummaryRunes),
				Reasons:   []reports.Masked{"紧急程度P0", "涉及金额约4.8万元", "截至成稿尚未联系来信人"},
				Suggested: "湛江市公安局霞山分局",
			},
			{ID: "2024102100041", Type: "信访", Withheld: true},
			{
				ID: "2024102100009", Type: "举报", Urgency: letter.P1, Place: "遂溪县",
				Summary:   reports.Summary(hostile, "每晚十一点后有泥头车往河边倒建筑垃圾,"+hostile, reports.SummaryRunes),
				Reasons:   []reports.Masked{"紧急程度P1", reports.Mask(hostile)},
				Suggested: "遂溪县公安局",
			},
			{
				ID: "2024102100052", Type: "求助", Urgency: letter.P0, Place: "吴川市", Writer: "77B0C4",
				Summary:   reports.Summary("老人走失", "我父亲今天早上六点离家后一直没有回来，七十六岁，患有轻度老年痴呆，身穿灰色外套，在市场附近最后被人看到，家属已找遍周边村庄，请求协助查找监控。", reports.SummaryRunes),
				Reasons:   []reports.Masked{"紧急程度P0", "同一来信人30日内第3次来信"},
				Suggested: "吴川市公安局",
			},
			{
				ID: "2024102100018", Type: "投诉", Urgency: letter.P1, Place: "赤坎区", Writer: "0D12EE",
				Summary:   reports.Summary("楼下夜宵档噪音", "楼下夜宵档每天营业到凌晨四点，多次报警后仍然照旧，老人小孩无法休息。", reports.SummaryRunes),
				Reasons:   []reports.Masked{"紧急程度P1", "同一来信人30日内第5次来信"},
				Suggested: "湛江市公安局赤坎分局",
			},
		},
		Day: figures(68, 0), Previous: figures(57, 0), Month: figures(1843, 9), Start: figures(13996, 12),
	}
	for i, t := range []string{"刷单返利诈骗", "盗窃机动车/电动车/电瓶", "卖淫嫖娼/组织容留", "非法捕捞/电炸毒鱼", "涉毒", "寻衅滋事/聚众扰序"} {
		b.Leads = append(b.Leads, reports.Lead{
			Number: "XS2024102100" + string(rune('1'+i)), Type: t, Letter: "2024102100037", Place: "雷州市", Unit: "雷州市局", Accepted: i%2 == 0, Withheld: i == 5,
		})
	}
	for i := range 12 {
		b.Overdue = append(b.Overdue, reports.OpenLetter{
			ID: letter.NewID(day("2024-10-08").Start(), 10+i), Type: "查询催办", Unit: "廉江石岭派出所",
			Due: day("2024-10-15").AddDays(i / 3), Age: 9 - i/3, Withheld: i == 2,
		})
	}
	for i := range 5 {
		b.DueSoon = append(b.DueSoon, reports.OpenLetter{
			ID: letter.NewID(day("2024-10-16").Start(), 3+i), Type: "咨询", Unit: "徐闻专班", Due: day("2024-10-22").AddDays(i / 3), Age: 4,
		})
	}
	b.DueSoon[4].Provisional = true
	for i, name := range []string{"咨询", "求助", "投诉", "举报", "报案", "查询催办", "申诉求决", "意见建议", "感谢表扬", "信访", "无效/其他"} {
		n := uint64(18 - i*3/2)
		b.Types = append(b.Types, reports.Group{Name: name, Day: figures(n, 0), Previous: figures(n+uint64(i%3), 0), Month: figures(n*27, 0), Start: figures(n*204, 0)})
	}
	for i, name := range []string{"市专班", "赤坎分局", "霞山分局", "坡头分局", "麻章分局", "开发区分局", "遂溪县局", "徐闻县局", "廉江市局", "雷州市局", "吴川市局"} {
		n := uint64(12 - i)
		b.Units = append(b.Units, reports.Group{Name: name, Day: figures(n, 0), Month: figures(n*14+1, 1), Start: figures(n*90, uint64(i%4))})
	}
	for i := range 30 {
		b.Trend = append(b.Trend, analytics.DayCount{Day: day("2024-09-22").AddDays(i), Received: uint64(50 + i*7%23), Closed: uint64(44 + i*5%19)})
	}
	return b
}

func render(t *testing.T, b reports.Brief) string {
	t.Helper()
	var buf bytes.Buffer
	if err := reports.WriteBrief(&buf, b); err != nil {
		t.Fatal(err)
	}
	return buf.String()
}

// withoutEngine leaves the chart library out of a golden file: it is a megabyte
// that never changes with our code.
var engine = regexp.MustCompile(`(?s)<script>\s*/\*.*?</script>`)

func TestBriefGolden(t *testing.T) {
	empty := reports.Brief{
		Bureau: "湛江市公安局", Date: day("2024-03-04"), AsOf: time.Date(2024, 3, 5, 0, 0, 0, 0, time.UTC), Since: day("2024-03-04"),
		MonthFrom: day("2024-02-04"), SoonUntil: day("2024-03-06"), Final: true, RuleVersion: "2026-1", CalendarVersion: "2024-2026/1", Rules: analytics.DefaultRules(),
	}
	for name, b := range map[string]reports.Brief{"busy": handmade(), "empty": empty} {
		t.Run(name, func(t *testing.T) {
			got := engine.ReplaceAllString(render(t, b), "<script>…</script>")
			path := filepath.Join("testdata", name+".html")
			if *update {
				if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestBriefIsTheSameEveryTime(t *testing.T) {
	first, second := render(t, handmade()), render(t, handmade())
	if first != second {
		t.Error("two renderings of one brief differ")
	}
}

func TestHostileLettersStayText(t *testing.T) {
	html := engine.ReplaceAllString(render(t, handmade()), "")
	for _, bad := range []string{"<script>alert", "\u202e", "13800138000", "6222021234567890123", "陈小明", "http://", "https://"} {
		if strings.Contains(html, bad) {
			t.Errorf("the page holds %q", bad)
		}
	}
	if want, got := strings.Count(html, "<script"), strings.Count(html, "</script>"); want != got || got != 4 {
		t.Errorf("%d <script and %d </script>, want 3 data blocks and one script besides the engine", want, got)
	}
}

func TestHeldLettersShowNoMoreThanTheirType(t *testing.T) {
	b := handmade()
	b.KeyLetters = []reports.KeyLetter{{ID: "1", Type: "投诉", Withheld: true, Summary: "摘要漏出", Place: "霞山区漏出", Writer: "WRITER", Reasons: []reports.Masked{"理由漏出"}, Suggested: "单位漏出"}}
	b.Leads = []reports.Lead{{Number: "X1", Withheld: true, Type: "类型漏出", Place: "属地漏出", Unit: "单位漏出"}}
	b.Overdue = []reports.OpenLetter{{ID: "2", Withheld: true, Unit: "单位漏出"}}
	html := engine.ReplaceAllString(render(t, b), "")
	if i := strings.Index(html, "漏出"); i >= 0 {
		t.Errorf("a held letter tells %q", html[max(0, i-60):i+6])
	}
	if strings.Contains(html, "WRITER") {
		t.Error("a held letter tells its writer")
	}
	if n := strings.Count(html, "涉队伍，市级专阅"); n != 3 {
		t.Errorf("%d notices of held letters, want 3", n)
	}
}
