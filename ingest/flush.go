package ingest

import (
	"context"
	"fmt"
	"hash/fnv"
	"log/slog"
	"time"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// flush makes the buffered records durable and commits them, in that order:
// insert, verdicts, dead letters, offset. It fails when ctx ends, having
// committed nothing, or when the commit fails, which ends the generation.
func (i *Ingester) flush(ctx context.Context, gen *generation, p *partition) error {
	if len(p.buffer) == 0 {
		return nil
	}
	began := time.Now()
	store := i.storeEvents
	if p.topic == i.cfg.LettersTopic {
		store = i.storeLetters
	}
	count, err := store(ctx, p)
	if err != nil {
		return err
	}
	count.Consumed = int64(len(p.buffer))
	i.books.add(p.topic, count)

	// Kafka wants the offset of the next record. The connection is never
	// re-dialled: after an error only a new generation helps.
	next := p.buffer[len(p.buffer)-1].Offset + 1
	if err := gen.CommitOffsets(map[string]map[int]int64{p.topic: {p.id: next}}); err != nil {
		return fmt.Errorf("committing offset %d: %w", next, err)
	}
	i.metrics.batchRows.WithLabelValues(p.topic).Observe(float64(len(p.buffer)))
	i.metrics.flushSeconds.WithLabelValues(p.topic).Observe(time.Since(began).Seconds())
	i.logger.LogAttrs(ctx, slog.LevelDebug, "flushed", slog.String("topic", p.topic), slog.Int("partition", p.id),
		slog.Int("rows", len(p.buffer)), slog.Int64("next", next), slog.Duration("took", time.Since(began)))
	p.clear()
	i.progressed(time.Now())
	if p.advance(next) {
		select {
		case gen.poke <- struct{}{}:
		default: // A round is due already.
		}
	}
	return nil
}

func (i *Ingester) storeLetters(ctx context.Context, p *partition) (Count, error) {
	var count Count
	rows, dead := decodeAll(p.buffer, i.decodeLetter)
	rows, repeats := unique(rows)
	if err := i.lookUp(ctx, rows); err != nil {
		return count, err
	}
	if err := touch(ctx, i, keep(rows, func(r *letterRow) bool { return r.stored })); err != nil {
		return count, err
	}
	blamed, err := i.classify(ctx, keep(rows, func(r *letterRow) bool { return !r.stored || !r.judged }))
	if err != nil {
		return count, err
	}
	absent := keep(without(rows, blamed), func(r *letterRow) bool { return !r.stored })
	refused, err := i.insertLetters(ctx, p, absent)
	if err != nil {
		return count, err
	}
	count.New = int64(len(absent) - len(refused))
	tellBehind(ctx, i, p.topic, without(absent, refused), func(r *letterRow) time.Time { return r.letter.RecordedAt })
	unjudged := keep(without(without(rows, blamed), refused), func(r *letterRow) bool { return !r.judged })
	if err := i.publishVerdicts(ctx, unjudged); err != nil {
		return count, err
	}
	refused = append(refused, blamed...)
	for _, r := range refused {
		dead = append(dead, deadLetters(r.row.message, repeats[r.row.key()], r.err)...)
	}
	if err := i.bury(ctx, i.cfg.LettersDLQTopic, dead); err != nil {
		return count, err
	}
	count.DeadLettered = int64(len(dead))
	count.AlreadyThere = alreadyThere(rows, refused, repeats, func(r *letterRow) bool { return r.stored })
	return count, nil
}

func (i *Ingester) storeEvents(ctx context.Context, p *partition) (Count, error) {
	var count Count
	rows, dead := decodeAll(p.buffer, i.decodeEvent)
	rows, repeats := unique(rows)
	there, err := i.existing(ctx, rows)
	if err != nil {
		return count, err
	}
	if err := touch(ctx, i, keep(rows, func(r *eventRow) bool { return there[r.key()] })); err != nil {
		return count, err
	}
	absent := keep(rows, func(r *eventRow) bool { return !there[r.key()] })
	refused, err := i.insertEvents(ctx, p, absent)
	if err != nil {
		return count, err
	}
	tellBehind(ctx, i, p.topic, without(absent, refused), func(r *eventRow) time.Time { return r.event.RecordedAt })
	for _, r := range refused {
		dead = append(dead, deadLetters(r.row.message, repeats[r.row.key()], r.err)...)
	}
	if err := i.bury(ctx, i.cfg.EventsDLQTopic, dead); err != nil {
		return count, err
	}
	count.AlreadyThere = alreadyThere(rows, refused, repeats, func(r *eventRow) bool { return there[r.key()] })
	count.New = int64(len(absent) - len(refused))
	count.DeadLettered = int64(len(dead))
	return count, nil
}

// lookUp asks the store, the only authority, what is there already.
func (i *Ingester) lookUp(ctx context.Context, rows []*letterRow) error {
	if len(rows) == 0 {
		return nil
	}
	keys := make([]letter.Key, len(rows))
	ids := make([]letter.ID, len(rows))
	for n, r := range rows {
		keys[n], ids[n] = r.key(), r.letter.ID
	}
	var there map[letter.Key]bool
	var judged map[letter.ID]bool
	err := i.retry(ctx, "look_up", func(ctx context.Context) (err error) {
		there, err = i.store.ExistingLetters(ctx, keys)
		return err
	})
	if err != nil {
		return err
	}
	err = i.retry(ctx, "look_up", func(ctx context.Context) (err error) {
		judged, err = i.store.Judged(ctx, ids)
		return err
	})
	for n, r := range rows {
		r.stored, r.judged = there[keys[n]], judged[ids[n]]
	}
	return err
}

func (i *Ingester) existing(ctx context.Context, rows []*eventRow) (there map[letter.Key]bool, err error) {
	if len(rows) == 0 {
		return nil, nil
	}
	keys := make([]letter.Key, len(rows))
	for n, r := range rows {
		keys[n] = r.key()
	}
	err = i.retry(ctx, "look_up", func(ctx context.Context) (err error) {
		there, err = i.store.ExistingEvents(ctx, keys)
		return err
	})
	return there, err
}

// touch has the store look again at the letters of rows that are there already:
// the process that inserted them may have ended before it could say so.
func touch[T row](ctx context.Context, i *Ingester, rows []T) error {
	if len(rows) == 0 {
		return nil
	}
	ids := make([]letter.ID, len(rows))
	for n, r := range rows {
		ids[n] = letter.ID(r.key().Subject)
	}
	return i.retry(ctx, "touch", func(ctx context.Context) error { return i.store.Touch(ctx, ids) })
}

// classify judges the rows in place and returns those the classifier blames.
func (i *Ingester) classify(ctx context.Context, rows []*letterRow) ([]refusal[*letterRow], error) {
	return applyHalving(rows, func(rows []*letterRow) error {
		letters := make([]letter.Letter, len(rows))
		for n, r := range rows {
			letters[n] = r.letter
		}
		return i.retry(ctx, "classify", func(ctx context.Context) error {
			judgements, err := i.classifier.Classify(ctx, letters)
			if letter.KindOf(err) == letter.KindInvalid {
				return refusedError{err}
			}
			if err != nil {
				return fmt.Errorf("classifying: %w", err)
			}
			if len(judgements) != len(rows) {
				return fmt.Errorf("classifying: got %d judgements for %d letters", len(judgements), len(rows))
			}
			for n, r := range rows {
				r.judgement = judgements[n]
			}
			return nil
		})
	})
}

func (i *Ingester) insertLetters(ctx context.Context, p *partition, rows []*letterRow) ([]refusal[*letterRow], error) {
	return applyHalving(rows, func(rows []*letterRow) error {
		judged := make([]letter.Judged, len(rows))
		for n, r := range rows {
			judged[n] = letter.Judged{Letter: r.letter, Judgement: r.judgement}
		}
		token := insertToken(p, rows, func(r *letterRow) int64 { return r.message.Offset })
		return i.insert(ctx, func(ctx context.Context) error { return i.store.InsertLetters(ctx, judged, token) })
	})
}

func (i *Ingester) insertEvents(ctx context.Context, p *partition, rows []*eventRow) ([]refusal[*eventRow], error) {
	return applyHalving(rows, func(rows []*eventRow) error {
		events := make([]letter.Event, len(rows))
		for n, r := range rows {
			events[n] = r.event
		}
		token := insertToken(p, rows, func(r *eventRow) int64 { return r.message.Offset })
		return i.insert(ctx, func(ctx context.Context) error { return i.store.InsertEvents(ctx, events, token) })
	})
}

// insert repeats the same rows under the same token until the store has them or
// refuses them.
func (i *Ingester) insert(ctx context.Context, do func(context.Context) error) error {
	return i.retry(ctx, "insert", func(ctx context.Context) error {
		err := do(ctx)
		if err != nil && i.store.IsDataError(err) {
			return refusedError{err}
		}
		return err
	})
}

// insertToken names these very rows: a batch of the same range from which other
// rows were left out must not pass for this one.
func insertToken[T any](p *partition, rows []T, offset func(T) int64) string {
	sum := fnv.New64a()
	var b [8]byte
	for _, r := range rows {
		for n, o := 0, offset(r); n < 8; n, o = n+1, o>>8 {
			b[n] = byte(o)
		}
		_, _ = sum.Write(b[:]) // Never fails.
	}
	return fmt.Sprintf("%s/%d/%d-%d/%x", p.topic, p.id, offset(rows[0]), offset(rows[len(rows)-1]), sum.Sum64())
}

func decodeAll[T any](messages []kafka.Message, decode func(*kafka.Message) (T, error)) ([]T, []deadLetter) {
	rows := make([]T, 0, len(messages))
	var dead []deadLetter
	for n := range messages {
		row, err := decode(&messages[n])
		if err != nil {
			dead = append(dead, deadLetter{&messages[n], err})
			continue
		}
		rows = append(rows, row)
	}
	return rows, dead
}

// row is a letterRow or an eventRow.
type row interface {
	key() letter.Key
	source() *kafka.Message
}

// unique keeps the first of each record and returns the messages of the others.
func unique[T row](rows []T) (kept []T, repeats map[letter.Key][]*kafka.Message) {
	seen := make(map[letter.Key]struct{}, len(rows))
	kept = rows[:0]
	for _, r := range rows {
		k := r.key()
		if _, ok := seen[k]; !ok {
			seen[k] = struct{}{}
			kept = append(kept, r)
			continue
		}
		if repeats == nil {
			repeats = map[letter.Key][]*kafka.Message{}
		}
		repeats[k] = append(repeats[k], r.source())
	}
	return kept, repeats
}

// alreadyThere counts the records that were stored before, and the repetitions
// of those that are stored now.
func alreadyThere[T row](rows []T, refused []refusal[T], repeats map[letter.Key][]*kafka.Message, stored func(T) bool) int64 {
	dead := make(map[letter.Key]bool, len(refused))
	for _, r := range refused {
		dead[r.row.key()] = true
	}
	n := 0
	for _, r := range rows {
		if dead[r.key()] {
			continue
		}
		if stored(r) {
			n++
		}
		n += len(repeats[r.key()])
	}
	return int64(n)
}

// deadLetters buries a record's repetitions with it: they count as there only
// if the first of them is.
func deadLetters(message *kafka.Message, repeats []*kafka.Message, err error) []deadLetter {
	dead := []deadLetter{{message, err}}
	for _, m := range repeats {
		dead = append(dead, deadLetter{m, err})
	}
	return dead
}

func keep[T any](rows []T, want func(T) bool) []T {
	kept := make([]T, 0, len(rows))
	for _, r := range rows {
		if want(r) {
			kept = append(kept, r)
		}
	}
	return kept
}

func without[T comparable](rows []T, refused []refusal[T]) []T {
	if len(refused) == 0 {
		return rows
	}
	gone := make(map[T]struct{}, len(refused))
	for _, r := range refused {
		gone[r.row] = struct{}{}
	}
	return keep(rows, func(r T) bool { _, ok := gone[r]; return !ok })
}
