package letter

// Urgency ranks how soon a person must look: P0 at once (danger to life, a
// missing person, money still in transit), P1 today, P2 within a working day,
// P3 within the letter's own clocks.
type Urgency string

// The four levels of urgency.
const (
	P0 Urgency = "P0"
	P1 Urgency = "P1"
	P2 Urgency = "P2"
	P3 Urgency = "P3"
)

// Valid reports whether u is one of the levels.
func (u Urgency) Valid() bool { return u == P0 || u == P1 || u == P2 || u == P3 }

// LeadKind says whether a letter carries a lead: security, traffic or none.
type LeadKind string

// The kinds of lead.
const (
	LeadSecurity LeadKind = "S"
	LeadTraffic  LeadKind = "T"
	LeadNone     LeadKind = "N"
)

// Valid reports whether k is one of the kinds.
func (k LeadKind) Valid() bool { return k == LeadSecurity || k == LeadTraffic || k == LeadNone }

// Verdict is what the classifier says of one letter. It only suggests: a
// person's relabelled event wins. Offsets are in runes of Received.Text().
type Verdict struct {
	ID            ID         `json:"id"`
	Type          string     `json:"type"`
	TypeProb      float64    `json:"type_prob"`
	Group         string     `json:"group"` // help, complaint, lead, consult, suggest, thanks, other.
	Topic         string     `json:"topic"`
	Lead          LeadKind   `json:"lead"`
	LeadProb      float64    `json:"lead_prob"`
	LeadType      string     `json:"lead_type"`            // Empty when Lead is N, and when only its group is clear.
	LeadGroup     string     `json:"lead_group,omitempty"` // First letter of the lead types in question; empty when Lead is N.
	AccusedPolice bool       `json:"accused_police"`
	AccusedProb   float64    `json:"accused_prob"`
	Held          bool       `json:"held,omitempty"` // May accuse the police: only the city sees it until a person has said.
	Police        bool       `json:"police"`         // Within the police remit: topic is not T22.
	Urgency       Urgency    `json:"urgency"`
	NeedsReview   bool       `json:"needs_review"`
	Entities      []Entity   `json:"entities"`
	Units         []string   `json:"units"` // Codes of the units mentioned.
	Division      string     `json:"division,omitempty"`
	Evidence      []Evidence `json:"evidence"`
	Model         string     `json:"model"`
	Dictionary    string     `json:"dictionary,omitempty"`
}

func (v Verdict) validate() error {
	switch {
	case !v.ID.Valid():
		return invalid("bad_id", "data.verdict.id", "is not a letter id")
	case v.Type != "" && !TypeCode(v.Type).Valid():
		return invalid("unknown_code", "data.verdict.type", "is not a letter type")
	case v.Topic != "" && !TopicCode(v.Topic).Valid():
		return invalid("unknown_code", "data.verdict.topic", "is not a topic")
	case v.Lead != "" && !v.Lead.Valid():
		return invalid("unknown_code", "data.verdict.lead", "must be S, T or N")
	case v.LeadType != "" && !LeadTypeCode(v.LeadType).Valid():
		return invalid("unknown_code", "data.verdict.lead_type", "is not a lead type")
	case v.LeadType != "" && v.LeadGroup != "" && v.LeadType[:1] != v.LeadGroup:
		return invalid("unknown_code", "data.verdict.lead_group", "is not the group of the lead type")
	case v.Urgency != "" && !v.Urgency.Valid():
		return invalid("unknown_code", "data.verdict.urgency", "must be P0, P1, P2 or P3")
	case v.Division != "" && !validCode(v.Division):
		return invalid("unknown_code", "data.verdict.division", "is not a division code")
	}
	return nil
}

// Entity is something an investigator can look up, with its place in the text.
type Entity struct {
	Kind  string  `json:"kind"` // phone, landline, id_number, bank_card, plate, qq, wechat, alipay, douyin, url, app, crypto, amount, time, place.
	Text  string  `json:"text"`
	Value string  `json:"value"` // Normalised: digits, yuan, RFC 3339 interval, division code.
	Start int     `json:"start"`
	End   int     `json:"end"`
	Conf  float64 `json:"conf"`
}

// Evidence is a span of the original text that carried a decision.
type Evidence struct {
	For    string  `json:"for"` // The field decided: type, topic, lead, lead_type, accused_police, urgency.
	Text   string  `json:"text"`
	Start  int     `json:"start"`
	End    int     `json:"end"`
	Weight float64 `json:"weight"`
}

// Judgement is all the classifier makes of one letter: the verdict, and the
// text forms that searching and linking need.
type Judgement struct {
	Verdict    Verdict
	Normalised string   // Folded text; the original stays beside it.
	Tokens     []string // Words of the normalised text, in order.
}

// Judged is a letter with its judgement, as it goes into the store.
type Judged struct {
	Letter
	Judgement
}
