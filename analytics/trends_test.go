package analytics_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// quietMailbox is eleven weeks from Monday 2024-03-04, each day with two letters about
// household matters from each of two counties.
func quietMailbox(t *testing.T) *ledger {
	l := &ledger{tb: t}
	for i := range 77 {
		date := day(t, "2024-03-04").AddDays(i)
		for n := range 4 {
			l.topical(date.String(), 10+n, n, "T01", []string{"440803", "440811"}[n%2], "我", "家", "的", "户口", "没有", "办好", ",", "我叫", "张三", "先生")
		}
	}
	return l
}

// topical adds a letter of a division with its words, and the verdict on its topic.
func (l *ledger) topical(date string, hour, n int, topic, division string, words ...string) {
	id := letter.ID(fmt.Sprintf("%s%02d%03d", strings.ReplaceAll(date, "-", ""), hour, n))
	when := fmt.Sprintf("%s %02d:%02d", date, hour, n)
	l.letter(id, when, func(j *letter.Judged) {
		j.Division, j.Tokens, j.Normalised = division, words, strings.Join(words, "")
	})
	l.event(id, letter.TypeClassified, when, &letter.Classified{Verdict: letter.Verdict{ID: id, Type: "L02", Topic: topic}})
}

func TestTrendsFindAPlantedSurge(t *testing.T) {
	store, _ := newStore(t)
	l := quietMailbox(t)
	var planted []letter.ID
	for n := range 7 {
		l.topical("2024-05-16", 15, n, "T06", "440803", "刷单", "返利", "被", "骗")
		planted = append(planted, l.letters[len(l.letters)-1].ID)
	}
	for n := range 9 { // One writer is no surge.
		l.topical("2024-05-14", 16, n, "T08", "440811", "隔壁", "太", "吵")
		l.letters[len(l.letters)-1].Writer.Key = "same"
	}
	l.store(store)
	q := analytics.TrendQuery{From: day(t, "2024-05-10"), To: day(t, "2024-05-16"), AsOf: at(t, "2024-05-17 00:00")}
	got, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	surge := surgeOf(t, got, "T06", "440803")
	if surge.Count != 7 || surge.Writers != 7 || surge.Expected > 0.5 {
		t.Errorf("surge %+v", surge)
	}
	if diff := cmp.Diff(planted, idsOfLetters(surge.Letters)); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	for _, s := range got.Surges {
		if s.Topic == "T08" || s.Topic == "T01" || s.Division == "440811" {
			t.Errorf("no surge: %+v", s)
		}
	}
	if got.FalseAlarms > 1 || got.Tests != 24*15*2*7 {
		t.Errorf("%.2f false alarms a week of %d tests", got.FalseAlarms, got.Tests)
	}
	household := got.Series[slices.IndexFunc(got.Series, func(s analytics.TrendSeries) bool {
		return s.TrendCell == analytics.TrendCell{Topic: "T01", Division: analytics.AllCodes}
	})]
	for _, p := range household.Points {
		if p.Letters != 4 || p.Expected == nil || p.Expected.Mean < 3.5 || p.Expected.Mean > 4.5 || p.Expected.Low > 4 || p.Expected.High < 4 {
			t.Errorf("%+v %+v, want 4 letters as expected", p, p.Expected)
		}
	}

	(&ledger{tb: t}).letter("2024060100001", "2024-06-01 10:00").store(store) // From now on T lies in the past.
	past, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, past); diff != "" {
		t.Errorf("from the records (-kept +records):\n%s", diff)
	}

	// As of the morning nothing has risen, whatever came after.
	q.AsOf = at(t, "2024-05-16 12:00")
	early, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	if len(early.Surges) != 0 || !early.Incomplete {
		t.Errorf("as of the morning: incomplete %t, %+v", early.Incomplete, early.Surges)
	}

	// What is shown does not decide what is flagged; a unit sees what passed through it.
	q.AsOf, q.Topics, q.Divisions = at(t, "2024-05-17 00:00"), []string{"T06"}, []string{"440803"}
	one, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]analytics.Surge{surge}, one.Surges); diff != "" || len(one.Series) != 1 {
		t.Errorf("%d series (-all +one):\n%s", len(one.Series), diff)
	}
	none, err := store.Trends(t.Context(), analytics.Viewer{Unit: county, Role: analytics.RoleUnit}, q)
	if err != nil {
		t.Fatal(err)
	}
	if len(none.Surges)+len(none.Series) != 0 {
		t.Errorf("a unit sees letters that never came to it: %+v", none)
	}
}

func surgeOf(t *testing.T, trends analytics.Trends, topic, division string) analytics.Surge {
	t.Helper()
	i := slices.IndexFunc(trends.Surges, func(s analytics.Surge) bool { return s.Topic == topic && s.Division == division })
	if i < 0 {
		t.Fatalf("no surge of %s in %s among %+v", topic, division, trends.Surges)
	}
	return trends.Surges[i]
}

func idsOfLetters(letters []analytics.TrendLetter) []letter.ID {
	var ids []letter.ID
	for _, l := range letters {
		ids = append(ids, l.Letter)
	}
	return ids
}

func TestRisingPhrases(t *testing.T) {
	store, _ := newStore(t)
	l := quietMailbox(t)
	for n := range 8 { // A new wording, beside names, numbers and words that must not count.
		l.topical(fmt.Sprintf("2024-05-%d", 10+n%7), 15, n, "T06", "440803",
			"扫码", "领", "鸡蛋", "高价", "回购", ",", "我叫", "王小明", ",", "李四海", "先生", "13800138000", "上访", "少数", "民族")
	}
	for n := range 8 { // A complaint about the police is withheld.
		l.topical("2024-05-15", 17, n, "T15", "440803", "秘密", "词语")
		l.event(l.letters[len(l.letters)-1].ID, letter.TypeRelabelled, "2024-05-15 18:00", accusing())
	}
	for n := range 8 { // One writer.
		l.topical("2024-05-15", 19, n, "T01", "440803", "独家", "说法")
		l.letters[len(l.letters)-1].Writer.Key = "same"
	}
	l.store(store)
	got, err := store.RisingPhrases(t.Context(), analytics.LocalOperator("x"), day(t, "2024-05-16"), at(t, "2024-05-17 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Phrases) != 1 {
		t.Fatalf("phrases %+v", got.Phrases)
	}
	p := got.Phrases[0]
	if p.Text != "高价回购" || p.Writers != 8 || p.WritersBefore != 0 || len(p.Letters) != 8 || p.Q > 0.1 {
		t.Errorf("%+v", p)
	}
	if diff := cmp.Diff([]string{"鸡蛋高价", "回购", "扫码", "高价", "鸡蛋"}, p.Beside); diff != "" {
		t.Errorf("beside it (-want +got):\n%s", diff)
	}
	(&ledger{tb: t}).letter("2024060100001", "2024-06-01 10:00").store(store) // From now on T lies in the past.
	past, err := store.RisingPhrases(t.Context(), analytics.LocalOperator("x"), day(t, "2024-05-16"), at(t, "2024-05-17 00:00"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, past); diff != "" {
		t.Errorf("from the records (-kept +records):\n%s", diff)
	}
	early, err := store.RisingPhrases(t.Context(), analytics.LocalOperator("x"), day(t, "2024-05-16"), at(t, "2024-05-09 23:59"))
	if err != nil || len(early.Phrases) != 0 {
		t.Errorf("before the wording came: %v %+v", err, early.Phrases)
	}
}

func accusing() letter.Payload {
	accused := true
	return &letter.Relabelled{Common: by(cityDesk), AccusedPolice: &accused, AccusedUnits: []string{county}}
}

// TestOutlook: of forty letters of a station half were late with a day to go;
// the city's others never were.
func TestOutlook(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	add := func(id letter.ID, received, unit, closing string) {
		l.letter(id, received).event(id, letter.TypeForwarded, received, forwarded(cityDesk, unit))
		if closing != "" {
			l.event(id, letter.TypeClosed, closing, closed(unit))
		}
	}
	for n := range 40 { // Received on Monday 4 March, due by the end of the 11th.
		slow, quick := letter.ID(fmt.Sprintf("20240304%05d", n)), letter.ID(fmt.Sprintf("20240304%05d", 500+n))
		add(slow, "2024-03-04 09:00", county, []string{"2024-03-11 20:00", "2024-03-13 10:00"}[n%2])
		add(quick, "2024-03-04 09:00", "440811", "2024-03-11 20:00")
	}
	add("2024032500001", "2024-03-25 09:00", county, "") // Due by the end of 1 April.
	add("2024032500002", "2024-03-25 09:00", county, "2024-03-28 09:00")
	add("2024032600001", "2024-03-26 09:00", county, "") // By the end of 2 April.
	add("2024040100001", "2024-04-01 09:55", county, "")
	l.store(store)
	got, err := store.Outlook(t.Context(), analytics.LocalOperator("x"), at(t, "2024-04-01 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Units) != 2 || got.Units[1].Unit != county {
		t.Fatalf("units %+v", got.Units)
	}
	first := got.Units[1].Horizons[0]
	if diff := cmp.Diff([]letter.ID{"2024032500001", "2024032600001"}, idsOfLetters(first.Letters)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !first.Until.Equal(at(t, "2024-04-03 00:00")) {
		t.Errorf("until %s", first.Until)
	}
	// At ten in the morning of the last day, and of the day before it, all 80
	// were open and 20 of the county's 40 late: its own half, drawn towards the
	// city's (20 + ½)/81 with the weight of twenty letters.
	city := 20.5 / 81
	want := 2 * (20 + 20*city) / 60
	if b := first.Breaches; b == nil || b.Mean < want-1e-9 || b.Mean > want+1e-9 || b.Low != 0 || b.High != 2 {
		t.Errorf("breaches %+v, want %.3f", b, want)
	}
	(&ledger{tb: t}).letter("2024060100001", "2024-06-01 10:00").store(store) // From now on T lies in the past.
	past, err := store.Outlook(t.Context(), analytics.LocalOperator("x"), at(t, "2024-04-01 10:00"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(got, past); diff != "" {
		t.Errorf("from the records (-kept +records):\n%s", diff)
	}
	clocks := map[string]int{}
	for _, c := range got.Clocks {
		if c.Letter != "2024040100001" {
			t.Errorf("a clock of %s", c.Letter)
		}
		clocks[c.Clock+" "+c.Unit] = c.SecondsLeft
	}
	wantClocks := map[string]int{"sign " + cityDesk: 300, "sign " + county: 300, "contact " + county: 1500}
	if diff := cmp.Diff(wantClocks, clocks); diff != "" {
		t.Errorf("clocks (-want +got):\n%s", diff)
	}
	empty, err := store.Outlook(t.Context(), analytics.LocalOperator("x"), at(t, "2024-03-01 10:00"))
	if err != nil || len(empty.Units)+len(empty.Clocks) != 0 {
		t.Errorf("before any letter: %v %+v", err, empty)
	}
}

func TestTrendsOfAnEmptyStore(t *testing.T) {
	store, _ := newStore(t)
	q := analytics.TrendQuery{From: day(t, "2024-05-10"), To: day(t, "2024-05-16")}
	if got, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q); err != nil || len(got.Surges)+len(got.Series) != 0 {
		t.Errorf("%v %+v", err, got)
	}
	q.AsOf = at(t, "2024-05-12 10:00")
	got, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q)
	if err != nil || len(got.Series) != 0 || got.To != day(t, "2024-05-12") {
		t.Errorf("as of a day before the end: %v %+v", err, got)
	}
	if _, err := store.Trends(t.Context(), analytics.Viewer{}, q); err == nil {
		t.Error("nobody was shown something")
	}
	q.To = day(t, "2024-05-09")
	if _, err := store.Trends(t.Context(), analytics.LocalOperator("x"), q); letter.KindOf(err) != letter.KindInvalid {
		t.Errorf("a period that ends before it begins: %v", err)
	}
}
