package clock_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

const (
	desk    = "440800-XX"
	county  = "440803-XX"
	station = "440803-P01"
	other   = "440803-P02"
)

// story tells a letter's history, times in Shanghai. Unless told otherwise each
// event is recorded when it happens.
type story struct {
	tb testing.TB
	clock.History
}

func received(tb testing.TB, at string) *story {
	tb.Helper()
	s := &story{tb: tb}
	t := instant(tb, at)
	s.Letter = letter.Letter{ID: "A", Source: "/web", RecordID: "r", ReceivedAt: t, RecordedAt: t}
	s.Letter.Writer.Contactable = true
	return s
}

func instant(tb testing.TB, s string) time.Time {
	tb.Helper()
	layout := "2006-01-02 15:04:05"
	t, err := time.ParseInLocation(layout[:len(s)], s, calendar.Shanghai)
	if err != nil {
		tb.Fatal(err)
	}
	return t.UTC()
}

var types = map[string]letter.EventType{
	"*letter.Signed": letter.TypeSigned, "*letter.Forwarded": letter.TypeForwarded, "*letter.SelfHandled": letter.TypeSelfHandled,
	"*letter.Returned": letter.TypeReturned, "*letter.Contacted": letter.TypeContacted, "*letter.Replied": letter.TypeReplied,
	"*letter.ExtensionDecided": letter.TypeExtensionDecided, "*letter.Closed": letter.TypeClosed, "*letter.Reopened": letter.TypeReopened,
	"*letter.Withdrawn": letter.TypeWithdrawn, "*letter.Merged": letter.TypeMerged, "*letter.Unmerged": letter.TypeUnmerged,
	"*letter.Transferred": letter.TypeTransferred, "*letter.Invalidated": letter.TypeInvalidated, "*letter.Instructed": letter.TypeInstructed,
	"*letter.InstructionAnswered": letter.TypeInstructionAnswered, "*letter.Relabelled": letter.TypeRelabelled, "*letter.Classified": letter.TypeClassified,
	"*letter.LeadOpened": letter.TypeLeadOpened, "*letter.LeadAccepted": letter.TypeLeadAccepted, "*letter.LeadDismissed": letter.TypeLeadDismissed,
	"*letter.CaseFiled": letter.TypeCaseFiled, "*letter.CaseNotFiled": letter.TypeCaseNotFiled, "*letter.SystemOutage": letter.TypeSystemOutage,
}

func (s *story) then(at string, p letter.Payload) *story { return s.late(at, at, p) }

// late adds an event that was recorded at another time than it happened.
func (s *story) late(at, recordedAt string, p letter.Payload) *story {
	s.tb.Helper()
	typ, ok := types[fmt.Sprintf("%T", p)]
	if !ok {
		s.tb.Fatalf("no type for %T", p)
	}
	s.Events = append(s.Events, letter.Event{
		Letter: "A", Source: "/test", RecordID: fmt.Sprintf("e%03d", len(s.Events)), Type: typ,
		At: instant(s.tb, at), RecordedAt: instant(s.tb, recordedAt), Payload: p,
	})
	return s
}

// down adds an outage of a unit.
func (s *story) down(unit, from, to, second string) *story {
	s.tb.Helper()
	end := instant(s.tb, to)
	s.Outages = append(s.Outages, letter.Event{
		Letter: letter.ID(unit), Source: "/test", RecordID: fmt.Sprintf("o%03d", len(s.Outages)), Type: letter.TypeSystemOutage,
		At: end, RecordedAt: end, Payload: &letter.SystemOutage{Common: by(unit), From: instant(s.tb, from), To: end, Second: second},
	})
	return s
}

func by(unit string) letter.Common { return letter.Common{Unit: unit, Actor: "p1"} }

func signed(unit string) *letter.Signed    { return &letter.Signed{Common: by(unit)} }
func kept(unit string) *letter.SelfHandled { return &letter.SelfHandled{Common: by(unit)} }
func forwarded(from, to string) *letter.Forwarded {
	return &letter.Forwarded{Common: by(from), To: to, Role: "lead"}
}

func returned(from, to string) *letter.Returned {
	return &letter.Returned{Common: by(from), To: to, Why: "not_ours"}
}

func contacted(method, result string) *letter.Contacted {
	return &letter.Contacted{Common: by(station), Method: method, Result: result}
}

func replied(kind string) *letter.Replied { return &letter.Replied{Common: by(station), Kind: kind} }

func extended(until string, told bool) *letter.ExtensionDecided {
	return &letter.ExtensionDecided{Common: by(county), Approved: true, Until: until, ToldWriter: told}
}
func closed() *letter.Closed     { return &letter.Closed{Common: by(station), Reason: "solved"} }
func reopened() *letter.Reopened { return &letter.Reopened{Common: by(desk)} }

func embedded(tb testing.TB) *calendar.Calendar {
	tb.Helper()
	cal, err := calendar.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return cal
}

// printed writes the clocks of the chosen ids, one a line:
// id[@subject] due state minutes, and what stands out.
func printed(clocks []clock.Clock, ids string) []string {
	var lines []string
	for _, c := range clocks {
		if ids != "" && !strings.Contains(" "+ids+" ", " "+c.ID+" ") {
			continue
		}
		line := c.ID
		if c.Subject != "" {
			line += "@" + c.Subject
		}
		line += " " + shanghai(c.Due) + " " + string(c.State)
		if c.GrossState != c.State {
			line += " gross:" + string(c.GrossState)
		}
		line += fmt.Sprintf(" %d", c.ElapsedMS/60_000)
		if c.GrossMS != c.ElapsedMS {
			line += fmt.Sprintf("/%d", c.GrossMS/60_000)
		}
		if c.Stopped == nil {
			line += "+"
		}
		if c.Earliest != nil {
			line += " earliest:" + shanghai(c.Earliest)
		}
		if c.Excluded != "" {
			line += " -" + c.Excluded
		}
		for _, f := range c.Flags {
			line += " !" + string(f)
		}
		lines = append(lines, line)
	}
	return lines
}

func shanghai(t *time.Time) string {
	if t == nil {
		return "?"
	}
	return t.In(calendar.Shanghai).Format("01-02T15:04")
}

type clockTest struct {
	name     string
	story    func(*story)
	received string // Default: Tuesday 2024-03-05 10:00, due at the end of Tuesday 12.
	asOf     string
	settings func(*clock.Settings)
	ids      string
	want     []string
}

func (tt clockTest) run(t *testing.T) {
	t.Helper()
	if tt.received == "" {
		tt.received = "2024-03-05 10:00"
	}
	s := received(t, tt.received)
	tt.story(s)
	settings := clock.DefaultSettings()
	if tt.settings != nil {
		tt.settings(&settings)
	}
	if err := settings.Validate(); err != nil {
		t.Fatal(err)
	}
	got := printed(clock.Of(s.History, settings, embedded(t), instant(t, tt.asOf)), tt.ids)
	if diff := cmp.Diff(tt.want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func runAll(t *testing.T, tests []clockTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, tt.run)
	}
}

func nothing(*story) {}

func TestEveryClockOfALetterJustReceived(t *testing.T) {
	runAll(t, []clockTest{
		{"at once", nothing, "", "2024-03-05 10:00", nil, "", []string{
			"sign@440800-XX 03-05T10:10 running 0+",
			"forward@440800-XX 03-05T10:10 running 0+",
			"contact 03-05T10:30 running 0+",
			"contact_reached 03-05T10:30 running 0+",
			"reply 03-13T00:00 running 0+",
			"close 03-13T00:00 running 0+",
			"petition_notice 03-21T00:00 running 0+",
		}},
		{"not known yet", nothing, "", "2024-03-05 09:59:59", nil, "", nil},
	})
}

func TestMinuteClocks(t *testing.T) {
	passedOn := func(s *story) {
		s.then("2024-03-05 10:05", signed(desk)).then("2024-03-05 10:11", forwarded(desk, county)).
			then("2024-03-05 10:21", signed(county)).then("2024-03-05 10:22", forwarded(county, station)).
			then("2024-03-05 10:40", signed(station)).then("2024-03-05 10:41", kept(station))
	}
	runAll(t, []clockTest{
		{"each hop has its own limit", passedOn, "", "2024-03-06 10:00", nil, "sign forward", []string{
			"sign@440800-XX 03-05T10:10 met 5",
			"forward@440800-XX 03-05T10:10 missed 11",
			"sign@440803-XX 03-05T10:21 met 10", // On the limit is in time.
			"forward@440803-XX 03-05T10:21 missed 11",
			"sign@440803-P01 03-05T10:32 missed 18",
			"forward@440803-P01 03-05T10:32 missed 19",
		}},
		{"or all hops one", passedOn, "", "2024-03-06 10:00", func(s *clock.Settings) { s.Sign = clock.EndToEnd }, "sign_first sign_through sign forward", []string{
			"sign_first 03-05T10:10 met 5",
			"sign_through 03-05T10:10 missed 40",
		}},
		{"coming back starts no clock", func(s *story) {
			passedOn(s)
			s.then("2024-03-05 11:00", returned(station, county)).then("2024-03-05 12:00", signed(county)).
				then("2024-03-05 12:00", forwarded(county, other))
		}, "", "2024-03-05 12:05", nil, "sign", []string{
			"sign@440800-XX 03-05T10:10 met 5",
			"sign@440803-XX 03-05T10:21 met 10",
			"sign@440803-P01 03-05T10:32 missed 18",
			"sign@440803-P02 03-05T12:10 running 5+",
		}},
		{"support and units without arrival have none", func(s *story) {
			s.then("2024-03-05 10:01", &letter.Forwarded{Common: by(desk), To: county, Role: "support"}).then("2024-03-05 10:02", signed(other))
		}, "", "2024-03-05 10:09", nil, "sign", []string{"sign@440800-XX 03-05T10:10 soon 9+"}},
		{"the end itself is too late for one that runs", nothing, "", "2024-03-05 10:10", nil, "sign", []string{"sign@440800-XX 03-05T10:10 missed 10+"}},
		{"attempts and success apart", func(s *story) {
			s.then("2024-03-05 10:20", contacted("auto", "reached")).then("2024-03-05 10:29", contacted("call", "no_answer")).
				then("2024-03-05 11:00", contacted("sms", "reached"))
		}, "", "2024-03-06 10:00", nil, "contact contact_reached", []string{
			"contact 03-05T10:30 met 29",
			"contact_reached 03-05T10:30 missed 60",
		}},
		{"a backdated entry counts when it was made", func(s *story) {
			s.late("2024-03-05 10:09", "2024-03-05 10:24", signed(desk)). // Within 15 minutes of the fact.
											late("2024-03-05 10:05", "2024-03-05 10:45", contacted("call", "reached"))
		}, "", "2024-03-06 10:00", nil, "sign contact", []string{
			"sign@440800-XX 03-05T10:10 met 9",
			"contact 03-05T10:30 missed 45",
		}},
		{"no way to reach the writer", func(s *story) { s.Letter.Writer.Contactable = false }, "", "2024-03-05 10:24", nil, "contact sign", []string{
			"sign@440800-XX 03-05T10:10 missed 24+",
			"contact 03-05T10:30 soon 24+ -uncontactable",
		}},
		{"contact counted from signing by the unit that keeps the letter", func(s *story) {
			passedOn(s)
			s.then("2024-03-05 11:05", contacted("call", "reached"))
		}, "", "2024-03-06 10:00", func(s *clock.Settings) { s.Contact = clock.FromSigned }, "contact", []string{"contact 03-05T11:10 met 25"}},
		{
			"which nobody has yet", func(s *story) { s.then("2024-03-05 10:05", signed(desk)) }, "", "2024-03-06 10:00",
			func(s *clock.Settings) { s.Contact = clock.FromSigned }, "contact", nil,
		},
		{"and a later unit changes nothing", func(s *story) {
			passedOn(s)
			s.then("2024-03-05 11:00", returned(station, county)).then("2024-03-05 11:10", forwarded(county, other)).
				then("2024-03-05 11:11", signed(other)).then("2024-03-05 11:12", kept(other))
		}, "", "2024-03-05 11:20", func(s *clock.Settings) { s.Contact = clock.FromSigned }, "contact", []string{"contact 03-05T11:10 missed 40+"}},
	})
}

func TestQuietHours(t *testing.T) {
	night := func(s *clock.Settings) { s.Quiet = &clock.QuietHours{From: 22 * time.Hour, To: 7 * time.Hour} }
	receipt := func(s *story) {
		s.then(s.Letter.ReceivedAt.In(calendar.Shanghai).Add(time.Minute).Format(time.DateTime), contacted("auto", "reached"))
	}
	runAll(t, []clockTest{
		{"off by default", receipt, "2024-03-05 23:00", "2024-03-06 10:00", nil, "contact contact_reached", []string{
			"contact 03-05T23:30 missed 660+", "contact_reached 03-05T23:30 missed 660+",
		}},
		{"a receipt at night is contact, not reaching", receipt, "2024-03-05 23:00", "2024-03-06 10:00", night, "contact contact_reached", []string{
			"contact 03-05T23:30 met 1", "contact_reached 03-05T23:30 missed 660+",
		}},
		{"after midnight too", receipt, "2024-03-06 06:58", "2024-03-06 10:00", night, "contact", []string{"contact 03-06T07:28 met 1"}},
		{"not by day", receipt, "2024-03-06 07:00", "2024-03-06 10:00", night, "contact", []string{"contact 03-06T07:30 missed 180+"}},
		{"nor when sent in the morning", receipt, "2024-03-06 06:59", "2024-03-06 10:00", night, "contact", []string{"contact 03-06T07:29 missed 181+"}},
	})
}

func TestOutages(t *testing.T) {
	work := func(s *story) {
		s.then("2024-03-05 10:25", signed(desk)).then("2024-03-05 10:26", forwarded(desk, county)).then("2024-03-05 10:45", contacted("call", "reached"))
	}
	runAll(t, []clockTest{
		{"the desk's counts for all, both judgements stand", func(s *story) {
			work(s)
			s.down(desk, "2024-03-05 10:05", "2024-03-05 10:20", "p2")
		}, "", "2024-03-06 10:00", nil, "sign contact", []string{
			"sign@440800-XX 03-05T10:25 met gross:missed 10/25",
			"sign@440803-XX 03-05T10:36 missed 1414+",
			"contact 03-05T10:45 met gross:missed 30/45",
		}},
		{"one person's word does not count", func(s *story) {
			work(s)
			s.down(desk, "2024-03-05 10:05", "2024-03-05 10:20", "p1").down(desk, "2024-03-05 10:05", "2024-03-05 10:20", "")
		}, "", "2024-03-06 10:00", nil, "sign contact", []string{
			"sign@440800-XX 03-05T10:10 missed 25",
			"sign@440803-XX 03-05T10:36 missed 1414+",
			"contact 03-05T10:30 missed 45",
		}},
		{"a unit's counts for its own hop alone", func(s *story) {
			work(s)
			s.down(county, "2024-03-05 10:00", "2024-03-05 11:00", "p2")
		}, "", "2024-03-05 11:05", nil, "sign contact", []string{
			"sign@440800-XX 03-05T10:10 missed 25",
			"sign@440803-XX 03-05T11:10 running gross:missed 5/39+",
			"contact 03-05T10:30 missed 45",
		}},
		{"it counts from when it is recorded", func(s *story) {
			work(s)
			s.down(desk, "2024-03-05 10:05", "2024-03-05 11:00", "p2")
		}, "", "2024-03-05 10:59", nil, "sign", []string{
			"sign@440800-XX 03-05T10:10 missed 25",
			"sign@440803-XX 03-05T10:36 missed 33+",
		}},
	})
}

func TestWorkdayClocks(t *testing.T) {
	runAll(t, []clockTest{
		{"an interim reply stops the reply clock, closing the other", func(s *story) {
			s.then("2024-03-12 23:59:59", replied("interim")).then("2024-03-13 00:01", closed())
		}, "", "2024-03-20 10:00", nil, "reply close", []string{"reply 03-13T00:00 met 10919", "close 03-13T00:00 missed 10921"}},
		{"the last day is soon", nothing, "", "2024-03-12 00:00", nil, "reply", []string{"reply 03-13T00:00 soon 9480+"}},
		{"the minute before is not", nothing, "", "2024-03-11 23:59", nil, "reply", []string{"reply 03-13T00:00 running 9479+"}},
		{"24:00 is too late", nothing, "", "2024-03-13 00:00", nil, "reply", []string{"reply 03-13T00:00 missed 10920+"}},
		{"Qingming", nothing, "2024-04-05 09:00", "2024-04-05 09:00", nil, "reply", []string{"reply 04-12T00:00 running 0+"}},
		{"reopening runs the old clock on", func(s *story) {
			s.then("2024-03-11 10:00", closed()).then("2024-03-12 10:00", reopened())
		}, "", "2024-03-12 10:00", nil, "close", []string{"close 03-13T00:00 soon 10080+"}},
		{"and closing again is late by it", func(s *story) {
			s.then("2024-03-11 10:00", closed()).then("2024-03-15 10:00", reopened()).then("2024-03-16 10:00", closed())
		}, "", "2024-03-20 10:00", nil, "close", []string{"close 03-13T00:00 missed 15840"}},
		{
			"an extension moves closing, not replying", func(s *story) { s.then("2024-03-12 23:00", extended("2024-03-26", true)) },
			"", "2024-03-13 10:00", nil, "reply close",
			[]string{"reply 03-13T00:00 missed 11520+", "close 03-27T00:00 running 11520+"},
		},
		{
			"too late it moves nothing", func(s *story) { s.then("2024-03-13 00:00:01", extended("2024-03-26", true)) },
			"", "2024-03-13 10:00", nil, "close",
			[]string{"close 03-13T00:00 missed 11520+ !extension_late"},
		},
		{"too long, too often, untold: still as approved", func(s *story) {
			s.then("2024-03-12 10:00", extended("2024-03-27", true)). // Eleven working days.
											then("2024-03-27 10:00", extended("2024-03-29", false)).
											then("2024-03-29 10:00", extended("2024-04-01", true))
		}, "", "2024-03-30 10:00", nil, "close", []string{"close 04-02T00:00 running 36000+ !extension_too_long !extension_too_many !writer_not_told"}},
		{"refused it is none", func(s *story) {
			s.then("2024-03-12 10:00", &letter.ExtensionDecided{Common: by(county)})
		}, "", "2024-03-13 10:00", nil, "close", []string{"close 03-13T00:00 missed 11520+"}},
		{"thanks and transferred letters run, but do not count", func(s *story) {
			s.then("2024-03-05 11:00", &letter.Transferred{Common: by(desk), To: "民政局"}).
				then("2024-03-05 11:00", &letter.Relabelled{Common: by(desk), Type: "L09"})
		}, "", "2024-03-05 12:00", nil, "reply", []string{"reply 03-13T00:00 running 120+ -thanks"}},
		{"merging and unmerging", func(s *story) {
			s.then("2024-03-05 11:00", &letter.Merged{Common: by(desk), Into: "B"}).then("2024-03-06 11:00", &letter.Unmerged{Common: by(desk)})
		}, "", "2024-03-13 12:00", nil, "reply", []string{"reply 03-13T00:00 missed 11640+"}},
	})
}

func TestMissingCalendar(t *testing.T) {
	runAll(t, []clockTest{
		{"provisional until the earliest day", nothing, "2026-12-25 10:00", "2027-01-01 23:59", nil, "reply close", []string{
			"reply ? provisional 10919+ earliest:01-02T00:00", "close ? provisional 10919+ earliest:01-02T00:00",
		}},
		{"unknown after it", nothing, "2026-12-25 10:00", "2027-01-02 00:01", nil, "reply", []string{"reply ? missing_calendar 10921+ earliest:01-02T00:00"}},
		{
			"unknown what an answer after it means", func(s *story) { s.then("2027-01-04 10:00", replied("substantive")) },
			"2026-12-25 10:00", "2027-03-01 10:00", nil, "reply",
			[]string{"reply ? missing_calendar 14400 earliest:01-02T00:00"},
		},
		{"an instruction's own date may settle it", func(s *story) {
			due := instant(s.tb, "2026-12-30 18:00")
			s.then("2026-12-28 10:00", &letter.Instructed{Common: by(desk), Due: &due}).
				then("2026-12-29 10:00", &letter.Instructed{Common: by(desk)})
		}, "2026-12-25 10:00", "2026-12-29 10:00", nil, "instruction", []string{
			"instruction@第1次 12-30T18:00 running 1440+", "instruction@第2次 ? provisional 0+ earliest:01-02T00:00",
		}},
	})
}

func TestInstructions(t *testing.T) {
	instructed := func(s *story, at, due string) {
		p := &letter.Instructed{Common: by(desk)}
		if due != "" {
			d := instant(s.tb, due)
			p.Due = &d
		}
		s.then(at, p)
	}
	runAll(t, []clockTest{
		{"its own date", func(s *story) {
			instructed(s, "2024-03-06 08:00", "2024-03-08 18:00")
			s.then("2024-03-08 18:00", &letter.InstructionAnswered{Common: by(station)})
		}, "", "2024-03-20 10:00", nil, "instruction", []string{"instruction@第1次 03-08T18:00 met 3480"}},
		{
			"never later than the letter's", func(s *story) { instructed(s, "2024-03-06 08:00", "2024-03-30 18:00") },
			"", "2024-03-06 08:00", nil, "instruction",
			[]string{"instruction@第1次 03-13T00:00 running 0+"},
		},
		{
			"unless that had passed", func(s *story) { instructed(s, "2024-03-14 08:00", "2024-03-30 18:00") },
			"", "2024-03-14 08:00", nil, "instruction",
			[]string{"instruction@第1次 03-30T18:00 running 0+"},
		},
		{"each on its own, earlier answers do not count", func(s *story) {
			instructed(s, "2024-03-06 08:00", "")
			s.then("2024-03-06 09:00", &letter.InstructionAnswered{Common: by(station)})
			instructed(s, "2024-03-14 08:00", "")
		}, "", "2024-03-14 09:00", nil, "instruction", []string{"instruction@第1次 03-13T00:00 met 60", "instruction@第2次 ? running 60+"}},
	})
}

func BenchmarkOf(b *testing.B) {
	s := received(b, "2024-03-05 10:00")
	s.then("2024-03-05 10:05", signed(desk)).then("2024-03-05 10:06", forwarded(desk, county)).
		then("2024-03-05 10:10", signed(county)).then("2024-03-05 10:11", forwarded(county, station)).
		then("2024-03-05 10:15", signed(station)).then("2024-03-05 10:16", kept(station)).
		then("2024-03-05 10:20", contacted("call", "reached")).then("2024-03-11 10:00", replied("substantive")).
		then("2024-03-12 10:00", closed()).then("2024-03-13 10:00", reopened()).then("2024-03-14 10:00", closed())
	settings, cal, now := clock.DefaultSettings(), embedded(b), instant(b, "2024-04-01 08:00")
	for b.Loop() {
		if len(clock.Of(s.History, settings, cal, now)) == 0 {
			b.Fatal("no clocks")
		}
	}
}
