package entity_test

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
)

// specimen is a made-up text and the findings of one kind that it holds, each
// as "text=value". They are put in by the generator, which shares no code with
// the extractor.
type specimen struct {
	text string
	want []string
}

// gen draws from a fixed seed.
type gen struct{ *rand.Rand }

func (g gen) pick(choices ...string) string { return choices[g.IntN(len(choices))] }

func (g gen) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = '0' + byte(g.IntN(10))
	}
	return string(b)
}

func (g gen) of(set string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = set[g.IntN(len(set))]
	}
	return string(b)
}

func (g gen) nonZero() string { return strconv.Itoa(1 + g.IntN(9)) }

const (
	small    = "abcdefghijklmnopqrstuvwxyz"
	capitals = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	numbers  = "0123456789"
)

// full writes ASCII in full width.
func full(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

// in puts what was made between ordinary words and the other numbers letters
// are full of.
func (g gen) in(text string, want ...string) specimen {
	before := g.pick("", "您好，", "我昨日报过警，", "事情是这样的：", "民警说打12345，", "拨打110后，", "在2楼1201房，", "买了3斤半虾，", "单价5.5的，", "第3次反映，", "反诈中心96110来过，")
	after := g.pick("。", "，请核实", "，谢谢！", "；求处理", "，没人理", "\n盼复", "，已经3次了", "。楼上1802也知道")
	return specimen{before + text + after, want}
}

// otherNumbers are near misses that are nothing an investigator looks up.
func (g gen) otherNumbers() string {
	switch g.IntN(16) {
	case 0:
		return "订单号" + g.pick("", "：", "是") + g.nonZero() + g.digits(15+g.IntN(4))
	case 1:
		return "快递单号SF" + g.digits(13)
	case 2:
		return "运单号" + g.pick("7", "4", "9") + g.digits(13)
	case 3:
		return "打12389和12345都没用"
	case 4:
		return "受理号" + fmt.Sprintf("2024%02d%02d", 1+g.IntN(12), 1+g.IntN(28)) + g.digits(6)
	case 5:
		return fmt.Sprintf("案号（2023）粤0802刑初%d号", g.IntN(999))
	case 6:
		return "面积1380平方米，共12层"
	case 7:
		return "邮编524" + g.digits(3)
	case 8:
		return "订单编号1" + strconv.Itoa(3+g.IntN(7)) + g.digits(9)
	case 9:
		return "型号X" + g.digits(5) + "-V2.0"
	case 10:
		return fmt.Sprintf("时间戳%d.%s", 1_700_000_000+g.IntN(99_999_999), g.digits(3))
	case 11:
		return "排到第" + g.digits(5) + "号"
	case 12:
		return "客服95588、银行95566"
	case 13:
		return "合同号HT" + g.digits(12)
	case 14:
		return "圆周率3.14159265358979"
	}
	return "交易流水号" + g.nonZero() + g.digits(27)
}

func (g gen) phone() specimen {
	if g.IntN(4) == 0 {
		return g.in(g.pick(g.otherNumbers(), "号码1"+g.digits(9), "12"+g.digits(9), "编号1"+g.digits(10), "打1"+g.digits(12)))
	}
	n := "1" + strconv.Itoa(3+g.IntN(7)) + g.digits(9)
	shown := n
	switch g.IntN(10) {
	case 0:
		shown = n[:3] + "-" + n[3:7] + "-" + n[7:]
	case 1:
		shown = n[:3] + " " + n[3:7] + " " + n[7:]
	case 2:
		shown = full(n)
	case 3:
		shown = spoken(n, g)
	case 4:
		shown = "86-" + n
	case 5:
		shown = "86" + n
	case 6:
		shown = n[:5] + "\u200b" + n[5:]
	case 7:
		shown = n[:7] + " " + n[7:]
	}
	return g.in(g.pick("电话", "手机号：", "骗子用", "来电", "联系人", "请回电", "致电", "对方号码是", "")+shown+g.pick("", "打来", "（微信同号）", "联系"), shown+"="+n)
}

// spoken writes digits in Han, as over the telephone.
func spoken(digits string, g gen) string {
	one := g.pick("一", "幺")
	return strings.NewReplacer("0", "零", "1", one, "2", "二", "3", "三", "4", "四", "5", "五", "6", "六", "7", "七", "8", "八", "9", "九").Replace(digits)
}

func (g gen) landline() specimen {
	if g.IntN(4) == 0 {
		return g.in(g.pick(g.otherNumbers(), "0759号楼", "尾数07591234", "编号0759"+g.digits(7), "比例0.759"+g.digits(7), "拨打12345", "2024-"+g.digits(7)))
	}
	local := strconv.Itoa(2+g.IntN(7)) + g.digits(6)
	switch g.IntN(7) {
	case 0:
		n := "0759" + local
		return g.in("固话"+n, n+"="+n)
	case 1:
		return g.in("座机（0759）"+local, "0759）"+local+"=0759"+local)
	case 2:
		shown := "020-" + g.pick("8", "3") + local
		return g.in("来电"+shown, shown+"="+strings.Replace(shown, "-", "", 1))
	case 3:
		return g.in("电话："+local, local+"=0759"+local)
	case 4:
		shown := "0759—" + local
		return g.in("传真"+shown, shown+"=0759"+local)
	case 5:
		shown := "400-" + g.nonZero() + g.digits(2) + "-" + g.digits(4)
		return g.in("客服电话"+shown, shown+"="+strings.ReplaceAll(shown, "-", ""))
	}
	shown := "0759-" + local
	return g.in(g.pick("打", "所里电话", "致电", "")+shown, shown+"=0759"+local)
}

// identity makes a number whose check character is found by trying: the whole,
// read as powers of two, leaves 1 when divided by 11.
func (g gen) identity() string {
	body := g.pick("440802", "440811", "110105", "990000", "450103") +
		fmt.Sprintf("%d%02d%02d", 1940+g.IntN(75), 1+g.IntN(12), 1+g.IntN(28)) + g.digits(3)
	for _, check := range "0123456789X" {
		if remainder(body, check) == 1 {
			return body + string(check)
		}
	}
	return ""
}

func remainder(body string, check rune) int {
	sum := strings.IndexRune("0123456789X", check)
	for i, r := range body {
		sum += int(r-'0') * (1 << (17 - i))
	}
	return sum % 11
}

func (g gen) id() specimen {
	n := g.identity()
	if g.IntN(3) == 0 {
		wrong := n[:17] + strconv.Itoa((strings.Index("0123456789X", n[17:])+1+g.IntN(8))%10)
		if remainder(wrong[:17], rune(wrong[17])) == 1 {
			wrong = n[:17]
		}
		return g.in(g.pick(g.otherNumbers(), "身份证号"+wrong, "身份证"+n[:17], "编号"+n[:6]+"20241399"+n[14:], "号码"+n+"77", "订单号"+wrong))
	}
	switch g.IntN(5) {
	case 0:
		shown := n[:6] + " " + n[6:14] + " " + n[14:]
		return g.in("身份证"+shown, shown+"="+n)
	case 1:
		return g.in("身份证号码："+strings.ToLower(n), strings.ToLower(n)+"="+n)
	case 2:
		return g.in("证件"+full(n), full(n)+"="+n)
	}
	return g.in(g.pick("身份证", "身份证号是", "户籍", "证号：", "")+n, n+"="+n)
}

// card makes a number of n digits that passes Luhn, by trying the last digit.
func (g gen) cardNumber(n int) string {
	body := g.pick("622202", "621700", "623052", "990012", "436742") + g.digits(n-7)
	for d := range 10 {
		if s := body + strconv.Itoa(d); doubled(s)%10 == 0 {
			return s
		}
	}
	return ""
}

// doubled is Luhn's sum.
func doubled(s string) int {
	sum := 0
	for i := len(s) - 1; i >= 0; i -= 2 {
		sum += int(s[i] - '0')
		if i > 0 {
			twice := fmt.Sprint(2 * int(s[i-1]-'0'))
			for _, r := range twice {
				sum += int(r - '0')
			}
		}
	}
	return sum
}

func (g gen) card() specimen {
	n := g.cardNumber([]int{16, 19}[g.IntN(2)])
	if g.IntN(3) == 0 {
		wrong := n[:len(n)-1] + strconv.Itoa((int(n[len(n)-1]-'0')+1+g.IntN(8))%10)
		return g.in(g.pick(g.otherNumbers(), "银行卡"+wrong, "订单号"+n, "运单号："+n, "交易流水号"+n, "他的尾号"+n[12:16]+"的卡", "条码"+n))
	}
	shown := n
	if g.IntN(3) == 0 {
		var parts []string
		for rest := n; rest != ""; {
			k := min(4, len(rest))
			parts, rest = append(parts, rest[:k]), rest[k:]
		}
		shown = strings.Join(parts, " ")
	}
	return g.in(g.pick("银行卡", "卡号：", "转到账号", "打到农行", "收款账户是", "汇款到工商银行")+shown+g.pick("", "（户名王某）", "，开户行不明"), shown+"="+n)
}

func (g gen) plate() specimen {
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "粤G"+g.digits(4), "粤G"+g.digits(8), "京A座"+g.digits(4)+"室", "豫园B"+g.digits(5), "新A楼", "云"+g.digits(5), "沪深300指数", "G"+g.digits(5)+"次"))
	}
	place := g.pick("粤", "粤", "粤", "桂", "湘", "京", "琼", "闽", "赣") + g.of("ABCDEFGHJK", 1)
	var body string
	switch g.IntN(5) {
	case 0:
		body = g.of("DF", 1) + g.of(capitals+numbers, 1) + g.digits(4)
	case 1:
		body = g.digits(5) + g.of("DF", 1)
	case 2:
		body = g.of(capitals, 2) + g.digits(3)
	case 3:
		body = g.digits(4) + "学"
	default:
		body = g.digits(4) + g.of(capitals, 1)
	}
	shown := place + body
	switch g.IntN(5) {
	case 0:
		shown = place + "·" + body
	case 1:
		shown = strings.ToLower(shown)
	case 2:
		shown = full(shown)
	case 3:
		shown = place + " " + body
	}
	return g.in(g.pick("车牌", "车牌号：", "一辆", "小车", "")+shown+g.pick("", "的车", "乱停", "白色轿车"), shown+"="+place+body)
}

func (g gen) qq() specimen {
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "QQ转账"+g.digits(5)+"元", "QQ群里有"+g.nonZero()+g.digits(4)+"人", "在QQ上说2024年8月", "QQ"+g.nonZero()+g.digits(2), "QQ被盗，损失"+g.nonZero()+g.digits(4), "QQ："+g.nonZero()+g.digits(12)))
	}
	n := g.nonZero() + g.digits(4+g.IntN(6))
	shown := n
	if g.IntN(5) == 0 {
		shown = full(n)
	}
	if g.IntN(6) == 0 {
		return g.in("邮箱"+n+"@qq.com", n+"="+n)
	}
	return g.in(g.pick("QQ", "QQ号", "QQ：", "qq群", "扣扣", "扣扣号是", "加Q：", "QQ号码为", "企鹅号", "Q群号")+shown+g.pick("", "，昵称阿明", "联系"), shown+"="+n)
}

func (g gen) wechat() specimen {
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "微信转账"+g.nonZero()+g.digits(3)+"元", "微信群有200人", "微信支付给他", "微信app下载", "在微信上聊了3个月", "微信小程序abc", "用微信扫了二维码", "微信里说2024年"))
	}
	var n string
	switch g.IntN(5) {
	case 0:
		n = "wxid_" + g.of(small+numbers, 14)
		return g.in(g.pick("微信", "对方", "账号", "")+n, n+"="+n)
	case 1:
		n = "1" + strconv.Itoa(3+g.IntN(7)) + g.digits(9)
	case 2:
		n = g.of(small, 6+g.IntN(6))
		return g.in(g.pick("微信号：", "微信号是", "V信号:", "薇信号")+n, n+"="+n)
	case 3:
		n = g.of(small, 3) + "_" + g.of(small+numbers, 4+g.IntN(6))
	default:
		n = g.of(small, 1+g.IntN(5)) + g.digits(5+g.IntN(5))
	}
	return g.in(g.pick("微信", "微信号", "微信：", "薇信", "V信", "加❤", "vx：", "加微信", "wx号", "加V：", "徽信号", "微信id：", "绿泡泡：")+n, n+"="+n)
}

func (g gen) alipay() specimen {
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "支付宝转了"+g.nonZero()+g.digits(3)+"元", "支付宝到账", "用支付宝在2024年8月付款", "支付宝花呗", "支付宝订单"+g.digits(11), "支付宝1"+g.digits(9)))
	}
	n := "1" + strconv.Itoa(3+g.IntN(7)) + g.digits(9)
	if g.IntN(2) == 0 {
		n = g.of(small, 3) + g.of(small+numbers, 5) + "@" + g.pick("163.com", "126.com", "example.com", "sina.cn")
	}
	return g.in(g.pick("支付宝", "支付宝账号", "支付宝：", "支付宝账户为", "zfb：", "支付宝号是")+n, n+"="+n)
}

func (g gen) douyin() specimen {
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "抖音直播间有"+g.nonZero()+g.digits(4)+"人", "抖音2024年很火", "抖音app", "在抖音刷到视频", "快手"+g.nonZero()+g.digits(3)+"元买的", "抖音充值"+g.digits(4)))
	}
	n := g.nonZero() + g.digits(6+g.IntN(5))
	label := g.pick("抖音号", "抖音号：", "快手号:", "抖音账号是", "dy号")
	if g.IntN(2) == 0 {
		n = g.of(small, 2+g.IntN(4)) + g.of(small+numbers+"_.", 3) + g.digits(2+g.IntN(4))
		label = g.pick(label, "抖音", "快手")
	}
	return g.in(label+n, n+"="+n)
}

func (g gen) url() specimen {
	name := g.of(small, 3+g.IntN(6)) + g.pick("", "-"+g.digits(2), g.digits(3))
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "版本v"+g.digits(1)+"."+g.digits(1)+"."+g.digits(1), "文件"+name+".doc", "照片IMG_"+g.digits(4)+".jpg", "约3.5公里", "邮箱"+name+"@163.com", "2024.8.20", "Mr.Wang", "见附件1.pdf", "e.g.这样"))
	}
	host := name + "." + g.pick("com", "cn", "net", "top", "xyz", "vip", "cc", "com.cn", "example", "invalid")
	path := g.pick("", "/"+g.of(small+capitals+numbers, 6), "/a/b?id="+g.digits(4))
	switch g.IntN(5) {
	case 0:
		u := g.pick("https://", "http://") + host + path
		return g.in(g.pick("网址", "链接：", "登录", "点开")+u, u+"="+u)
	case 1:
		u := "www." + host + path
		return g.in("网址"+u+g.pick("", "注册"), u+"="+u)
	case 2:
		u := "https://" + host + path
		return g.in("链接"+full(u), full(u)+"="+u)
	case 3:
		return g.in("网站"+name+"点com骗钱", name+"点com="+name+".com")
	}
	u := host + path
	return g.in(g.pick("网站", "打开", "在")+u, u+"="+u)
}

// base58Check encodes a version and a hash with their check sum.
func (g gen) base58Check(version byte) string {
	raw := []byte{version}
	for range 20 {
		raw = append(raw, byte(g.IntN(256)))
	}
	first := sha256.Sum256(raw)
	second := sha256.Sum256(first[:])
	raw = append(raw, second[:4]...)
	const alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
	n, out := new(big.Int).SetBytes(raw), ""
	for n.Sign() > 0 {
		var m big.Int
		n.DivMod(n, big.NewInt(58), &m)
		out = string(alphabet[m.Int64()]) + out
	}
	for _, b := range raw {
		if b != 0 {
			break
		}
		out = "1" + out
	}
	return out
}

// segwit lists addresses published in BIP 173 and BIP 350.
func segwit() []string {
	return []string{
		"bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
		"bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3",
		"bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
	}
}

func (g gen) crypto() specimen {
	a := g.pick(segwit()...)
	switch g.IntN(4) {
	case 0:
		a = "0x" + g.of("0123456789abcdefABCDEF", 40)
	case 1:
		a = g.base58Check(0x41)
	case 2:
		a = g.base58Check([]byte{0, 5}[g.IntN(2)])
	}
	if g.IntN(3) == 0 {
		return g.in(g.pick(g.otherNumbers(), "哈希0x"+g.of("0123456789abcdef", 64), "编码"+g.of(capitals+small+numbers, 34), "密钥T"+g.of(numbers+small, 33),
			"包"+g.of("0123456789abcdef", 40), "令牌"+a[:len(a)-3], "bc1"+g.of("023456789acdefghjklmnpqrstuvwxyz", 39), "0x"+g.of("0123456789abcdef", 39)))
	}
	return g.in(g.pick("转U到", "USDT地址：", "钱包地址", "trc20：", "比特币地址 ", "打到")+a, a+"="+a)
}
