package analytics_test

import (
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// Units of the built-in directory that the scenarios use.
const (
	cityDesk   = "440800-XX"
	countyDesk = "440803-XX"
	county     = "440803"
)

// newStore returns a store with all tables, on an engine of the test's own database.
func newStore(tb testing.TB) (*analytics.Store, driver.Conn) {
	tb.Helper()
	conn, database := clickhousetest.Database(tb)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	store := openStore(tb, cfg, conn)
	if _, err := store.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	if err := store.Prepare(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return store, conn
}

func openStore(tb testing.TB, cfg analytics.Config, conn driver.Conn) *analytics.Store {
	tb.Helper()
	store, err := analytics.New(cfg, conn, directory(tb), holidays(tb), slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	return store
}

func directory(tb testing.TB) *org.Directory {
	tb.Helper()
	dir, err := org.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return dir
}

func holidays(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	cal, err := calendar.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return cal
}

// at reads a Shanghai time, "2024-03-05 10:00" with seconds as an option.
func at(tb testing.TB, s string) time.Time {
	tb.Helper()
	for _, layout := range []string{"2006-01-02 15:04", time.DateTime, "2006-01-02 15:04:05.000"} {
		if t, err := time.ParseInLocation(layout, s, calendar.Shanghai); err == nil {
			return t.UTC()
		}
	}
	tb.Fatalf("bad time %q", s)
	return time.Time{}
}

func day(tb testing.TB, s string) calendar.Date {
	tb.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// ledger collects the records of a scenario. A record is known as soon as it
// happens unless a later change says otherwise.
type ledger struct {
	tb      testing.TB
	letters []letter.Judged
	events  []letter.Event
}

// letter adds a letter with a contactable writer of its own, received at the time.
func (l *ledger) letter(id letter.ID, received string, changes ...func(*letter.Judged)) *ledger {
	row := letter.Judged{Letter: letter.Letter{
		ID: id, Source: "/mailbox/web", RecordID: "r-" + string(id), ReceivedAt: at(l.tb, received), RecordedAt: at(l.tb, received),
		Received: letter.Received{
			Channel: letter.ChannelWeb, Title: "题目", Body: "正文",
			Writer: letter.Writer{Key: "w-" + string(id), Contactable: true},
		},
	}}
	for _, change := range changes {
		change(&row)
	}
	l.letters = append(l.letters, row)
	return l
}

// event adds an event of the letter, known at once.
func (l *ledger) event(id letter.ID, typ letter.EventType, when string, payload letter.Payload) *ledger {
	l.events = append(l.events, letter.Event{
		Letter: id, Source: "/desk", RecordID: fmt.Sprintf("e%03d", len(l.events)), Type: typ,
		At: at(l.tb, when), RecordedAt: at(l.tb, when), ExpectedRev: letter.NoRevision, Payload: payload,
	})
	return l
}

// recorded sets when the event added last became known.
func (l *ledger) recorded(when string) *ledger {
	l.events[len(l.events)-1].RecordedAt = at(l.tb, when)
	return l
}

// imported marks the event added last as history.
func (l *ledger) imported() *ledger {
	l.events[len(l.events)-1].Imported = true
	return l
}

func (l *ledger) store(store *analytics.Store) {
	l.tb.Helper()
	if err := store.InsertLetters(l.tb.Context(), l.letters, ""); err != nil {
		l.tb.Fatal(err)
	}
	if err := store.InsertEvents(l.tb.Context(), l.events, ""); err != nil {
		l.tb.Fatal(err)
	}
}

// by is the common part of an event that a unit's clerk did.
func by(unit string) letter.Common { return letter.Common{Unit: unit, Actor: "p1"} }

func signed(unit string) letter.Payload { return &letter.Signed{Common: by(unit)} }

func forwarded(unit, to string) letter.Payload {
	return &letter.Forwarded{Common: by(unit), To: to, Role: "lead"}
}

func contacted(unit, method, result string) letter.Payload {
	return &letter.Contacted{Common: by(unit), Method: method, Result: result}
}

func replied(unit string) letter.Payload {
	return &letter.Replied{Common: by(unit), Kind: "substantive"}
}

func closed(unit string) letter.Payload {
	return &letter.Closed{Common: by(unit), Reason: "solved"}
}

func relabelled(typ string) letter.Payload {
	return &letter.Relabelled{Common: by(cityDesk), Type: typ}
}
