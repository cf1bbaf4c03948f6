package analytics

import (
	"fmt"
	"time"

	"jiesu.cn/jiesu/letter"
)

var eventColumns = []string{
	"letter_id", "source", "record_id", "kind", "at", "recorded_at", "imported", "expected_rev", "unit", "actor",
	"to_unit", "role", "method", "result", "approved", "until", "solved",
	"label_type", "label_topic", "label_lead", "label_lead_type", "label_urgency", "label_division",
	"accused_police", "accused_units", "series", "letters", "lead", "leads", "case_number", "suspects", "yuan",
	"reached", "satisfaction", "due", "case_kind", "down_from", "down_to", "second",
	"data", "kafka_topic", "kafka_partition", "kafka_offset",
}

// eventFields are the parts of a payload that have columns of their own.
type eventFields struct {
	to, role, method, result string
	approved                 bool
	until                    *time.Time
	solved                   string
	typ, topic, lead         string // The labels.
	leadType, urgency        string
	division                 string
	accusedPolice            *bool
	accusedUnits             []string
	series                   string
	letters                  []string
	leadID                   string
	leads                    []string
	caseNumber               string
	suspects                 []string
	yuan                     float64
	reached                  bool
	satisfaction             *int8
	due                      *time.Time
	caseKind                 string
	downFrom, downTo         *time.Time
	second                   string
}

func eventRow(e letter.Event) ([]any, error) {
	data, err := jsonText(e.Payload)
	if err != nil {
		return nil, fmt.Errorf("writing data of event %s of %s: %w", e.RecordID, e.Letter, err)
	}
	f := fieldsOf(e.Payload)
	return []any{
		string(e.Letter), e.Source, e.RecordID, e.Type.Short(), e.At, e.RecordedAt, e.Imported, int32(e.ExpectedRev), e.Unit(), e.Actor(),
		f.to, f.role, f.method, f.result, f.approved, f.until, f.solved,
		f.typ, f.topic, f.lead, f.leadType, f.urgency, f.division,
		f.accusedPolice, f.accusedUnits, f.series, f.letters, f.leadID, f.leads, f.caseNumber, f.suspects, f.yuan,
		f.reached, f.satisfaction, f.due, f.caseKind, f.downFrom, f.downTo, f.second,
		data, e.Position.Topic, int32(e.Position.Partition), e.Position.Offset,
	}, nil
}

// fieldsOf picks the columns out of a payload; types that no figure reads keep
// theirs in data only.
func fieldsOf(payload letter.Payload) eventFields {
	switch p := payload.(type) {
	case *letter.Classified:
		return verdictFields(p.Verdict)
	case *letter.Relabelled:
		return eventFields{
			typ: p.Type, topic: p.Topic, lead: string(p.Lead), leadType: p.LeadType, urgency: string(p.Urgency),
			division: p.Division, accusedPolice: p.AccusedPolice, accusedUnits: p.AccusedUnits,
		}
	case *letter.Forwarded:
		return eventFields{to: p.To, role: p.Role}
	case *letter.Returned:
		return eventFields{to: p.To}
	case *letter.Escalated:
		return eventFields{to: p.To}
	case *letter.Transferred:
		return eventFields{to: p.To}
	case *letter.Contacted:
		return eventFields{method: p.Method, result: p.Result}
	case *letter.Replied:
		return eventFields{method: p.Kind, result: p.Delivered}
	case *letter.ExtensionDecided:
		return eventFields{approved: p.Approved, until: untilColumn(p.Until)}
	case *letter.Closed:
		return eventFields{result: p.Reason}
	case *letter.Revisited:
		return eventFields{solved: p.Solved, reached: p.Reached, satisfaction: ratingColumn(p.Satisfaction)}
	case *letter.Invalidated:
		return eventFields{second: p.Second}
	case *letter.Supervised:
		return eventFields{due: timeColumn(p.Due)}
	case *letter.Instructed:
		return eventFields{due: timeColumn(p.Due)}
	case *letter.SystemOutage:
		return eventFields{downFrom: timeColumn(&p.From), downTo: timeColumn(&p.To), second: p.Second}
	case *letter.SeriesChanged:
		return eventFields{series: p.Series, letters: texts(p.Letters)}
	default:
		return caseFields(payload)
	}
}

// caseFields picks the columns of events about leads and cases.
func caseFields(payload letter.Payload) eventFields {
	switch p := payload.(type) {
	case *letter.LeadOpened:
		return eventFields{leadID: p.Lead, leadType: p.LeadType}
	case *letter.LeadAccepted:
		return eventFields{leadID: p.Lead}
	case *letter.LeadAssigned:
		return eventFields{leadID: p.Lead, to: p.To}
	case *letter.LeadDismissed:
		return eventFields{leadID: p.Lead, result: p.Why}
	case *letter.LeadVerified:
		return eventFields{leadID: p.Lead, result: p.Finding}
	case *letter.CaseFiled:
		return eventFields{caseNumber: p.Case, caseKind: p.Kind, leads: p.Leads}
	case *letter.CaseNotFiled:
		return eventFields{leads: p.Leads}
	case *letter.CaseSolved:
		return eventFields{caseNumber: p.Case}
	case *letter.CaseArrested:
		return eventFields{caseNumber: p.Case, suspects: p.Suspects}
	case *letter.CaseRecovered:
		return eventFields{caseNumber: p.Case, yuan: p.Yuan}
	default:
		return eventFields{}
	}
}

func verdictFields(v letter.Verdict) eventFields {
	result := ""
	if v.Held {
		result = "held"
	}
	return eventFields{
		result: result,
		typ:    v.Type, topic: v.Topic, lead: string(v.Lead), leadType: v.LeadType, urgency: string(v.Urgency),
		division: v.Division, accusedPolice: &v.AccusedPolice,
	}
}

func texts(ids []letter.ID) []string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, string(id))
	}
	return out
}

// The days a Date32 column can hold, less one so that the next day fits too.
var (
	earliestUntil = time.Date(1900, time.January, 1, 0, 0, 0, 0, time.UTC)
	latestUntil   = time.Date(2299, time.December, 30, 0, 0, 0, 0, time.UTC)
)

// untilColumn reads a payload's date. It is nil where no date is given.
func untilColumn(date string) *time.Time {
	day, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return nil
	}
	return timeColumn(&day)
}

// timeColumn is a payload's time; one outside the column's range means as much
// at its edge.
func timeColumn(t *time.Time) *time.Time {
	switch {
	case t == nil:
		return nil
	case t.Before(earliestUntil):
		return &earliestUntil
	case t.After(latestUntil):
		return &latestUntil
	default:
		return t
	}
}

func ratingColumn(satisfaction *int) *int8 {
	if satisfaction == nil {
		return nil
	}
	rating := int8(*satisfaction) // 1 to 5.
	return &rating
}
