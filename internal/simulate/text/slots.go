package text

import (
	"fmt"
	"slices"
	"strings"
)

// accusedSlots lists the slots that name a police unit, most specific first.
func accusedSlots() []string { return []string{"单位", "派出所", "分局"} }

// anchorSlots lists the slots whose values follow from the serial.
func anchorSlots() []string {
	return []string{"联系电话", "地点", "住址", "村址", "单号", "回执", "乱码"}
}

// anchors reports whether the slot's value follows from the serial alone: it
// does not when the caller fixed it, or the place that an address starts with.
func (r *rendering) anchors(name string) bool {
	_, shared := r.in.Shared[name]
	place := map[string]string{"地点": "路", "住址": "小区", "村址": "村"}[name]
	_, sharedPlace := r.in.Shared[place]
	return slices.Contains(anchorSlots(), name) && !shared && !sharedPlace
}

// place returns the name of the place, fixed or drawn, that an address of the
// letter starts with.
func (r *rendering) place(name string) string {
	return or(r.in.Shared[name], builtin(name)(r).truth)
}

// builtin returns the function that draws a value of the slot, nil for a name
// that is no built-in slot.
func builtin(kind string) func(*rendering) value {
	switch kind {
	// Places and units the caller fixes.
	case "县区":
		return func(r *rendering) value { return plain(or(r.in.CountyName, "我们这里")) }
	case "分局":
		return func(r *rendering) value { return plain(or(r.in.DivisionName, "当地公安局")) }
	case "派出所":
		return func(r *rendering) value { return plain(or(r.in.Station, "当地派出所")) }
	case "单位":
		return func(r *rendering) value {
			return plain(or(r.in.Unit, r.in.DivisionName, r.in.Station, "当地公安局"))
		}
	// Anchors.
	case "联系电话":
		return func(r *rendering) value { return plain(phone(r.spread(phoneSpace))) }
	case "地点":
		return func(r *rendering) value { return plain(r.place("路") + houseOnRoad(r.spread(addressSpace))) }
	case "住址":
		return func(r *rendering) value { return plain(r.place("小区") + door(r.spread(flatSpace))) }
	case "村址":
		return func(r *rendering) value { return plain(r.place("村") + houseInVillage(r.spread(farmSpace))) }
	case "单号":
		return slotOrder
	case "回执":
		return slotReceipt
	case "乱码":
		return slotMash
	// Places by name only: those of the letter's addresses.
	case "路":
		return func(r *rendering) value { return plain(road(r.spread(addressSpace) / houses)) }
	case "村":
		return func(r *rendering) value { return plain(village(r.spread(farmSpace) / farms)) }
	case "小区":
		return func(r *rendering) value { return plain(estate(r.spread(flatSpace) / doors)) }
	// Contacts and identifiers of the other side.
	case "电话":
		return func(r *rendering) value { return plain(phone(r.rng.Uint64N(phoneSpace))) }
	case "账号":
		return func(r *rendering) value { return plain(cardNumber(r.rng.Uint64N(1e13))) }
	case "身份证":
		return slotIdentity
	case "微信":
		return func(r *rendering) value { return plain("wx_demo_" + letters(r.rng, 2) + digits(r.rng, 4)) }
	case "QQ":
		return func(r *rendering) value { return plain("99000" + digits(r.rng, 5)) }
	case "网址":
		return slotURL
	case "车牌":
		return slotPlate
	case "船号":
		return func(r *rendering) value { return plain("粤湛渔99" + digits(r.rng, 3)) }
	// Amounts.
	case "小额":
		return func(r *rendering) value { return amount(r.rng, 20, 2_000) }
	case "中额":
		return func(r *rendering) value { return amount(r.rng, 600, 15_000) }
	case "金额":
		return func(r *rendering) value { return amount(r.rng, 800, 500_000) }
	case "大额":
		return func(r *rendering) value { return amount(r.rng, 100_000, 5_000_000) }
	default:
		return builtinTime(kind)
	}
}

func plain(s string) value { return value{s, s} }

func or(choices ...string) string {
	for _, s := range choices {
		if s != "" {
			return s
		}
	}
	return ""
}

// spread maps the serial into [0, n) so that serials below n stay distinct
// and neighbours end up far apart: a step near the golden ratio, made coprime
// to n.
func (r *rendering) spread(n uint64) uint64 {
	step := n/1000*618 + 1
	for gcd(step, n) != 1 {
		step++
	}
	return (r.in.Serial%n*step + n/7) % n
}

func gcd(a, b uint64) uint64 {
	for b != 0 {
		a, b = b, a%b
	}
	return a
}

// slotOrder is an order or transaction number: the day and 8 digits.
func slotOrder(r *rendering) value {
	return plain(fmt.Sprintf("%s%08d", r.received().Format("060102"), r.spread(1e8)))
}

// slotReceipt is the running number of a police receipt.
func slotReceipt(r *rendering) value {
	return plain(fmt.Sprintf("%06d", r.spread(1e6)))
}

// mashSpace counts the first five keys of a keyboard mash.
const mashSpace = 26 * 26 * 26 * 26 * 26

// slotMash is what a hand on the keyboard types.
func slotMash(r *rendering) value {
	const keys = "asdfghjklqwertyuiopzxcvbnm"
	n := r.spread(mashSpace)
	b := make([]byte, 5)
	for i := range b {
		b[i] = keys[n%26]
		n /= 26
	}
	return plain(string(b) + letters(r.rng, r.rng.IntN(4)))
}

func slotURL(r *rendering) value {
	hosts := []string{"m", "www", "h5", "app", "vip", "wap"}
	ends := []string{"example", "invalid"}
	schemes := []string{"http://", "https://", ""}
	host := hosts[r.rng.IntN(len(hosts))] + "." + letters(r.rng, 3) + digits(r.rng, 3) + "." + ends[r.rng.IntN(len(ends))]
	paths := []string{"", "/", "/reg", "/d/" + digits(r.rng, 4), "/index.html"}
	return plain(schemes[r.rng.IntN(len(schemes))] + host + paths[r.rng.IntN(len(paths))])
}

// slotPlate has three letters among five characters; plates have at most two.
func slotPlate(r *rendering) value {
	const plateLetters = "ABCDEFGHJKLMNPQRSTUVWXYZ"
	isLetter := []bool{true, true, true, false, false}
	r.rng.Shuffle(5, func(i, j int) { isLetter[i], isLetter[j] = isLetter[j], isLetter[i] })
	var b strings.Builder
	b.WriteString("粤G")
	for _, l := range isLetter {
		if l {
			b.WriteByte(plateLetters[r.rng.IntN(len(plateLetters))])
		} else {
			b.WriteString(digits(r.rng, 1))
		}
	}
	return plain(b.String())
}
