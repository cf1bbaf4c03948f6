package letter

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Record is one CloudEvents 1.0 envelope with its data still undecoded.
// (Source, ID) is its identity: the same pair twice is one record.
type Record struct {
	ID           string
	Source       string
	Type         EventType
	Subject      string    // Letter id; the unit's code for system.outage.
	Time         time.Time // When it happened (UTC).
	RecordedTime time.Time // When it became known, as the producer says (UTC); zero when absent.
	ExpectedRev  int       // Records of this subject the actor had seen; -1 when absent.
	Data         json.RawMessage
}

// Limits bound what a decoder accepts.
type Limits struct {
	MaxBytes int       // Of the whole message.
	MaxDepth int       // Of nested objects and arrays.
	Earliest time.Time // No time before this.
	Latest   time.Time // No time after this; zero means no bound.
}

// DefaultLimits fit a long letter with many attachments. The earliest time
// keeps a broken clock from opening a table partition of its own.
func DefaultLimits() Limits {
	return Limits{
		MaxBytes: 1 << 20,
		MaxDepth: 16,
		Earliest: time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC),
	}
}

// envelope is the structured-mode JSON of a Record.
type envelope struct {
	SpecVersion     string          `json:"specversion"`
	ID              string          `json:"id"`
	Source          string          `json:"source"`
	Type            EventType       `json:"type"`
	Subject         string          `json:"subject"`
	Time            string          `json:"time"`
	DataContentType string          `json:"datacontenttype,omitempty"`
	RecordedTime    string          `json:"recordedtime,omitempty"`
	ExpectedRev     *int            `json:"expectedrev,omitempty"`
	Data            json.RawMessage `json:"data"`
}

// DecodeRecord reads a structured-mode CloudEvent. Its errors are *Error of
// KindInvalid with a stable reason.
func DecodeRecord(b []byte, lim Limits) (Record, error) {
	if err := checkJSON(b, lim); err != nil {
		return Record{}, err
	}
	var env envelope
	if err := json.Unmarshal(b, &env); err != nil {
		return Record{}, invalid("bad_envelope", "", "%s", jsonFault(err))
	}
	return env.record(lim)
}

// Header is one Kafka header of a binary-mode CloudEvent.
type Header struct {
	Key   string
	Value []byte
}

// IsBinaryMode reports whether the headers carry a CloudEvent (ce_specversion).
func IsBinaryMode(headers []Header) bool {
	for _, h := range headers {
		if strings.EqualFold(h.Key, "ce_specversion") {
			return true
		}
	}
	return false
}

// DecodeBinaryRecord reads a binary-mode CloudEvent: attributes in ce_ headers,
// data in the value.
func DecodeBinaryRecord(headers []Header, value []byte, lim Limits) (Record, error) {
	if err := checkJSON(value, lim); err != nil {
		return Record{}, err
	}
	env := envelope{Data: value}
	for _, h := range headers {
		name, ok := strings.CutPrefix(strings.ToLower(h.Key), "ce_")
		if !ok {
			continue
		}
		v := string(h.Value)
		switch name {
		case "specversion":
			env.SpecVersion = v
		case "id":
			env.ID = v
		case "source":
			env.Source = v
		case "type":
			env.Type = EventType(v)
		case "subject":
			env.Subject = v
		case "time":
			env.Time = v
		case "recordedtime":
			env.RecordedTime = v
		case "expectedrev":
			var n int
			if err := json.Unmarshal(h.Value, &n); err != nil {
				return Record{}, invalid("bad_envelope", "expectedrev", "must be a whole number")
			}
			env.ExpectedRev = &n
		}
	}
	return env.record(lim)
}

// Encode writes the record as a structured-mode CloudEvent.
func (r Record) Encode() ([]byte, error) {
	env := envelope{
		SpecVersion: "1.0",
		ID:          r.ID,
		Source:      r.Source,
		Type:        r.Type,
		Subject:     r.Subject,
		Time:        r.Time.Format(time.RFC3339Nano),
		Data:        r.Data,
	}
	if !r.RecordedTime.IsZero() {
		env.RecordedTime = r.RecordedTime.Format(time.RFC3339Nano)
	}
	if r.ExpectedRev >= 0 {
		env.ExpectedRev = &r.ExpectedRev
	}
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false) // Letters stay readable in the topic; pages escape on their own.
	if err := enc.Encode(env); err != nil {
		return nil, fmt.Errorf("encoding record: %w", err)
	}
	return bytes.TrimRight(buf.Bytes(), "\n"), nil
}

const (
	maxAttrLen = 256
	// NoRevision is the ExpectedRev of a record whose actor gave none.
	NoRevision = -1
)

func (env envelope) record(lim Limits) (Record, error) {
	if env.SpecVersion != "1.0" {
		return Record{}, invalid("bad_envelope", "specversion", `must be "1.0"`)
	}
	for _, a := range []struct{ name, value string }{{"id", env.ID}, {"source", env.Source}, {"subject", env.Subject}, {"type", string(env.Type)}} {
		if a.value == "" {
			return Record{}, invalid("missing_field", a.name, "is required")
		}
		if len(a.value) > maxAttrLen {
			return Record{}, invalid("too_long", a.name, "is longer than %d bytes", maxAttrLen)
		}
		if !isText(a.value) { // Headers of binary mode went through no JSON check.
			return Record{}, invalid("bad_utf8", a.name, "holds control characters or is not UTF-8")
		}
	}
	if !env.Type.Known() {
		return Record{}, invalid("unknown_type", "type", "is none of the event types of this version")
	}
	if !ID(env.Subject).Valid() {
		return Record{}, invalid("bad_id", "subject", "must be 1-64 characters of A-Z a-z 0-9 . _ : -")
	}
	if len(env.Data) == 0 || string(env.Data) == "null" {
		return Record{}, invalid("missing_field", "data", "is required")
	}
	rec := Record{
		ID: env.ID, Source: env.Source, Type: env.Type, Subject: env.Subject,
		ExpectedRev: NoRevision, Data: env.Data,
	}
	var err error
	if rec.Time, err = lim.parseTime("time", env.Time); err != nil {
		return Record{}, err
	}
	if env.RecordedTime != "" {
		if rec.RecordedTime, err = lim.parseTime("recordedtime", env.RecordedTime); err != nil {
			return Record{}, err
		}
	}
	if env.ExpectedRev != nil {
		if *env.ExpectedRev < 0 {
			return Record{}, invalid("bad_envelope", "expectedrev", "must not be negative")
		}
		rec.ExpectedRev = *env.ExpectedRev
	}
	return rec, nil
}

func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// parseTime reads RFC 3339 with an offset, bounded by the limits and cut to
// the millisecond, which is what the tables hold.
func (lim Limits) parseTime(field, s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, invalid("missing_field", field, "is required")
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}, invalid("bad_time", field, "must be RFC 3339 with an offset, e.g. 2024-03-04T08:00:00+08:00")
	}
	t = t.UTC().Truncate(time.Millisecond)
	if t.Before(lim.Earliest) {
		return time.Time{}, invalid("time_out_of_range", field, "lies before %s", lim.Earliest.Format(time.DateOnly))
	}
	if !lim.Latest.IsZero() && t.After(lim.Latest) {
		return time.Time{}, invalid("time_out_of_range", field, "lies in the future; check the producer's clock")
	}
	return t, nil
}
