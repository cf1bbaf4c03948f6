package reports

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Masked is letter text without the marks of a person: no phone, identity,
// card or account number, no number plate, address on the net or name behind a
// word that announces one. Only Mask and Summary make it.
type Masked string

// SummaryRunes is the length a summary keeps to, as the daily bulletin's form
// asks.
const SummaryRunes = 120

// Summary shortens a letter to at most n runes: its title, then its body
// without the salutation, masked before it is cut.
func Summary(title, body string, n int) Masked {
	head, text := Mask(title), Mask(salutation.ReplaceAllString(tidy(body), ""))
	switch {
	case head == "" || strings.HasPrefix(string(text), string(head)):
	case text == "":
		text = head
	default:
		text = head + "。" + text
	}
	return cut(text, n)
}

// Mask hides what names or reaches a person and makes the rest one line: no
// control characters, no marks that change the direction of writing.
func Mask(text string) Masked {
	s := tidy(text)
	for _, r := range replacements {
		s = r.pattern.ReplaceAllString(s, r.with)
	}
	return Masked(maskNumbers(maskNames(maskAccounts(s))))
}

// WriterCode is the short code that stands for a writer on paper, so that a
// reader sees who writes again. It is made of the writer key, itself a keyed
// hash, and is empty for an anonymous writer.
func WriterCode(key string) string {
	if key == "" {
		return ""
	}
	sum := sha256.Sum256([]byte(key))
	return strings.ToUpper(hex.EncodeToString(sum[:3]))
}

var salutation = regexp.MustCompile(`^(?:(?:尊敬的|敬爱的|致)?\p{Han}{0,6}(?:局长|领导|警官|警察|民警|先生|女士|同志)(?:同志|叔叔)?们?(?:[,，:：!！。 ]+(?:[您你]们?好[,，:：!！。 ]*)?|[您你]?们?(?:早上|上午|中午|下午|晚上)?好[,，:：!！。 ]*)|[您你]们?好[,，:：!！。 ]+)`)

var replacements = []struct {
	pattern *regexp.Regexp
	with    string
}{
	{regexp.MustCompile(`(?i)\b(?:https?|ftp)://[^\s\p{Han}，。；！？、）】》]+|\bwww\.[^\s\p{Han}，。；！？、）】》]+`), "〔网址〕"},
	{regexp.MustCompile(`(?i)\bwx(?:id)?_[a-z0-9_-]+`), "〔账号〕"},
	{regexp.MustCompile(`(?i)[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+`), "〔邮箱〕"},
	{regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Za-hj-np-z][·•.\s-]?(?:[A-HJ-NP-Za-hj-np-z0-9]{4}[挂学警港澳]|[A-HJ-NP-Za-hj-np-z0-9]{5,6})`), "〔车牌〕"},
}

// accounts are announced by the name of a service; up to four characters may
// stand between, as in 微信转账给. A sum of money is no account.
var accounts = regexp.MustCompile(`(?i)(微信|薇信|威信|v信|wechat|vx|wx|qq|扣扣|企鹅|抖音|快手|支付宝|账号|帐号|telegram|飞机)(\p{Han}{0,4}[:：,， ]*)([a-z0-9][a-z0-9_@.-]{4,})(\s*(?:余|多)?(?:元|块|万|千|亿))?`)

func maskAccounts(text string) string {
	return accounts.ReplaceAllStringFunc(text, func(m string) string {
		f := accounts.FindStringSubmatch(m)
		if f[4] != "" {
			return m
		}
		return f[1] + f[2] + "〔账号〕"
	})
}

// tidy makes one line of a text: format characters go (they reverse or hide
// text), control characters and runs of space become one space.
func tidy(text string) string {
	var b strings.Builder
	space := false
	for _, r := range text {
		switch {
		case r == utf8.RuneError || unicode.In(r, unicode.Cf, unicode.Co, unicode.Mn, unicode.Me, unicode.Variation_Selector):
		case unicode.IsSpace(r) || unicode.IsControl(r):
			space = b.Len() > 0
		default:
			if space {
				b.WriteByte(' ')
				space = false
			}
			b.WriteRune(narrow(r))
		}
	}
	return b.String()
}

// narrow returns the plain form of a wide digit or letter, so that a number or
// an account is one word however it is typed.
func narrow(r rune) rune {
	const wide = '！' - '!'
	if plain := r - wide; plain >= '0' && plain <= '9' || plain >= 'A' && plain <= 'Z' || plain >= 'a' && plain <= 'z' {
		return plain
	}
	return r
}

// cut keeps at most n runes, the last one an ellipsis when something is left out.
func cut(text Masked, n int) Masked {
	runes := []rune(string(text))
	if len(runes) <= n {
		return text
	}
	return Masked(runes[:n-1]) + "…"
}
