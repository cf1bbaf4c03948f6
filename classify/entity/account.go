package entity

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"jiesu.cn/jiesu/classify/lexicon"
)

// labels introduce accounts; the text behind them is the account.
var labels = []struct {
	kind, label string
	account     func([]rune) bool
}{
	{KindQQ, "qq", qqNumber},
	{KindWeChat, "微信", weChatID},
	{KindAlipay, "支付宝", alipayID},
	{KindDouyin, "抖音", douyinID},
	{KindDouyin, "快手", douyinID},
}

// accounts finds account names behind their label: 微信号:abc123.
func accounts(c *collector) {
	text := c.runes()
	for i := range text {
		for _, l := range labels {
			if !hasPrefix(text, i, l.label) {
				continue
			}
			from := skip(text, i+len([]rune(l.label)), "号码", "账号", "账户", "号", "群", "id", "是", "为", ":", " ", "(", "\"", "“", "加")
			to := accountEnd(text, from)
			if name := text[from:to]; l.account(name) {
				c.add(l.kind, from, to, string(name), 0.9)
			}
		}
		if hasPrefix(text, i, "wxid_") {
			to := accountEnd(text, i)
			c.add(KindWeChat, i, to, string(text[i:to]), 0.98)
		}
	}
}

// maxAccount bounds how far an account name is read; none is that long.
const maxAccount = 64

func accountEnd(text []rune, from int) int {
	to := from
	for to < len(text) && to-from < maxAccount && accountRune(text[to]) {
		to++
	}
	return to
}

func accountRune(r rune) bool {
	return latinOrDigit(r) || r == '_' || r == '-' || r == '@' || r == '.'
}

func qqNumber(a []rune) bool {
	return len(a) >= 5 && len(a) <= 11 && a[0] != '0' && !slices.ContainsFunc(a, func(r rune) bool { return !digit(r) })
}

// weChatID: 6–20 of a-z 0-9 _ -, a letter first; or a mobile number.
func weChatID(a []rune) bool {
	if mobile(string(a)) {
		return true
	}
	return len(a) >= 6 && len(a) <= 20 && lower(a[0]) && !slices.ContainsFunc(a, func(r rune) bool { return r == '@' || r == '.' })
}

func alipayID(a []rune) bool {
	s := string(a)
	at := strings.IndexByte(s, '@')
	return mobile(s) || at > 0 && strings.Contains(s[at:], ".")
}

func douyinID(a []rune) bool { return len(a) >= 4 && len(a) <= 20 && a[0] != '.' && a[0] != '-' }

// urlPattern is matched in folded text: a scheme, www. or a usual ending.
var urlPattern = regexp.MustCompile(`(?:https?://|www\.)[a-z0-9][-a-z0-9.]*(?::\d+)?(?:/[-a-z0-9._~/?#@!$&'*+=%]*)?|[a-z0-9][-a-z0-9]*(?:\.[a-z0-9][-a-z0-9]*)*\.(?:com|cn|net|org|top|xyz|vip|cc|info|app|club|site|online|shop|work|icu|live|pro)(?:/[-a-z0-9._~/?#@!$&'*+=%]*)?`)

// urls finds web addresses. Most letters have no dot between Latin letters, so
// the pattern only runs where one stands.
func urls(c *collector) {
	eachLatinRun(c.runes(), func(start int, run string) {
		if !strings.Contains(run, ".") {
			return
		}
		for _, m := range urlPattern.FindAllStringIndex(run, -1) {
			if m[0] > 0 && run[m[0]-1] == '@' {
				continue
			}
			to := m[0] + len(strings.TrimRight(run[m[0]:m[1]], "./"))
			c.add(KindURL, start+m[0], start+to, exact(c, start+m[0], start+to), 0.95)
		}
	})
}

// cryptoPattern: Ethereum, Tron and Bitcoin bech32 addresses, case folded.
var cryptoPattern = regexp.MustCompile(`^(?:0x[0-9a-f]{40}|t[1-9a-z]{33}|bc1[0-9a-z]{25,59})$`)

func crypto(c *collector) {
	eachLatinRun(c.runes(), func(start int, run string) {
		from := 0
		for from < len(run) {
			to := from
			for to < len(run) && latinOrDigit(rune(run[to])) {
				to++
			}
			if to-from >= 28 && cryptoPattern.MatchString(run[from:to]) {
				c.add(KindCrypto, start+from, start+to, exact(c, start+from, start+to), 0.9)
			}
			from = to + 1
		}
	})
}

// eachLatinRun calls f for every run of visible ASCII.
func eachLatinRun(text []rune, f func(start int, run string)) {
	for i := 0; i < len(text); {
		if text[i] <= ' ' || text[i] > unicode.MaxASCII {
			i++
			continue
		}
		start := i
		for i < len(text) && text[i] > ' ' && text[i] <= unicode.MaxASCII {
			i++
		}
		f(start, string(text[start:i]))
	}
}

// exact returns the original with its letter case, in half width: addresses
// are case sensitive.
func exact(c *collector, from, to int) string {
	start, end := c.text.Span(from, to)
	return strings.Map(func(r rune) rune {
		if r >= 0xff01 && r <= 0xff5e {
			return r - 0xfee0
		}
		return r
	}, string(c.text.Original[start:end]))
}

// Plates: province, letter, five or six (new energy) letters or digits.
const (
	provinces   = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
	plateEnding = "学警挂港澳"
)

func plates(c *collector) {
	text := c.runes()
	for i := range text {
		if !strings.ContainsRune(provinces, text[i]) || i+6 >= len(text) || !lower(text[i+1]) {
			continue
		}
		k := skip(text, i+2, "·", "•", ".", " ", "-")
		digits, n := 0, 0
		for ; k+n < len(text) && n < 6 && latinOrDigit(text[k+n]); n++ {
			if digit(text[k+n]) {
				digits++
			}
		}
		if n == 4 && k+4 < len(text) && strings.ContainsRune(plateEnding, text[k+4]) {
			n++
		}
		end := k + n
		if n < 5 || digits < 2 || end < len(text) && latinOrDigit(text[end]) {
			continue
		}
		c.add(KindPlate, i, end, string(text[i])+strings.ToUpper(string(text[i+1])+string(text[k:end])), 0.95)
	}
}

// apps that letters name as the place of a contact or a payment.
const apps = `telegram whatsapp potato 纸飞机 蝙蝠聊天 teamviewer anydesk todesk 向日葵远程 腾讯会议 钉钉 skype 闲鱼 转转
陌陌 探探 soul 快手 抖音 小红书 大麦网 大麦 拼多多 淘宝 京东 欧易 币安 火币 微信 支付宝 qq 微博 知乎 百度贴吧 贴吧 美团 饿了么 滴滴 花呗 借呗 微粒贷`

type appList struct {
	trie  *lexicon.Trie
	names []string
}

func newAppList() appList {
	l := appList{trie: lexicon.NewTrie()}
	for _, name := range strings.Fields(apps) {
		if _, added := l.trie.Add([]rune(name)); added {
			l.names = append(l.names, name)
		}
	}
	return l
}

// find reports each app once, at its first mention.
func (l appList) find(c *collector) {
	text := c.runes()
	var seen []string
	matches := l.trie.Find(text)
	for i, m := range matches {
		longer := i+1 < len(matches) && matches[i+1].Start == m.Start
		name := l.names[m.Word]
		if longer || slices.Contains(seen, name) || insideLatin(text, m.Start, m.End) {
			continue
		}
		if c.add(KindApp, m.Start, m.End, name, 0.8) {
			seen = append(seen, name)
		}
	}
}

// insideLatin reports a Latin match that is part of a longer Latin word.
func insideLatin(text []rune, start, end int) bool {
	if start > 0 && lower(text[start]) && latinOrDigit(text[start-1]) {
		return true
	}
	return end < len(text) && lower(text[end-1]) && lower(text[end])
}
