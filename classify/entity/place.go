package entity

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/internal/org"
)

// gazetteer knows the names of divisions, places and police units.
type gazetteer struct {
	dir       *org.Directory
	trie      *lexicon.Trie
	names     []name
	ambiguous map[string]string // Term → kind of ambiguity.
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
	g := gazetteer{dir: dir, trie: lexicon.NewTrie(), ambiguous: map[string]string{}}
	for _, a := range dir.Ambiguities() {
		g.ambiguous[a.Term] = a.Kind
	}
	for _, d := range dir.Divisions() {
		g.addDivision(d.Name, d.Code, 0.95, false)
		bare := g.level(d.Code) == org.LevelTownship
		g.addDivision(d.Short, d.Code, map[bool]float64{true: 0.6, false: 0.9}[bare], bare)
	}
	for _, p := range dir.Places() {
		if p.Division != "" {
			g.addDivision(p.Alias, p.Division, map[string]float64{"high": 0.85, "medium": 0.65}[p.Confidence]+0.05, false)
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

func (g *gazetteer) addDivision(text, code string, conf float64, bare bool) {
	if utf8.RuneCountInString(text) < minName || latinOnly(text) {
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
	id, added := g.trie.Add([]rune(text))
	if added {
		g.names = append(g.names, name{text: text})
	}
	return &g.names[id]
}

func (g *gazetteer) level(code string) string {
	d, _ := g.dir.Division(code)
	return d.Level
}

// namesUnit refuses names that are ordinary words, such as 治安 for the public
// order department.
func namesUnit(n string) bool {
	if utf8.RuneCountInString(n) < minName {
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

// placesFound is what the gazetteer makes of one letter.
type placesFound struct {
	units     []string
	ambiguous bool
	division  string
}

// find reports places and units, the longest names first in mind.
func (g gazetteer) find(c *collector) placesFound {
	text := c.runes()
	matches := longestOnly(g.trie.Find(text))
	counties := g.countiesNamed(matches)
	votes := map[string]float64{}
	var out placesFound
	for _, m := range matches {
		n := &g.names[m.Word]
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
		if c.add(KindPlace, m.Start, m.End, code, conf) {
			votes[code] += conf
		}
	}
	out.division = g.likeliest(votes)
	return out
}

// longestOnly drops matches inside or across an earlier, longer one.
func longestOnly(matches []lexicon.Match) []lexicon.Match {
	var kept []lexicon.Match
	for _, m := range matches {
		last := len(kept) - 1
		switch {
		case last < 0 || m.Start >= kept[last].End:
			kept = append(kept, m)
		case m.Start == kept[last].Start: // Later ones are longer.
			kept[last] = m
		}
	}
	return kept
}

// countiesNamed lists the counties that are named beyond doubt.
func (g gazetteer) countiesNamed(matches []lexicon.Match) []string {
	var counties []string
	for _, m := range matches {
		n := &g.names[m.Word]
		if len(n.divisions) == 1 && !n.bare && g.ambiguous[n.text] == "" {
			if county := g.county(n.divisions[0]); county != "" {
				counties = appendNew(counties, county)
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
func (g gazetteer) settle(n *name, text []rune, m lexicon.Match, counties []string) (code string, conf float64) {
	kind := g.ambiguous[n.text]
	candidates := n.divisions
	if len(candidates) > 1 {
		candidates = slices.DeleteFunc(slices.Clone(candidates), func(d string) bool { return !slices.Contains(counties, g.county(d)) })
	}
	if len(candidates) != 1 {
		return "", 0
	}
	code, conf = candidates[0], n.conf
	inCounty := slices.Contains(counties, g.county(code))
	switch {
	case n.bare && followedBy(text, m.End, "市县区省"):
		return "", 0
	case kind == "普通词" && !g.justAfterCounty(text, m.Start, code):
		return "", 0
	case kind != "" && kind != "无" && kind != "省略" && !inCounty:
		return "", 0
	case n.bare && !inCounty:
		conf -= 0.2
	}
	return code, conf
}

// justAfterCounty reports a name right behind its county's: 霞山建设.
func (g gazetteer) justAfterCounty(text []rune, at int, code string) bool {
	d, _ := g.dir.Division(code)
	parent, ok := g.dir.Division(d.Parent)
	lead := before(text, at, 8)
	return ok && (strings.HasSuffix(lead, parent.Short) || strings.HasSuffix(lead, parent.Name))
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
