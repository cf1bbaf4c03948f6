package ingest

import (
	"context"
	"fmt"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// publishVerdicts makes the verdicts records of their own, before the letters'
// offset is committed. The record's id follows from letter and model, so that
// publishing again after a crash changes nothing.
func (i *Ingester) publishVerdicts(ctx context.Context, rows []*letterRow) error {
	if len(rows) == 0 {
		return nil
	}
	messages := make([]kafka.Message, len(rows))
	for n, r := range rows {
		event := verdictEvent(r.letter, r.judgement.Verdict)
		if i.cfg.isHistory(r.letter.Source) {
			// A report as of a day in the past must see what the letter was about.
			event.RecordedAt = r.letter.RecordedAt
		}
		m, err := verdictMessage(i.cfg, event)
		if err != nil {
			return err
		}
		messages[n] = m
	}
	return i.retry(ctx, "publish_verdicts", func(ctx context.Context) error {
		return write(ctx, i.writer, &messages)
	})
}

// VerdictID names the record of a model's verdict on a letter: a model judges a
// letter once.
func VerdictID(id letter.ID, model string) string { return string(id) + ":" + model }

// verdictEvent names the versions the verdict itself names: the classifier may
// have another model by now. The time it happened is the letter's, so that the
// same verdict made twice is the same record.
func verdictEvent(l letter.Letter, v letter.Verdict) letter.Event {
	return letter.Event{
		Letter: l.ID, Source: ClassifierSource, RecordID: VerdictID(l.ID, v.Model),
		Type: letter.TypeClassified, At: l.RecordedAt, ExpectedRev: letter.NoRevision,
		Payload: &letter.Classified{Model: v.Model, Dictionary: v.Dictionary, Verdict: v},
	}
}

func verdictMessage(cfg Config, event letter.Event) (kafka.Message, error) {
	m, err := eventMessage(cfg, event)
	if err != nil || len(m.Value) <= cfg.Limits.MaxBytes {
		return m, err
	}
	// A letter stuffed with numbers must not make a verdict too large to be read back.
	lean := *event.Payload.(*letter.Classified)
	lean.Verdict.Entities, lean.Verdict.Evidence, lean.Verdict.NeedsReview = nil, nil, true
	event.Payload = &lean
	return eventMessage(cfg, event)
}

func eventMessage(cfg Config, e letter.Event) (kafka.Message, error) {
	rec, err := e.Record()
	if err != nil {
		return kafka.Message{}, err
	}
	return recordMessage(cfg, rec)
}

// recordMessage encodes a record for its topic: key = subject, timestamp = when
// it became known if the source may say so, else now.
func recordMessage(cfg Config, rec letter.Record) (kafka.Message, error) {
	topic := cfg.EventsTopic
	if rec.Type == letter.TypeReceived {
		topic = cfg.LettersTopic
	}
	value, err := rec.Encode()
	if err != nil {
		return kafka.Message{}, fmt.Errorf("encoding a record: %w", err)
	}
	m := kafka.Message{Topic: topic, Key: []byte(rec.Subject), Value: value}
	if cfg.HonoursRecordedTime(rec.Source) && !rec.RecordedTime.IsZero() {
		m.Time = rec.RecordedTime
	}
	return m, nil
}
