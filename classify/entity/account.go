package entity

import (
	"slices"
	"strings"
)

// accounts finds account names behind their label: 微信号:abc123.
func (c *collector) accounts() {
	text := c.runes()
	for _, m := range c.matching(func(r role) bool { return r.label >= 0 }) {
		l := c.labels[c.roles[m.word].label]
		if lower(text[m.start]) && latinAt(text, m.start-1) {
			continue
		}
		from, said := c.behindLabel(m.end)
		to := accountEnd(text, from)
		if from == to || l.glued && !said && !mobile(string(text[from:to])) {
			continue
		}
		c.account(l.kind, from, to, said)
	}
	c.bareAccounts()
	c.laterQQ()
}

// laterQQ finds a QQ number told away from its label: 我的QQ被盗…号码是10001000.
func (c *collector) laterQQ() {
	if !slices.ContainsFunc(c.matches, func(m match) bool { return c.roles[m.word].label == 0 }) {
		return
	}
	text := c.runes()
	for i := c.next(0, classDigit); i < len(text); i = c.next(i, classDigit) {
		end := i
		for end < len(text) && digit(text[end]) {
			end++
		}
		if endsWithAny(text, skipBack(text, i, 2, "是为:"), c.numbered) && !c.numbersThings(i) &&
			!holdsAny(text, i-10, i, c.otherNumbers) && end-i >= 6 && end-i <= 10 && qqNumber(text[i:end]) && !latinAt(text, end) && !followedBy(text, end, "-*") {
			c.add(KindQQ, i, end, string(text[i:end]), 0.6)
		}
		i = end
	}
}

// account checks what stands behind a label; said tells that a word or sign
// such as 号 or : announces the account.
func (c *collector) account(kind string, from, to int, said bool) {
	text := c.runes()
	name := text[from:to]
	var ok bool
	switch kind {
	case KindQQ:
		ok = qqNumber(name) && !followedBy(text, to, "元块万年月日人个次钱千百%")
		if box := slices.Index(name, '@'); !ok && box > 0 && strings.HasPrefix(string(name[box:]), "@qq.") && qqNumber(name[:box]) {
			ok, to = true, from+box
			c.take(to, to+len(name)-box)
		}
	case KindWeChat:
		ok = weChatID(name, said)
	case KindAlipay:
		ok = mobile(string(name)) || isEmail(string(name))
	case KindDouyin:
		ok = douyinID(name, said)
	}
	if ok {
		c.add(kind, from, to, string(text[from:to]), map[bool]float64{true: 0.95, false: 0.85}[said])
	}
}

// behindLabel skips what stands between a label and the account, and reports
// whether it announces one.
func (c *collector) behindLabel(i int) (from int, said bool) {
	text := c.runes()
	if hasPrefix(text, i, "id") && !latinAt(text, i+2) {
		i += len("id")
		said = true
	}
	from = skip(text, i, c.fillers...)
	return from, said || holdsAny(text, i, from, c.announcing)
}

// bareAccounts finds what shows itself without a label: the names WeChat gives
// and the addresses of QQ mail. Other e-mail addresses are kept from the rest.
func (c *collector) bareAccounts() {
	text := c.runes()
	for i := c.next(0, classLatin|classDigit); i < len(text); i = c.next(i, classLatin|classDigit) {
		if latinAt(text, i-1) {
			i++
			continue
		}
		to := accountEnd(text, i)
		switch name := text[i:to]; {
		case hasPrefix(text, i, "wxid_") && to-i > 8:
			c.add(KindWeChat, i, to, string(name), 0.98)
		case slices.Contains(name, '@') && isEmail(string(name)):
			at := slices.Index(name, '@')
			if strings.HasPrefix(string(name[at:]), "@qq.com") && qqNumber(name[:at]) {
				c.add(KindQQ, i, i+at, string(name[:at]), 0.85)
			}
			c.take(i, to)
		}
		i = to
	}
}

// maxAccount bounds how far an account name is read; none is that long.
const maxAccount = 64

func accountEnd(text []rune, from int) int {
	to := from
	for to < len(text) && to-from < maxAccount && accountRune(text[to]) {
		to++
	}
	for to > from && strings.ContainsRune(".-@", text[to-1]) {
		to--
	}
	return to
}

func accountRune(r rune) bool {
	return latinOrDigit(r) || r == '_' || r == '-' || r == '@' || r == '.'
}

func qqNumber(a []rune) bool {
	return len(a) >= 5 && len(a) <= 11 && a[0] != '0' && !slices.ContainsFunc(a, func(r rune) bool { return !digit(r) })
}

// weChatID: 6–20 of a-z 0-9 _ -, a letter first; or a mobile number; or, where
// announced, a QQ number. Letters alone must be announced: 微信iphone is none.
func weChatID(a []rune, said bool) bool {
	if mobile(string(a)) || said && qqNumber(a) {
		return true
	}
	if len(a) < 6 || len(a) > 20 || !lower(a[0]) || slices.ContainsFunc(a, func(r rune) bool { return r == '@' || r == '.' }) {
		return false
	}
	return said || slices.ContainsFunc(a, func(r rune) bool { return !lower(r) })
}

// isEmail: one @, a letter or digit first, and a domain that ends in letters.
func isEmail(s string) bool {
	name, domain, ok := strings.Cut(s, "@")
	if !ok || name == "" || strings.Contains(domain, "@") || !latinOrDigit(rune(name[0])) {
		return false
	}
	dot := strings.LastIndexByte(domain, '.')
	return strings.IndexByte(domain, '.') > 0 && dot+1 < len(domain) && lower(rune(domain[dot+1]))
}

// douyinID: 4–20 characters; digits alone must be announced.
func douyinID(a []rune, said bool) bool {
	if len(a) < 4 || len(a) > 20 || a[0] == '.' || a[0] == '-' || slices.Contains(a, '@') {
		return false
	}
	return said || lower(a[0]) && slices.ContainsFunc(a, func(r rune) bool { return !lower(r) })
}
