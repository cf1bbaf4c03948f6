package classify

import (
	"regexp"

	"jiesu.cn/jiesu/classify/lexicon"
)

// silent matches words that must never count for or against anybody:
// petitioning, faith, ethnicity and origin. The model does not read the clauses
// they stand in, neither when it trains nor when it judges.
var silent = regexp.MustCompile(`信访|上访|访民|维权|信教|教徒|佛教|道教|基督|天主教|伊斯兰|穆斯林|清真|` +
	`(?:汉|满|回|壮|苗|瑶|黎|侗|彝|藏|傣|蒙古|维吾尔|土家|朝鲜|哈萨克|少数民)族|(?:外省|外地|本地|外国|本省)人|(?:省|市|县|国)籍`)

// kept lists the runes of a text outside the clauses with silent words, or nil
// if that is all of them.
func kept(text []rune) []int {
	s := string(text)
	found := silent.FindAllStringIndex(s, -1)
	if found == nil {
		return nil
	}
	cut := make([]bool, len(text))
	at, offset := 0, 0 // Rune and byte.
	for _, f := range found {
		for ; offset < f[0]; at++ {
			offset += len(string(text[at]))
		}
		start := at
		for start > 0 && !endsClause(text[start-1]) {
			start--
		}
		end := at
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
