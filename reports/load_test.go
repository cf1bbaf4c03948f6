package reports_test

import (
	"fmt"
	"log/slog"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

func TestMain(m *testing.M) { os.Exit(clickhousetest.Main(m)) }

const (
	cityDesk   = "440800-XX"
	countyDesk = "440803-XX"
	station    = "440802-P01"
)

// loader returns a loader over an empty store on a real engine.
func loader(t *testing.T) (reports.Loader, *analytics.Store) {
	t.Helper()
	directory, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	holidays, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	store, err := analytics.New(cfg, conn, directory, holidays, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := store.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return reports.Loader{Store: store, Directory: directory, Calendar: holidays}, store
}

// fortnight fills the store with one letter a day from 2024-10-08 to
// 2024-10-21, each forwarded to a station and every third one closed the day
// after, and with four letters of the last day that a chief should see.
func fortnight(t *testing.T, store *analytics.Store) {
	t.Helper()
	var letters []letter.Judged
	var events []letter.Event
	receive := func(id letter.ID, when time.Time, writer, title, body string) {
		letters = append(letters, letter.Judged{Letter: letter.Letter{
			ID: id, Source: "/simulate/test", RecordID: "r", ReceivedAt: when, RecordedAt: when,
			Received: letter.Received{Channel: letter.ChannelWeb, Title: title, Body: body, Writer: letter.Writer{Key: writer, Contactable: true}},
		}})
	}
	happen := func(id letter.ID, typ letter.EventType, when time.Time, payload letter.Payload) {
		events = append(events, letter.Event{
			Letter: id, Source: "/desk", RecordID: fmt.Sprint(len(events)), Type: typ, At: when, RecordedAt: when,
			ExpectedRev: letter.NoRevision, Payload: payload,
		})
	}
	desk := letter.Common{Unit: cityDesk, Actor: "p1"}
	label := func(id letter.ID, when time.Time, typ, urgency, division string) {
		happen(id, letter.TypeRelabelled, when, &letter.Relabelled{Common: desk, Type: typ, Urgency: letter.Urgency(urgency), Division: division})
	}

	for i := range 14 {
		when := day("2024-10-08").AddDays(i).Start().Add(9 * time.Hour).UTC()
		id := letter.NewID(when, 1)
		receive(id, when, fmt.Sprint("w", i), "咨询", "如何办理")
		label(id, when.Add(time.Minute), "L01", "P3", "440802")
		happen(id, letter.TypeForwarded, when.Add(2*time.Minute), &letter.Forwarded{Common: desk, To: station, Role: "lead"})
		if i%3 == 0 {
			happen(id, letter.TypeClosed, when.AddDate(0, 0, 1).Add(-2*time.Hour), &letter.Closed{Common: letter.Common{Unit: station, Actor: "p2"}, Reason: "explained"})
		}
	}
	last := day("2024-10-21").Start().UTC()
	receive("2024102100037", last.Add(10*time.Hour), "w3", "做任务返利被骗", "您好,对方电话13800138000,我叫陈小明。")
	label("2024102100037", last.Add(10*time.Hour+time.Minute), "L05", "P0", "440803005")
	happen("2024102100037", letter.TypeClassified, last.Add(10*time.Hour), &letter.Classified{Model: "m", Verdict: letter.Verdict{
		Type: "L05", Entities: []letter.Entity{{Kind: "amount", Text: "4.8万", Value: "48000"}},
	}})
	receive("2024102100041", last.Add(11*time.Hour), "w20", "反映民警", "某民警收钱")
	accused := true
	happen("2024102100041", letter.TypeRelabelled, last.Add(11*time.Hour+time.Minute), &letter.Relabelled{Common: desk, Type: "L10", Urgency: "P0", AccusedPolice: &accused})
	receive("2024102100042", last.Add(12*time.Hour), "w21", "举报赌博", "村里有人开赌场")
	label("2024102100042", last.Add(12*time.Hour+time.Minute), "L04", "P1", "440823")
	happen("2024102100042", letter.TypeForwarded, last.Add(12*time.Hour+2*time.Minute), &letter.Forwarded{Common: desk, To: countyDesk, Role: "lead"})
	happen("2024102100042", letter.TypeLeadOpened, last.Add(12*time.Hour+3*time.Minute), &letter.LeadOpened{Common: desk, Lead: "XS1", LeadType: "N01", By: "person"})
	if err := store.InsertLetters(t.Context(), letters, ""); err != nil {
		t.Fatal(err)
	}
	if err := store.InsertEvents(t.Context(), events, ""); err != nil {
		t.Fatal(err)
	}
}

func TestLoadFromTheEngine(t *testing.T) {
	load, store := loader(t)
	fortnight(t, store)
	b, err := load.Load(t.Context(), analytics.LocalOperator("test"), day("2024-10-21"), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	wantLetters := []reports.KeyLetter{
		{
			ID: "2024102100037", Type: "报案", Urgency: "P0", Place: "霞山区", Writer: reports.WriterCode("w3"),
			Summary:   "做任务返利被骗。对方电话〔手机号〕,我叫陈某。",
			Reasons:   []reports.Masked{"紧急程度P0", "提及金额最高4.8万元", "同一来信人近30日来信2件", "截至成稿尚未联系来信人"},
			Suggested: "湛江市公安局霞山分局",
		},
		{ID: "2024102100041", Type: "信访", Withheld: true},
		{
			ID: "2024102100042", Type: "举报", Urgency: "P1", Place: "遂溪县", Summary: "举报赌博。村里有人开赌场",
			Reasons: []reports.Masked{"紧急程度P1", "截至成稿尚未联系来信人"}, Suggested: load.Directory.FullName(countyDesk),
		},
	}
	if diff := cmp.Diff(wantLetters, b.KeyLetters); diff != "" {
		t.Errorf("key letters (-want +got):\n%s", diff)
	}
	wantLeads := []reports.Lead{{Number: "XS1", Type: "赌博/开设赌场", Letter: "2024102100042", Place: "遂溪县", Unit: "市专班"}}
	if diff := cmp.Diff(wantLeads, b.Leads); diff != "" {
		t.Errorf("leads (-want +got):\n%s", diff)
	}
	// Received on the 9th and 10th, due on the 15th and 16th; the 12th was
	// worked, so those of the 12th are due on the 18th.
	var overdue, soon []string
	for _, o := range b.Overdue {
		overdue = append(overdue, fmt.Sprint(o.ID, " ", o.Unit, " ", o.Due, " ", o.Age))
	}
	for _, o := range b.DueSoon {
		soon = append(soon, fmt.Sprint(o.ID, " ", o.Due, " ", o.Age))
	}
	wantOverdue := []string{
		"2024100900001 赤坎分局中华所 2024-10-15 10", "2024101000001 赤坎分局中华所 2024-10-16 9",
		"2024101200001 赤坎分局中华所 2024-10-18 7", "2024101300001 赤坎分局中华所 2024-10-18 7",
	}
	if diff := cmp.Diff(wantOverdue, overdue); diff != "" {
		t.Errorf("overdue (-want +got):\n%s", diff)
	}
	wantSoon := []string{"2024101500001 2024-10-22 5", "2024101600001 2024-10-23 4"}
	if diff := cmp.Diff(wantSoon, soon); diff != "" {
		t.Errorf("due soon (-want +got):\n%s", diff)
	}
	if b.SoonUntil != day("2024-10-23") || b.Since != day("2024-10-08") || b.MonthFrom != day("2024-10-08") || !b.Synthetic || b.Final {
		t.Errorf("soon until %s, since %s, month from %s, synthetic %t, final %t", b.SoonUntil, b.Since, b.MonthFrom, b.Synthetic, b.Final)
	}
	if got := b.Start["overdue"].Count; got != uint64(len(b.Overdue)) {
		t.Errorf("the figure says %d overdue, the list %d", got, len(b.Overdue))
	}
	if now, before := b.Day["received"].Count, b.Previous["received"].Count; now != 4 || before != 1 {
		t.Errorf("%d letters after %d, want 4 after 1", now, before)
	}
	first, second := render(t, b), render(t, b)
	if first != second {
		t.Error("two renderings differ")
	}
	for _, secret := range []string{"13800138000", "陈小明", "某民警", reports.WriterCode("w21")} {
		if strings.Contains(engine.ReplaceAllString(first, ""), secret) {
			t.Errorf("the page holds %q", secret)
		}
	}
}

func TestLoadOfADayWithoutLetters(t *testing.T) {
	load, _ := loader(t)
	_, err := load.Load(t.Context(), analytics.LocalOperator("test"), day("2024-10-21"), time.Time{})
	if letter.KindOf(err) != letter.KindNotFound {
		t.Errorf("error %v, want one of kind not_found", err)
	}
}
