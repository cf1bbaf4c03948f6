package entity

import "unicode/utf8"

// most is where sums stop being believable: a trillion yuan.
const most = 1e12

const (
	// counted follow a bare 万 where things are counted.
	counted = "人名户平亩吨公里字步次辆件伏条张个头只台居元市群多年能粉一千股位册家套斤米立度粒瓶箱村双点部份首篇票播阅观像赞余用业学师大名里"
	// pieces are counted by 块.
	pieces = "地石砖头木铁玻牌手表屏田面板玉布肉土钢电硬儿去来走玩吃住回同跟和砸过出上下起碑墙瓷"
)

// sum is an amount that was found, for choosing the loss.
type sum struct {
	from, to int // Folded runes.
	value    float64
	yuan     bool
}

// amounts finds sums of money; Value is yuan with at most two decimals, and
// other currencies keep their ISO code in front, unconverted.
func (c *collector) amounts() {
	text := c.runes()
	for i := c.next(0, classNumeral); i < len(text); i = c.next(i, classNumeral) {
		if latinAt(text, i-1) || i > 1 && text[i-1] == '.' && digit(text[i-2]) {
			for i < len(text) && digit(text[i]) || i < len(text) && c.class[i]&classNumeral != 0 {
				i++
			}
			continue
		}
		n, end := readNumeral(text, i)
		if end > i && c.free(i, end) {
			end = c.amount(n, i, end)
		}
		i = max(end, i+1)
	}
}

// amount reads what follows a number and returns where that ends.
func (c *collector) amount(n numeral, from, end int) int {
	text := c.runes()
	if from > 0 && (text[from-1] == '第' || n.han && followedBy(text, from-1, "几数") || text[from] == '十' && hasSuffix(text, from, "上") && !hasSuffix(text, from, "以上")) {
		return end // 第三块, 几十万, 上百万.
	}
	k := skip(text, end, " ")
	conf := 0.95
	if n.rough {
		conf = 0.6
	}
	if followedBy(text, k, "多余几来") {
		conf = 0.7
		k++
		if k < len(text) && unitOf(text[k]) >= 1000 {
			n.value *= float64(unitOf(text[k]))
			n.large = true
			k++
		}
	}
	if latinUnit := unitLetter(text, k); latinUnit > 0 && !n.han && !n.large {
		n.value *= latinUnit
		n.large = true
		k, conf = k+1, min(conf, 0.8)
		if latinUnit == thousand && !c.paid(from) {
			n.large = false // 5k may be a distance.
		}
	}
	if n.value <= 0 || n.value >= most {
		return end
	}
	if length, code := c.currencyAt(n, k); length > 0 {
		k += length
		if text[k-1] == '元' || text[k-1] == '块' {
			k = c.cents(&n, k)
		}
		return c.addSum(n, from, k, code, conf)
	}
	if length, code := c.signBefore(from); length > 0 {
		return c.addSum(n, from-length, max(end, k), code, 0.9)
	}
	if followedBy(text, k, "角毛") && n.value < 10 && (followedBy(text, k+1, "钱") || !n.han && endsSum(text, k+1)) {
		n.value /= 10
		return c.addSum(n, from, k+1, "", 0.7)
	}
	if n.large && !followedBy(text, k, counted) && !latinAt(text, k) && !endsWithAny(text, from, c.counting) {
		return c.addSum(n, from, k, "", 0.6)
	}
	if (!n.han && n.value >= 10 || n.value >= 100) && n.value < 1e8 && c.paid(from) && endsSum(text, k) && k == end {
		return c.addSum(n, from, k, "", 0.6)
	}
	return end
}

func (c *collector) addSum(n numeral, from, to int, code string, conf float64) int {
	if c.add(KindAmount, from, to, money(n.value, code), conf) {
		c.sums = append(c.sums, sum{from, to, n.value, code == ""})
	}
	return to
}

const (
	thousand    = 1000
	tenThousand = 10_000
)

// unitLetter reads 3w and 5k: w for 万, k for 千.
func unitLetter(text []rune, i int) float64 {
	if i >= len(text) || latinAt(text, i+1) {
		return 0
	}
	switch text[i] {
	case 'w':
		return tenThousand
	case 'k':
		return thousand
	}
	return 0
}

// currencyAt finds a currency behind a number, and returns its length.
func (c *collector) currencyAt(n numeral, k int) (length int, code string) {
	text := c.runes()
	for _, cur := range c.currencies {
		if !hasPrefix(text, k, cur.word) {
			continue
		}
		end := k + utf8.RuneCountInString(cur.word)
		switch {
		case lower(text[end-1]) && (latinAt(text, end) || followedBy(text, end, "盘型形位")):
			continue
		case cur.word == "块" && (followedBy(text, end, pieces) || n.han && n.value == 1 && !endsSum(text, end)):
			return 0, ""
		case cur.word == "元" && followedBy(text, end, "旦素宝宵件复塔里") || followedBy(text, end, "月") && century(int(n.value)), cur.word == "圆" && followedBy(text, end, "形圈桌"):
			return 0, ""
		case cur.word == "刀" && (n.value < 10 || !endsSum(text, end)):
			return 0, ""
		}
		return end - k, cur.code
	}
	return 0, ""
}

// cents reads what follows 元 and 块: 12元5角, 3块5, 三块五毛.
func (c *collector) cents(n *numeral, k int) int {
	text := c.runes()
	tenths, end := smallDigit(text, k)
	if end == k {
		return k
	}
	switch {
	case followedBy(text, end, "角毛"):
		n.value += tenths / 10
		k = end + 1
		if hundredths, e := smallDigit(text, k); e > k && followedBy(text, e, "分") {
			n.value += hundredths / 100
			k = e + 1
		}
	case text[k-1] == '块' && endsSum(text, end):
		n.value += tenths / 10
		k = end
	}
	return k
}

// smallDigit reads one digit that stands alone.
func smallDigit(text []rune, i int) (v float64, end int) {
	if i >= len(text) {
		return 0, i
	}
	switch h := hanValue(text[i]); {
	case digit(text[i]) && (i+1 == len(text) || !digit(text[i+1]) && text[i+1] != '.'):
		return float64(text[i] - '0'), i + 1
	case h > 0:
		return float64(h), i + 1
	}
	return 0, i
}

// signBefore finds a currency sign in front of a number.
func (c *collector) signBefore(from int) (length int, code string) {
	text := c.runes()
	at := skipBack(text, from, 1, " ")
	for _, s := range c.signs {
		if hasSuffix(text, at, s.word) {
			return from - at + utf8.RuneCountInString(s.word), s.code
		}
	}
	return 0, ""
}

// paid reports a word of paying or losing right in front of a bare number.
func (c *collector) paid(from int) bool {
	text := c.runes()
	from = skipBack(text, from, 1, " ")
	return endsWithAny(text, skipBack(text, from, 2, "了:我他她走去"), c.paying)
}

// endsSum reports that nothing behind a bare number is counted by it.
func endsSum(text []rune, i int) bool {
	return i >= len(text) || followedBy(text, i, ",。.;、!?)\n 给到进出，,:钱的了多就还吧呢")
}
