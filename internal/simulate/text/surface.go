package text

import (
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

// Effects are changes to the spelling of a letter that leave what it says
// alone: the names below, as found in [Letter].Effects.
const (
	traditional  = "traditional"  // Traditional characters throughout.
	fullWidth    = "full_width"   // Digits in their full-width forms.
	unpunctuated = "unpunctuated" // Spaces in place of commas and stops.
	typos        = "typos"        // One to three wrong but like-sounding or like-looking words.
	romanised    = "romanised"    // One word in pinyin.
	emoji        = "emoji"        // A pictograph at the end.
	singleBlock  = "single_block" // No line breaks.
)

// maxTypos bounds the typos of a letter.
const maxTypos = 3

// chooseEffects draws the effects of a letter. Formal letters are spelled
// well; letters of the register trad are always in traditional characters.
func chooseEffects(rng *rand.Rand, register string) []string {
	chances := []struct {
		effect            string
		formal, otherwise int // Per cent.
	}{
		{traditional, 2, 3},
		{fullWidth, 2, 3},
		{unpunctuated, 0, 5},
		{typos, 2, 9},
		{romanised, 0, 2},
		{emoji, 0, 3},
		{singleBlock, 0, 8},
	}
	var chosen []string
	for _, c := range chances {
		chance := c.otherwise
		switch {
		case register == "formal":
			chance = c.formal
		case register == "trad" && c.effect == traditional:
			chance = 100
		}
		if rng.IntN(100) < chance {
			chosen = append(chosen, c.effect)
		}
	}
	return chosen
}

// onTitle keeps the effects that reach a title.
func onTitle(effects []string) []string {
	return slices.DeleteFunc(slices.Clone(effects), func(e string) bool { return e != traditional && e != fullWidth })
}

func applyEffects(rng *rand.Rand, pieces []piece, effects []string) string {
	for _, effect := range effects {
		switch effect {
		case unpunctuated:
			mapFree(pieces, unpunctuate)
		case typos:
			misspell(rng, pieces)
		case romanised:
			romanise(rng, pieces)
		case singleBlock:
			mapFree(pieces, func(s string) string { return strings.ReplaceAll(s, "\n", "") })
		}
	}
	s := join(pieces)
	for strings.Contains(s, "\n\n\n") { // Left by optional paragraphs.
		s = strings.ReplaceAll(s, "\n\n\n", "\n\n")
	}
	for _, effect := range effects {
		switch effect {
		case traditional:
			s = toTraditional(s)
		case fullWidth:
			s = strings.Map(widen, s)
		case emoji:
			ends := []string{"😡", "😭", "🙏", "🙏🙏🙏", "😢", "❗❗", "💔", "😤"}
			s += ends[rng.IntN(len(ends))]
		}
	}
	return s
}

// mapFree changes the text around the values.
func mapFree(pieces []piece, change func(string) string) {
	for i := range pieces {
		if !pieces[i].fixed {
			pieces[i].text = change(pieces[i].text)
		}
	}
}

func unpunctuate(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("，。；、！", r) {
			return ' '
		}
		return r
	}, s)
}

func widen(r rune) rune {
	if unicode.IsDigit(r) && r < unicode.MaxASCII {
		return r - '0' + '０'
	}
	return r
}

// misspell puts wrong characters into words outside values.
func misspell(rng *rand.Rand, pieces []piece) {
	swaps := []string{ // Each right word before its misspelling.
		"在", "再", "已经", "己经", "帐", "账", "派出所", "派岀所", "举报", "举抱", "希望", "希忘", "处理", "处里",
		"骗子", "骗仔", "警察", "警查", "自己", "自已", "赌博", "睹博", "投诉", "投拆", "联系", "连系", "必须", "必需",
		"安排", "按排", "再次", "在次", "部门", "部们", "麻烦", "麻凡", "反映", "反应", "做", "作", "他们", "她们",
		"还是", "还事", "知道", "知到", "尽快", "进快", "影响", "影晌", "电话", "电活", "民警", "民惊", "怎么", "怎吗",
		"回复", "回覆", "谢谢", "谢射", "那里", "哪里", "严重", "严众", "我们", "我门", "一直", "一值", "因为", "应为",
	}
	for range 1 + rng.IntN(maxTypos) {
		at := rng.IntN(len(swaps)/2) * 2
		replaceOnce(rng, pieces, swaps[at], swaps[at+1])
	}
}

// romanise writes one word in pinyin, as people do to get past filters.
func romanise(rng *rand.Rand, pieces []piece) {
	words := []string{ // Each word before its pinyin or initials.
		"警察", "jingcha", "举报", "jubao", "派出所", "pcs", "赌博", "dubo", "赌", "du", "骗子", "pianzi",
		"投诉", "tousu", "民警", "minjing", "保护伞", "bhs", "贿", "hui", "毒品", "dupin", "嫖", "piao", "钱", "qian",
	}
	start := rng.IntN(len(words) / 2)
	for i := range len(words) / 2 {
		at := (start + i) % (len(words) / 2) * 2
		if replaceOnce(rng, pieces, words[at], words[at+1]) {
			return
		}
	}
}

// replaceOnce changes one of the pieces that hold the word, and reports
// whether there was one.
func replaceOnce(rng *rand.Rand, pieces []piece, word, by string) bool {
	start := 0
	if len(pieces) > 0 {
		start = rng.IntN(len(pieces))
	}
	for i := range pieces {
		p := &pieces[(start+i)%len(pieces)]
		if !p.fixed && strings.Contains(p.text, word) {
			p.text = strings.Replace(p.text, word, by, 1)
			return true
		}
	}
	return false
}
