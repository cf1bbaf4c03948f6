package entity_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/classify/entity"
)

func (g gen) amount() specimen {
	if g.IntN(4) == 0 {
		return g.in(g.pick(g.otherNumbers(), "有"+g.nonZero()+"万人", "第"+g.nonZero()+"块地", "我们一块去", "2024年元月", "跑了"+g.digits(2)+"公里", "占地"+g.nonZero()+"万平方米",
			"元旦那天", "几十个人", "买了"+g.nonZero()+"块表", "给了三块石头", "十几个", "一元复始", "房号1301", "一个U盘", "两点钟", "三五个人", "万一出事", "粉丝"+g.nonZero()+"万"))
	}
	lead := g.pick("被骗", "转账", "损失", "要价", "欠我", "价值", "交了", "", "收了我")
	tail := g.pick("", "，没退", "给他", "左右", "的货")
	whole := 1 + g.IntN(9999)
	tens := (1 + g.IntN(99)) * 100
	var shown string
	var yuan float64
	switch g.IntN(16) {
	case 0:
		shown, yuan = strconv.Itoa(whole)+"元", float64(whole)
	case 1:
		cents := 1 + g.IntN(9)
		shown, yuan = fmt.Sprintf("%d.%02d元", whole, cents), float64(whole*100+cents)/100
	case 2:
		n := 1 + g.IntN(900)
		shown, yuan = fmt.Sprintf("%d,%03d元", n, tens%1000), float64(n*1000+tens%1000)
	case 3:
		n := 11 + g.IntN(900)
		shown, yuan = fmt.Sprintf("%d.%d万元", n/10, n%10), float64(n)*1000
	case 4:
		n := 11 + g.IntN(900)
		shown, yuan = fmt.Sprintf("%d.%d万", n/10, n%10), float64(n)*1000
	case 5:
		n := g.IntN(3_000_000) + 11
		shown, yuan = inHan(n)+g.pick("元", "块钱"), float64(n)
	case 6:
		n := g.IntN(90_000) + 11
		shown, yuan = han(n, formalHan, "拾佰仟万")+g.pick("元", "圆"), float64(n)
	case 7:
		a, b := 1+g.IntN(9), 1+g.IntN(9)
		shown, yuan = string([]rune(plainHan)[a])+"万"+string([]rune(plainHan)[b])+"块", float64(a*10000+b*1000)
	case 8:
		a, b := 1+g.IntN(9), 1+g.IntN(9)
		shown, yuan = fmt.Sprintf("%d万%d千元", a, b), float64(a*10000+b*1000)
	case 9:
		shown, yuan = g.pick("¥", "￥")+strconv.Itoa(whole), float64(whole)
	case 10:
		shown = "人民币" + strconv.Itoa(tens) + "元"
		if g.IntN(2) == 0 {
			shown = strconv.Itoa(tens) + "元人民币"
		}
		return g.in(lead+shown+tail, amountText(shown)+"="+strconv.Itoa(tens))
	case 11:
		shown, yuan = strconv.Itoa(tens)+g.pick("块", "块钱", "蚊"), float64(tens)
		tail = g.pick("", "，没退", "，人也找不到")
	case 12:
		n := 1 + g.IntN(99)
		shown, yuan = fmt.Sprintf("%dw", n), float64(n*10000)
		tail = "，没退"
	case 13:
		a, b := 1+g.IntN(900), 1+g.IntN(9)
		shown, yuan = fmt.Sprintf("%d元%d角", a, b), float64(a)+float64(b)/10
	case 14:
		n := 100 * (1 + g.IntN(80))
		code := g.pick("HKD 港币", "USD 美元", "USDT U")
		at := strings.Split(code, " ")
		shown = strconv.Itoa(n) + at[1]
		return g.in(lead+shown+"，没退", shown+"="+at[0]+" "+strconv.Itoa(n))
	default:
		shown, yuan = full(strconv.Itoa(whole))+"元", float64(whole)
	}
	return g.in(lead+shown+tail, shown+"="+strconv.FormatFloat(yuan, 'f', -1, 64))
}

// amountText is what the finding covers: 人民币 in front of a sum with 元 is no
// part of it.
func amountText(shown string) string {
	if rest, ok := strings.CutPrefix(shown, "人民币"); ok {
		return rest
	}
	return strings.TrimSuffix(shown, "人民币")
}

const stamp = "2006-01-02T15:04:05-07:00"

func span(from, to time.Time) string { return from.Format(stamp) + "/" + to.Format(stamp) }

// when draws a time that was at most two years before the letter, and tells it
// in one of the ways people do.
func (g gen) when() specimen {
	now := received.In(time.FixedZone("", 8*60*60))
	midnight := time.Date(now.Year(), now.Month(), now.Day(), 0, 0, 0, 0, now.Location())
	if g.IntN(4) == 0 {
		text := g.pick("打了3次电话", "第8号楼", "0759-2222333", "买月票", "三点建议", "3.5元", "2000元", "1比2", "晚上不睡", "20号楼", "13月1日", "2月30日", "每周三")
		return specimen{text + "。", nil}
	}
	back := 1 + g.IntN(300)
	d := midnight.AddDate(0, 0, -back)
	next := d.AddDate(0, 0, 1)
	var shown, want string
	switch g.IntN(13) {
	case 0:
		shown, want = d.Format("2006年1月2日"), span(d, next)
	case 1:
		shown, want = d.Format("2006-01-02"), span(d, next)
	case 2:
		shown, want = d.Format("1月2")+g.pick("日", "号"), span(d, next)
	case 3:
		shown, want = d.Format("2006.1.2"), span(d, next)
	case 4:
		h := g.IntN(24)
		shown, want = d.Format("2006年1月2日")+strconv.Itoa(h)+"时", span(d.Add(time.Duration(h)*time.Hour), d.Add(time.Duration(h+1)*time.Hour))
	case 5:
		h := 1 + g.IntN(5)
		at := d.Add(time.Duration(12+h) * time.Hour)
		shown, want = d.Format("1月2日")+"下午"+g.pick(strconv.Itoa(h), inHan(h))+"点", span(at, at.Add(time.Hour))
	case 6:
		h := 7 + g.IntN(4)
		at := midnight.Add(time.Duration(h-12) * time.Hour)
		shown, want = "昨晚"+g.pick(strconv.Itoa(h), inHan(h))+"点", span(at, at.Add(time.Hour))
	case 7:
		k := g.IntN(7)
		monday := midnight
		for monday.Weekday() != time.Monday {
			monday = monday.AddDate(0, 0, -1)
		}
		at := monday.AddDate(0, 0, k-7)
		shown, want = g.pick("上周", "上星期", "上个礼拜")+string([]rune("一二三四五六日")[k]), span(at, at.AddDate(0, 0, 1))
	case 8:
		shown, want = inHan(int(d.Month()))+"月"+inHan(d.Day())+"日", span(d, next)
	case 9:
		n := 3 + g.IntN(20)
		at := midnight.AddDate(0, 0, -n)
		shown, want = g.pick(strconv.Itoa(n), inHan(n))+"天前", span(at, at.AddDate(0, 0, 1))
	case 10:
		shown = g.pick("昨天", "前天", "大前天")
		at := midnight.AddDate(0, 0, -map[string]int{"昨天": 1, "前天": 2, "大前天": 3}[shown])
		want = span(at, at.AddDate(0, 0, 1))
	case 11:
		shown = d.Format("06年1月")
		first := time.Date(d.Year(), d.Month(), 1, 0, 0, 0, 0, d.Location())
		want = span(first, first.AddDate(0, 1, 0))
	default:
		m := g.IntN(60)
		at := d.Add(21*time.Hour + time.Duration(m)*time.Minute)
		shown, want = d.Format("2006-01-02")+fmt.Sprintf(" 21:%02d", m), span(at, at.Add(time.Minute))
	}
	return specimen{g.pick("我在", "", "事发", "于") + shown + g.pick("被骗", "，有人打架", "报警"), []string{shown + "=" + want}}
}

// TestLoss puts a total, parts, promises and prices into one letter; the total
// must be chosen, else the loss.
func TestLoss(t *testing.T) {
	g := gen{rand.New(rand.NewPCG(13, 14))}
	right, all := 0, 0
	for range 1000 {
		part, rest := 100*(1+g.IntN(300)), 100*(1+g.IntN(300))
		sums := []string{
			fmt.Sprintf("先转了%d元，后来又转%d元", part, rest),
			fmt.Sprintf("对方要求再交%d元解冻", part+rest+5000),
			fmt.Sprintf("平台说奖励%d元", part+rest+900),
			fmt.Sprintf("手机市场价%d元一台", part+rest+100),
		}
		g.Shuffle(len(sums), func(i, j int) { sums[i], sums[j] = sums[j], sums[i] })
		total := g.pick("一共被骗%d元", "总共损失%d元", "合计被骗走%d元", "前后共转了%d元")
		text := strings.Join(sums[:1+g.IntN(3)], "，") + "。" + fmt.Sprintf(total, part+rest) + "。" + sums[3] + "。"
		f := extract(t, text)
		all++
		if f.Loss >= 0 && f.Entities[f.Loss].Kind == entity.KindAmount && f.Entities[f.Loss].Value == strconv.Itoa(part+rest) {
			right++
		} else if all-right <= 5 {
			t.Logf("%q: loss %d of %v", text, f.Loss, f.Entities)
		}
	}
	t.Logf("loss chosen in %d of %d", right, all)
	if right*100 < all*95 {
		t.Errorf("loss chosen in %d of %d letters, want 95 %%", right, all)
	}
}
