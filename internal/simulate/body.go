package simulate

import (
	"fmt"
	"sort"

	"jiesu.cn/jiesu/internal/simulate/text"
	"jiesu.cn/jiesu/letter"
)

// pool is a set of patterns to draw from by weight.
type pool struct {
	patterns []*text.Pattern
	upTo     []int // Running sum of the weights.
}

func (p *pool) add(pattern *text.Pattern) {
	sum := pattern.Weight
	if len(p.upTo) > 0 {
		sum += p.upTo[len(p.upTo)-1]
	}
	p.patterns, p.upTo = append(p.patterns, pattern), append(p.upTo, sum)
}

func (p *pool) draw(d dice) *text.Pattern {
	x := d.IntN(p.upTo[len(p.upTo)-1])
	return p.patterns[sort.SearchInts(p.upTo, x+1)]
}

// patterns are the pools that fates and series draw from.
type patterns struct {
	void, thanks, outside, leads, offences, matters pool
	byType                                          map[string]*pool
	types                                           []string
	weights                                         []float64
}

// typeWeights is the mix of letter types among ordinary letters.
func typeWeights() map[string]float64 {
	return map[string]float64{
		"L01": 18, "L02": 29, "L03": 9, "L04": 10, "L05": 9, "L06": 13, "L07": 2.5, "L08": 6, "L10": 1.5,
	}
}

func newPatterns(all []text.Pattern) (patterns, error) {
	p := patterns{byType: map[string]*pool{}}
	for i := range all {
		if err := p.sort(&all[i]); err != nil {
			return patterns{}, err
		}
	}
	weights := typeWeights()
	for _, t := range letter.Types.Terms() {
		if p.byType[t.Code] != nil && weights[t.Code] > 0 {
			p.types = append(p.types, t.Code)
			p.weights = append(p.weights, weights[t.Code])
		}
	}
	for name, pool := range map[string]*pool{
		"L12": &p.void, "L09": &p.thanks, "T22": &p.outside, "leads": &p.leads, "series": &p.offences, "series of one writer": &p.matters,
	} {
		if len(pool.patterns) == 0 {
			return patterns{}, fmt.Errorf("sorting the letter patterns: none for %s", name)
		}
	}
	return p, nil
}

func (p *patterns) sort(t *text.Pattern) error {
	if !letter.TypeCode(t.Type).Valid() || !letter.TopicCode(t.Topic).Valid() ||
		t.Lead != "" && !letter.LeadTypeCode(t.Lead).Valid() {
		return fmt.Errorf("sorting the letter patterns: %s has a code that the taxonomy lacks", t.ID)
	}
	switch {
	case t.Type == string(letter.TypeVoid):
		p.void.add(t)
		return nil
	case t.Type == string(letter.TypeThanks):
		p.thanks.add(t)
		return nil
	case t.Topic == string(letter.TopicNotPolice):
		p.outside.add(t)
		return nil
	}
	if p.byType[t.Type] == nil {
		p.byType[t.Type] = &pool{}
	}
	p.byType[t.Type].add(t)
	offence := isReport(t) && leadType(t) != "" && !t.Accused
	if offence {
		p.leads.add(t)
	}
	if len(t.Series) > 0 && offence {
		p.offences.add(t)
	}
	if len(t.Series) > 0 && !t.Accused {
		p.matters.add(t)
	}
	return nil
}

// leadType is the lead that a letter carries. A question, a suggestion, thanks
// or a reminder that touches an offence carries none.
func leadType(t *text.Pattern) string {
	switch {
	case t.Lead == "J01": // Said of the police: a complaint, labelled as accusing them, and no lead.
	case t.Type == "L02", t.Type == "L04", t.Type == "L05", t.Type == "L10":
		return t.Lead
	}
	return ""
}

// isReport says that the letter reports an offence: L04 and L05.
func isReport(t *text.Pattern) bool { return t.Type == "L04" || t.Type == "L05" }

// pattern returns the pattern letter i is written from.
func (l *ledger) pattern(i int, f fate, s series) *text.Pattern {
	d := roll(l.seed, streamText, uint64(i))
	switch f {
	case void:
		return l.patterns.void.draw(d)
	case thankful:
		return l.patterns.thanks.draw(d)
	case outside:
		return l.patterns.outside.draw(d)
	}
	switch {
	case !s.alone() && (s.bond != again || l.anyLead(s)):
		return l.patterns.offences.draw(roll(l.seed, streamSeries, s.number, 2))
	case !s.alone():
		return l.patterns.matters.draw(roll(l.seed, streamSeries, s.number, 2))
	case f.isLead():
		return l.patterns.leads.draw(d)
	}
	return l.patterns.byType[l.patterns.types[d.pick(l.patterns.weights)]].draw(d)
}

// anyLead says whether a member's fate needs a letter that carries a lead.
func (l *ledger) anyLead(s series) bool {
	for _, m := range s.members {
		if f, _ := l.deal.of(m); f.isLead() {
			return true
		}
	}
	return false
}

// render writes the text of the facts' letter.
func (l *ledger) render(f facts) (text.Letter, error) {
	slots, err := l.slots(f)
	if err != nil {
		return text.Letter{}, err
	}
	d := roll(l.seed, streamText, uint64(f.index), 1)
	body, err := l.lib.Render(d.Rand, f.pattern, slots)
	if err != nil {
		return text.Letter{}, fmt.Errorf("writing letter %s: %w", f.id, err)
	}
	return body, nil
}

// accusedBy returns the unit that the letter's text accuses, "" for none. Only
// the rendered text knows: some patterns name the station or the bureau by
// turns. Where rendering fails, writing the letter says so.
func (l *ledger) accusedBy(f facts) string {
	if !f.pattern.Accused {
		return ""
	}
	body, err := l.render(f)
	switch {
	case err != nil:
		return ""
	case body.AccusedUnit == f.place.station.name:
		return f.place.station.code
	}
	return f.place.county.unit
}

// write returns the letter of the facts.
func (l *ledger) write(f facts) (letter.Letter, error) {
	body, err := l.render(f)
	if err != nil {
		return letter.Letter{}, err
	}
	out := letter.Letter{
		ID: f.id, Source: l.source("mailbox/" + string(f.channel)), RecordID: string(f.id), ReceivedAt: f.at, RecordedAt: f.recorded,
		Received: letter.Received{Channel: f.channel, Title: body.Title, Body: body.Body, Division: f.division, UnitHint: f.hint},
	}
	out.Writer.Contactable = f.contactable
	if f.writer >= 0 {
		out.Writer.Key = l.key("writer", uint64(f.writer))
		out.Writer.Verified = true
	}
	return out, nil
}

func (l *ledger) slots(f facts) (text.Slots, error) {
	accused := f.place.station.name
	if unit(mix(l.seed, streamText, uint64(f.index), 2)) < 0.3 {
		accused = f.place.county.name
	}
	slots := text.Slots{
		Division: f.place.county.unit, DivisionName: f.place.county.name,
		County: f.place.county.division, CountyName: f.place.county.divisionName,
		Station: f.place.station.name, Unit: accused,
		ReceivedAt: f.at, Serial: uint64(f.index),
	}
	if f.series.alone() || len(f.pattern.Series) == 0 {
		return slots, nil
	}
	shared := slots // Of the first letter, so that all members draw the same.
	shared.Serial = uint64(f.series.root())
	shared.ReceivedAt, _ = l.arrivals.at(f.series.root())
	slots.Shared = map[string]string{}
	for k, name := range f.pattern.Series {
		value, err := l.lib.NewValue(roll(l.seed, streamSeries, f.series.number, 3, uint64(k)).Rand, name, shared)
		if err != nil {
			return text.Slots{}, fmt.Errorf("writing series of %s: %w", f.id, err)
		}
		slots.Shared[name] = value
	}
	return slots, nil
}

// source names a producer of this ledger's records.
func (l *ledger) source(producer string) string {
	return "/simulate/" + l.profile.Name + "/" + producer
}
