// Package entity finds what an investigator can look up in a letter: numbers,
// accounts, amounts, times and places. It reads folded text, not words, since
// word splitting tears accounts apart; every finding points into the original.
package entity

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// Kinds of entity, the values of letter.Entity.Kind.
const (
	KindPhone    = "phone"
	KindLandline = "landline"
	KindID       = "id_number"
	KindBankCard = "bank_card"
	KindPlate    = "plate"
	KindQQ       = "qq"
	KindWeChat   = "wechat"
	KindAlipay   = "alipay"
	KindDouyin   = "douyin"
	KindURL      = "url"
	KindApp      = "app"
	KindCrypto   = "crypto"
	KindAmount   = "amount"
	KindTime     = "time"
	KindPlace    = "place"
)

// Kinds lists all kinds.
func Kinds() []string {
	return []string{
		KindPhone, KindLandline, KindID, KindBankCard, KindPlate, KindQQ, KindWeChat, KindAlipay, KindDouyin,
		KindURL, KindApp, KindCrypto, KindAmount, KindTime, KindPlace,
	}
}

// Extractor finds entities. It never changes after New and is safe for concurrent use.
type Extractor struct {
	classes []class
	vocabulary
	words    words
	patterns addressPatterns
	roles    []role // By word.
	places   gazetteer
	scratch  sync.Pool
}

// role says what a word of the search stands for; -1 is nothing.
type role struct {
	label int // Introduces an account; index into labels.
	app   bool
	when  bool
	name  int // Index into the gazetteer's names.
}

// Found is what one letter holds.
type Found struct {
	Entities  []letter.Entity // By start; no two overlap.
	Units     []string        // Codes of the police units named; all candidates where a name is shared.
	Ambiguous bool            // A unit's name left more than one candidate.
	Division  string          // The division the letter most likely speaks of; may be empty.
	Loss      int             // Index into Entities of the amount that is the whole loss, or -1.
}

// New prepares the gazetteer of a directory.
func New(dir *org.Directory) *Extractor {
	x := &Extractor{classes: newClasses(), words: newWords(), patterns: newAddressPatterns(), places: newGazetteer(dir), vocabulary: newVocabulary()}
	for i, l := range x.labels {
		x.role(l.text).label = i
	}
	for _, a := range strings.Fields(apps) {
		x.role(a).app = true
	}
	for _, w := range timeWords() {
		x.role(w).when = true
	}
	for i, n := range x.places.names {
		x.role(n.text).name = i
	}
	return x
}

func (x *Extractor) role(word string) *role {
	id, added := x.words.add(word)
	if added {
		x.roles = append(x.roles, role{label: -1, name: -1})
	}
	return &x.roles[id]
}

// Extract reads one folded text; receivedAt anchors words like 昨晚.
func (x *Extractor) Extract(t normalise.Text, receivedAt time.Time) Found {
	return x.ExtractFiled(t, receivedAt, "")
}

// ExtractFiled is Extract for a letter whose writer gave a division, by code or
// "": where the text names no county, shared names of places and stations are
// those of the writer's. An unknown code counts as none.
func (x *Extractor) ExtractFiled(t normalise.Text, receivedAt time.Time, division string) Found {
	s, ok := x.scratch.Get().(*scratch)
	if !ok {
		s = &scratch{}
	}
	defer x.scratch.Put(s)
	s.read(x, t.Runes)
	c := &collector{Extractor: x, scratch: s, text: t}
	c.urls()
	c.crypto()
	c.plates()
	c.accounts()
	c.numbers()
	c.amounts()
	c.times(receivedAt)
	c.appNames()
	p := c.divisionsAndUnits(division)
	slices.SortFunc(c.found, func(a, b letter.Entity) int { return cmp.Compare(a.Start, b.Start) })
	return Found{Entities: c.found, Units: p.units, Ambiguous: p.ambiguous, Division: p.division, Loss: c.lossAmong(c.found)}
}

// scratch is memory used again for each text.
type scratch struct {
	class   []class // Per folded rune.
	any     class   // All of them together.
	taken   []bool  // Per folded rune: part of a finding.
	matches []match // Of the words.
	some    []match // Of the words of one role.
	groups  []group
	digits  []byte
	sums    []sum
}

func (s *scratch) read(x *Extractor, text []rune) {
	s.class = slices.Grow(s.class[:0], len(text))[:len(text)]
	s.taken = slices.Grow(s.taken[:0], len(text))[:len(text)]
	clear(s.taken)
	s.any = 0
	for i, r := range text {
		c := class(0)
		if uint(r) < uint(len(x.classes)) {
			c = x.classes[r]
		}
		s.class[i] = c
		s.any |= c
	}
	s.matches = x.words.find(text, s.matches[:0])
	s.sums = s.sums[:0]
}

// collector gathers findings of one text. What is found first keeps its place:
// the digits of a web address are no phone number.
type collector struct {
	*Extractor
	*scratch
	text  normalise.Text
	found []letter.Entity
}

// runes returns the folded text.
func (c *collector) runes() []rune { return c.text.Runes }

// next returns the first place from i on that has one of the classes, or the
// end of the text.
func (c *collector) next(i int, want class) int {
	for i < len(c.class) && c.class[i]&want == 0 {
		i++
	}
	return i
}

// matching returns the matches whose word plays a role.
func (c *collector) matching(plays func(role) bool) []match {
	c.some = c.some[:0]
	for _, m := range c.matches {
		if plays(c.roles[m.word]) {
			c.some = append(c.some, m)
		}
	}
	return c.some
}

// free reports that no finding holds a part of [from, to).
func (c *collector) free(from, to int) bool {
	return from < to && !slices.Contains(c.taken[from:to], true)
}

// take keeps a range from later findings.
func (c *collector) take(from, to int) {
	for i := from; i < to; i++ {
		c.taken[i] = true
	}
}

// add records folded runes [from, to) unless part of them is taken.
func (c *collector) add(kind string, from, to int, value string, conf float64) bool {
	if !c.free(from, to) {
		return false
	}
	c.take(from, to)
	start, end := c.text.Span(from, to)
	c.found = append(c.found, letter.Entity{
		Kind: kind, Text: string(c.text.Original[start:end]), Value: value, Start: start, End: end, Conf: conf,
	})
	return true
}
