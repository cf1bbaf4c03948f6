package clock

import (
	"cmp"
	"fmt"
	"time"

	"jiesu.cn/jiesu/letter"
)

const promise = "信箱公开承诺"

// signClocks are the limits to sign a letter and to pass it on or keep it.
func (k *knowledge) signClocks() []Clock {
	left := k.excluded(invalidated, merged)
	if k.Sign == EndToEnd {
		return []Clock{
			k.signClock(Clock{ID: "sign_first", Name: "首签", Start: k.letter.ReceivedAt, Stopped: k.hops[0].signed, Excluded: left}, k.outagesOf(k.CityDesk)),
			k.signClock(Clock{ID: "sign_through", Name: "签收到底", Start: k.letter.ReceivedAt, Stopped: k.ownerSigned(), Excluded: left}, k.outagesOf(k.CityDesk)),
		}
	}
	var clocks []Clock
	for _, h := range k.hops {
		outages := k.outagesOf(h.unit)
		clocks = append(clocks,
			k.signClock(Clock{ID: "sign", Name: "签收", Subject: h.unit, Start: h.arrived, Stopped: h.signed, Excluded: left}, outages),
			k.signClock(Clock{ID: "forward", Name: "流转", Subject: h.unit, Start: h.arrived, Stopped: h.ended, Excluded: left}, outages))
	}
	return clocks
}

func (k *knowledge) signClock(c Clock, outages []Interval) Clock {
	c.Limit, c.Law, c.Status = minutes(k.SignLimit), promise, Verified
	return k.minute(c, k.SignLimit, outages)
}

func minutes(d time.Duration) string { return fmt.Sprintf("%g分钟", d.Minutes()) }

// keeper is the first event by which a unit kept the letter: from then on it is
// the handling unit for the clocks, whoever handles the letter later.
func (k *knowledge) keeper() *letter.Event {
	return k.first(func(e letter.Event) bool { return e.Type == letter.TypeSelfHandled })
}

// ownerSigned is when the unit that holds the letter now first signed it.
func (k *knowledge) ownerSigned() *time.Time {
	owner := k.CityDesk
	for _, e := range k.events {
		if to, passes := passedTo(e); passes {
			owner = cmp.Or(to, e.Unit()) // To nobody: kept.
		}
	}
	var signed *time.Time
	for _, e := range k.events {
		if e.Type == letter.TypeSigned && e.Unit() == owner {
			earliest(&signed, k.effective(e))
		}
	}
	return signed
}

// contactClocks are the limits to try to reach the writer and to reach them.
// There are none before the contact clock has started.
func (k *knowledge) contactClocks() []Clock {
	start, unit, ok := k.contactStart()
	if !ok {
		return nil
	}
	var tried, reached *time.Time
	for _, e := range k.events {
		p, ok := e.Payload.(*letter.Contacted)
		switch {
		case !ok:
		case p.Method == "auto":
			if k.isNightReceipt(e) {
				earliest(&tried, k.effective(e))
			}
		default:
			earliest(&tried, k.effective(e))
			if p.Result == "reached" {
				earliest(&reached, k.effective(e))
			}
		}
	}
	left, outages := k.excluded(invalidated, merged, uncontactable), k.outagesOf(unit)
	clock := func(id, name string, stopped *time.Time) Clock {
		return k.minute(Clock{
			Counts: tried != nil,
			ID:     id, Name: name, Limit: minutes(k.ContactLimit), Law: promise, Status: Verified,
			Start: start, Stopped: stopped, Excluded: left,
		}, k.ContactLimit, outages)
	}
	return []Clock{clock("contact", "联系来信人", tried), clock("contact_reached", "联系上来信人", reached)}
}

// contactStart is when the writer's wait for contact begins, and the unit that
// owes it: the city desk while it is the city's promise.
func (k *knowledge) contactStart() (at time.Time, unit string, ok bool) {
	if k.Contact == FromReceived {
		return k.letter.ReceivedAt, k.CityDesk, true
	}
	kept := k.keeper()
	if kept == nil {
		return time.Time{}, "", false
	}
	at = k.effective(*kept)
	for _, e := range k.events {
		if e.Type == letter.TypeSigned && e.Unit() == kept.Unit() && k.effective(e).Before(at) {
			at = k.effective(e)
		}
	}
	return at, kept.Unit(), true
}

// isNightReceipt reports whether an automatic receipt counts as contact: for a
// letter that came in quiet hours, one sent in the same quiet hours does.
func (k *knowledge) isNightReceipt(e letter.Event) bool {
	night, quiet := k.Quiet.night(k.letter.ReceivedAt)
	return quiet && night.holds(k.effective(e))
}
