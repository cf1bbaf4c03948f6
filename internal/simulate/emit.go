package simulate

import (
	"container/heap"
	"context"
	"fmt"
	"io"
	"time"

	"jiesu.cn/jiesu/letter"
)

// writeLetters writes all letters in order of arrival.
func (l *ledger) writeLetters(ctx context.Context, w io.Writer) error {
	for i := range l.n {
		if err := ctx.Err(); err != nil {
			return err
		}
		out, err := l.write(l.facts(i))
		if err != nil {
			return err
		}
		r, err := out.Record()
		if err != nil {
			return err
		}
		r.RecordedTime = out.RecordedAt
		if err := writeRecord(w, r); err != nil {
			return err
		}
	}
	return nil
}

func writeRecord(w io.Writer, r letter.Record) error {
	line, err := r.Encode()
	if err != nil {
		return fmt.Errorf("encoding %s: %w", r.ID, err)
	}
	if _, err := w.Write(append(line, '\n')); err != nil {
		return err
	}
	return nil
}

// writeEvents writes all events in the order of their delivery and returns
// their number.
func (l *ledger) writeEvents(ctx context.Context, w io.Writer) (int, error) {
	q := newQueue(l)
	for i := range l.n {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		at, _ := l.arrivals.at(i)
		if err := q.drain(w, at); err != nil {
			return 0, err
		}
		q.admit(i)
	}
	if err := q.drain(w, l.profile.AsOf.Add(24*time.Hour)); err != nil {
		return 0, err
	}
	return q.written, nil
}

// waiting is the next event of a letter.
type waiting struct {
	deliver time.Time
	letter  int // Index; the outages count down from -1.
	step    int
}

// queue holds the next event of every open letter, and the plans of the latest
// letters so that few are worked out twice.
type queue struct {
	ledger  *ledger
	heap    waitingHeap
	recent  [recentPlans]plan
	outages []planned
	written int
}

const recentPlans = 2048

func newQueue(l *ledger) *queue {
	q := &queue{ledger: l, outages: l.outages()}
	for k := range q.recent {
		q.recent[k].index = -1
	}
	for k, e := range q.outages {
		heap.Push(&q.heap, waiting{e.deliver, -1 - k, 0})
	}
	return q
}

func (q *queue) admit(i int) {
	if events := q.plan(i).events; len(events) > 0 {
		heap.Push(&q.heap, waiting{events[0].deliver, i, 0})
	}
}

func (q *queue) plan(i int) *plan {
	p := &q.recent[i%recentPlans]
	if p.index != i {
		*p = q.ledger.plan(i)
	}
	return p
}

// drain writes the events delivered before t.
func (q *queue) drain(w io.Writer, t time.Time) error {
	for len(q.heap) > 0 && q.heap[0].deliver.Before(t) {
		next := heap.Pop(&q.heap).(waiting)
		e, err := q.take(next)
		if err != nil {
			return err
		}
		if err := writeRecord(w, e); err != nil {
			return err
		}
		q.written++
	}
	return nil
}

// take returns the record of an event and queues the letter's next one.
func (q *queue) take(next waiting) (letter.Record, error) {
	if next.letter < 0 {
		return q.outages[-1-next.letter].Record()
	}
	events := q.plan(next.letter).events
	if following := next.step + 1; following < len(events) {
		heap.Push(&q.heap, waiting{events[following].deliver, next.letter, following})
	}
	return events[next.step].Record()
}

// outages are the profile's, told by the unit a little after the end.
func (l *ledger) outages() []planned {
	var all []planned
	for k, o := range l.profile.Outages {
		b := builder{ledger: l, dice: roll(l.seed, streamHandling, uint64(l.n+k)), unit: o.Unit}
		b.f.id = letter.ID(o.Unit)
		b.add(o.To.Add(10*time.Minute), letter.TypeSystemOutage, &letter.SystemOutage{
			Common: letter.Common{Unit: o.Unit, Actor: b.person(o.Unit, 0)}, From: o.From.UTC(), To: o.To.UTC(), Second: b.person(o.Unit, 1),
		})
		b.events[0].RecordID = fmt.Sprintf("outage-%d", k+1)
		all = append(all, b.events...)
	}
	return all
}

// waitingHeap implements heap.Interface, earliest delivery first.
type waitingHeap []waiting

func (h waitingHeap) Len() int { return len(h) }
func (h waitingHeap) Less(a, b int) bool {
	if c := h[a].deliver.Compare(h[b].deliver); c != 0 {
		return c < 0
	}
	return h[a].letter < h[b].letter
}
func (h waitingHeap) Swap(a, b int) { h[a], h[b] = h[b], h[a] }

// Push implements heap.Interface.
func (h *waitingHeap) Push(x any) { *h = append(*h, x.(waiting)) }

// Pop implements heap.Interface.
func (h *waitingHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
