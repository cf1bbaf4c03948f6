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
		m, err := i.verdictMessage(r)
		if err != nil {
			return err
		}
		messages[n] = m
	}
	return i.retry(ctx, "publish_verdicts", func(ctx context.Context) error {
		return write(ctx, i.writer, &messages)
	})
}

func (i *Ingester) verdictMessage(r *letterRow) (kafka.Message, error) {
	model, dictionary := i.classifier.Version()
	verdict := r.judgement.Verdict
	event := letter.Event{
		Letter: r.letter.ID, Source: ClassifierSource, RecordID: string(r.letter.ID) + ":" + model,
		Type: letter.TypeClassified, At: r.letter.RecordedAt, ExpectedRev: letter.NoRevision,
		Payload: &letter.Classified{Model: model, Dictionary: dictionary, Verdict: verdict},
	}
	if i.cfg.isHistory(r.letter.Source) {
		// A report as of a day in the past must see what the letter was about.
		event.RecordedAt = r.letter.RecordedAt
	}
	m, err := eventMessage(i.cfg, event)
	if err != nil || len(m.Value) <= i.cfg.Limits.MaxBytes {
		return m, err
	}
	// A letter stuffed with numbers must not make a verdict too large to be read back.
	verdict.Entities, verdict.Evidence, verdict.NeedsReview = nil, nil, true
	event.Payload = &letter.Classified{Model: model, Dictionary: dictionary, Verdict: verdict}
	return eventMessage(i.cfg, event)
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
	if cfg.honoursRecordedTime(rec.Source) && !rec.RecordedTime.IsZero() {
		m.Time = rec.RecordedTime
	}
	return m, nil
}
