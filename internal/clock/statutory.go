package clock

import (
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Status says how well the source of a limit was checked.
type Status string

// The statuses of a source.
const (
	Verified  Status = "verified"         // Against its text, or a reliable report of it.
	Secondary Status = "secondary_source" // Read about only: check the article before relying on it.
)

// rule is a limit that a law or a regulation sets.
type rule struct {
	id, name, limit string
	law             string
	status          Status
	note            string
	end             func(start time.Time) time.Time
}

// within gives the end of a limit in hours: so long after the very moment.
func within(d time.Duration) func(time.Time) time.Time {
	return func(start time.Time) time.Time { return start.Add(d) }
}

// days gives the end of a limit in natural days: 24:00 Shanghai of the n-th day
// after the day of the start, which does not count. A last day off is not moved
// to the next working day: the stricter reading.
func days(n int) func(time.Time) time.Time {
	return func(start time.Time) time.Time { return calendar.DateOf(start).AddDays(n).End().UTC() }
}

const (
	petitionRegulation = "信访工作条例(2022)"
	filingOpinion      = "公通字〔2015〕32号"
	economicRules      = "公安机关办理经济犯罪案件的若干规定(公通字〔2017〕25号)"
)

// The limits of the law, as docs/clocks.md explains them.
var (
	petitionNotice = rule{"petition_notice", "受理告知", "15日", petitionRegulation + "第22、23条", Verified, "", days(15)}
	petitionClose  = rule{"petition_close", "申诉求决办结", "60日", petitionRegulation + "第34条", Verified, "受理日未单独记录,自收件日起算", days(60)}
	transferRule   = rule{"transfer", "移送管辖", "24小时", "公安机关办理刑事案件程序规定第175条、行政案件程序规定第61条", Verified, "自移送单位签收起算", within(24 * time.Hour)}
	transferTold   = rule{"transfer_told", "移送告知", "24小时", transferRule.law, Verified, "自移送单位签收起算", transferRule.end}
	urgentRecord   = rule{"urgent_record", "紧急处置后补登记", "24小时", filingOpinion + "(新华社报道)", Verified, "自首次上门处置起算", within(24 * time.Hour)}
	refusalNotice  = rule{"refusal_notice", "不予立案通知", "3日", "公安机关办理刑事案件程序规定第178条", Verified, "", days(3)}

	acceptanceReview = []rule{
		{"acceptance_24h", "行政案件受案审查", "24小时", filingOpinion, Verified, "一般情形", within(24 * time.Hour)},
		{"acceptance_3d", "行政案件受案审查", "3日", filingOpinion, Verified, "疑难、复杂的", days(3)},
	}
	filingReview = []rule{
		{"filing_3d", "刑事立案审查", "3日", filingOpinion, Verified, "一般情形", days(3)},
		{"filing_7d", "刑事立案审查", "7日", filingOpinion, Verified, "线索需要查证的", days(7)},
		{"filing_30d", "刑事立案审查", "30日", filingOpinion, Verified, "重大、疑难、复杂并经批准的", days(30)},
	}
	economicReview = []rule{
		{"economic_7d", "经济犯罪立案审查", "7日", economicRules, Secondary, "一般情形", days(7)},
		{"economic_30d", "经济犯罪立案审查", "30日", economicRules, Secondary, "重大、疑难、复杂的", days(30)},
		{"economic_60d", "经济犯罪立案审查", "60日", economicRules, Secondary, "经上级批准延长的", days(60)},
	}
)

// maxPetitionDays is the limit to settle a petition with its extension of at
// most 30 days.
const maxPetitionDays = 90

// statutoryClocks are the limits of the law that the events show to apply.
func (k *knowledge) statutoryClocks() []Clock {
	return slices.Concat(k.petitionClocks(), k.transferClocks(), k.urgentClocks(), k.leadClocks())
}

// clock makes the rule's clock from its start.
func (k *knowledge) clock(r rule, subject string, start time.Time, stopped *time.Time, exclude ...string) Clock {
	return k.lawful(r, subject, start, r.end(start), stopped, exclude...)
}

func (k *knowledge) lawful(r rule, subject string, start, due time.Time, stopped *time.Time, exclude ...string) Clock {
	return k.plain(Clock{
		ID: r.id, Name: r.name, Subject: subject, Limit: r.limit, Law: r.law, Status: r.status, Note: r.note,
		Start: start, Due: &due, Stopped: stopped, Excluded: k.excluded(exclude...),
	}, k.soonAt(start, due))
}

// petitionClocks run for every letter that is not mere thanks: that the writer
// is told what becomes of it, and for appeals that they are settled.
func (k *knowledge) petitionClocks() []Clock {
	if k.isThanks {
		return nil
	}
	received := k.letter.ReceivedAt
	told := k.firstAt(func(e letter.Event) bool { return isReply(e) || e.Type == letter.TypeTransferred })
	clocks := []Clock{k.clock(petitionNotice, "", received, told, invalidated, merged)}
	if k.petition {
		r := petitionClose
		due := k.petitionDue()
		if !due.Equal(r.end(received)) {
			r.limit = "60日,经批准延长至 " + lastDay(due).String()
		}
		clocks = append(clocks, k.lawful(r, "", received, due, k.closedAt(), invalidated, merged, transferred))
	}
	return clocks
}

// petitionDue is the end of the 60 days, or of what an extension approved
// within them grants, to at most 30 days more.
func (k *knowledge) petitionDue() time.Time {
	due, last := petitionClose.end(k.letter.ReceivedAt), days(maxPetitionDays)(k.letter.ReceivedAt)
	for _, e := range k.events {
		p, ok := e.Payload.(*letter.ExtensionDecided)
		if !ok || !p.Approved || e.At.After(due) {
			continue
		}
		if until, err := calendar.ParseDate(p.Until); err == nil && until.End().After(due) {
			due = until.End().UTC()
		}
		if due.After(last) {
			due = last
		}
	}
	return due
}

// transferClocks run once the letter was handed to a body outside the police:
// from its signing by the unit that did, to the handing over and to telling the
// writer of it.
func (k *knowledge) transferClocks() []Clock {
	moved := k.first(func(e letter.Event) bool { return e.Type == letter.TypeTransferred })
	if moved == nil {
		return nil
	}
	start := k.letter.ReceivedAt
	taken := k.first(func(e letter.Event) bool { return e.Type == letter.TypeSigned && e.Unit() == moved.Unit() })
	if taken != nil && !taken.At.After(moved.At) {
		start = taken.At
	}
	told := k.firstAt(func(e letter.Event) bool {
		p, isContact := e.Payload.(*letter.Contacted)
		return !e.At.Before(moved.At) && (isReply(e) || isContact && p.Method != "auto" && p.Result == "reached")
	})
	at := moved.At
	return []Clock{
		k.clock(transferRule, "", start, &at, invalidated, merged),
		k.clock(transferTold, "", start, told, invalidated, merged, uncontactable),
	}
}

// urgentClocks run for danger to life: after the first visit the report must be
// entered.
func (k *knowledge) urgentClocks() []Clock {
	visit := k.firstAt(func(e letter.Event) bool {
		p, ok := e.Payload.(*letter.Contacted)
		return ok && p.Method == "visit"
	})
	if !k.urgent || visit == nil {
		return nil
	}
	entered := k.firstAt(func(e letter.Event) bool {
		opened, ok := e.Payload.(*letter.LeadOpened)
		return ok && opened.By == "person" || e.Type == letter.TypeLeadAccepted || e.Type == letter.TypeCaseFiled
	})
	return []Clock{k.clock(urgentRecord, "", *visit, entered, invalidated)}
}

// leadClocks run for each accepted lead until it was decided on: filed, not
// filed, or dismissed. Which kind of case it is shows only then; until then the
// limits of both run.
func (k *knowledge) leadClocks() []Clock {
	var clocks []Clock
	var seen []string
	for _, e := range k.events {
		accepted, ok := e.Payload.(*letter.LeadAccepted)
		if !ok || slices.Contains(seen, accepted.Lead) {
			continue
		}
		seen = append(seen, accepted.Lead)
		decision := k.first(func(d letter.Event) bool { return decides(d, accepted.Lead) })
		for _, r := range k.reviewRules(decision) {
			var stopped *time.Time
			if decision != nil {
				at := decision.At
				stopped = &at
			}
			clocks = append(clocks, k.clock(r, accepted.Lead, e.At, stopped))
		}
		clocks = append(clocks, k.refusalClock(accepted.Lead)...)
	}
	return clocks
}

// decides reports whether the event ends the review of the lead.
func decides(e letter.Event, lead string) bool {
	switch p := e.Payload.(type) {
	case *letter.CaseFiled:
		return slices.Contains(p.Leads, lead)
	case *letter.CaseNotFiled:
		return slices.Contains(p.Leads, lead)
	case *letter.LeadDismissed:
		return p.Lead == lead
	default:
		return false
	}
}

// reviewRules are the limits of reviewing a lead, as far as its kind is known.
func (k *knowledge) reviewRules(decision *letter.Event) []rule {
	criminal := filingReview
	if k.economic {
		criminal = economicReview
	}
	if decision != nil {
		if filed, ok := decision.Payload.(*letter.CaseFiled); ok {
			if filed.Kind == "administrative" {
				return acceptanceReview
			}
			return criminal
		}
	}
	return slices.Concat(acceptanceReview, criminal)
}

// refusalClock runs from the decision not to file until the writer is told.
func (k *knowledge) refusalClock(lead string) []Clock {
	refused := k.first(func(e letter.Event) bool {
		p, ok := e.Payload.(*letter.CaseNotFiled)
		return ok && slices.Contains(p.Leads, lead)
	})
	if refused == nil {
		return nil
	}
	told := k.firstAt(func(e letter.Event) bool { return isReply(e) && !e.At.Before(refused.At) })
	return []Clock{k.clock(refusalNotice, lead, refused.At, told, uncontactable)}
}
