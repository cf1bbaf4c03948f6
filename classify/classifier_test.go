package classify_test

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// load shares one classifier, since loading takes a second and 135 MB.
var load = sync.OnceValues(func() (*classify.Classifier, error) {
	dir, err := org.Embedded()
	if err != nil {
		return nil, err
	}
	return classify.New(classify.DefaultConfig(), dir, slog.New(slog.DiscardHandler))
})

func loaded(t testing.TB) *classify.Classifier {
	t.Helper()
	c, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func write(title, body string) letter.Letter {
	return letter.Letter{
		ID: "2024082100001", ReceivedAt: time.Date(2024, 8, 21, 2, 0, 0, 0, time.UTC),
		Received: letter.Received{Channel: letter.ChannelWeb, Title: title, Body: body},
	}
}

// outcome is the part of a verdict the tests below fix.
type outcome struct {
	Type, Topic  string
	Lead         letter.LeadKind
	LeadType     string
	Accused      bool
	Urgency      letter.Urgency
	DivisionHead string // First six characters: the county.
}

func outcomeOf(v letter.Verdict) outcome {
	return outcome{v.Type, v.Topic, v.Lead, v.LeadType, v.AccusedPolice, v.Urgency, v.Division[:min(6, len(v.Division))]}
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name, title, body string
		want              outcome
	}{
		// The four cases of the published report, in our words.
		{
			"register a child", "孩子户口被注销，急求帮忙",
			"我家住遂溪县，孩子读高一，户口去年底被注销后一直没着落。学考报名还有五天就截止，报不了名会影响高考，求求你们帮帮我！",
			outcome{"L02", "T01", letter.LeadNone, "", false, letter.P2, "440823"},
		},
		{
			"concert tickets", "买演唱会门票被骗",
			"我在麻章区读大学，在软件上加了一个陌生网友帮忙代买演唱会门票，分两次一共转了1180元到他给的银行账户，到了验票那天平台查不到票，人也联系不上了，希望帮我追回。",
			outcome{"L05", "T06", letter.LeadSecurity, "F03", false, letter.P1, "440811"},
		},
		{
			"stolen phone", "弟弟手机被盗",
			"我是吴川市的，我弟弟昨天在市场买菜时手机被偷了，已经报警，希望尽快破案。",
			outcome{"L05", "T05", letter.LeadSecurity, "D02", false, letter.P1, "440883"},
		},
		{
			"theft from a car", "车内财物被盗窃",
			"8月20日早上我发现停在经开区小区楼下的车被人拉开车门，车里的现金和香烟都不见了，损失三千多元，请公安机关查处。",
			outcome{"L05", "T05", letter.LeadSecurity, "D03", false, letter.P1, "4408JK"},
		},
		// Words of danger that are no lead.
		{
			"how to avoid fraud", "咨询如何防范电信诈骗",
			"请问怎样识别刷单诈骗？家里老人应该怎么防？派出所有没有宣传活动？",
			outcome{"L01", "T06", letter.LeadNone, "", false, letter.P3, ""},
		},
		{
			"nothing was stolen", "感谢派出所民警",
			"民警耐心帮我找回了落在公交车上的背包，东西没有被偷，非常感谢，特此送上锦旗。",
			outcome{"L09", "T15", letter.LeadNone, "", false, letter.P3, ""},
		},
		// Others.
		{
			"missing person", "我父亲走失了",
			"我父亲78岁，有老年痴呆，今天早上从赤坎区出门后走失，到现在没有回家，请马上帮忙查找。",
			outcome{"L02", "T20", letter.LeadNone, "", false, letter.P0, "440802"},
		},
		{
			"money in transit", "刚被骗，请止付",
			"我昨晚被假客服骗了，转了2万元到对方账户，今天早上才发现，请马上冻结！",
			outcome{"L05", "T06", letter.LeadSecurity, "F04", false, letter.P0, ""},
		},
		{
			"danger long past", "反映情况",
			"听说多年前村里有人拿刀砍人，那时候没有人管，现在想咨询一下档案怎么查。",
			outcome{"L01", "T05", letter.LeadNone, "", false, letter.P3, ""},
		},
		{
			"accused station", "投诉派出所不作为",
			"我在霞山被人打伤，到派出所报案，民警态度恶劣，一直不立案，互相推诿。",
			outcome{"L03", "T14", letter.LeadSecurity, "V01", true, letter.P1, "440803"},
		},
		{
			"gambling den", "举报有人聚众赌博",
			"廉江市某村有人开设赌场，每天晚上用赌博机聚众赌博，有人望风抽水，请严查，请保密。",
			outcome{"L04", "T04", letter.LeadSecurity, "N01", false, letter.P1, "440881"},
		},
		{
			"polite ending is no thanks", "店铺被砸",
			"昨天有几个人无缘无故砸了我店里的玻璃，损失一万四千元，请严查。\n此致\n敬礼！",
			outcome{"L05", "T04", letter.LeadSecurity, "V09", false, letter.P1, ""},
		},
		{
			"parking", "举报车辆违停",
			"徐闻县政府路口每天有大货车违停占道，严重影响交通，请交警处理。",
			outcome{"L04", "T03", letter.LeadTraffic, "R09", false, letter.P3, "440825"},
		},
		{
			"Cantonese fraud", "俾人呃钱",
			"我喺网上买手机，俾咗定金2000蚊就拉黑我，冇发货，点算好？",
			outcome{"L05", "T06", letter.LeadSecurity, "F03", false, letter.P1, ""},
		},
	}
	c := loaded(t)
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := outcomeOf(c.Judge(write(tt.title, tt.body)).Verdict)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestJudgeFindsTheTicketMoney(t *testing.T) {
	v := loaded(t).Judge(write("买演唱会门票被骗", "分两次转了1180元到对方的账户")).Verdict
	for _, e := range v.Entities {
		if e.Kind == entity.KindAmount && e.Value == "1180" && e.Text == "1180元" {
			return
		}
	}
	t.Errorf("no amount of 1180 yuan in %v", v.Entities)
}

// TestTabooWords: wishes, faith, origin and petitioning change neither lead nor
// urgency.
func TestTabooWords(t *testing.T) {
	c := loaded(t)
	const body = "我在雷州市被人骗了5000元，对方收款后拉黑，希望立案追回。"
	plain := c.Judge(write("被骗", body)).Verdict
	for _, word := range []string{"我信访上访过多次。", "我信佛教。", "我是壮族人。", "我是外省人。", "我要维权。"} {
		v := c.Judge(write("被骗", body+word)).Verdict
		if v.Lead != plain.Lead || v.LeadProb != plain.LeadProb || v.Urgency != plain.Urgency {
			t.Errorf("%s changes the verdict: lead %s %v, urgency %s", word, v.Lead, v.LeadProb, v.Urgency)
		}
	}
}

func TestClassifyKeepsOrder(t *testing.T) {
	c := loaded(t)
	var letters []letter.Letter
	for i := range 200 {
		l := write("第"+strings.Repeat("一", i%7)+"封", "请问身份证怎么办理")
		l.ID = letter.NewID(l.ReceivedAt, i+1)
		letters = append(letters, l)
	}
	judged, err := c.Classify(t.Context(), letters)
	if err != nil {
		t.Fatal(err)
	}
	for i, j := range judged {
		if j.Verdict.ID != letters[i].ID {
			t.Fatalf("judgement %d is of letter %s, want %s", i, j.Verdict.ID, letters[i].ID)
		}
	}
}

func TestClassifyStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := loaded(t).Classify(ctx, []letter.Letter{write("a", "b")}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want context.Canceled", err)
	}
}

func TestTokensCoverTheText(t *testing.T) {
	j := loaded(t).Judge(write("電信詐騙", "我在ＱＱ上被刷单骗了"))
	if want := "电信诈骗\n我在qq上被刷单骗了"; j.Normalised != want {
		t.Errorf("normalised %q, want %q", j.Normalised, want)
	}
	if got := strings.Join(j.Tokens, ""); got != strings.ReplaceAll(j.Normalised, "\n", "") {
		t.Errorf("tokens %q do not make up the text", j.Tokens)
	}
	for _, word := range []string{"电信诈骗", "刷单"} {
		if !slices.Contains(j.Tokens, word) {
			t.Errorf("%s is torn apart: %q", word, j.Tokens)
		}
	}
}

func TestConfigValidate(t *testing.T) {
	bad := classify.Config{}
	if err := bad.Validate(); err == nil {
		t.Error("the zero config passes")
	}
	if err := classify.DefaultConfig().Validate(); err != nil {
		t.Errorf("the default config fails: %v", err)
	}
}

// checkSpans fails where a span does not hold the text it claims.
func checkSpans(t *testing.T, l letter.Letter, v letter.Verdict) {
	t.Helper()
	text := []rune(l.Text())
	check := func(what, got string, start, end int) {
		if start < 0 || end > len(text) || start >= end || string(text[start:end]) != got {
			t.Fatalf("%s %q is not at %d–%d of %q", what, got, start, end, string(text))
		}
	}
	for _, e := range v.Evidence {
		check("evidence", e.Text, e.Start, e.End)
	}
	last := 0
	for _, e := range v.Entities {
		check(e.Kind, e.Text, e.Start, e.End)
		if e.Start < last {
			t.Fatalf("entity %q overlaps the one before", e.Text)
		}
		last = e.End
	}
}

func FuzzJudge(f *testing.F) {
	for _, s := range [][2]string{
		{"被骗", "我在微信(xìn)上被骗了１１８０元，电话138 0013 8000"},
		{"", ""},
		{"\xff乾塘", "粤G·A1234，身份证11010519491231002X，加❤abc\u200b123456"},
		{"沒著落", "三万五 壹仟貳佰 十 亿 1,180.50元 ㍻ ﷺ é ﬁ"},
		{"a\nb", "0x52908400098527886E0F7030069857D2E4169EE7 http://t.cn/AbC."},
	} {
		f.Add(s[0], s[1])
	}
	c := loaded(f)
	f.Fuzz(func(t *testing.T, title, body string) {
		l := write(title, body)
		first := c.Judge(l)
		checkSpans(t, l, first.Verdict)
		if diff := cmp.Diff(first, c.Judge(l)); diff != "" {
			t.Fatalf("judged again (-first +second):\n%s", diff)
		}
	})
}

func TestVersionStandsInVerdicts(t *testing.T) {
	c := loaded(t)
	model, dictionary := c.Version()
	v := c.Judge(write("a", "b")).Verdict
	if model == "" || len(dictionary) != 12 || v.Model != model || v.Dictionary != dictionary {
		t.Errorf("version %q %q, verdict has %q %q", model, dictionary, v.Model, v.Dictionary)
	}
}

func TestSwap(t *testing.T) {
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	c, err := classify.New(classify.DefaultConfig(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	before, _ := c.Version()
	if err := c.Swap([]byte("no model")); err == nil {
		t.Error("a file that is no model was taken")
	}
	if after, _ := c.Version(); after != before {
		t.Errorf("a refused file changed the model from %s to %s", before, after)
	}
	file, err := os.ReadFile("jiesu.model")
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Swap(file); err != nil {
		t.Fatal(err)
	}
	if v := c.Judge(write("a", "b")).Verdict; v.Model != before {
		t.Errorf("judged by %s, want %s", v.Model, before)
	}
}

// TestEvidenceNamesTheAct: what carried a lead is the act, not the greeting.
func TestEvidenceNamesTheAct(t *testing.T) {
	v := loaded(t).Judge(write("买演唱会门票被骗", "您好，我在网上买演唱会门票被骗，转了1180元，对方把我拉黑了。")).Verdict
	heaviest := letter.Evidence{}
	for _, e := range v.Evidence {
		if e.Weight <= 0 {
			t.Errorf("%q is shown for %s but weighs %v", e.Text, e.For, e.Weight)
		}
		if e.For == "lead" && e.Weight > heaviest.Weight {
			heaviest = e
		}
	}
	if !strings.Contains(heaviest.Text, "骗") {
		t.Errorf("the lead rests most on %q", heaviest.Text)
	}
}

func TestTrainNeedsLabels(t *testing.T) {
	if _, err := loaded(t).Train(t.Context(), os.DirFS(t.TempDir()), nil, nil, 1); err == nil {
		t.Error("trained on an empty directory")
	}
}

// TestJudgeTakesTheWritersDivision: of two stations of one name it is that of
// the writer's county.
func TestJudgeTakesTheWritersDivision(t *testing.T) {
	l := write("咨询户口", "请问城北派出所周末上班吗？")
	if v := loaded(t).Judge(l).Verdict; len(v.Units) < 2 {
		t.Fatalf("units %v, want all of the name", v.Units)
	}
	l.Division = "440881"
	if diff := cmp.Diff([]string{"440881-P03"}, loaded(t).Judge(l).Verdict.Units); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
