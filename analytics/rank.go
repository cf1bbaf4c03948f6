package analytics

import (
	"cmp"
	"encoding/json"
	"math/bits"
	"slices"
)

// Ranking orders the rows of a document by one rate, the highest first. It
// says nothing of whether high is good.
type Ranking struct {
	Metric string   `json:"metric"`
	Ranked []Placed `json:"ranked"`
	Apart  []Placed `json:"apart"` // d below 30: too few to place. By key.
}

// Placed is a row with its place; equal rates share one.
type Placed struct {
	Place    int // From 1; 0 where it is not placed.
	Key      string
	Name     string
	Letters  *uint64 // Where the document holds that figure.
	Rate     Rate
	Interval *Interval // Nil where d is 0.
	Overlaps bool      // The interval overlaps that of the row placed above: the order of the two may be chance.
}

// Rank orders the document's rows by a rate it holds.
func Rank(doc Document, id string) (Ranking, error) {
	ranking := Ranking{Metric: id, Ranked: []Placed{}, Apart: []Placed{}}
	if m, ok := MetricByID(id); !ok || !m.IsRate() {
		return Ranking{}, badQuery("unknown_code", "metric", "only a rate ranks; docs/metrics.md lists them")
	}
	for _, row := range doc.Rows {
		figure, ok := row.KPIs[id]
		if !ok {
			return Ranking{}, badQuery("bad_query", "metric", "the document does not hold this rate: ask for it")
		}
		placed := Placed{Key: row.Key, Name: row.Name, Rate: *figure.Rate, Interval: figure.interval()}
		if letters, ok := row.KPIs["letters"]; ok {
			placed.Letters = &letters.Count
		}
		if placed.Rate.Small() {
			ranking.Apart = append(ranking.Apart, placed)
		} else {
			ranking.Ranked = append(ranking.Ranked, placed)
		}
	}
	slices.SortStableFunc(ranking.Ranked, func(a, b Placed) int { return compareShares(b.Rate, a.Rate) })
	for i := range ranking.Ranked {
		row := &ranking.Ranked[i]
		row.Place = i + 1
		if i == 0 {
			continue
		}
		above := ranking.Ranked[i-1]
		if compareShares(row.Rate, above.Rate) == 0 {
			row.Place = above.Place
			continue
		}
		row.Overlaps = row.Interval.Hi >= above.Interval.Lo
	}
	return ranking, nil
}

// compareShares compares n/d of two rates exactly.
func compareShares(a, b Rate) int {
	aHi, aLo := bits.Mul64(a.N, b.D)
	bHi, bLo := bits.Mul64(b.N, a.D)
	if aHi != bHi {
		return cmp.Compare(aHi, bHi)
	}
	return cmp.Compare(aLo, bLo)
}

// MarshalJSON writes the row; one that is not placed has no percentage.
func (p Placed) MarshalJSON() ([]byte, error) {
	out := struct {
		Place    int         `json:"place,omitempty"`
		Key      string      `json:"key"`
		Name     string      `json:"name"`
		Letters  *uint64     `json:"letters,omitempty"`
		N        uint64      `json:"n"`
		D        uint64      `json:"d"`
		Pct      json.Number `json:"pct,omitempty"`
		CI       *Interval   `json:"ci"`
		Overlaps bool        `json:"overlaps,omitempty"`
	}{Place: p.Place, Key: p.Key, Name: p.Name, Letters: p.Letters, N: p.Rate.N, D: p.Rate.D, CI: p.Interval, Overlaps: p.Overlaps}
	if p.Place > 0 {
		out.Pct = json.Number(p.Rate.Percent())
	}
	return json.Marshal(out)
}
