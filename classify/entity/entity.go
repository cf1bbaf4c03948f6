// Package entity finds what an investigator can look up in a letter: numbers,
// accounts, amounts, times and places. It reads folded text, not words, since
// word splitting tears accounts apart; every finding points into the original.
package entity

import (
	"cmp"
	"slices"
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

// Extractor finds entities. It never changes after New and is safe for concurrent use.
type Extractor struct {
	places gazetteer
	apps   appList
	times  timeWords
}

// Found is what one letter holds.
type Found struct {
	Entities  []letter.Entity // By start; no two overlap.
	Units     []string        // Codes of the police units named; all candidates where a name is shared.
	Ambiguous bool            // A unit's name left more than one candidate.
	Division  string          // The division the letter most likely speaks of; may be empty.
}

// New prepares the gazetteer of a directory.
func New(dir *org.Directory) *Extractor {
	return &Extractor{places: newGazetteer(dir), apps: newAppList(), times: newTimeWords()}
}

// Extract reads one folded text; receivedAt anchors words like 昨晚.
func (x *Extractor) Extract(t normalise.Text, receivedAt time.Time) Found {
	c := &collector{text: t}
	urls(c)
	crypto(c)
	plates(c)
	accounts(c)
	numbers(c)
	amounts(c)
	x.times.find(c, receivedAt)
	x.apps.find(c)
	p := x.places.find(c)
	slices.SortFunc(c.found, func(a, b letter.Entity) int { return cmp.Compare(a.Start, b.Start) })
	return Found{Entities: c.found, Units: p.units, Ambiguous: p.ambiguous, Division: p.division}
}

// collector gathers findings of one text. What is found first keeps its place:
// the digits of a web address are no phone number.
type collector struct {
	text  normalise.Text
	found []letter.Entity
	taken []bool // Per folded rune.
}

// add records folded runes [from, to) unless part of them is taken.
func (c *collector) add(kind string, from, to int, value string, conf float64) bool {
	if c.taken == nil {
		c.taken = make([]bool, len(c.text.Runes))
	}
	if from >= to || slices.Contains(c.taken[from:to], true) {
		return false
	}
	for i := from; i < to; i++ {
		c.taken[i] = true
	}
	start, end := c.text.Span(from, to)
	c.found = append(c.found, letter.Entity{
		Kind: kind, Text: string(c.text.Original[start:end]), Value: value, Start: start, End: end, Conf: conf,
	})
	return true
}

// runes returns the folded text.
func (c *collector) runes() []rune { return c.text.Runes }

// hasPrefix reports whether the text goes on with s at i.
func hasPrefix(text []rune, i int, s string) bool {
	for _, r := range s {
		if i < 0 || i >= len(text) || text[i] != r {
			return false
		}
		i++
	}
	return true
}

// before returns up to n runes in front of i.
func before(text []rune, i, n int) string { return string(text[max(0, i-n):i]) }

// skip moves i over any of the given strings, again and again.
func skip(text []rune, i int, words ...string) int {
	for moved := true; moved; {
		moved = false
		for _, s := range words {
			if hasPrefix(text, i, s) {
				i += len([]rune(s))
				moved = true
			}
		}
	}
	return i
}

func digit(r rune) bool { return r >= '0' && r <= '9' }
func lower(r rune) bool { return r >= 'a' && r <= 'z' }
