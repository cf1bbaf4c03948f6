package entity

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"jiesu.cn/jiesu/internal/org"
)

// gazetteer knows the names of divisions, places and police units.
type gazetteer struct {
	dir       *org.Directory
	names     []name
	index     map[string]int // Of names, by text.
	ambiguous map[string]org.Ambiguity
	cities    [][]rune // Of elsewhere.
	ordinary  map[string]bool
}

// name is what one string can mean.
type name struct {
	text      string
	divisions []string
	units     []string
	conf      float64
	bare      bool // A division's short name, without 区, 镇 or 街道.
}

const minName = 2 // Runes.

func newGazetteer(dir *org.Directory) gazetteer {
	g := gazetteer{dir: dir, index: map[string]int{}, ambiguous: map[string]org.Ambiguity{}, cities: wordList(otherCities)}
	g.ordinary = map[string]bool{}
	for _, w := range strings.Fields(ordinaryNames) {
		g.ordinary[w] = true
	}
	for _, a := range dir.Ambiguities() {
		g.ambiguous[a.Term] = a
	}
	for _, d := range dir.Divisions() {
		g.addDivision(d.Name, d.Code, 0.95, false)
		bare := g.level(d.Code) == org.LevelTownship
		g.addDivision(d.Short, d.Code, map[bool]float64{true: 0.6, false: 0.9}[bare], bare)
	}
	for _, p := range dir.Places() {
		if p.Division != "" {
			g.addDivision(p.Alias, g.marketTown(p), map[string]float64{"high": 0.85, "medium": 0.65}[p.Confidence]+0.05, false)
		}
	}
	for _, u := range dir.Units() {
		for _, n := range append([]string{u.Name, u.Short, dir.FullName(u.Code)}, u.Aliases...) {
			if namesUnit(n) {
				e := g.entry(n)
				e.units = appendNew(e.units, u.Code)
			}
		}
	}
	return g
}

// marketTown places a market such as 官渡圩 in the township of its name, where
// the list only knows the county.
func (g *gazetteer) marketTown(p org.Place) string {
	town, ok := strings.CutSuffix(p.Alias, "圩")
	if !ok {
		return p.Division
	}
	for _, d := range g.dir.Divisions() {
		if d.Level == org.LevelTownship && d.Short == town && g.county(d.Code) == g.county(p.Division) {
			return d.Code
		}
	}
	return p.Division
}

func (g *gazetteer) addDivision(text, code string, conf float64, bare bool) {
	if utf8.RuneCountInString(text) < minName || latinOnly(text) || astral(text) {
		return
	}
	e := g.entry(text)
	if len(e.divisions) == 0 {
		e.conf, e.bare = conf, bare
	}
	e.divisions = appendNew(e.divisions, code)
}

func (g *gazetteer) entry(text string) *name {
	text = strings.ToLower(text)
	at, ok := g.index[text]
	if !ok {
		at = len(g.names)
		g.index[text] = at
		g.names = append(g.names, name{text: text})
	}
	return &g.names[at]
}

func (g *gazetteer) level(code string) string {
	d, _ := g.dir.Division(code)
	return d.Level
}

// namesUnit refuses names that are ordinary words, such as 治安 for the public
// order department.
func namesUnit(n string) bool {
	if utf8.RuneCountInString(n) < minName || astral(n) {
		return false
	}
	for _, ending := range []string{"局", "所", "队", "中心", "公安", "专班", "交警", "特警", "网警", "专线"} {
		if strings.HasSuffix(n, ending) {
			return n != "市局"
		}
	}
	return false
}

func latinOnly(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r >= utf8.RuneSelf })
}

// astral reports a first rune that the search does not index.
func astral(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r > 0xffff
}

// placesFound is what the gazetteer makes of one letter.
type placesFound struct {
	units     []string
	ambiguous bool
	division  string
}

// divisionsAndUnits reports places and units, the longest names first in mind;
// filed is the division that the writer gave.
func (c *collector) divisionsAndUnits(filed string) placesFound {
	g, text := c.places, c.runes()
	matches := longestOnly(c.matching(func(r role) bool { return r.name >= 0 }))
	counties := c.countiesNamed(matches)
	if _, known := g.dir.Division(filed); known && len(counties) == 0 && g.county(filed) != "" {
		counties = append(counties, g.county(filed))
	}
	votes := map[string]float64{}
	var out placesFound
	for _, m := range matches {
		n := &g.names[c.roles[m.word].name]
		if len(n.units) > 0 {
			units := g.narrow(n.units, counties)
			out.ambiguous = out.ambiguous || len(units) > 1
			for _, u := range units {
				out.units = appendNew(out.units, u)
				g.vote(votes, u, 0.5/float64(len(units)))
			}
		}
		code, conf := g.settle(n, text, m, counties)
		if code == "" {
			continue
		}
		if c.add(KindPlace, m.start, m.end, code, conf) {
			votes[code] += conf
		}
	}
	out.division = g.likeliest(votes)
	return out
}

// countiesNamed lists the counties that are named beyond doubt.
func (c *collector) countiesNamed(matches []match) []string {
	g := c.places
	var counties []string
	for _, m := range matches {
		n := &g.names[c.roles[m.word].name]
		if _, unclear := g.ambiguous[n.text]; len(n.divisions) > 0 && !n.bare && !unclear && !g.ordinary[n.text] && !g.elsewhere(c.runes(), m) {
			if code := g.oneCounty(n); code != "" {
				counties = appendNew(counties, g.county(code))
			}
		}
		if len(n.units) == 1 {
			if county := g.dir.AtTier(n.units[0], org.TierCounty); county != "" && county != g.dir.Root() {
				counties = appendNew(counties, county)
			}
		}
	}
	return counties
}

// oneCounty tells which of several divisions in one county a name means: the
// district if it is the district's name, else the township; "" for divisions
// of several counties.
func (g gazetteer) oneCounty(n *name) string {
	township := ""
	for _, code := range n.divisions {
		d, _ := g.dir.Division(code)
		switch {
		case g.county(code) == "" || g.county(code) != g.county(n.divisions[0]):
			return ""
		case d.Level != org.LevelTownship && (n.text == d.Name || n.text == d.Short):
			return code
		case d.Level == org.LevelTownship && township == "":
			township = code
		}
	}
	if township != "" {
		return township
	}
	return n.divisions[0]
}

// county returns the unit in charge of the county or zone a division lies in,
// or "" for the city itself.
func (g gazetteer) county(division string) string {
	owner := g.dir.AtTier(g.dir.OwnerOf(division), org.TierCounty)
	if owner == g.dir.Root() {
		return ""
	}
	return owner
}

// narrow keeps the candidates that lie in a county the letter names.
func (g gazetteer) narrow(units, counties []string) []string {
	if len(units) < 2 {
		return units
	}
	var kept []string
	for _, u := range units {
		if slices.Contains(counties, g.dir.AtTier(u, org.TierCounty)) {
			kept = append(kept, u)
		}
	}
	if len(kept) == 0 {
		return units
	}
	return kept
}

// settle decides which division a name means here, or none. A name that is
// ambiguous alone needs its county in the letter, and never stands before a
// 市, 县 or 区 of its own: 中山市.
func (g gazetteer) settle(n *name, text []rune, m match, counties []string) (code string, conf float64) {
	if len(n.divisions) == 0 || g.elsewhere(text, m) {
		return "", 0
	}
	if code = g.meant(n, text, m, counties); code == "" {
		return "", 0
	}
	conf = n.conf
	inCounty := slices.Contains(counties, g.county(code))
	if n.bare && followedBy(text, m.end, "市县区省") {
		return "", 0
	}
	if rule, unclear := g.ambiguous[n.text]; unclear {
		return g.settleUnclear(rule, text, m, code, conf, inCounty)
	}
	if (n.bare || g.ordinary[n.text]) && !inCounty {
		if !startsName(text, m.start) {
			return "", 0
		}
		conf -= 0.2
	}
	return code, conf
}

// startsName reports that a name may start at i: at the beginning of a clause
// or behind a word of place, not in the middle of 娱乐民众.
func startsName(text []rune, i int) bool {
	return i == 0 || followedBy(text, i-1, ",。.;:、!?()\"“”「 \n\t-—在到从去住回于的是位往经过自至由近附们及和与") || text[i-1] < 0x80
}

// meant picks the division among those of a name.
func (g gazetteer) meant(n *name, text []rune, m match, counties []string) string {
	if len(n.divisions) == 1 {
		return n.divisions[0]
	}
	for _, d := range n.divisions { // 坡头区坡头.
		if g.level(d) == org.LevelTownship && g.justAfterCounty(text, m.start, d) {
			return d
		}
	}
	if code := g.oneCounty(n); code != "" {
		return code
	}
	named := ""
	for _, d := range n.divisions {
		if slices.Contains(counties, g.county(d)) {
			if named != "" {
				return ""
			}
			named = d
		}
	}
	return named
}

// Kinds of ambiguity that need no more than the name; see ambiguity.csv.
const (
	kindOrdinary   = "普通词"
	kindIncomplete = "省略"
	kindClear      = "无"
)

// settleUnclear applies the rule of an ambiguous name.
func (g gazetteer) settleUnclear(rule org.Ambiguity, text []rune, m match, code string, conf float64, inCounty bool) (string, float64) {
	switch {
	case rule.Kind == kindClear:
		return code, conf
	case rule.Kind == kindIncomplete:
		if !startsName(text, m.start) {
			return "", 0 // 高新技术产业开发区.
		}
		return code, conf - 0.2
	case g.justAfterCounty(text, m.start, code):
		return code, conf
	case followedBy(text, m.end, "路") && strings.Contains(rule.Rule, "路\""):
		return code, conf - 0.1
	case rule.Kind == kindOrdinary && (strings.Contains(rule.Rule, "须带") || !placeLike(text, m)):
		return "", 0
	case !inCounty:
		return "", 0
	}
	return code, conf - 0.1
}

// placeLike reports a word of place right before a name: 在高桥, 到乌石.
func placeLike(text []rune, m match) bool {
	return followedBy(text, m.start-1, "在到往去回住是从于") || followedBy(text, m.end, "镇街圩墟")
}

// elsewhere reports a name that follows that of a province or city other than
// ours: 惠州龙门, 深圳市南山.
func (g gazetteer) elsewhere(text []rune, m match) bool {
	at := skipBack(text, m.start, 2, "省市县区的")
	return endsWithAny(text, at, g.cities)
}

// justAfterCounty reports a name right behind its county's: 霞山建设.
func (g gazetteer) justAfterCounty(text []rune, at int, code string) bool {
	d, _ := g.dir.Division(code)
	parent, ok := g.dir.Division(d.Parent)
	return ok && (hasSuffix(text, at, parent.Short) || hasSuffix(text, at, parent.Name))
}

// vote counts a named unit for the division it serves.
func (g gazetteer) vote(votes map[string]float64, unit string, weight float64) {
	u, ok := g.dir.Unit(unit)
	if ok && len(u.Divisions) == 1 {
		votes[u.Divisions[0]] += weight
	}
}

// likeliest picks the county with the most votes, and in it the township, if
// one leads.
func (g gazetteer) likeliest(votes map[string]float64) string {
	counties := map[string]float64{}
	for _, code := range slices.Sorted(maps.Keys(votes)) { // Sums must not depend on the order.
		counties[g.countyDivision(code)] += votes[code]
	}
	county := best(counties, func(code string) bool { return g.level(code) != org.LevelCity })
	if county == "" {
		return best(votes, func(string) bool { return true })
	}
	township := best(votes, func(code string) bool {
		return g.level(code) == org.LevelTownship && g.countyDivision(code) == county
	})
	if township != "" {
		return township
	}
	return county
}

// countyDivision climbs to the county or zone of a division.
func (g gazetteer) countyDivision(code string) string {
	for {
		d, ok := g.dir.Division(code)
		if !ok || d.Level != org.LevelTownship {
			return code
		}
		code = d.Parent
	}
}

// best returns the key with the highest value, the smallest of equals.
func best(votes map[string]float64, allowed func(string) bool) string {
	top := ""
	for code, v := range votes {
		if allowed(code) && (top == "" || v > votes[top] || v == votes[top] && code < top) {
			top = code
		}
	}
	return top
}

func appendNew(list []string, s string) []string {
	if slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}
