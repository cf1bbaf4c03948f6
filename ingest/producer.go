package ingest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// newWriter makes a writer whose acknowledgement means that all in-sync
// replicas have the record. The partition follows from the key as in the Java
// client, so that other producers and this one agree.
func newWriter(cfg Config, transport *kafka.Transport) *kafka.Writer {
	return &kafka.Writer{
		Addr:         kafka.TCP(cfg.Brokers...),
		Balancer:     kafka.Murmur2Balancer{Consistent: true},
		RequiredAcks: kafka.RequireAll,
		BatchSize:    2000,
		BatchBytes:   int64(cfg.MaxMessage),
		BatchTimeout: 5 * time.Millisecond,
		MaxAttempts:  5,
		ReadTimeout:  cfg.NetworkTimeout,
		WriteTimeout: cfg.NetworkTimeout,
		Compression:  kafka.Lz4,
		Transport:    transport,
	}
}

// write sends the messages and waits for all acknowledgements. On an error it
// leaves in messages those that were not acknowledged.
func write(ctx context.Context, w *kafka.Writer, messages *[]kafka.Message) error {
	err := w.WriteMessages(ctx, *messages...)
	if err == nil {
		return nil
	}
	if each, ok := errors.AsType[kafka.WriteErrors](err); ok && len(each) == len(*messages) {
		var failed []kafka.Message
		var first error
		for n, e := range each {
			if e != nil {
				failed = append(failed, (*messages)[n])
				first = cmp.Or(first, e)
			}
		}
		*messages, err = failed, first
	}
	return fmt.Errorf("writing to Kafka: %w", err)
}

// Producer sends records to the topics: what the console and the send command
// use. It is safe for concurrent use.
type Producer struct {
	cfg       Config
	transport *kafka.Transport
	writer    *kafka.Writer
}

// NewProducer makes a producer; it connects when it first sends.
func NewProducer(cfg Config) (*Producer, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the settings of the producer: %w", err)
	}
	transport := &kafka.Transport{DialTimeout: cfg.NetworkTimeout}
	return &Producer{cfg: cfg, transport: transport, writer: newWriter(cfg, transport)}, nil
}

// Send writes records to the topic their type belongs to and returns when every
// in-sync replica has all of them. After an error some may have been written;
// sending all again is safe, as (source, id) names a record.
func (p *Producer) Send(ctx context.Context, records ...letter.Record) error {
	if len(records) == 0 {
		return nil
	}
	messages := make([]kafka.Message, len(records))
	for n, r := range records {
		if !r.Type.Known() {
			return &letter.Error{Kind: letter.KindInvalid, Reason: "unknown_type", Field: "type", Detail: "is none of the event types of this version"}
		}
		m, err := recordMessage(p.cfg, r)
		if err != nil {
			return err
		}
		messages[n] = m
	}
	if err := write(ctx, p.writer, &messages); err != nil {
		return fmt.Errorf("sending %d records: %w", len(records), explainMissing(err))
	}
	return nil
}

// SendVerdicts publishes the verdicts on letters that were judged before and
// now have been judged again. They count from now on, also on letters of the
// past: what was reported stays as it was. Otherwise it is as Send.
func (p *Producer) SendVerdicts(ctx context.Context, judged ...letter.Judged) error {
	if len(judged) == 0 {
		return nil
	}
	messages := make([]kafka.Message, len(judged))
	for n, j := range judged {
		m, err := verdictMessage(p.cfg, verdictEvent(j.Letter, j.Verdict))
		if err != nil {
			return err
		}
		messages[n] = m
	}
	if err := write(ctx, p.writer, &messages); err != nil {
		return fmt.Errorf("sending %d verdicts: %w", len(judged), explainMissing(err))
	}
	return nil
}

// Close waits for what is under way and disconnects.
func (p *Producer) Close() error {
	err := p.writer.Close()
	p.transport.CloseIdleConnections()
	return err
}
