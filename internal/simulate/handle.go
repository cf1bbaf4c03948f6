package simulate

import (
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// handle walks the letter through the desks.
func (b *builder) handle() {
	b.unit, b.holder = cityDesk, cityDesk
	if b.chance(0.12) {
		b.add(b.f.at.Add(b.between(2*time.Second, 40*time.Second)), letter.TypeContacted, &letter.Contacted{Common: b.common(), Method: "auto", Result: "reached"})
	}
	signed := b.sign(b.f.at)
	b.label(signed)
	switch {
	case b.f.fate == void:
		b.invalidate(signed)
		return
	case b.bind.isMerged(b.f.index):
		b.selfHandle(signed)
		b.merge(signed.Add(b.between(5*time.Minute, 3*time.Hour)))
		return
	case b.f.fate == thankful:
		b.thank(signed)
		return
	case b.f.fate == outside:
		b.transfer(signed)
		return
	}
	last := b.pass(signed)
	b.choose()
	if s := b.f.series; !s.alone() && s.undone && s.place == 1 {
		b.merge(signed.Add(30 * time.Minute))
		b.add(signed.Add(b.between(2*time.Hour, 5*time.Hour)), letter.TypeUnmerged, &letter.Unmerged{Common: b.common()})
	}
	b.unit = b.holder
	b.contact(last)
	b.finish(last)
	b.lead(signed)
	b.link()
}

// sign takes the letter in at the acting unit; most do within minutes.
func (b *builder) sign(arrived time.Time) time.Time {
	delay := b.tailed(20*time.Second, 6*time.Minute, 1.8)
	switch {
	case b.f.pattern.Urgency == string(letter.P0):
		delay = b.between(15*time.Second, 150*time.Second)
	case b.chance(0.012):
		delay = b.tailed(10*time.Minute, 90*time.Minute, 2)
	}
	at := arrived.Add(delay)
	b.add(at, letter.TypeSigned, &letter.Signed{Common: b.common()})
	return at
}

// soon is the little while between signing and the next step.
func (b *builder) soon(signed time.Time) time.Time {
	if b.chance(0.012) {
		return signed.Add(b.tailed(10*time.Minute, 2*time.Hour, 2))
	}
	return signed.Add(b.between(15*time.Second, 150*time.Second))
}

// label confirms what the letter is about, as the city desk does for every
// letter; a few first go under another topic and are put right later.
func (b *builder) label(signed time.Time) {
	p := b.f.pattern
	right := &letter.Relabelled{
		Common: b.common(), Type: p.Type, Topic: p.Topic, Lead: leadKind(leadType(p)), LeadType: leadType(p),
		Urgency: letter.Urgency(p.Urgency), Division: b.f.place.station.division,
	}
	accused := p.Accused
	right.AccusedPolice = &accused
	if b.f.accused != "" {
		right.AccusedUnits = []string{b.f.accused}
	}
	if b.chance(0.04) {
		right.Division = b.f.place.county.division
	}
	if b.chance(0.02) {
		right.Division = city // Not to be told more closely: a person says so, or the figures would follow the model.
	}
	at := signed.Add(b.between(4*time.Second, 15*time.Second)) // Before the letter goes on.
	if b.chance(0.03) {
		wrong := *right
		wrong.Lead, wrong.LeadType = letter.LeadNone, ""
		wrong.Topic = oneOf(b.dice, "T01", "T03", "T04", "T05", "T16", "T19")
		if p.Type != string(letter.TypeThanks) {
			wrong.Type = oneOf(b.dice, "L01", "L02", "L03", "L08")
		}
		b.add(at, letter.TypeRelabelled, &wrong)
		right.Why = "承办单位核实后更正"
		at = at.Add(b.between(time.Hour, 30*time.Hour))
	}
	if b.f.index == b.n-1 {
		// The ledger's last record, so that "as of the last record" is the cut-off.
		at = b.clip(at)
		b.record(at, b.profile.AsOf.Sub(at), letter.TypeRelabelled, right)
		return
	}
	b.must(at, letter.TypeRelabelled, right)
}

func leadKind(leadType string) letter.LeadKind {
	switch {
	case leadType == "":
		return letter.LeadNone
	case leadType == "R01", leadType == "R02": // Dangerous driving and hit-and-run are crimes.
		return letter.LeadSecurity
	case leadType[0] == 'R':
		return letter.LeadTraffic
	}
	return letter.LeadSecurity
}

func (b *builder) invalidate(signed time.Time) {
	b.must(signed.Add(b.between(4*time.Minute, time.Hour)), letter.TypeInvalidated, &letter.Invalidated{
		Common: letter.Common{Unit: cityDesk, Actor: b.person(cityDesk, 0)}, Second: b.person(cityDesk, 1+b.IntN(4)),
		Why: oneOf(b.dice, "blank", "test", "advert", "misdirected"),
	})
}

func (b *builder) merge(at time.Time) {
	_, into := b.arrivals.at(b.f.series.root())
	b.must(at, letter.TypeMerged, &letter.Merged{Common: letter.Common{Unit: cityDesk, Actor: b.person(cityDesk, 0)}, Into: into})
}

func (b *builder) thank(signed time.Time) {
	if b.chance(0.3) {
		signed = b.forward(signed, b.f.place.county.desk)
	}
	b.selfHandle(signed)
	if b.f.contactable && b.chance(0.9) || !b.f.silent {
		b.contact(signed)
	}
	if b.chance(0.9) {
		b.add(b.f.closing, letter.TypeClosed, &letter.Closed{Common: b.common(), Reason: "thanks"})
	}
}

// transfer hands a letter that is none of the police's business to those it
// concerns, and tells the writer.
func (b *builder) transfer(signed time.Time) {
	b.selfHandle(signed)
	b.contact(signed)
	at := signed.Add(b.between(time.Hour, 50*time.Hour))
	b.must(at, letter.TypeTransferred, &letter.Transferred{
		Common: b.common(), Why: "不属于公安机关职责范围",
		To: oneOf(b.dice, "市人力资源和社会保障局", "市住房和城乡建设局", "市城市管理和综合执法局", "市市场监督管理局", "12345政务服务便民热线", "市生态环境局", "市农业农村局"),
	})
	if b.chance(0.7) && !b.f.silent {
		b.reply(at.Add(b.between(time.Hour, 20*time.Hour)), "substantive")
		b.add(at.Add(b.between(21*time.Hour, 40*time.Hour)), letter.TypeClosed, &letter.Closed{Common: b.common(), Reason: "explained"})
	}
}

func (b *builder) selfHandle(signed time.Time) {
	b.add(b.soon(signed), letter.TypeSelfHandled, &letter.SelfHandled{Common: b.common()})
}

// forward passes the letter on and has the next unit sign it.
func (b *builder) forward(signed time.Time, to string) time.Time {
	at := b.soon(signed)
	b.add(at, letter.TypeForwarded, &letter.Forwarded{Common: b.common(), To: to, Role: "lead"})
	b.unit, b.holder = to, to
	return b.sign(at)
}

// pass takes the letter from the city desk to the unit that keeps it, and
// returns when that unit signed.
func (b *builder) pass(signed time.Time) time.Time {
	switch {
	case b.f.accused != "":
		return b.hold(signed)
	case b.chance(0.05):
		b.selfHandle(signed)
		return signed
	}
	if dept := department(b.f.pattern.Topic); dept != "" && b.chance(0.16) {
		signed = b.forward(signed, dept)
		b.selfHandle(signed)
		return signed
	}
	signed = b.forward(signed, b.f.place.county.desk)
	if b.chance(b.profile.Returns * 0.4) {
		signed = b.sendBack(signed, cityDesk)
		signed = b.forward(signed, b.routes.otherCounty(b.dice, b.f.place.county).desk)
		b.selfHandle(signed)
		return signed
	}
	if b.chance(0.15) {
		b.selfHandle(signed)
		return signed
	}
	return b.toStation(signed)
}

func (b *builder) toStation(signed time.Time) time.Time {
	signed = b.forward(signed, b.f.place.station.code)
	for range 2 {
		if !b.chance(b.profile.Returns) {
			break
		}
		signed = b.sendBack(signed, b.f.place.county.desk)
		signed = b.forward(signed, b.f.place.other(b.dice).code)
	}
	b.selfHandle(signed)
	if b.chance(0.03) {
		b.support(signed)
	}
	return signed
}

// sendBack returns the letter to where it came from, which takes it up again.
func (b *builder) sendBack(signed time.Time, to string) time.Time {
	at := signed.Add(b.tailed(2*time.Minute, 3*time.Hour, 2))
	why := oneOf(b.dice, "not_ours", "not_ours", "not_ours", "duplicate", "other", "conflict")
	b.add(at, letter.TypeReturned, &letter.Returned{Common: b.common(), To: to, Why: why, Text: "经核实不属本单位管辖"})
	b.unit, b.holder = to, to
	return b.sign(at)
}

// support asks a department for help; the letter stays where it is.
func (b *builder) support(signed time.Time) {
	dept := department(b.f.pattern.Topic)
	if dept == "" {
		return
	}
	at := signed.Add(b.between(time.Hour, 20*time.Hour))
	b.add(at, letter.TypeForwarded, &letter.Forwarded{Common: b.common(), To: dept, Role: "support"})
	keep := b.unit
	b.unit = dept
	b.add(at.Add(b.between(5*time.Minute, time.Hour)), letter.TypeSigned, &letter.Signed{Common: b.common()})
	b.unit = keep
}

// hold keeps a letter that accuses a police unit at the city's inspectors
// until a person has cleared it, and away from the unit for good.
func (b *builder) hold(signed time.Time) time.Time {
	signed = b.forward(signed, inspectors)
	if b.chance(0.2) {
		b.add(signed.Add(b.between(time.Minute, time.Hour)), letter.TypeRecused, &letter.Recused{
			Common: b.common(), Person: b.person(b.f.accused, b.IntN(6)), Why: "信件涉及本人",
		})
	}
	b.selfHandle(signed)
	if b.chance(0.15) {
		b.add(signed.Add(b.between(time.Hour, 30*time.Hour)), letter.TypeEscalated, &letter.Escalated{Common: b.common(), To: cityBureau, Trigger: "conflict"})
	}
	if b.chance(0.85) {
		cleared := signed.Add(b.tailed(time.Hour, 40*time.Hour, 1.5))
		b.add(cleared, letter.TypeCleared, &letter.Cleared{Common: b.common()})
		if b.chance(0.4) {
			// The first look of the inspectors ended their clock; this goes on without one.
			last := b.forward(cleared, b.routes.otherCounty(b.dice, b.f.place.county).desk)
			b.selfHandle(last)
		}
	}
	return signed
}

// choose makes the letter one of the day's key letters, at most five a day,
// which the chief may write on.
func (b *builder) choose() {
	day, serial := b.arrivals.of(b.f.index)
	count := uint64(day.count)
	rank := newPermutation(count, b.seed, streamDay, uint64(day.first)).rank(uint64(serial))
	if rank >= 2+mix(b.seed, streamDay, uint64(day.first))%4 {
		return
	}
	keep := b.unit
	defer func() { b.unit = keep }()
	b.unit = cityBureau
	chief := letter.Common{Unit: cityBureau, Actor: b.person(cityBureau, 0)}
	at := day.day.End().Add(b.between(8*time.Hour, 9*time.Hour))
	b.add(at, letter.TypeSelected, &letter.Selected{
		Common: chief, For: day.day.String(), Reasons: []string{oneOf(b.dice, "涉及人身安全", "多次反映", "群众急难愁盼", "线索价值较高")},
	})
	if !b.chance(0.7) {
		return
	}
	at = at.Add(b.between(5*time.Minute, time.Hour))
	due := calendar.DateOf(at).AddDays(3).End().UTC()
	b.add(at, letter.TypeInstructed, &letter.Instructed{Common: chief, Text: "请认真核查，依法办理，并将结果报我。", Due: &due})
	b.add(at.Add(b.between(time.Minute, 20*time.Minute)), letter.TypeSupervised, &letter.Supervised{
		Common: b.common(), Level: "city", Trigger: "instructed", Due: &due,
	})
	if b.chance(0.92) {
		b.unit = keep
		b.add(at.Add(b.between(10*time.Hour, 80*time.Hour)), letter.TypeInstructionAnswered, &letter.InstructionAnswered{
			Common: b.common(), Text: "已核查办理，情况已告知来信人。",
		})
	}
}
