package entity_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"jiesu.cn/jiesu/classify/entity"
)

// specimens of each kind, and the least precision and recall they must reach.
const (
	perKind      = 2400
	minPrecision = 0.97
	minRecall    = 0.95
)

// score counts findings of one kind.
type score struct{ hit, extra, missed int }

func (s score) precision() float64 { return float64(s.hit) / float64(max(1, s.hit+s.extra)) }
func (s score) recall() float64    { return float64(s.hit) / float64(max(1, s.hit+s.missed)) }

// count compares what was found of a kind with what the generator put in.
func (s *score) count(t *testing.T, kind string, sp specimen) {
	t.Helper()
	open := append([]string(nil), sp.want...)
	for _, e := range extract(t, sp.text).Entities {
		if e.Kind != kind {
			continue
		}
		found := e.Text + "=" + e.Value
		at := -1
		for i, w := range open {
			if w == found {
				at = i
			}
		}
		if at < 0 {
			s.extra++
			if s.extra <= 8 {
				t.Logf("%s: %q is not in %q, want %q", kind, found, sp.text, sp.want)
			}
			continue
		}
		s.hit++
		open = append(open[:at], open[at+1:]...)
	}
	s.missed += len(open)
	if len(open) > 0 && s.missed <= 8 {
		t.Logf("%s: %q not found in %q", kind, open, sp.text)
	}
}

func TestGenerated(t *testing.T) {
	kinds := []struct {
		kind  string
		draw  func(gen) specimen
		exact float64 // Least precision and recall, 0 for the usual ones.
	}{
		{entity.KindPhone, gen.phone, 0},
		{entity.KindLandline, gen.landline, 0},
		{entity.KindID, gen.id, 0},
		{entity.KindBankCard, gen.card, 0},
		{entity.KindPlate, gen.plate, 0},
		{entity.KindQQ, gen.qq, 0},
		{entity.KindWeChat, gen.wechat, 0},
		{entity.KindAlipay, gen.alipay, 0},
		{entity.KindDouyin, gen.douyin, 0},
		{entity.KindURL, gen.url, 0},
		{entity.KindCrypto, gen.crypto, 0},
		{entity.KindApp, gen.app, 0},
		{entity.KindAmount, gen.amount, 0.95},
		{entity.KindTime, gen.when, 0.95},
	}
	for _, k := range kinds {
		t.Run(k.kind, func(t *testing.T) {
			g := gen{rand.New(rand.NewPCG(11, 12))}
			var s score
			different := map[string]bool{}
			for range perKind {
				sp := k.draw(g)
				different[sp.text] = true
				s.count(t, k.kind, sp)
			}
			precision, recall := minPrecision, minRecall
			if k.exact > 0 {
				precision, recall = k.exact, k.exact
			}
			t.Logf("%s: %d texts, %d different; %d right, %d wrong, %d missed: precision %.4f, recall %.4f",
				k.kind, perKind, len(different), s.hit, s.extra, s.missed, s.precision(), s.recall())
			if s.precision() < precision || s.recall() < recall {
				t.Errorf("want precision %.2f and recall %.2f", precision, recall)
			}
		})
	}
}

func (g gen) app() specimen {
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "向警方反映", "滴滴答答的水声", "大麦茶", "秋千转个不停", "在线online办理", "软件园", "qqqaz"))
	}
	name := g.pick("闲鱼", "拼多多", "淘宝", "京东", "小红书", "陌陌", "探探", "telegram", "腾讯会议", "钉钉", "美团", "快手", "抖音", "支付宝", "微博", "币安", "欧易", "大麦网")
	shown := name
	if name == "telegram" && g.IntN(2) == 0 {
		shown = "Telegram"
	}
	return g.in(g.pick("在", "通过", "下载了", "用")+shown+g.pick("上被骗", "认识", "购买", "付款"), shown+"="+name)
}

// han writes a number below 10⁸ in Han numerals, from its decimal digits.
func han(n int, digits, units string) string {
	d, u := []rune(digits), []rune(units)
	if n >= 10_000 {
		low := n % 10_000
		out := han(n/10_000, digits, units) + string(u[3])
		if low == 0 {
			return out
		}
		if low < 1000 {
			out += string(d[0])
		}
		return out + han(low, digits, units)
	}
	out, gap := "", false
	for k, unit := range []int{1000, 100, 10, 1} {
		v := n / unit % 10
		if v == 0 {
			gap = out != ""
			continue
		}
		if gap {
			out += string(d[0])
			gap = false
		}
		out += string(d[v])
		if unit > 1 {
			out += string(u[2-k])
		}
	}
	return out
}

const (
	plainHan  = "零一二三四五六七八九"
	formalHan = "零壹贰叁肆伍陆柒捌玖"
)

func inHan(n int) string {
	s := han(n, plainHan, "十百千万")
	if n >= 10 && n < 20 {
		s = strings.TrimPrefix(s, "一")
	}
	return s
}
