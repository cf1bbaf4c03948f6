package clock_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

// drawPayload draws what may happen to a letter.
func drawPayload(t *rapid.T) letter.Payload {
	units := rapid.SampledFrom([]string{desk, county, station, other})
	unit, to := units.Draw(t, "unit"), units.Draw(t, "to")
	choices := []letter.Payload{
		signed(unit), kept(unit), forwarded(unit, to), returned(unit, to), closed(), reopened(),
		contacted(rapid.SampledFrom([]string{"auto", "call", "visit"}).Draw(t, "method"), rapid.SampledFrom([]string{"reached", "no_answer"}).Draw(t, "result")),
		replied("interim"), extended(fmt.Sprintf("2024-%02d-15", rapid.IntRange(3, 7).Draw(t, "month")), true),
		labelled(letter.Relabelled{Type: rapid.SampledFrom([]string{"L02", "L07", "L09"}).Draw(t, "type"), Urgency: letter.P0}),
		&letter.Merged{Common: by(unit), Into: "B"}, &letter.Unmerged{Common: by(unit)}, &letter.Transferred{Common: by(unit), To: "法院"},
		&letter.Instructed{Common: by(desk)}, &letter.InstructionAnswered{Common: by(unit)},
		accepted("X1"), accepted("X2"), filed("criminal", "X1"), &letter.CaseNotFiled{Common: by(unit), Leads: []string{"X2"}},
	}
	return rapid.SampledFrom(choices).Draw(t, "payload")
}

// drawEvent draws an event of the letter's first days, at times recorded late.
func drawEvent(t *rapid.T, n int, payload letter.Payload) letter.Event {
	at := noon.Add(time.Duration(rapid.IntRange(0, 14_000).Draw(t, "at")) * time.Minute)
	return letter.Event{
		Letter: "A", Source: "/test", RecordID: fmt.Sprintf("e%03d", n), Type: types[fmt.Sprintf("%T", payload)], At: at,
		RecordedAt: at.Add(time.Duration(rapid.SampledFrom([]int{0, 0, 3, 40, 3000}).Draw(t, "late")) * time.Minute),
		Imported:   rapid.IntRange(0, 9).Draw(t, "imported") == 0, Payload: payload,
	}
}

func drawOutage(t *rapid.T, n int) letter.Event {
	from := noon.Add(time.Duration(rapid.IntRange(-60, 300).Draw(t, "from")) * time.Minute)
	to := from.Add(time.Duration(rapid.IntRange(1, 200).Draw(t, "length")) * time.Minute)
	unit := rapid.SampledFrom([]string{desk, county, station}).Draw(t, "down")
	return letter.Event{
		Letter: letter.ID(unit), Source: "/test", RecordID: fmt.Sprintf("o%03d", n), Type: letter.TypeSystemOutage, At: to, RecordedAt: to,
		Payload: &letter.SystemOutage{Common: by(unit), From: from, To: to, Second: rapid.SampledFrom([]string{"p1", "p2"}).Draw(t, "second")},
	}
}

func drawHistory(t *rapid.T, tb testing.TB) clock.History {
	h := received(tb, "2024-03-05 12:00").History
	for n := range rapid.IntRange(0, 15).Draw(t, "events") {
		h.Events = append(h.Events, drawEvent(t, n, drawPayload(t)))
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "outages") {
		h.Outages = append(h.Outages, drawOutage(t, n))
	}
	return h
}

func drawSettings(t *rapid.T) clock.Settings {
	s := clock.DefaultSettings()
	s.Sign = rapid.SampledFrom([]clock.SignScope{clock.PerHop, clock.EndToEnd}).Draw(t, "sign")
	s.Contact = rapid.SampledFrom([]clock.ContactStart{clock.FromReceived, clock.FromSigned}).Draw(t, "contact")
	if rapid.Bool().Draw(t, "quiet") {
		s.Quiet = &clock.QuietHours{From: 11 * time.Hour, To: 13 * time.Hour}
	}
	return s
}

func drawNow(t *rapid.T) time.Time {
	return noon.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(t, "now")) * time.Minute)
}

func TestOrderAndRepetitionChangeNothing(t *testing.T) {
	cal := embedded(t)
	rapid.Check(t, func(r *rapid.T) {
		h, s, now := drawHistory(r, t), drawSettings(r), drawNow(r)
		want := clock.Of(h, s, cal, now)
		again := h
		again.Events = slices.Concat(h.Events, h.Events)
		for i := range h.Events { // The copy was taken in once more, later.
			again.Events[i].RecordedAt = h.Events[i].RecordedAt.Add(time.Duration(rapid.IntRange(0, 100).Draw(r, "again")) * time.Minute)
		}
		again.Outages = slices.Concat(h.Outages, h.Outages)
		shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "seed"), 0))
		shuffle.Shuffle(len(again.Events), func(i, j int) { again.Events[i], again.Events[j] = again.Events[j], again.Events[i] })
		shuffle.Shuffle(len(again.Outages), func(i, j int) { again.Outages[i], again.Outages[j] = again.Outages[j], again.Outages[i] })
		if diff := cmp.Diff(want, clock.Of(again, s, cal, now)); diff != "" {
			r.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

func TestWhatIsRecordedLaterChangesNothing(t *testing.T) {
	cal := embedded(t)
	rapid.Check(t, func(r *rapid.T) {
		h, s, now := drawHistory(r, t), drawSettings(r), drawNow(r)
		want := clock.Of(h, s, cal, now)
		for n := range rapid.IntRange(1, 5).Draw(r, "later") {
			e := drawEvent(r, 100+n, drawPayload(r))
			e.RecordedAt = now.Add(time.Duration(1+rapid.IntRange(0, 100).Draw(r, "after")) * time.Second)
			o := drawOutage(r, 100+n)
			o.RecordedAt = e.RecordedAt
			h.Events, h.Outages = append(h.Events, e), append(h.Outages, o)
		}
		if diff := cmp.Diff(want, clock.Of(h, s, cal, now)); diff != "" {
			r.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// TestReturnAndReworkMoveNoDueTime appends what sends a letter round again: no
// clock that ran before may be due at another time, or have started at another.
func TestReturnAndReworkMoveNoDueTime(t *testing.T) {
	type times struct{ Start, Due, GrossDue time.Time }
	dues := func(clocks []clock.Clock) map[string]times {
		all := map[string]times{}
		for _, c := range clocks {
			at := times{Start: c.Start}
			if c.Due != nil {
				at.Due, at.GrossDue = *c.Due, *c.GrossDue
			}
			all[c.ID+"@"+c.Subject] = at
		}
		return all
	}
	cal := embedded(t)
	rapid.Check(t, func(r *rapid.T) {
		h, s := drawHistory(r, t), drawSettings(r)
		now := noon.Add(50_000 * time.Minute) // All is known.
		before := dues(clock.Of(h, s, cal, now))
		units := rapid.SampledFrom([]string{desk, county, station, other})
		for n := range rapid.IntRange(1, 4).Draw(r, "again") {
			from, to := units.Draw(r, "from"), units.Draw(r, "to")
			p := rapid.SampledFrom([]letter.Payload{returned(from, to), forwarded(from, to), reopened(), signed(to)}).Draw(r, "rework")
			at := noon.Add(time.Duration(20_000+n) * time.Minute)
			h.Events = append(h.Events, letter.Event{
				Letter: "A", Source: "/test", RecordID: fmt.Sprintf("x%d", n), Type: types[fmt.Sprintf("%T", p)], At: at, RecordedAt: at, Payload: p,
			})
		}
		after := dues(clock.Of(h, s, cal, now))
		for id, want := range before {
			if got, ok := after[id]; !ok || got != want {
				r.Fatalf("%s: %v became %v", id, want, got)
			}
		}
	})
}

func TestAnOutageNeverHarms(t *testing.T) {
	cal := embedded(t)
	rapid.Check(t, func(r *rapid.T) {
		h, s, now := drawHistory(r, t), drawSettings(r), drawNow(r)
		before := clock.Of(h, s, cal, now)
		h.Outages = append(h.Outages, drawOutage(r, 100))
		after := clock.Of(h, s, cal, now)
		if len(before) != len(after) {
			r.Fatalf("%d clocks became %d", len(before), len(after))
		}
		for i, b := range before {
			a := after[i]
			if b.State == clock.Met && a.State != clock.Met || a.ElapsedMS > b.ElapsedMS || b.Due != nil && a.Due.Before(*b.Due) {
				r.Fatalf("%+v became %+v", b, a)
			}
			if a.GrossState != b.GrossState || a.GrossMS != b.GrossMS {
				r.Fatalf("the judgement without outages changed: %+v became %+v", b, a)
			}
		}
	})
}
