package ingest

import (
	"time"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// letterRow is a letter on its way into the store.
type letterRow struct {
	message   *kafka.Message
	letter    letter.Letter
	judgement letter.Judgement
	stored    bool // Was there before.
	judged    bool // Has a verdict that stands.
}

// eventRow is an event on its way into the store.
type eventRow struct {
	message *kafka.Message
	event   letter.Event
}

func (r *letterRow) key() letter.Key        { return r.letter.Key() }
func (r *letterRow) source() *kafka.Message { return r.message }
func (r *eventRow) key() letter.Key         { return r.event.Key() }
func (r *eventRow) source() *kafka.Message  { return r.message }

// decodeLetter reads a message of the letters topic.
func (i *Ingester) decodeLetter(m *kafka.Message) (*letterRow, error) {
	rec, when, err := i.decode(m)
	if err != nil {
		return nil, err
	}
	l, err := letter.ParseLetter(rec)
	if err != nil {
		return nil, err
	}
	if l.UnitHint != "" && !i.directory.HasUnit(l.UnitHint) {
		return nil, unknownUnit("data.unit_hint")
	}
	l.RecordedAt, l.Imported, l.Position = when, isImport(l.Source), position(m)
	return &letterRow{message: m, letter: l}, nil
}

// decodeEvent reads a message of the events topic.
func (i *Ingester) decodeEvent(m *kafka.Message) (*eventRow, error) {
	rec, when, err := i.decode(m)
	if err != nil {
		return nil, err
	}
	e, err := letter.ParseEvent(rec)
	if err != nil {
		return nil, err
	}
	if field := i.unknownUnitOf(e); field != "" {
		return nil, unknownUnit(field)
	}
	e.RecordedAt, e.Imported, e.Position = when, isImport(e.Source), position(m)
	return &eventRow{message: m, event: e}, nil
}

// decode reads the envelope and says when the record became known: the
// broker's time, or what a source allowed to import history says.
func (i *Ingester) decode(m *kafka.Message) (letter.Record, time.Time, error) {
	when := m.Time.UTC().Truncate(time.Millisecond)
	switch {
	case when.Before(i.cfg.Limits.Earliest):
		return letter.Record{}, when, refuse("no_timestamp", "", "the message carries no usable Kafka timestamp")
	case when.After(time.Now().Add(i.cfg.MaxClockSkew)):
		return letter.Record{}, when, refuse("time_out_of_range", "", "the message's Kafka timestamp lies in the future; check the producer's clock")
	}
	limits := i.cfg.Limits
	limits.Latest = when.Add(i.cfg.MaxClockSkew)
	rec, err := decodeRecord(m, limits)
	if err != nil {
		return letter.Record{}, when, err
	}
	if string(m.Key) != rec.Subject {
		// Under another key the record may stand in another partition than the letter's others.
		return letter.Record{}, when, refuse("key_mismatch", "subject", "differs from the message's key; send it with the subject as key")
	}
	if rec.RecordedTime.IsZero() || !i.cfg.HonoursRecordedTime(rec.Source) {
		return rec, when, nil
	}
	if rec.Time.After(rec.RecordedTime.Add(i.cfg.MaxClockSkew)) {
		return letter.Record{}, when, refuse("time_out_of_range", "recordedtime", "lies before the time it happened")
	}
	return rec, rec.RecordedTime, nil
}

func decodeRecord(m *kafka.Message, limits letter.Limits) (letter.Record, error) {
	for _, h := range m.Headers {
		if len(h.Key) > 3 && (h.Key[0] == 'c' || h.Key[0] == 'C') {
			return decodeHeaders(m, limits)
		}
	}
	return letter.DecodeRecord(m.Value, limits)
}

// decodeHeaders looks closer at a message that may be in binary mode.
func decodeHeaders(m *kafka.Message, limits letter.Limits) (letter.Record, error) {
	headers := make([]letter.Header, len(m.Headers))
	for n, h := range m.Headers {
		headers[n] = letter.Header{Key: h.Key, Value: h.Value}
	}
	if letter.IsBinaryMode(headers) {
		return letter.DecodeBinaryRecord(headers, m.Value, limits)
	}
	return letter.DecodeRecord(m.Value, limits)
}

// unknownUnitOf returns the field that names a unit nobody knows, or "".
func (i *Ingester) unknownUnitOf(e letter.Event) string {
	if e.Type == letter.TypeSystemOutage && !i.directory.HasUnit(string(e.Letter)) {
		return "subject"
	}
	if u := e.Unit(); u != "" && !i.directory.HasUnit(u) {
		return "data.unit"
	}
	to := ""
	switch p := e.Payload.(type) {
	case *letter.Forwarded:
		to = p.To
	case *letter.Returned:
		to = p.To
	case *letter.Escalated:
		to = p.To
	case *letter.Relabelled:
		for _, u := range p.AccusedUnits {
			if !i.directory.HasUnit(u) {
				return "data.accused_units"
			}
		}
	}
	if to != "" && !i.directory.HasUnit(to) {
		return "data.to"
	}
	return ""
}

func position(m *kafka.Message) letter.Position {
	return letter.Position{Topic: m.Topic, Partition: m.Partition, Offset: m.Offset}
}

// unknownUnit does not repeat the code: a number in clear may stand in its place.
func unknownUnit(field string) error {
	return refuse("unknown_unit", field, "is not in the directory of units; correct it or extend the directory, then replay")
}

func refuse(reason, field, detail string) error {
	return &letter.Error{Kind: letter.KindInvalid, Reason: reason, Field: field, Detail: detail}
}
