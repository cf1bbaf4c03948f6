package letter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// EventType is a CloudEvents type, cn.jiesu.<noun>.<verb>.
type EventType string

// Every event type of the contract.
const (
	TypeReceived            EventType = "cn.jiesu.letter.received"
	TypeClassified          EventType = "cn.jiesu.letter.classified"
	TypeRelabelled          EventType = "cn.jiesu.letter.relabelled"
	TypeSigned              EventType = "cn.jiesu.letter.signed"
	TypeForwarded           EventType = "cn.jiesu.letter.forwarded"
	TypeSelfHandled         EventType = "cn.jiesu.letter.selfhandled"
	TypeReturned            EventType = "cn.jiesu.letter.returned"
	TypeContacted           EventType = "cn.jiesu.letter.contacted"
	TypeReplied             EventType = "cn.jiesu.letter.replied"
	TypeExtensionRequested  EventType = "cn.jiesu.letter.extension_requested"
	TypeExtensionDecided    EventType = "cn.jiesu.letter.extension_decided"
	TypeClosed              EventType = "cn.jiesu.letter.closed"
	TypeReopened            EventType = "cn.jiesu.letter.reopened"
	TypeWithdrawn           EventType = "cn.jiesu.letter.withdrawn"
	TypeMerged              EventType = "cn.jiesu.letter.merged"
	TypeUnmerged            EventType = "cn.jiesu.letter.unmerged"
	TypeTransferred         EventType = "cn.jiesu.letter.transferred"
	TypeInvalidated         EventType = "cn.jiesu.letter.invalidated"
	TypeSupervised          EventType = "cn.jiesu.letter.supervised"
	TypeEscalated           EventType = "cn.jiesu.letter.escalated"
	TypeSelected            EventType = "cn.jiesu.letter.selected"
	TypeInstructed          EventType = "cn.jiesu.letter.instructed"
	TypeInstructionAnswered EventType = "cn.jiesu.letter.instruction_answered"
	TypeRevisited           EventType = "cn.jiesu.letter.revisited"
	TypeRecused             EventType = "cn.jiesu.letter.recused"
	TypeCleared             EventType = "cn.jiesu.letter.cleared"
	TypeUnmasked            EventType = "cn.jiesu.letter.unmasked"
	TypeLeadOpened          EventType = "cn.jiesu.lead.opened"
	TypeLeadAccepted        EventType = "cn.jiesu.lead.accepted"
	TypeLeadAssigned        EventType = "cn.jiesu.lead.assigned"
	TypeLeadDismissed       EventType = "cn.jiesu.lead.dismissed"
	TypeLeadVerified        EventType = "cn.jiesu.lead.verified"
	TypeSeriesLinked        EventType = "cn.jiesu.series.linked"
	TypeSeriesUnlinked      EventType = "cn.jiesu.series.unlinked"
	TypeSeriesConfirmed     EventType = "cn.jiesu.series.confirmed"
	TypeSeriesRejected      EventType = "cn.jiesu.series.rejected"
	TypeSeriesSplit         EventType = "cn.jiesu.series.split"
	TypeSeriesMerged        EventType = "cn.jiesu.series.merged"
	TypeCaseFiled           EventType = "cn.jiesu.case.filed"
	TypeCaseNotFiled        EventType = "cn.jiesu.case.not_filed"
	TypeCaseSolved          EventType = "cn.jiesu.case.solved"
	TypeCaseArrested        EventType = "cn.jiesu.case.arrested"
	TypeCaseRecovered       EventType = "cn.jiesu.case.recovered"
	TypeSystemOutage        EventType = "cn.jiesu.system.outage"
)

// payloads makes an empty payload for each type that travels in the events topic.
var payloads = map[EventType]func() Payload{
	TypeClassified:          func() Payload { return new(Classified) },
	TypeRelabelled:          func() Payload { return new(Relabelled) },
	TypeSigned:              func() Payload { return new(Signed) },
	TypeForwarded:           func() Payload { return new(Forwarded) },
	TypeSelfHandled:         func() Payload { return new(SelfHandled) },
	TypeReturned:            func() Payload { return new(Returned) },
	TypeContacted:           func() Payload { return new(Contacted) },
	TypeReplied:             func() Payload { return new(Replied) },
	TypeExtensionRequested:  func() Payload { return new(ExtensionRequested) },
	TypeExtensionDecided:    func() Payload { return new(ExtensionDecided) },
	TypeClosed:              func() Payload { return new(Closed) },
	TypeReopened:            func() Payload { return new(Reopened) },
	TypeWithdrawn:           func() Payload { return new(Withdrawn) },
	TypeMerged:              func() Payload { return new(Merged) },
	TypeUnmerged:            func() Payload { return new(Unmerged) },
	TypeTransferred:         func() Payload { return new(Transferred) },
	TypeInvalidated:         func() Payload { return new(Invalidated) },
	TypeSupervised:          func() Payload { return new(Supervised) },
	TypeEscalated:           func() Payload { return new(Escalated) },
	TypeSelected:            func() Payload { return new(Selected) },
	TypeInstructed:          func() Payload { return new(Instructed) },
	TypeInstructionAnswered: func() Payload { return new(InstructionAnswered) },
	TypeRevisited:           func() Payload { return new(Revisited) },
	TypeRecused:             func() Payload { return new(Recused) },
	TypeCleared:             func() Payload { return new(Cleared) },
	TypeUnmasked:            func() Payload { return new(Unmasked) },
	TypeLeadOpened:          func() Payload { return new(LeadOpened) },
	TypeLeadAccepted:        func() Payload { return new(LeadAccepted) },
	TypeLeadAssigned:        func() Payload { return new(LeadAssigned) },
	TypeLeadDismissed:       func() Payload { return new(LeadDismissed) },
	TypeLeadVerified:        func() Payload { return new(LeadVerified) },
	TypeSeriesLinked:        func() Payload { return new(SeriesChanged) },
	TypeSeriesUnlinked:      func() Payload { return new(SeriesChanged) },
	TypeSeriesConfirmed:     func() Payload { return new(SeriesChanged) },
	TypeSeriesRejected:      func() Payload { return new(SeriesChanged) },
	TypeSeriesSplit:         func() Payload { return new(SeriesChanged) },
	TypeSeriesMerged:        func() Payload { return new(SeriesChanged) },
	TypeCaseFiled:           func() Payload { return new(CaseFiled) },
	TypeCaseNotFiled:        func() Payload { return new(CaseNotFiled) },
	TypeCaseSolved:          func() Payload { return new(CaseSolved) },
	TypeCaseArrested:        func() Payload { return new(CaseArrested) },
	TypeCaseRecovered:       func() Payload { return new(CaseRecovered) },
	TypeSystemOutage:        func() Payload { return new(SystemOutage) },
}

// Known reports whether t is a type of the contract.
func (t EventType) Known() bool {
	_, ok := payloads[t]
	return ok || t == TypeReceived
}

// Short returns "noun.verb", e.g. "letter.signed".
func (t EventType) Short() string { return strings.TrimPrefix(string(t), "cn.jiesu.") }

// Event is one step in the handling of a letter, lead, series or case.
type Event struct {
	Letter      ID // The record's subject; for system.outage the unit's code.
	Source      string
	RecordID    string
	Type        EventType
	At          time.Time // UTC; when it happened.
	RecordedAt  time.Time // UTC; when it became known.
	Imported    bool      // History, exempt from the rule on backdated entries.
	ExpectedRev int
	Position    Position
	Payload     Payload
}

// Key returns the event's identity as a record.
func (e Event) Key() Key { return Key{Subject: string(e.Letter), Source: e.Source, ID: e.RecordID} }

// ParseEvent decodes the data of any record but letter.received. RecordedAt
// and Imported are left for the caller, who knows the broker's time.
func ParseEvent(r Record) (Event, error) {
	make, ok := payloads[r.Type]
	if !ok {
		return Event{}, invalid("unknown_type", "type", "is not an event of the events topic")
	}
	e := Event{
		Letter: ID(r.Subject), Source: r.Source, RecordID: r.ID, Type: r.Type,
		At: r.Time, ExpectedRev: r.ExpectedRev, Payload: make(),
	}
	if err := decodeData(r.Data, e.Payload); err != nil {
		return Event{}, err
	}
	if c := e.Payload.common(); c != nil {
		if err := c.validate(); err != nil {
			return Event{}, err
		}
	}
	if c, ok := e.Payload.(*Classified); ok && c.Verdict.ID != e.Letter {
		return Event{}, invalid("bad_id", "data.verdict.id", "is not the letter the record is about")
	}
	return e, e.Payload.validate()
}

// Unit returns the code of the unit that acted, or "" where none does.
func (e Event) Unit() string {
	if c := e.Payload.common(); c != nil {
		return c.Unit
	}
	return ""
}

// Actor returns the key of the person who acted, or "".
func (e Event) Actor() string {
	if c := e.Payload.common(); c != nil {
		return c.Actor
	}
	return ""
}

// Record returns the event as a record ready to be encoded and sent.
// RecordedAt travels as recordedtime when it is set.
func (e Event) Record() (Record, error) {
	data, err := marshal(e.Payload)
	if err != nil {
		return Record{}, fmt.Errorf("encoding event: %w", err)
	}
	return Record{
		ID: e.RecordID, Source: e.Source, Type: e.Type, Subject: string(e.Letter),
		Time: e.At, RecordedTime: e.RecordedAt, ExpectedRev: e.ExpectedRev, Data: data,
	}, nil
}

func marshal(v any) (json.RawMessage, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}
