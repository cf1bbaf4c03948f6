package analytics_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// judged labels a letter as the desk confirms it.
func judged(typ letter.TypeCode, urgency letter.Urgency) letter.Payload {
	return &letter.Relabelled{Common: by(cityDesk), Type: string(typ), Urgency: urgency, Division: county}
}

func selected(forDay string, reasons ...string) letter.Payload {
	return &letter.Selected{Common: by(cityDesk), For: forDay, Reasons: reasons}
}

func withText(title, body, writer string) func(*letter.Judged) {
	return func(l *letter.Judged) {
		l.Title, l.Body = title, body
		l.Writer.Key = writer
	}
}

// amount is the classifier's verdict on a letter that names sums of money.
func amount(yuan ...string) letter.Payload {
	v := letter.Verdict{Type: "L05", Urgency: letter.P2, Lead: letter.LeadNone}
	for _, y := range yuan {
		v.Entities = append(v.Entities, letter.Entity{Kind: "amount", Text: y + "元", Value: y})
	}
	return &letter.Classified{Model: "m", Dictionary: "d", Verdict: v}
}

// busyDay is 2024-10-21 with earlier letters that still matter on it.
func busyDay(t *testing.T) *analytics.Store {
	store, _ := newStore(t)
	accused := true
	l := &ledger{tb: t}
	l.letter("old", "2024-10-08 09:00", withText("早信", "正文", "w1")). // Due by the end of 2024-10-14: the 12th, a Saturday, was worked.
										event("old", letter.TypeRelabelled, "2024-10-08 09:05", judged("L02", letter.P2)).
										event("old", letter.TypeForwarded, "2024-10-08 09:06", forwarded(cityDesk, countyDesk))
	l.letter("soon", "2024-10-15 09:00"). // Due by the end of 2024-10-22.
						event("soon", letter.TypeRelabelled, "2024-10-15 09:05", judged("L01", letter.P3))
	l.letter("done", "2024-10-08 10:00").
		event("done", letter.TypeRelabelled, "2024-10-08 10:05", judged("L01", letter.P3)).
		event("done", letter.TypeClosed, "2024-10-21 11:00", &letter.Closed{Common: by(countyDesk), Reason: "solved"})
	l.letter("again", "2024-10-08 11:00").
		event("again", letter.TypeRelabelled, "2024-10-08 11:05", judged("L01", letter.P3)).
		event("again", letter.TypeClosed, "2024-10-20 11:00", &letter.Closed{Common: by(countyDesk), Reason: "solved"}).
		event("again", letter.TypeReopened, "2024-10-21 09:00", &letter.Reopened{Common: by(countyDesk)})
	l.letter("thanks", "2024-10-08 12:00").
		event("thanks", letter.TypeRelabelled, "2024-10-08 12:05", judged("L09", letter.P3))

	l.letter("small", "2024-10-21 08:00", withText("被骗", "转了钱", "w2")).
		event("small", letter.TypeClassified, "2024-10-21 08:00", amount("300")).
		event("small", letter.TypeRelabelled, "2024-10-21 08:01", judged("L05", letter.P0))
	l.letter("large", "2024-10-21 08:30", withText("被骗", "转了很多钱", "w1")).
		event("large", letter.TypeClassified, "2024-10-21 08:30", amount("200", "48000", "3")).
		event("large", letter.TypeRelabelled, "2024-10-21 08:31", judged("L05", letter.P0))
	l.letter("called", "2024-10-21 08:40", withText("急", "已联系", "w3")).
		event("called", letter.TypeRelabelled, "2024-10-21 08:41", judged("L02", letter.P0)).
		event("called", letter.TypeContacted, "2024-10-21 08:50", &letter.Contacted{Common: by(cityDesk), Method: "call", Result: "reached"})
	l.letter("tip", "2024-10-21 09:00", withText("举报", "有人赌博", "w4")).
		event("tip", letter.TypeRelabelled, "2024-10-21 09:01", judged("L04", letter.P1)).
		event("tip", letter.TypeLeadOpened, "2024-10-21 09:02", &letter.LeadOpened{Common: by(cityDesk), Lead: "X1", LeadType: "N01", By: "person"}).
		event("tip", letter.TypeLeadAccepted, "2024-10-21 09:30", &letter.LeadAccepted{Common: by(cityDesk), Lead: "X1"}).
		event("tip", letter.TypeLeadAssigned, "2024-10-21 09:31", &letter.LeadAssigned{Common: by(cityDesk), Lead: "X1", To: county}).
		event("tip", letter.TypeLeadOpened, "2024-10-21 09:40", &letter.LeadOpened{Common: by(cityDesk), Lead: "X2", LeadType: "N02", By: "model"}).
		event("tip", letter.TypeLeadDismissed, "2024-10-21 09:41", &letter.LeadDismissed{Common: by(cityDesk), Lead: "X2", Why: "no_facts"})
	l.letter("police", "2024-10-21 09:10", withText("告状", "某人收钱", "w5")).
		event("police", letter.TypeForwarded, "2024-10-21 09:10", forwarded(cityDesk, county+"-XX")).
		event("police", letter.TypeRelabelled, "2024-10-21 09:11", &letter.Relabelled{
			Common: by(cityDesk), Type: "L10", Urgency: letter.P1, Division: county, AccusedPolice: &accused, AccusedUnits: []string{county},
		}).
		event("police", letter.TypeLeadOpened, "2024-10-21 09:12", &letter.LeadOpened{Common: by(cityDesk), Lead: "X3", LeadType: "J01", By: "person"})
	l.letter("calm", "2024-10-21 10:00").
		event("calm", letter.TypeRelabelled, "2024-10-21 10:01", judged("L01", letter.P3))
	l.letter("void", "2024-10-21 10:10").
		event("void", letter.TypeRelabelled, "2024-10-21 10:11", judged("L05", letter.P0)).
		event("void", letter.TypeInvalidated, "2024-10-21 10:12", &letter.Invalidated{Common: by(cityDesk), Second: "p2", Why: "test"})
	l.letter("late", "2024-10-21 23:00", func(j *letter.Judged) { j.RecordedAt = at(t, "2024-10-22 09:00") })
	l.store(store)
	return store
}

const briefCutOff = "2024-10-22 08:00"

var chief = analytics.Viewer{Name: "chief", Unit: "440800", Role: analytics.RoleLeadership}

func TestKeyLettersProposed(t *testing.T) {
	store := busyDay(t)
	got, err := store.KeyLetters(t.Context(), chief, day(t, "2024-10-21"), at(t, briefCutOff), 10)
	if err != nil {
		t.Fatal(err)
	}
	want := []analytics.KeyLetter{
		{
			ID: "large", ReceivedAt: at(t, "2024-10-21 08:30"), Type: "L05", Urgency: "P0", Division: county, Owner: cityDesk,
			Title: "被骗", Body: "转了很多钱", WriterKey: "w1", Reasons: []string{}, Yuan: 48000, Repeats: 2,
		},
		{
			ID: "small", ReceivedAt: at(t, "2024-10-21 08:00"), Type: "L05", Urgency: "P0", Division: county, Owner: cityDesk,
			Title: "被骗", Body: "转了钱", WriterKey: "w2", Reasons: []string{}, Yuan: 300, Repeats: 1,
		},
		{
			ID: "called", ReceivedAt: at(t, "2024-10-21 08:40"), Type: "L02", Urgency: "P0", Division: county, Owner: cityDesk,
			Title: "急", Body: "已联系", WriterKey: "w3", Reasons: []string{}, Repeats: 1, Contacted: true,
		},
		{ID: "police", ReceivedAt: at(t, "2024-10-21 09:10"), Type: "L10", Reasons: []string{}, Withheld: true},
		{
			ID: "tip", ReceivedAt: at(t, "2024-10-21 09:00"), Type: "L04", Urgency: "P1", Division: county, Owner: cityDesk,
			Title: "举报", Body: "有人赌博", Reasons: []string{},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestKeyLettersSelectedByThePeople(t *testing.T) {
	store := busyDay(t)
	l := &ledger{tb: t}
	l.event("calm", letter.TypeSelected, "2024-10-22 07:00", selected("2024-10-21", "领导关注")).
		event("old", letter.TypeSelected, "2024-10-22 07:05", selected("2024-10-21", "久拖未决", "多次来信")).
		event("small", letter.TypeSelected, "2024-10-22 07:10", selected("2024-10-22", "明日再看")).
		event("large", letter.TypeSelected, "2024-10-22 08:30", selected("2024-10-21", "截止后才选"))
	for i := range l.events {
		l.events[i].RecordID = "s" + l.events[i].RecordID
	}
	l.store(store)
	got, err := store.KeyLetters(t.Context(), chief, day(t, "2024-10-21"), at(t, briefCutOff), 10)
	if err != nil {
		t.Fatal(err)
	}
	type choice struct {
		ID      letter.ID
		Reasons []string
		Overdue bool
	}
	var chosen []choice
	for _, k := range got {
		chosen = append(chosen, choice{k.ID, k.Reasons, k.Overdue})
	}
	want := []choice{{"calm", []string{"领导关注"}, false}, {"old", []string{"久拖未决", "多次来信"}, true}}
	if diff := cmp.Diff(want, chosen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNewLeads(t *testing.T) {
	got, err := busyDay(t).NewLeads(t.Context(), chief, day(t, "2024-10-21"), at(t, briefCutOff))
	if err != nil {
		t.Fatal(err)
	}
	want := []analytics.NewLead{
		{Lead: "X1", Type: "N01", Letter: "tip", Division: county, Unit: county, At: at(t, "2024-10-21 09:02"), Accepted: true},
		{Lead: "X3", Letter: "police", At: at(t, "2024-10-21 09:12"), Withheld: true},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOpenByDue(t *testing.T) {
	store := busyDay(t)
	got, err := store.OpenByDue(t.Context(), chief, at(t, briefCutOff), at(t, "2024-10-23 00:01"))
	if err != nil {
		t.Fatal(err)
	}
	want := []analytics.OpenLetter{
		{ID: "again", ReceivedAt: at(t, "2024-10-08 11:00"), Type: "L01", Urgency: "P3", Division: county, Owner: cityDesk, Due: at(t, "2024-10-15 00:00")},
		{ID: "old", ReceivedAt: at(t, "2024-10-08 09:00"), Type: "L02", Urgency: "P2", Division: county, Owner: countyDesk, Due: at(t, "2024-10-15 00:00")},
		{ID: "soon", ReceivedAt: at(t, "2024-10-15 09:00"), Type: "L01", Urgency: "P3", Division: county, Owner: cityDesk, Due: at(t, "2024-10-23 00:00")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The fifth working day after 2026-12-28 lies in 2027, of which no notice says
// which days are worked: the three last days of the year, then, if every day of
// January were worked, the 1st and the 2nd.
func TestOpenByDueWithoutNextYearsNotice(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("edge", "2026-12-28 09:00").
		event("edge", letter.TypeRelabelled, "2026-12-28 09:05", judged("L02", letter.P2))
	l.letter("settled", "2026-12-24 09:00"). // Due by the end of 2026-12-31.
							event("settled", letter.TypeRelabelled, "2026-12-24 09:05", judged("L02", letter.P2))
	l.store(store)
	for _, tt := range []struct {
		before string
		want   []analytics.OpenLetter
	}{
		{"2027-01-01 00:01", []analytics.OpenLetter{
			{ID: "settled", ReceivedAt: at(t, "2026-12-24 09:00"), Type: "L02", Urgency: "P2", Division: county, Owner: cityDesk, Due: at(t, "2027-01-01 00:00")},
		}},
		{"2027-01-03 00:01", []analytics.OpenLetter{
			{ID: "settled", ReceivedAt: at(t, "2026-12-24 09:00"), Type: "L02", Urgency: "P2", Division: county, Owner: cityDesk, Due: at(t, "2027-01-01 00:00")},
			{ID: "edge", ReceivedAt: at(t, "2026-12-28 09:00"), Type: "L02", Urgency: "P2", Division: county, Owner: cityDesk, Due: at(t, "2027-01-03 00:00"), Provisional: true},
		}},
	} {
		got, err := store.OpenByDue(t.Context(), chief, at(t, "2026-12-31 08:00"), at(t, tt.before))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("before %s (-want +got):\n%s", tt.before, diff)
		}
	}
}

func TestDayCounts(t *testing.T) {
	store := busyDay(t)
	got, err := store.DayCounts(t.Context(), chief, day(t, "2024-10-19"), day(t, "2024-10-21"), at(t, briefCutOff))
	if err != nil {
		t.Fatal(err)
	}
	want := []analytics.DayCount{
		{Day: day(t, "2024-10-19")},
		{Day: day(t, "2024-10-20")}, // What was closed that day is open again.
		{Day: day(t, "2024-10-21"), Received: 7, Closed: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFirstDay(t *testing.T) {
	store := busyDay(t)
	for _, c := range []struct {
		asOf  string
		want  string
		found bool
	}{
		{briefCutOff, "2024-10-08", true},
		{"2024-10-08 08:00", "0000-00-00", false},
		{"", "0000-00-00", false},
	} {
		var asOf time.Time
		if c.asOf != "" {
			asOf = at(t, c.asOf)
		}
		got, found, err := store.FirstDay(t.Context(), asOf)
		if err != nil {
			t.Fatal(err)
		}
		if got.String() != c.want || found != c.found {
			t.Errorf("FirstDay as of %s = %s, %t, want %s, %t", c.asOf, got, found, c.want, c.found)
		}
	}
}

// TestBriefListsKeepToTheViewer asks every list as a unit that no letter
// passed through, and as the accused unit.
func TestBriefListsKeepToTheViewer(t *testing.T) {
	store := busyDay(t)
	stranger := analytics.Viewer{Name: "s", Unit: "440825", Role: analytics.RoleUnit}
	accused := analytics.Viewer{Name: "a", Unit: county, Role: analytics.RoleUnit}
	for _, v := range []analytics.Viewer{stranger, accused} {
		letters, err := store.KeyLetters(t.Context(), v, day(t, "2024-10-21"), at(t, briefCutOff), 10)
		if err != nil {
			t.Fatal(err)
		}
		leads, err := store.NewLeads(t.Context(), v, day(t, "2024-10-21"), at(t, briefCutOff))
		if err != nil {
			t.Fatal(err)
		}
		if len(letters) > 0 || len(leads) > 0 {
			t.Errorf("%s sees %v and %v", v.Unit, letters, leads)
		}
		open, err := store.OpenByDue(t.Context(), v, at(t, briefCutOff), at(t, "2024-10-23 00:01"))
		if err != nil {
			t.Fatal(err)
		}
		var ids []letter.ID
		for _, l := range open {
			ids = append(ids, l.ID)
		}
		var want []letter.ID
		if v == accused {
			want = []letter.ID{"old"} // It went to the unit's own desk.
		}
		if diff := cmp.Diff(want, ids); diff != "" {
			t.Errorf("%s (-want +got):\n%s", v.Unit, diff)
		}
	}
}
