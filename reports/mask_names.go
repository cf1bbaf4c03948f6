package reports

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
)

// Names are hidden where a word announces them. Finding them anywhere in free
// text needs a trained model and would still miss some; readers who need more
// open the letter, which is recorded.
var (
	// formLabels are followed by a whole name, as in a form.
	formLabels = regexp.MustCompile(`(姓名|联系人|举报人|投诉人|报案人|申请人|求助人|受害人|被害人|当事人|失踪人|来信人|写信人|落款|签名)(\s*(?:[:：]|是|为|叫)\s*)(\p{Han}{2,4})`)
	// announced are followed by a surname and a given name without a break.
	announced = regexp.MustCompile(`(我名叫|我的名字叫|我的名字是|我叫|名叫|叫做|我是|本人叫|本人是|本人|市民|村民|居民|群众|网民|儿子叫|女儿叫|老公叫|老婆叫|丈夫叫|妻子叫|父亲叫|母亲叫|弟弟叫|哥哥叫|姐姐叫|妹妹叫|同学叫|朋友叫|邻居叫|的人叫|人叫|我係|我系|姓名|联系人|举报人|投诉人|报案人|求助人|受害人|被害人|当事人|失踪人|嫌疑人|儿子|女儿|老公|老婆|丈夫|妻子|父亲|母亲|弟弟|哥哥|姐姐|妹妹|此致\s*敬礼[!！。，,]?)(\s*)(\p{Han}{2,4})`)
)

// doubtful surnames are also everyday words: unless the announcing word ends in
// 叫, they make a name only where it ends the clause.
const (
	surnames = "王李张刘陈杨黄赵吴周徐孙马朱胡林郭何高罗郑梁谢宋唐许邓冯韩曹彭萧肖蔡潘田董袁余叶蒋杜苏魏吕丁沈姚卢姜崔钟谭陆汪范廖石韦贾付邹熊孟秦邱侯江尹薛闫雷龙史陶贺毛郝顾龚邵万覃武钱戴严莫孔汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟申詹欧耿关兰焦俞左柳甘祝包宁符阮纪梅童凌毕单裴霍涂苗曲盛翁屈柴鄢冼劳揭骆麦湛利招占窦卓蓝蒙吕凤苏招冯麥陳黃張劉楊趙吳馬許鄭謝蘇葉鍾譚"
	doubtful = "曾于方成时常向应从和连任全计白祁华金丘巫冷车辛解池尚"
	// function words end a name: nobody's given name holds them.
	functionWords = "的是在住于有被把和与跟及因为要想去来到从向对说给让叫了着过不没也都就还又再很已经将能会可应现今昨后们个位这那哪什怎么吗呢吧啊，电手身男女岁年月日时"
)

// places begin like a surname and are none.
var places = []string{"吴川", "雷州", "徐闻", "湛江"}

// introducing words are followed by a name or by nothing that begins like one;
// after any other a name must end its clause.
var introducing = []string{"叫做", "我的名字是", "市民", "村民", "居民", "群众", "网民"}

// compound are surnames of two characters.
var compound = []string{"欧阳", "上官", "司徒", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "端木"}

func maskNames(text string) string {
	text = formLabels.ReplaceAllStringFunc(text, func(m string) string {
		f := formLabels.FindStringSubmatch(m)
		return f[1] + f[2] + string([]rune(f[3])[:1]) + "某"
	})
	var b strings.Builder
	for {
		at := announced.FindStringSubmatchIndex(text)
		if at == nil {
			b.WriteString(text)
			return b.String()
		}
		word, rest := text[at[2]:at[3]], text[at[6]:]
		b.WriteString(text[:at[6]])
		if kept, n := surnameAt(rest, strings.HasSuffix(word, "叫"), !strings.HasSuffix(word, "叫") && !slices.Contains(introducing, word)); n > 0 {
			b.WriteString(kept + "某")
			rest = rest[n:]
		}
		text = rest
	}
}

// surnameAt reads a name at the start of text and returns its surname and the
// name's length in bytes, or 0 where there is none. After a strong word, such
// as 我叫, a doubtful surname counts as one; after a weak word, such as 我是,
// any name must end its clause (我是高中老师).
func surnameAt(text string, strong, weak bool) (surname string, length int) {
	runes := []rune(text[:min(len(text), 5*4)])
	family := 1
	switch {
	case len(runes) < 2 || slices.Contains(places, string(runes[:2])):
		return "", 0
	case slices.Contains(compound, string(runes[:2])):
		family = 2
	case strings.ContainsRune(surnames, runes[0]):
	case strings.ContainsRune(doubtful, runes[0]) && (strong || clauseEnds(runes[1:])):
	default:
		return "", 0
	}
	given := givenLength(runes[family:])
	if given == 0 || weak && !clauseEnds(runes[family:]) {
		return "", 0
	}
	return string(runes[:family]), len(string(runes[:family+given]))
}

// givenLength returns how many of the runes, at most two, can be a given name.
func givenLength(runes []rune) int {
	n := 0
	for n < min(2, len(runes)) && unicode.Is(unicode.Han, runes[n]) && !strings.ContainsRune(functionWords, runes[n]) {
		n++
	}
	return n
}

// clauseEnds reports whether a given name is all that is left of the clause.
func clauseEnds(runes []rune) bool {
	n := givenLength(runes)
	return n > 0 && (n == len(runes) || !unicode.Is(unicode.Han, runes[n]))
}
