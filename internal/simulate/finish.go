package simulate

import (
	"encoding/hex"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// contact tries to reach the writer, within half an hour of the arrival as a
// rule.
func (b *builder) contact(signed time.Time) {
	if !b.f.contactable {
		return
	}
	at := signed.Add(b.between(40*time.Second, 6*time.Minute))
	if limit := b.f.at.Add(30 * time.Minute); at.After(limit) && b.chance(0.75) {
		// The letter went about too long; the city desk calls before the half hour is over.
		at = limit.Add(-b.between(10*time.Second, 8*time.Minute))
		defer func(unit string) { b.unit = unit }(b.unit)
		b.unit = cityDesk
	}
	if b.chance(0.02) {
		at = at.Add(b.tailed(15*time.Minute, 5*time.Hour, 2))
	}
	if b.f.silent {
		b.tryInVain(at)
		return
	}
	method := oneOf(b.dice, "call", "call", "call", "call", "wechat", "sms", "visit")
	result := "reached"
	if b.chance(0.17) {
		result = oneOf(b.dice, "no_answer", "no_answer", "no_answer", "wrong_number", "refused")
	}
	b.add(at, letter.TypeContacted, &letter.Contacted{Common: b.common(), Method: method, Result: result})
	for result != "reached" {
		// The next try goes another way, so that the letter counts as answered.
		at = at.Add(b.between(4*time.Minute, 50*time.Minute))
		next := oneOf(b.dice, "call", "sms", "wechat")
		if next == method {
			continue
		}
		if b.chance(0.7) {
			result = "reached"
		}
		b.add(at, letter.TypeContacted, &letter.Contacted{Common: b.common(), Method: next, Result: result})
		if result != "reached" && b.chance(0.5) {
			return
		}
	}
}

// tryInVain leaves the letter without an answer.
func (b *builder) tryInVain(at time.Time) {
	for range b.IntN(3) {
		b.add(at, letter.TypeContacted, &letter.Contacted{Common: b.common(), Method: "call", Result: oneOf(b.dice, "no_answer", "wrong_number")})
		at = at.Add(b.between(time.Hour, 20*time.Hour))
	}
}

func (b *builder) reply(at time.Time, kind string) {
	var sum [32]byte
	for i := range sum {
		sum[i] = byte(b.Uint32())
	}
	b.add(at, letter.TypeReplied, &letter.Replied{
		Common: b.common(), Kind: kind, TextSHA256: hex.EncodeToString(sum[:]), Approver: b.person(b.unit, 6),
		Delivered: oneOf(b.dice, "yes", "yes", "yes", "yes", "unknown", "no"),
	})
}

// finish answers and closes the letter, with what may come between and after.
func (b *builder) finish(signed time.Time) {
	f := &b.f
	late := !f.due.IsZero() && f.closing.After(f.due) && !f.extension
	if f.extension {
		b.extend()
	}
	if (f.extension || f.closing.Sub(f.at) > 80*time.Hour && b.chance(0.35) || f.fate == stuck || late && b.chance(0.7)) && !f.silent {
		b.reply(signed.Add(b.between(20*time.Hour, 70*time.Hour)), "interim")
	}
	if late || f.fate == stuck {
		b.supervise()
	}
	if f.open {
		return
	}
	if f.fate == withdrawn {
		b.must(f.closing, letter.TypeWithdrawn, &letter.Withdrawn{Common: b.common()})
		return
	}
	spent := f.closing.Sub(signed)
	if b.chance(0.012) && !f.silent {
		b.reply(signed.Add(spent*3/10), "substantive")
		b.add(signed.Add(spent*4/10), letter.TypeClosed, &letter.Closed{Common: b.common(), Reason: "explained"})
		b.add(signed.Add(spent*6/10), letter.TypeReopened, &letter.Reopened{Common: b.common(), Why: "来信人补充新情况"})
	}
	if !f.silent {
		b.reply(f.closing.Add(-min(spent/10, b.between(2*time.Minute, 2*time.Hour))), "substantive")
	}
	b.must(f.closing, letter.TypeClosed, &letter.Closed{Common: b.common(), Reason: b.reason()})
	b.revisit()
}

func (b *builder) reason() string {
	switch {
	case b.f.fate == helped || b.f.fate == leadSolved:
		return "solved"
	case b.chance(0.08):
		return oneOf(b.dice, "unfounded", "unreasonable")
	}
	return oneOf(b.dice, "explained", "solved")
}

// extend asks for more time before or, at times, after the letter fell due.
// Some are refused, some decided too late to count, some asked for twice.
func (b *builder) extend() {
	due := b.f.due
	if due.IsZero() {
		due = b.f.at.Add(7 * 24 * time.Hour)
	}
	asked := due.Add(-b.between(2*time.Hour, 40*time.Hour))
	first := calendar.DateOf(due).AddDays(4 + b.IntN(9))
	b.request(asked, first, 0.8)
	if b.chance(0.25) {
		second := first.AddDays(3 + b.IntN(8))
		b.request(first.Start().Add(-b.between(2*time.Hour, 30*time.Hour)), second, 0.7)
	}
}

func (b *builder) request(at time.Time, until calendar.Date, approval float64) {
	b.add(at, letter.TypeExtensionRequested, &letter.ExtensionRequested{Common: b.common(), Until: until.String(), Why: "案情复杂，需进一步调查取证"})
	decided := at.Add(b.tailed(20*time.Minute, 44*time.Hour, 2.5))
	keep := b.unit
	b.unit = cityDesk
	d := letter.ExtensionDecided{Common: b.common(), Approved: b.chance(approval)}
	b.unit = keep
	if d.Approved {
		d.Until, d.ToldWriter = until.String(), b.chance(0.95)
	}
	b.add(decided, letter.TypeExtensionDecided, &d)
}

// supervise follows up a letter that is late.
func (b *builder) supervise() {
	due := b.f.due
	if due.IsZero() {
		return
	}
	keep := b.unit
	b.unit = cityDesk
	b.add(due.Add(-b.between(3*time.Hour, 20*time.Hour)), letter.TypeSupervised, &letter.Supervised{Common: b.common(), Level: "county", Trigger: "soon_due"})
	b.add(due.Add(b.between(time.Hour, 12*time.Hour)), letter.TypeSupervised, &letter.Supervised{Common: b.common(), Level: "city", Trigger: "overdue"})
	if b.chance(0.4) {
		b.add(due.Add(b.between(40*time.Hour, 90*time.Hour)), letter.TypeEscalated, &letter.Escalated{Common: b.common(), To: cityBureau, Trigger: "overdue_twice"})
	}
	b.unit = keep
}

// revisit asks the writer, two to seven days after the closing.
func (b *builder) revisit() {
	helped := b.f.fate == helped
	if !helped && !b.chance(0.05) {
		return
	}
	keep := b.unit
	b.unit = cityDesk
	defer func() { b.unit = keep }()
	r := letter.Revisited{Common: b.common(), Reached: true, Solved: "yes"}
	if !helped {
		r.Solved = oneOf(b.dice, "no", "partly", "partly", "unknown")
		r.Reached = r.Solved != "unknown"
	}
	if r.Reached && b.chance(0.9) {
		stars := map[string]int{"yes": 4, "partly": 3, "no": 1}[r.Solved] + b.IntN(2)
		r.Satisfaction = &stars
	}
	at := b.f.closing.Add(b.between(48*time.Hour, 168*time.Hour))
	b.add(at, letter.TypeRevisited, &r)
	if r.Solved == "no" {
		b.add(at.Add(b.between(time.Hour, 9*time.Hour)), letter.TypeSupervised, &letter.Supervised{Common: b.common(), Level: "county", Trigger: "dissatisfied"})
	}
}
