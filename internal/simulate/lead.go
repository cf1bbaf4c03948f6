package simulate

import (
	"fmt"
	"time"

	"jiesu.cn/jiesu/letter"
)

// lead follows the lead in a letter: opened, then taken up or put aside.
func (b *builder) lead(labelled time.Time) {
	kind := leadType(b.f.pattern)
	if kind == "" || b.f.accused != "" || !b.f.fate.isLead() && !b.chance(b.leadChance()) {
		return
	}
	id := "XS-" + string(b.f.id)
	b.unit = cityDesk
	opened := labelled.Add(b.between(time.Minute, 20*time.Minute))
	by := oneOf(b.dice, "model", "model", "person")
	b.add(opened, letter.TypeLeadOpened, &letter.LeadOpened{Common: b.common(), Lead: id, LeadType: kind, By: by})
	b.unit = b.f.place.county.desk
	if !b.f.fate.isLead() {
		if b.chance(0.6) {
			b.add(opened.Add(b.tailed(time.Hour, 72*time.Hour, 2)), letter.TypeLeadDismissed, &letter.LeadDismissed{
				Common: b.common(), Lead: id, Why: oneOf(b.dice, "not_offence", "duplicate", "no_facts", "other"),
			})
		}
		return
	}
	accepted := opened.Add(b.tailed(10*time.Minute, 16*time.Hour, 2))
	b.add(accepted, letter.TypeLeadAccepted, &letter.LeadAccepted{Common: b.common(), Lead: id})
	handler := b.f.place.station.code
	b.add(accepted.Add(b.between(time.Minute, time.Hour)), letter.TypeLeadAssigned, &letter.LeadAssigned{Common: b.common(), Lead: id, To: handler})
	if b.chance(0.12) {
		b.unmask(accepted)
	}
	b.unit = handler
	verified := accepted.Add(b.tailed(2*time.Hour, 60*time.Hour, 1.5))
	finding := "true"
	switch b.f.fate {
	case leadUnfiled:
		finding = oneOf(b.dice, "false", "unclear", "partly")
	case leadOnly:
		finding = oneOf(b.dice, "unclear", "partly", "true")
	}
	if b.f.fate != leadOnly || b.chance(0.5) {
		b.add(verified, letter.TypeLeadVerified, &letter.LeadVerified{Common: b.common(), Lead: id, Finding: finding})
	}
	b.file(id, verified)
}

// leadChance: reports of an offence make a lead more often than other letters
// that mention one.
func (b *builder) leadChance() float64 {
	if isReport(b.f.pattern) {
		return 0.35
	}
	return 0.04
}

func (b *builder) unmask(accepted time.Time) {
	b.add(accepted.Add(b.between(2*time.Minute, 5*time.Hour)), letter.TypeUnmasked, &letter.Unmasked{
		Common: letter.Common{Unit: b.unit, Actor: b.person(b.unit, 0)},
		Field:  oneOf(b.dice, "writer.name", "writer.phone"), Why: "核实线索需联系来信人", Second: b.person(b.unit, 1),
	})
}

// file opens a case from the lead, or refuses to, and follows it.
func (b *builder) file(id string, verified time.Time) {
	at := verified.Add(b.tailed(time.Hour, 70*time.Hour, 2))
	switch b.f.fate {
	case leadUnfiled:
		b.add(at, letter.TypeCaseNotFiled, &letter.CaseNotFiled{Common: b.common(), Leads: []string{id}, Why: "没有犯罪事实"})
		return
	case leadSolved, leadFiled:
	default:
		return
	}
	number := "AJ-" + string(b.f.id)
	kind := oneOf(b.dice, "criminal", "criminal", "administrative")
	charge := letter.LeadTypes.Name(b.f.pattern.Lead)
	b.add(at, letter.TypeCaseFiled, &letter.CaseFiled{Common: b.common(), Case: number, Kind: kind, Charge: charge, Leads: []string{id}})
	if b.f.fate == leadSolved {
		b.solve(number, at)
	}
}

// solve closes the case: suspects caught, most at once, and money given back.
func (b *builder) solve(number string, filed time.Time) {
	at := filed.Add(b.tailed(time.Hour, 25*24*time.Hour, 2.2))
	suspects := b.suspects(number)
	b.arrest(at, number, suspects[:max(1, len(suspects)/2)])
	if len(suspects) > 2 {
		// The second list repeats one of the first: people count once.
		b.arrest(at.Add(b.between(time.Hour, 30*time.Hour)), number, suspects[len(suspects)/2-1:])
	} else if len(suspects) == 2 {
		b.arrest(at.Add(b.between(time.Hour, 30*time.Hour)), number, suspects[1:])
	}
	b.add(at.Add(b.between(time.Minute, 40*time.Hour)), letter.TypeCaseSolved, &letter.CaseSolved{Common: b.common(), Case: number})
	if b.chance(0.4) {
		yuan := float64(100 * (1 + b.IntN(400)))
		b.add(at.Add(b.between(24*time.Hour, 120*time.Hour)), letter.TypeCaseRecovered, &letter.CaseRecovered{Common: b.common(), Case: number, Yuan: yuan})
	}
}

// suspects of a case: the numbers go round by the rank of the letter among
// those whose case is solved, so that their sum hardly depends on the seed.
func (b *builder) suspects(number string) []string {
	counts := []int{1, 3, 2, 1, 4, 2, 1, 2, 6, 1, 3, 2, 2, 1, 3}
	keys := make([]string, counts[b.f.rank%len(counts)])
	for i := range keys {
		keys[i] = b.person(number, i)
	}
	return keys
}

func (b *builder) arrest(at time.Time, number string, suspects []string) {
	b.add(at, letter.TypeCaseArrested, &letter.CaseArrested{Common: b.common(), Case: number, Suspects: suspects})
}

// link ties a letter to the earlier ones of its series; a person confirms or
// rejects that later. The events are filed under the series' first letter.
func (b *builder) link() {
	s := b.f.series
	if s.alone() || s.place == 0 {
		return
	}
	_, root := b.arrivals.at(s.root())
	d := roll(b.seed, streamSeries, s.number, 4, uint64(s.place))
	number := "CB-" + string(root)
	b.unit = cityDesk
	at := b.f.at.Add(b.between(5*time.Minute, time.Hour))
	pair := []letter.ID{root, b.f.id}
	b.series(at, letter.TypeSeriesLinked, root, number, pair, oneOf(b.dice, "同一电话", "同一账号", "内容相近"))
	decided := at.Add(b.tailed(time.Hour, 60*time.Hour, 1.5))
	switch x := d.Float64(); {
	case x < 0.08:
		return // Nobody has looked yet.
	case x < 0.16:
		b.series(decided, letter.TypeSeriesRejected, root, number, pair[1:], "并非同一事项")
		return
	}
	b.series(decided, letter.TypeSeriesConfirmed, root, number, pair, "")
	later := decided.Add(b.between(20*time.Hour, 200*time.Hour))
	switch x := d.Float64(); {
	case x < 0.04:
		b.series(later, letter.TypeSeriesUnlinked, root, number, pair[1:], "核实为另一事项")
	case x < 0.08:
		b.series(later, letter.TypeSeriesSplit, root, fmt.Sprintf("%s-%d", number, s.place), pair[1:], "另案处理")
	case x < 0.12:
		b.series(later, letter.TypeSeriesMerged, root, number, b.seriesIDs(), "并入同一系列")
	}
}

// seriesIDs lists the letters of the series up to this one.
func (b *builder) seriesIDs() []letter.ID {
	var ids []letter.ID
	for _, m := range b.f.series.members[:b.f.series.place+1] {
		_, id := b.arrivals.at(m)
		ids = append(ids, id)
	}
	return ids
}

func (b *builder) series(at time.Time, kind letter.EventType, subject letter.ID, number string, letters []letter.ID, why string) {
	b.add(at, kind, &letter.SeriesChanged{Common: b.common(), Series: number, Letters: letters, Why: why})
	b.events[len(b.events)-1].Letter = subject
}
