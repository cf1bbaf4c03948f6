package letter

import "time"

// Payload is the data of one event type.
type Payload interface {
	common() *Common
	validate() error
}

// Common is what every event of a person's doing says: which unit, and who.
type Common struct {
	Unit  string `json:"unit"`  // org_code.
	Actor string `json:"actor"` // Person key; never a name.
}

func (c *Common) common() *Common { return c }

// validate is the default for payloads without fields of their own.
func (c *Common) validate() error {
	switch {
	case c.Unit == "":
		return invalid("missing_field", "data.unit", "is required")
	case !validCode(c.Unit):
		return invalid("unknown_code", "data.unit", "is not a unit code")
	case c.Actor == "":
		return invalid("missing_field", "data.actor", "is required")
	case len(c.Actor) > maxKeyLen:
		return invalid("too_long", "data.actor", "is longer than %d bytes", maxKeyLen)
	}
	return nil
}

// The payloads of the contract, one per event type. Enumerations are checked
// by validate; unit codes are checked against the directory by ingest.
type (
	// Classified is the classifier's verdict; a rebuild replays it.
	Classified struct {
		Model      string  `json:"model"`
		Dictionary string  `json:"dictionary"`
		Verdict    Verdict `json:"verdict"`
	}
	// Relabelled is a person's decision about the labels; absent fields keep
	// what stood before.
	Relabelled struct {
		Common
		Type          string   `json:"type,omitempty"`
		Topic         string   `json:"topic,omitempty"`
		Lead          LeadKind `json:"lead,omitempty"`
		LeadType      string   `json:"lead_type,omitempty"`
		AccusedPolice *bool    `json:"accused_police,omitempty"`
		AccusedUnits  []string `json:"accused_units,omitempty"`
		Division      string   `json:"division,omitempty"`
		Urgency       Urgency  `json:"urgency,omitempty"`
		Why           string   `json:"why,omitempty"`
	}
	// Signed says the unit took the letter in.
	Signed struct{ Common }
	// Forwarded passes the letter on.
	Forwarded struct {
		Common
		To   string `json:"to"`
		Role string `json:"role"` // lead or support.
	}
	// SelfHandled says the unit keeps the letter.
	SelfHandled struct{ Common }
	// Returned sends the letter back.
	Returned struct {
		Common
		To   string `json:"to"`
		Why  string `json:"why"`
		Text string `json:"text,omitempty"`
	}
	// Contacted is one attempt to reach the writer.
	Contacted struct {
		Common
		Method string `json:"method"`
		Result string `json:"result"`
	}
	// Replied is an answer sent to the writer.
	Replied struct {
		Common
		Kind       string `json:"kind"`
		TextSHA256 string `json:"text_sha256,omitempty"`
		Approver   string `json:"approver,omitempty"`
		Delivered  string `json:"delivered,omitempty"`
	}
	// ExtensionRequested asks for more time.
	ExtensionRequested struct {
		Common
		Until string `json:"until"`
		Why   string `json:"why,omitempty"`
	}
	// ExtensionDecided grants or refuses it.
	ExtensionDecided struct {
		Common
		Approved   bool   `json:"approved"`
		Until      string `json:"until,omitempty"`
		ToldWriter bool   `json:"told_writer"`
	}
	// Closed ends the handling.
	Closed struct {
		Common
		Reason string `json:"reason"`
	}
	// Reopened takes the closing back.
	Reopened struct {
		Common
		Why string `json:"why,omitempty"`
	}
	// Withdrawn is the writer taking the letter back; it closes the letter, not a lead.
	Withdrawn struct{ Common }
	// Merged folds the letter into another.
	Merged struct {
		Common
		Into ID `json:"into"`
	}
	// Unmerged takes the merging back.
	Unmerged struct{ Common }
	// Transferred hands the letter to a body outside the police.
	Transferred struct {
		Common
		To  string `json:"to"`
		Why string `json:"why,omitempty"`
	}
	// Invalidated declares the letter void, confirmed by a second person.
	Invalidated struct {
		Common
		Second string `json:"second"`
		Why    string `json:"why"`
	}
	// Supervised puts a handling under supervision (督办).
	Supervised struct {
		Common
		Level   string     `json:"level"`
		Trigger string     `json:"trigger"`
		Due     *time.Time `json:"due,omitempty"`
	}
	// Escalated lifts the letter to a higher unit (提级).
	Escalated struct {
		Common
		To      string `json:"to"`
		Trigger string `json:"trigger"`
	}
	// Selected makes it a key letter of a day.
	Selected struct {
		Common
		For     string   `json:"for"`
		Reasons []string `json:"reasons"`
	}
	// Instructed is the chief's instruction (批示).
	Instructed struct {
		Common
		Text string     `json:"text"`
		Due  *time.Time `json:"due,omitempty"`
	}
	// InstructionAnswered reports back on it.
	InstructionAnswered struct {
		Common
		Text string `json:"text"`
	}
	// Revisited is the return visit after closing (回访).
	Revisited struct {
		Common
		Reached      bool   `json:"reached"`
		Solved       string `json:"solved"`
		Satisfaction *int   `json:"satisfaction"`
	}
	// Recused takes a person with an interest off the letter.
	Recused struct {
		Common
		Person string `json:"person"`
		Why    string `json:"why,omitempty"`
	}
	// Cleared ends the hold on a letter that may accuse a police unit.
	Cleared struct{ Common }
	// Unmasked records that someone looked at a masked field, and why.
	Unmasked struct {
		Common
		Field  string `json:"field"`
		Why    string `json:"why"`
		Second string `json:"second,omitempty"`
	}
	// LeadOpened starts a lead from a letter.
	LeadOpened struct {
		Common
		Lead     string `json:"lead"`
		LeadType string `json:"lead_type"`
		By       string `json:"by"`
	}
	// LeadAccepted takes the lead up.
	LeadAccepted struct {
		Common
		Lead string `json:"lead"`
	}
	// LeadAssigned gives it to a unit or a person.
	LeadAssigned struct {
		Common
		Lead string `json:"lead"`
		To   string `json:"to"`
	}
	// LeadDismissed puts it aside.
	LeadDismissed struct {
		Common
		Lead string `json:"lead"`
		Why  string `json:"why"`
	}
	// LeadVerified says what checking it found.
	LeadVerified struct {
		Common
		Lead    string `json:"lead"`
		Finding string `json:"finding"`
	}
	// SeriesChanged is the data of every series.* event.
	SeriesChanged struct {
		Common
		Series  string `json:"series"`
		Letters []ID   `json:"letters"`
		Why     string `json:"why,omitempty"`
	}
	// CaseFiled says a case was opened, from which leads.
	CaseFiled struct {
		Common
		Case   string   `json:"case"`
		Kind   string   `json:"kind"`
		Charge string   `json:"charge,omitempty"`
		Leads  []string `json:"leads"`
	}
	// CaseNotFiled says none was, and why.
	CaseNotFiled struct {
		Common
		Leads []string `json:"leads"`
		Why   string   `json:"why,omitempty"`
	}
	// CaseSolved says the case was solved.
	CaseSolved struct {
		Common
		Case string `json:"case"`
	}
	// CaseArrested names the suspects caught, by person key.
	CaseArrested struct {
		Common
		Case     string   `json:"case"`
		Suspects []string `json:"suspects"`
	}
	// CaseRecovered counts money given back.
	CaseRecovered struct {
		Common
		Case string  `json:"case"`
		Yuan float64 `json:"yuan"`
	}
	// SystemOutage is a stretch of downtime, confirmed by a second person.
	SystemOutage struct {
		Common
		From   time.Time `json:"from"`
		To     time.Time `json:"to"`
		Second string    `json:"second"`
	}
)

func (*Classified) common() *Common { return nil }

func (p *Classified) validate() error {
	switch {
	case p.Model == "":
		return invalid("missing_field", "data.model", "is required")
	case len(p.Model) > maxAttrLen || len(p.Dictionary) > maxAttrLen:
		return invalid("too_long", "data.model", "is longer than %d bytes", maxAttrLen)
	}
	return p.Verdict.validate()
}

func (p *Relabelled) validate() error {
	switch {
	case p.Type != "" && !TypeCode(p.Type).Valid():
		return invalid("unknown_code", "data.type", "is not a letter type")
	case p.Topic != "" && !TopicCode(p.Topic).Valid():
		return invalid("unknown_code", "data.topic", "is not a topic")
	case p.Lead != "" && !p.Lead.Valid():
		return invalid("unknown_code", "data.lead", "must be S, T or N")
	case p.LeadType != "" && !LeadTypeCode(p.LeadType).Valid():
		return invalid("unknown_code", "data.lead_type", "is not a lead type")
	case p.Urgency != "" && !p.Urgency.Valid():
		return invalid("unknown_code", "data.urgency", "must be P0, P1, P2 or P3")
	case p.Division != "" && !validCode(p.Division):
		return invalid("unknown_code", "data.division", "is not a division code")
	}
	return nil
}

func (p *Forwarded) validate() error {
	return first(code("data.to", p.To), oneOf("data.role", p.Role, "lead", "support"))
}

func (p *Returned) validate() error {
	return first(code("data.to", p.To), oneOf("data.why", p.Why, "not_ours", "conflict", "duplicate", "other"))
}

func (p *Contacted) validate() error {
	return first(oneOf("data.method", p.Method, "call", "sms", "wechat", "visit", "auto"),
		oneOf("data.result", p.Result, "reached", "no_answer", "wrong_number", "refused"))
}

func (p *Replied) validate() error {
	return first(oneOf("data.kind", p.Kind, "interim", "substantive"),
		oneOf("data.delivered", p.Delivered, "", "yes", "no", "unknown"))
}

func (p *ExtensionRequested) validate() error { return date("data.until", p.Until) }

func (p *ExtensionDecided) validate() error {
	if !p.Approved && p.Until == "" {
		return nil
	}
	return date("data.until", p.Until)
}

func (p *Closed) validate() error {
	return oneOf("data.reason", p.Reason, "solved", "explained", "unfounded", "unreasonable", "withdrawn", "thanks")
}

func (p *Merged) validate() error {
	if !p.Into.Valid() {
		return invalid("bad_id", "data.into", "is not a letter id")
	}
	return nil
}

func (p *Transferred) validate() error { return required("data.to", p.To) }

func (p *Invalidated) validate() error {
	if p.Second == p.Actor {
		return invalid("bad_data", "data.second", "must be another person than the actor")
	}
	return first(required("data.second", p.Second), oneOf("data.why", p.Why, "blank", "test", "advert", "misdirected"))
}

func (p *Supervised) validate() error {
	return first(oneOf("data.level", p.Level, "station", "county", "city"),
		oneOf("data.trigger", p.Trigger, "overdue", "soon_due", "dissatisfied", "repeat", "instructed", "other"))
}

func (p *Escalated) validate() error {
	return first(code("data.to", p.To),
		oneOf("data.trigger", p.Trigger, "overdue_twice", "conflict", "instructed", "dispute", "other"))
}

func (p *Selected) validate() error { return date("data.for", p.For) }

func (p *Revisited) validate() error {
	if s := p.Satisfaction; s != nil && (*s < 1 || *s > 5) {
		return invalid("bad_data", "data.satisfaction", "must be 1 to 5 or null")
	}
	return oneOf("data.solved", p.Solved, "yes", "no", "partly", "unknown")
}

func (p *Recused) validate() error { return required("data.person", p.Person) }

func (p *Unmasked) validate() error {
	return first(required("data.field", p.Field), required("data.why", p.Why))
}

func (p *LeadOpened) validate() error {
	if !LeadTypeCode(p.LeadType).Valid() {
		return invalid("unknown_code", "data.lead_type", "is not a lead type")
	}
	return first(required("data.lead", p.Lead), oneOf("data.by", p.By, "model", "person"))
}

func (p *LeadAccepted) validate() error { return required("data.lead", p.Lead) }

func (p *LeadAssigned) validate() error {
	return first(required("data.lead", p.Lead), required("data.to", p.To))
}

func (p *LeadDismissed) validate() error {
	return first(required("data.lead", p.Lead), oneOf("data.why", p.Why, "not_offence", "duplicate", "no_facts", "other"))
}

func (p *LeadVerified) validate() error {
	return first(required("data.lead", p.Lead), oneOf("data.finding", p.Finding, "true", "partly", "false", "unclear"))
}

func (p *SeriesChanged) validate() error {
	for _, id := range p.Letters {
		if !id.Valid() {
			return invalid("bad_id", "data.letters", "holds something that is not a letter id")
		}
	}
	return required("data.series", p.Series)
}

func (p *CaseFiled) validate() error {
	return first(required("data.case", p.Case), oneOf("data.kind", p.Kind, "criminal", "administrative"))
}

func (p *CaseNotFiled) validate() error {
	if len(p.Leads) == 0 {
		return invalid("missing_field", "data.leads", "is required")
	}
	return nil
}

func (p *CaseSolved) validate() error { return required("data.case", p.Case) }

func (p *CaseArrested) validate() error {
	if len(p.Suspects) == 0 {
		return invalid("missing_field", "data.suspects", "is required")
	}
	return required("data.case", p.Case)
}

func (p *CaseRecovered) validate() error {
	if p.Yuan < 0 {
		return invalid("bad_data", "data.yuan", "must not be negative")
	}
	return required("data.case", p.Case)
}

func (p *SystemOutage) validate() error {
	switch {
	case p.From.IsZero() || !p.To.After(p.From):
		return invalid("bad_data", "data.to", "must lie after data.from")
	case p.Second == p.Actor:
		return invalid("bad_data", "data.second", "must be another person than the actor")
	}
	return required("data.second", p.Second)
}
