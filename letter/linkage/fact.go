package linkage

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"slices"
	"strings"
	"unicode"

	"jiesu.cn/jiesu/letter"
)

// Kind says what a fact is.
type Kind uint8

// The kinds of fact that tie two letters of one writer together.
const (
	Account    Kind = iota + 1 // Bank card, QQ, WeChat, Alipay, Douyin or wallet.
	Telephone                  // Mobile or landline.
	Plate                      // Of a vehicle.
	IDNumber                   // Of a person other than the writer.
	CaseNumber                 // Of the police, the procuratorate or a court.
)

var kinds = map[string]Kind{
	"bank_card": Account, "qq": Account, "wechat": Account, "alipay": Account, "douyin": Account, "crypto": Account,
	"phone": Telephone, "landline": Telephone, "plate": Plate, "id_number": IDNumber,
}

// Names of the kinds as people read them, and as programs do.
var (
	names = map[Kind]string{Account: "账号", Telephone: "电话", Plate: "车牌", IDNumber: "身份证号", CaseNumber: "案件编号"}
	codes = map[Kind]string{Account: "account", Telephone: "telephone", Plate: "plate", IDNumber: "id_number", CaseNumber: "case_number"}
)

// String returns the Chinese name.
func (k Kind) String() string { return names[k] }

// MarshalText returns the name that programs use.
func (k Kind) MarshalText() ([]byte, error) { return []byte(codes[k]), nil }

// kindBits is how much of a fact says its kind; the rest is the hash.
const kindBits = 4

// KindOf returns the kind of a fact.
func KindOf(fact uint64) Kind { return Kind(fact & (1<<kindBits - 1)) }

// Facts returns the facts that a letter names, sorted, without duplicates: the
// kind in the lowest 4 bits, above it the HMAC-SHA-256 of kind and value under
// the writer's key. Facts of different writers can thus never be compared. An
// anonymous letter has none. Numbers that are the writer's own are left out, as
// far as the words around them tell; see own.
func Facts(l letter.Judged) []uint64 {
	if l.Writer.Key == "" {
		return nil
	}
	var facts []uint64
	var text []rune // Only read when there is something to look at.
	for _, e := range l.Verdict.Entities {
		kind, ok := kinds[e.Kind]
		if !ok || e.Value == "" {
			continue
		}
		if text == nil {
			text = []rune(l.Text())
		}
		if !own(kind, e, text) {
			facts = append(facts, hash(l.Writer.Key, kind, e.Value))
		}
	}
	for _, number := range caseNumbers(l.Normalised) {
		facts = append(facts, hash(l.Writer.Key, CaseNumber, number))
	}
	slices.Sort(facts)
	return slices.Compact(facts)
}

func hash(writer string, kind Kind, value string) uint64 {
	mac := hmac.New(sha256.New, []byte(writer))
	_, _ = mac.Write([]byte("jiesu/fact/v1\x00" + string(rune('0'+kind)) + value)) // Never fails.
	return binary.BigEndian.Uint64(mac.Sum(nil))&^(1<<kindBits-1) | uint64(kind)
}

// Words in front of a number that say whose it is.
var (
	ownWords    = []string{"我的", "本人", "我电话", "我手机", "我号码", "我身份证", "我微信", "联系电话", "联系方式", "联系我", "联系人", "回电", "经办人", "代表电话"}
	othersWords = []string{"对方", "骗子", "他", "她", "其", "嫌疑", "老板", "中介", "卖家", "商家", "客服", "房东", "司机", "公司", "店"}
)

const (
	wordsBefore = 8  // Runes in front of a number in which such a word counts.
	signature   = 12 // A number with at most so many runes behind it signs the letter.
)

// own guesses whether a number is the writer's. Where the words in front do not
// say, a telephone that ends the letter is, and so is an ID number.
func own(kind Kind, e letter.Entity, text []rune) bool {
	if kind != Telephone && kind != IDNumber && e.Kind != "wechat" && e.Kind != "qq" {
		return false
	}
	if e.Start < 0 || e.Start > e.End || e.End > len(text) {
		return false
	}
	before := string(text[max(0, e.Start-wordsBefore):e.Start])
	if end := strings.LastIndexAny(before, "。！？!?;；\n"); end >= 0 {
		before = before[end:]
	}
	among := func(words []string) int {
		last := -1
		for _, w := range words {
			last = max(last, strings.LastIndex(before, w))
		}
		return last
	}
	mine, theirs := among(ownWords), among(othersWords)
	if mine >= 0 || theirs >= 0 {
		return mine > theirs
	}
	return kind == IDNumber || kind == Telephone && len(text)-e.End <= signature
}

// caseNumbers finds numbers such as (2023)粤0802刑初12号, 受案字(2023)12号 and
// A4408020000002023010001 in a normalised text.
func caseNumbers(normalised string) []string {
	var found []string
	var text []rune
	for i, r := range normalised {
		switch {
		case strings.ContainsRune("([【〔", r):
			if text = []rune(normalised[i:min(len(normalised), i+100)]); yearInBrackets(text) {
				document, n := documentKind(normalised[:i]), numberAfterYear(text)
				if n > 0 && (document != "" || strings.ContainsAny(string(text[6:n]), courtKinds)) {
					found = append(found, document+strings.ReplaceAll(string(text[1:5])+string(text[6:n]), " ", ""))
				}
			}
		case r == 'a' || r == 'A':
			if n := normalised[i:]; len(n) > caseDigits && isDigits(n[1:caseDigits+1]) && (len(n) == caseDigits+1 || !isDigits(n[caseDigits+1:caseDigits+2])) {
				found = append(found, "A"+n[1:caseDigits+1])
			}
		}
	}
	return found
}

// courtKinds are the words for kinds of cases, one of which stands in each
// number of a court or a procuratorate.
const courtKinds = "刑民行执赔诉检"

// caseDigits follow the A of a case number of the police.
const caseDigits = 22

func isDigits(s string) bool { return strings.Trim(s, "0123456789") == "" }

// yearInBrackets reports a text that begins like (2023).
func yearInBrackets(text []rune) bool {
	return len(text) > 6 && (text[1] == '1' && text[2] == '9' || text[1] == '2' && text[2] == '0') &&
		isDigits(string(text[3:5])) && strings.ContainsRune(")]】〕", text[5])
}

// numberAfterYear returns where the number that follows (2023) ends, or 0.
func numberAfterYear(text []rune) int {
	const longest = 24
	digits := 0
	for i := 6; i < min(len(text), longest); i++ {
		switch r := text[i]; {
		case r == '号':
			if digits == 0 {
				return 0
			}
			return i
		case r >= '0' && r <= '9':
			digits++
		case r != ' ' && !unicode.Is(unicode.Han, r):
			return 0
		}
	}
	return 0
}

// documentKind returns the words in front of a bracket that name the kind of
// document, as in 受案字(2023)12号; "" where there are none.
func documentKind(before string) string {
	const longest = 3
	text := []rune(before[max(0, len(before)-longest*3):])
	if len(text) == 0 || text[len(text)-1] != '字' {
		return ""
	}
	start := len(text) - 1
	for start > 0 && unicode.Is(unicode.Han, text[start-1]) {
		start--
	}
	return string(text[start:])
}
