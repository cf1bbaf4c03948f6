package classify

import (
	"strings"

	"jiesu.cn/jiesu/classify/lexicon"
)

// silentWords must never count for or against anybody: petitioning, faith,
// ethnicity and origin. The model does not read the clauses they stand in,
// neither when it trains nor when it judges.
const silentWords = `信访 上访 访民 维权 信教 教徒 佛教 道教 基督 天主教 伊斯兰 穆斯林 清真
	汉族 满族 回族 壮族 苗族 瑶族 黎族 侗族 彝族 藏族 傣族 蒙古族 维吾尔族 土家族 朝鲜族 哈萨克族 少数民族
	外省人 外地人 本地人 外国人 本省人 省籍 市籍 县籍 国籍`

// wordTrie finds the words of a list.
func wordTrie(list string) *lexicon.Trie {
	t := lexicon.NewTrie()
	for w := range strings.FieldsSeq(list) {
		t.Add([]rune(w))
	}
	return t
}

// kept lists the runes of a letter outside the clauses with silent words, or nil
// if that is all of them.
func (c *Classifier) kept(r *reading) []int {
	text := r.text.Runes
	found := c.silent.Find(text, r.matches[:0])
	r.matches = found
	if len(found) == 0 {
		return nil
	}
	cut := make([]bool, len(text))
	for _, f := range found {
		start := f.Start
		for start > 0 && !endsClause(text[start-1]) {
			start--
		}
		end := f.Start
		for end < len(text) && !endsClause(text[end]) {
			end++
		}
		for i := start; i < min(end+1, len(text)); i++ {
			cut[i] = true
		}
	}
	keep := make([]int, 0, len(text))
	for i, c := range cut {
		if !c {
			keep = append(keep, i)
		}
	}
	return keep
}

func endsClause(r rune) bool { return r == ',' || r == ':' || lexicon.EndsSentence(r) }
