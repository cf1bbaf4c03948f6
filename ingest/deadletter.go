package ingest

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// Headers ingest adds to a dead letter, beside the record's own.
const (
	HeaderReason    = "dlq_reason"    // Stable code, e.g. "bad_utf8".
	HeaderDetail    = "dlq_detail"    // For people; never repeats the record.
	HeaderTopic     = "dlq_topic"     // Where the record stood,
	HeaderPartition = "dlq_partition" // in which partition
	HeaderOffset    = "dlq_offset"    // and at which offset.
	HeaderFailedAt  = "dlq_failed_at" // RFC 3339, UTC.
	HeaderWithheld  = "dlq_withheld"  // Why the value is not repeated: it stands at the source alone.
)

// deadLetter is a record that cannot be taken, and why.
type deadLetter struct {
	message *kafka.Message
	err     error
}

// bury sends records to the dead-letter topic with their original key, value
// and headers, and returns when they are acknowledged.
func (i *Ingester) bury(ctx context.Context, topic string, dead []deadLetter) error {
	if len(dead) == 0 {
		return nil
	}
	messages := make([]kafka.Message, len(dead))
	for n, d := range dead {
		messages[n] = deadMessage(topic, d)
	}
	err := i.retry(ctx, "bury", func(ctx context.Context) error {
		err := write(ctx, i.writer, &messages)
		if errors.Is(err, kafka.MessageSizeTooLarge) {
			return i.buryOneByOne(ctx, &messages)
		}
		return err
	})
	if err != nil {
		return err
	}
	i.reportDead(ctx, dead)
	return nil
}

// reportDead logs one line per reason: a flood of bad records must not become a
// flood of lines.
func (i *Ingester) reportDead(ctx context.Context, dead []deadLetter) {
	type group struct {
		first *kafka.Message
		count int
	}
	groups := map[string]*group{}
	for _, d := range dead {
		reason, _ := reasonAndDetail(d.err)
		i.metrics.dead.WithLabelValues(d.message.Topic, reason).Inc()
		if groups[reason] == nil {
			groups[reason] = &group{first: d.message}
		}
		groups[reason].count++
	}
	for reason, g := range groups {
		i.logger.LogAttrs(ctx, slog.LevelWarn, "records sent to the dead-letter topic",
			slog.String("reason", reason), slog.Int("count", g.count), slog.String("topic", g.first.Topic),
			slog.Int("partition", g.first.Partition), slog.Int64("first_offset", g.first.Offset))
	}
}

func deadMessage(topic string, d deadLetter) kafka.Message {
	reason, detail := reasonAndDetail(d.err)
	m := kafka.Message{Topic: topic, Key: d.message.Key, Value: d.message.Value}
	for _, h := range d.message.Headers {
		if !slices.Contains(ownHeaders, h.Key) { // A sender may have used our names.
			m.Headers = append(m.Headers, h)
		}
	}
	for _, h := range [][2]string{
		{HeaderReason, reason},
		{HeaderDetail, detail},
		{HeaderTopic, d.message.Topic},
		{HeaderPartition, strconv.Itoa(d.message.Partition)},
		{HeaderOffset, strconv.FormatInt(d.message.Offset, 10)},
		{HeaderFailedAt, time.Now().UTC().Format(time.RFC3339Nano)},
	} {
		m.Headers = append(m.Headers, kafka.Header{Key: h[0], Value: []byte(h[1])})
	}
	if reason == "clear_identity" {
		// What must not be in a topic in clear must not be copied to a second one.
		withhold(&m, "clear_identity")
	}
	return m
}

func withhold(m *kafka.Message, why string) {
	m.Value = nil
	m.Headers = append(m.Headers, kafka.Header{Key: HeaderWithheld, Value: []byte(why)})
}

// buryOneByOne finds the records that are too large now that our headers are
// on; they stay readable where they came from.
func (i *Ingester) buryOneByOne(ctx context.Context, messages *[]kafka.Message) error {
	for len(*messages) > 0 {
		one := (*messages)[:1:1]
		err := write(ctx, i.writer, &one)
		if errors.Is(err, kafka.MessageSizeTooLarge) && len(one[0].Value) > 0 {
			withhold(&(*messages)[0], "too_large")
			continue
		}
		if err != nil {
			return err
		}
		*messages = (*messages)[1:]
	}
	return nil
}

// reasonAndDetail never passes on the text of a foreign error: a store likes to
// repeat the row it refuses.
func reasonAndDetail(err error) (reason, detail string) {
	if e, ok := errors.AsType[*letter.Error](err); ok {
		return e.Reason, PublicDetail(e)
	}
	return "store_refused", "the store does not take this row; see the store's own log for the time of failure"
}

// PublicDetail says what is wrong in words fit for headers, logs and lists. An
// error may name a field the sender made up, as its field or within quotation
// marks of its detail; a name that could be a person's data is left out.
func PublicDetail(e *letter.Error) string {
	_, quoted, _ := strings.Cut(e.Detail, `"`)
	if couldBePersonal(e.Field) || couldBePersonal(quoted) {
		return "the record names a field that is not of the contract"
	}
	if e.Field == "" {
		return e.Detail
	}
	return e.Field + " " + e.Detail
}

// couldBePersonal finds what no field name of the contract has: other than
// ASCII, or a row of digits as in a phone number.
func couldBePersonal(name string) bool {
	digits := 0
	for _, r := range name {
		if r >= '0' && r <= '9' {
			digits++
		} else {
			digits = 0
		}
		if digits > 6 || r > unicode.MaxASCII && r != '…' {
			return true
		}
	}
	return false
}
