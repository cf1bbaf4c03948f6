package recounttest

import (
	"time"

	"pgregory.net/rapid"

	"jiesu.cn/jiesu/letter"
)

// kinds are the types to draw; those that decide most stand several times.
func kinds() []letter.EventType {
	return []letter.EventType{
		letter.TypeClassified, letter.TypeRelabelled, letter.TypeSigned, letter.TypeSigned, letter.TypeSigned,
		letter.TypeForwarded, letter.TypeForwarded, letter.TypeForwarded, letter.TypeSelfHandled, letter.TypeReturned,
		letter.TypeContacted, letter.TypeContacted, letter.TypeContacted, letter.TypeReplied, letter.TypeReplied,
		letter.TypeExtensionRequested, letter.TypeExtensionDecided, letter.TypeClosed, letter.TypeClosed, letter.TypeClosed, letter.TypeClosed,
		letter.TypeReopened, letter.TypeWithdrawn, letter.TypeMerged, letter.TypeUnmerged, letter.TypeTransferred, letter.TypeInvalidated,
		letter.TypeSupervised, letter.TypeSupervised, letter.TypeEscalated, letter.TypeSelected, letter.TypeInstructed, letter.TypeInstructed,
		letter.TypeInstructionAnswered, letter.TypeRevisited, letter.TypeRevisited, letter.TypeRevisited, letter.TypeRecused, letter.TypeCleared,
		letter.TypeUnmasked, letter.TypeLeadOpened, letter.TypeLeadAccepted, letter.TypeLeadAccepted, letter.TypeLeadAssigned,
		letter.TypeLeadDismissed, letter.TypeLeadVerified, letter.TypeLeadVerified, letter.TypeSeriesLinked, letter.TypeSeriesUnlinked,
		letter.TypeSeriesConfirmed, letter.TypeSeriesConfirmed, letter.TypeSeriesRejected, letter.TypeSeriesSplit, letter.TypeSeriesMerged,
		letter.TypeCaseFiled, letter.TypeCaseNotFiled, letter.TypeCaseSolved, letter.TypeCaseArrested, letter.TypeCaseRecovered,
		letter.TypeSystemOutage, letter.TypeSystemOutage,
	}
}

func (d *drawer) oneOf(what string, values ...string) string {
	return rapid.SampledFrom(values).Draw(d.T, what)
}

func (d *drawer) some(what string, values ...string) []string {
	drawn := rapid.SliceOfNDistinct(rapid.SampledFrom(values), 0, len(values), rapid.ID).Draw(d.T, what)
	for i := range drawn {
		drawn[i] = d.name(drawn[i])
	}
	return drawn
}

// due is a time on or beside that of another event, or none.
func (d *drawer) due() *time.Time {
	if rapid.IntRange(0, 3).Draw(d.T, "without due") == 0 {
		return nil
	}
	due := d.when()
	d.ledger.Moments = append(d.ledger.Moments, due)
	return &due
}

func (d *drawer) payload(typ letter.EventType, at time.Time) letter.Payload {
	by := letter.Common{Unit: d.oneOf("unit", units()...), Actor: "p1"}
	to := d.oneOf("to", units()...)
	switch typ {
	case letter.TypeClassified:
		return &letter.Classified{Model: "m", Verdict: letter.Verdict{
			Type: d.oneOf("type", "L03", "L09", ""), Topic: d.oneOf("topic", "T01", "T22", ""), Division: d.oneOf("division", "440882", ""),
		}}
	case letter.TypeRelabelled:
		return &letter.Relabelled{
			Common: by, Type: d.oneOf("type", "L02", "L09", ""), Topic: d.oneOf("topic", "T02", "", ""), Division: d.oneOf("division", "440804", ""),
		}
	case letter.TypeSigned:
		return &letter.Signed{Common: by}
	case letter.TypeForwarded:
		return &letter.Forwarded{Common: by, To: to, Role: d.oneOf("role", "lead", "lead", "support")}
	case letter.TypeSelfHandled:
		return &letter.SelfHandled{Common: by}
	case letter.TypeReturned:
		return &letter.Returned{Common: by, To: to, Why: "other"}
	case letter.TypeContacted:
		return &letter.Contacted{Common: by, Method: d.oneOf("method", "call", "sms", "auto"), Result: d.oneOf("result", "reached", "no_answer")}
	case letter.TypeReplied:
		return &letter.Replied{Common: by, Kind: "interim"}
	case letter.TypeExtensionRequested:
		return &letter.ExtensionRequested{Common: by, Until: "2024-03-20"}
	case letter.TypeExtensionDecided:
		return &letter.ExtensionDecided{Common: by, Approved: rapid.Bool().Draw(d.T, "approved"), Until: d.oneOf("until", "2024-03-08", "2024-03-20", "2027-01-05")}
	default:
		return d.laterPayload(typ, by, to, at)
	}
}

func (d *drawer) laterPayload(typ letter.EventType, by letter.Common, to string, at time.Time) letter.Payload {
	switch typ {
	case letter.TypeClosed:
		return &letter.Closed{Common: by, Reason: d.oneOf("reason", "solved", "unreasonable", "withdrawn")}
	case letter.TypeReopened:
		return &letter.Reopened{Common: by}
	case letter.TypeWithdrawn:
		return &letter.Withdrawn{Common: by}
	case letter.TypeMerged:
		return &letter.Merged{Common: by, Into: rapid.SampledFrom(d.ids()).Draw(d.T, "into")}
	case letter.TypeUnmerged:
		return &letter.Unmerged{Common: by}
	case letter.TypeTransferred:
		return &letter.Transferred{Common: by, To: "环保局"}
	case letter.TypeInvalidated:
		return &letter.Invalidated{Common: by, Second: "p2", Why: "test"}
	case letter.TypeSupervised:
		return &letter.Supervised{Common: by, Level: "city", Trigger: "other", Due: d.due()}
	case letter.TypeEscalated:
		return &letter.Escalated{Common: by, To: to, Trigger: "other"}
	case letter.TypeSelected:
		return &letter.Selected{Common: by, For: "2024-03-06", Reasons: []string{"repeat"}}
	case letter.TypeInstructed:
		return &letter.Instructed{Common: by, Text: "速办", Due: d.due()}
	case letter.TypeInstructionAnswered:
		return &letter.InstructionAnswered{Common: by, Text: "已办"}
	case letter.TypeRevisited:
		return &letter.Revisited{
			Common: by, Reached: rapid.Bool().Draw(d.T, "reached"), Solved: d.oneOf("solved", "yes", "no", "partly", "unknown"),
			Satisfaction: rapid.Ptr(rapid.IntRange(1, 5), true).Draw(d.T, "satisfaction"),
		}
	case letter.TypeRecused:
		return &letter.Recused{Common: by, Person: "p3"}
	case letter.TypeCleared:
		return &letter.Cleared{Common: by}
	case letter.TypeUnmasked:
		return &letter.Unmasked{Common: by, Field: "phone", Why: "call"}
	default:
		return d.seriesLeadOrCase(typ, by, to, at)
	}
}

func (d *drawer) seriesLeadOrCase(typ letter.EventType, by letter.Common, to string, at time.Time) letter.Payload {
	lead := d.name(d.oneOf("lead", "X", "Y", "Z"))
	number := d.name(d.oneOf("case", "C", "K"))
	switch typ {
	case letter.TypeLeadOpened:
		return &letter.LeadOpened{Common: by, Lead: lead, LeadType: "F03", By: "model"}
	case letter.TypeLeadAccepted:
		return &letter.LeadAccepted{Common: by, Lead: lead}
	case letter.TypeLeadAssigned:
		return &letter.LeadAssigned{Common: by, Lead: lead, To: to}
	case letter.TypeLeadDismissed:
		return &letter.LeadDismissed{Common: by, Lead: lead, Why: "other"}
	case letter.TypeLeadVerified:
		return &letter.LeadVerified{Common: by, Lead: lead, Finding: d.oneOf("finding", "true", "partly", "false", "unclear")}
	case letter.TypeCaseFiled:
		return &letter.CaseFiled{Common: by, Case: number, Kind: d.oneOf("kind", "criminal", "administrative"), Leads: d.some("leads", "X", "Y", "Z")}
	case letter.TypeCaseNotFiled:
		return &letter.CaseNotFiled{Common: by, Leads: []string{lead}}
	case letter.TypeCaseSolved:
		return &letter.CaseSolved{Common: by, Case: number}
	case letter.TypeCaseArrested:
		return &letter.CaseArrested{Common: by, Case: number, Suspects: d.some("suspects", "s1", "s2", "s3")}
	case letter.TypeCaseRecovered:
		return &letter.CaseRecovered{Common: by, Case: number, Yuan: rapid.SampledFrom([]float64{0, 0.5, 1.49, 1000.5, 2e6}).Draw(d.T, "yuan")}
	case letter.TypeSystemOutage:
		from := at.Add(-rapid.SampledFrom(limits()).Draw(d.T, "outage began before"))
		length := rapid.SampledFrom([]time.Duration{time.Millisecond, 10 * time.Minute, 25 * time.Minute, day}).Draw(d.T, "outage length")
		return &letter.SystemOutage{Common: by, From: from, To: from.Add(length), Second: d.oneOf("second", "p2", "p2", "p1")}
	default:
		listed := rapid.SliceOfNDistinct(rapid.SampledFrom(d.ids()), 0, len(d.ids()), rapid.ID).Draw(d.T, "listed")
		return &letter.SeriesChanged{Common: by, Series: d.name(d.oneOf("series", "S", "R")), Letters: listed}
	}
}
