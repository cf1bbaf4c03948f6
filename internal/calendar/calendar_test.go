package calendar_test

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/internal/calendar"
)

func embedded(t testing.TB) *calendar.Calendar {
	t.Helper()
	c, err := calendar.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func date(t testing.TB, s string) calendar.Date {
	t.Helper()
	d, err := calendar.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/workday_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct {
		Received calendar.Date `json:"received"`
		Workday  bool          `json:"received_is_workday"`
		Due3     calendar.Date `json:"due_3"`
		Due5     calendar.Date `json:"due_5"`
		Due7     calendar.Date `json:"due_7"`
		Due15    calendar.Date `json:"due_15"`
		Why      string        `json:"why"`
	}
	if err := json.Unmarshal(text, &vectors); err != nil {
		t.Fatal(err)
	}
	if len(vectors) != 23 {
		t.Fatalf("got %d vectors, want 23", len(vectors))
	}
	c := embedded(t)
	for _, v := range vectors {
		worked, err := c.IsWorkday(v.Received)
		if err != nil || worked != v.Workday {
			t.Errorf("%s (%s): IsWorkday = %v, %v, want %v", v.Received, v.Why, worked, err, v.Workday)
		}
		for n, want := range map[int]calendar.Date{3: v.Due3, 5: v.Due5, 7: v.Due7, 15: v.Due15} {
			due, err := c.Due(v.Received.Start(), n)
			if err != nil || due.Day != want {
				t.Errorf("%s (%s): Due in %d = %v, %v, want %v", v.Received, v.Why, n, due.Day, err, want)
			}
		}
	}
}

func readTable(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(f).ReadAll()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// TestGoldenCases holds the calendar to the days on which other programs are
// known to go wrong: those that take no notice of the holiday list, and those
// that know the days off but not the weekend days worked in exchange. The last
// two columns of golden_cases.csv are their answers.
func TestGoldenCases(t *testing.T) {
	rows := readTable(t, "golden_cases.csv")
	if len(rows) != 7 {
		t.Fatalf("got %d cases, want 7", len(rows))
	}
	c := embedded(t)
	for _, row := range rows {
		due, err := c.Due(date(t, row[0]).Start(), 5)
		if err != nil || due.Day.String() != row[1] {
			t.Errorf("received %s: due %s, %v, want %s", row[0], due.Day, err, row[1])
		}
		if row[1] == row[2] || row[1] == row[3] {
			t.Errorf("%s tells no program from another", row[0])
		}
	}
}

// TestDueTable compares every day of the loaded years with a count made by
// testdata/due_table.py. An empty cell must be the error that names the year
// without a notice, and so must every later day.
func TestDueTable(t *testing.T) {
	rows := readTable(t, "due_table.csv")
	if len(rows) != 366+365+365 {
		t.Fatalf("got %d rows", len(rows))
	}
	c := embedded(t)
	for _, want := range rows {
		received := date(t, want[0])
		got := []string{want[0], "0"}
		worked, err := c.IsWorkday(received)
		if err != nil {
			t.Fatal(err)
		}
		if worked {
			got[1] = "1"
		}
		for _, n := range []int{3, 5, 7, 15} {
			got = append(got, dueOrUnknown(t, c, received, n))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("received %s (-want +got):\n%s", received, diff)
		}
	}
	for day := date(t, "2027-01-01"); day.Before(date(t, "2028-02-01")); day = day.AddDays(1) {
		if due := dueOrUnknown(t, c, day, 5); due != "" {
			t.Errorf("received %s: guessed %s", day, due)
		}
	}
}

// dueOrUnknown returns the due day, or "" for the error that a year's notice
// is not loaded.
func dueOrUnknown(t *testing.T, c *calendar.Calendar, received calendar.Date, n int) string {
	t.Helper()
	due, err := c.Due(received.Start(), n)
	if err == nil {
		return due.Day.String()
	}
	if _, ok := errors.AsType[*calendar.UncoveredError](err); !ok {
		t.Errorf("received %s: error %v, want one that names the year", received, err)
	}
	return ""
}

func TestWorkdaysPerYear(t *testing.T) {
	c := embedded(t)
	for year, want := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		last := calendar.Date{Year: year, Month: time.December, Day: 31}
		got, err := c.WorkdaysBetween(calendar.Date{Year: year - 1, Month: time.December, Day: 31}, last)
		if err != nil || got != want {
			t.Errorf("%d has %d working days (%v), want %d", year, got, err, want)
		}
	}
}

func TestVersion(t *testing.T) {
	c := embedded(t)
	if got := c.Version(); got != "2024-2026/1" {
		t.Errorf("Version() = %q", got)
	}
	if got := c.Notice(2025); got != "国办发明电〔2024〕12号" {
		t.Errorf("Notice(2025) = %q", got)
	}
	for year, want := range map[int]bool{2023: false, 2024: true, 2026: true, 2027: false} {
		if got := c.Covers(year); got != want {
			t.Errorf("Covers(%d) = %v", year, got)
		}
	}
}

func TestUncoveredYear(t *testing.T) {
	c := embedded(t)
	tests := []struct {
		received string
		n        int
		due      string // Empty when not known.
		earliest string
		year     int // The missing one.
	}{
		{"2026-12-24", 5, "2026-12-31", "2026-12-31", 0},
		{"2026-12-25", 5, "", "2027-01-01", 2027},
		// 29, 30, 31 December, then every day of 2027 may be worked, weekends too.
		{"2026-12-28", 5, "", "2027-01-02", 2027},
		{"2026-12-31", 5, "", "2027-01-05", 2027},
		{"2027-03-05", 3, "", "2027-03-08", 2027},
		{"2023-12-31", 1, "2024-01-02", "2024-01-02", 0}, // The day of receipt does not count.
		{"2023-12-30", 1, "", "2023-12-31", 2023},
	}
	for _, tt := range tests {
		received := date(t, tt.received).Start()
		if got := c.EarliestDue(received, tt.n); got.String() != tt.earliest {
			t.Errorf("received %s: earliest due %s, want %s", tt.received, got, tt.earliest)
		}
		due, err := c.Due(received, tt.n)
		if tt.due != "" {
			if err != nil || due.Day.String() != tt.due {
				t.Errorf("received %s: due %s, %v, want %s", tt.received, due.Day, err, tt.due)
			}
			continue
		}
		var uncovered *calendar.UncoveredError
		if !errors.As(err, &uncovered) || uncovered.Year != tt.year {
			t.Errorf("received %s: error %v, want one for %d", tt.received, err, tt.year)
		}
		if due != (calendar.Due{}) {
			t.Errorf("received %s: got %v beside an error", tt.received, due)
		}
	}
	if _, err := c.IsWorkday(date(t, "2027-01-01")); err == nil {
		t.Error("IsWorkday guessed a day of 2027")
	}
	if _, err := c.WorkdaysBetween(date(t, "2027-01-04"), date(t, "2026-12-01")); err == nil {
		t.Error("WorkdaysBetween guessed days of 2027")
	}
}

func TestDueRefusesNoDays(t *testing.T) {
	c := embedded(t)
	for _, n := range []int{0, -5} {
		if due, err := c.Due(date(t, "2024-03-04").Start(), n); err == nil {
			t.Errorf("Due in %d days = %v", n, due)
		}
	}
}

func TestMidnight(t *testing.T) {
	c := embedded(t)
	tests := []struct {
		received string
		day      string
		at       string
	}{
		// Friday's last moment in Shanghai and the instant after it.
		{"2024-03-08T23:59:59.999+08:00", "2024-03-15", "2024-03-16T00:00:00+08:00"},
		{"2024-03-09T00:00:00+08:00", "2024-03-15", "2024-03-16T00:00:00+08:00"},
		{"2024-03-10T23:59:59.999+08:00", "2024-03-15", "2024-03-16T00:00:00+08:00"},
		{"2024-03-11T00:00:00+08:00", "2024-03-18", "2024-03-19T00:00:00+08:00"},
		// The same edge in UTC: 16:00 is the next day's midnight in Shanghai.
		{"2024-03-10T15:59:59.999Z", "2024-03-15", "2024-03-15T16:00:00Z"},
		{"2024-03-10T16:00:00Z", "2024-03-18", "2024-03-18T16:00:00Z"},
	}
	for _, tt := range tests {
		received, err := time.Parse(time.RFC3339Nano, tt.received)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		due, err := c.Due(received, 5)
		if err != nil || due.Day.String() != tt.day || !due.At.Equal(at) {
			t.Errorf("received %s: due %s at %s, %v; want %s at %s", tt.received, due.Day, due.At, err, tt.day, tt.at)
		}
	}
}

func TestWorkdaysBetween(t *testing.T) {
	c := embedded(t)
	tests := []struct {
		a, b string
		want int
	}{
		{"2024-03-04", "2024-03-04", 0},
		{"2024-03-04", "2024-03-05", 1},
		{"2024-03-08", "2024-03-11", 1},  // Over a weekend.
		{"2024-03-09", "2024-03-10", 0},  // Inside one.
		{"2024-04-26", "2024-05-11", 9},  // Both worked Sundays and Saturdays, 1 to 5 May off.
		{"2024-09-30", "2024-10-08", 1},  // Over the whole National Day holiday.
		{"2024-10-08", "2024-09-30", -1}, // Backwards.
	}
	for _, tt := range tests {
		got, err := c.WorkdaysBetween(date(t, tt.a), date(t, tt.b))
		if err != nil || got != tt.want {
			t.Errorf("between %s and %s: %d (%v), want %d", tt.a, tt.b, got, err, tt.want)
		}
	}
}

func TestDays(t *testing.T) {
	c := embedded(t)
	got := slices.Collect(c.Days(date(t, "2026-12-24"), date(t, "2027-01-01")))
	day := func(s string) calendar.Date { return date(t, s) }
	due := day("2026-12-31")
	want := []calendar.Day{
		{Day: day("2026-12-24"), Covered: true, Workday: true, Due5: &due, Earliest5: due},
		{Day: day("2026-12-25"), Covered: true, Workday: true, Earliest5: day("2027-01-01")},
		{Day: day("2026-12-26"), Covered: true, Earliest5: day("2027-01-01")},
		{Day: day("2026-12-27"), Covered: true, Earliest5: day("2027-01-01")},
		{Day: day("2026-12-28"), Covered: true, Workday: true, Earliest5: day("2027-01-02")},
		{Day: day("2026-12-29"), Covered: true, Workday: true, Earliest5: day("2027-01-03")},
		{Day: day("2026-12-30"), Covered: true, Workday: true, Earliest5: day("2027-01-04")},
		{Day: day("2026-12-31"), Covered: true, Workday: true, Earliest5: day("2027-01-05")},
		{Day: day("2027-01-01"), Earliest5: day("2027-01-06")},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for range c.Days(date(t, "2024-01-02"), date(t, "2024-01-01")) {
		t.Error("an empty range has a day")
	}
}

// instants draws moments of the three covered years.
var instants = rapid.Custom(func(t *rapid.T) time.Time {
	first := calendar.Date{Year: 2024, Month: time.January, Day: 1}.Start()
	ms := rapid.Int64Range(0, (366+365+365)*24*60*60*1000-1).Draw(t, "ms")
	return first.Add(time.Duration(ms) * time.Millisecond).UTC()
})

func TestDueIsMonotone(t *testing.T) {
	c := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		earlier, later := instants.Draw(t, "a"), instants.Draw(t, "b")
		if later.Before(earlier) {
			earlier, later = later, earlier
		}
		n := rapid.IntRange(1, 30).Draw(t, "n")
		if a, b := c.EarliestDue(earlier, n), c.EarliestDue(later, n); b.Before(a) {
			t.Fatalf("received %s: earliest due %s; received %s: %s", earlier, a, later, b)
		}
		a, errA := c.Due(earlier, n)
		b, errB := c.Due(later, n)
		if errB == nil && (errA != nil || b.At.Before(a.At)) {
			t.Fatalf("received %s: due %s, %v; received %s: due %s", earlier, a.At, errA, later, b.At)
		}
	})
}

func TestDueForgetsTheHour(t *testing.T) {
	c := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		received := instants.Draw(t, "received")
		n := rapid.IntRange(1, 30).Draw(t, "n")
		due, err := c.Due(received, n)
		noon, errNoon := c.Due(calendar.DateOf(received).Start().Add(12*time.Hour), n)
		if due != noon || (err == nil) != (errNoon == nil) {
			t.Fatalf("received %s: due %v, %v; at noon: %v, %v", received, due, err, noon, errNoon)
		}
	})
}

func TestDueIsAdditive(t *testing.T) {
	c := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		received := instants.Draw(t, "received")
		m, n := rapid.IntRange(1, 20).Draw(t, "m"), rapid.IntRange(1, 20).Draw(t, "n")
		whole, err := c.Due(received, m+n)
		if err != nil {
			return // Ran into 2027.
		}
		half, err := c.Due(received, m)
		if err != nil {
			t.Fatal(err)
		}
		rest, err := c.Due(half.Day.Start(), n)
		if err != nil || rest != whole {
			t.Fatalf("received %s: %d and %d days give %v, %v, together %v", received, m, n, rest, err, whole)
		}
	})
}

func TestDueAgreesWithAge(t *testing.T) {
	c := embedded(t)
	rapid.Check(t, func(t *rapid.T) {
		received := instants.Draw(t, "received")
		n := rapid.IntRange(1, 30).Draw(t, "n")
		due, err := c.Due(received, n)
		if err != nil {
			return // Ran into 2027.
		}
		age, err := c.WorkdaysBetween(calendar.DateOf(received), due.Day)
		if err != nil || age != n {
			t.Fatalf("received %s: due %s lies %d working days later (%v), want %d", received, due.Day, age, err, n)
		}
		if worked, err := c.IsWorkday(due.Day); err != nil || !worked {
			t.Fatalf("due %s is not a working day (%v)", due.Day, err)
		}
		if due.At != due.Day.AddDays(1).Start() {
			t.Fatalf("due at %s, want the end of %s", due.At, due.Day)
		}
		if earliest := c.EarliestDue(received, n); earliest != due.Day {
			t.Fatalf("earliest due %s differs from due %s", earliest, due.Day)
		}
	})
}

// TestEarliestDueHoldsUnderAnyNotice appends an arbitrary notice for 2027 to the
// built-in list: no deadline may then fall before what was called the earliest.
func TestEarliestDueHoldsUnderAnyNotice(t *testing.T) {
	text, err := os.ReadFile("holidays.csv")
	if err != nil {
		t.Fatal(err)
	}
	before := embedded(t)
	list := strings.Replace(string(text), "2024-2026/1", "2024-2027/1", 1)
	newYear := calendar.Date{Year: 2027, Month: time.January, Day: 1}
	rapid.Check(t, func(t *rapid.T) {
		var notice strings.Builder
		notice.WriteString(list)
		for day := newYear; day.Year == 2027; day = day.AddDays(1) {
			kinds := []string{"", "off"}
			if weekday := day.Weekday(); weekday == time.Saturday || weekday == time.Sunday {
				kinds = []string{"", "off", "work"}
			}
			if (day.Month == time.January || day.Month == time.October) && day.Day == 1 {
				kinds = []string{"off"}
			} else if day.Month > time.March {
				kinds = kinds[:1] // Far from any deadline below.
			}
			if kind := rapid.SampledFrom(kinds).Draw(t, "kind"); kind != "" {
				fmt.Fprintf(&notice, "%s,%s,2027,任意\n", day, kind)
			}
		}
		after, err := calendar.Parse(strings.NewReader(notice.String()))
		if err != nil {
			t.Fatal(err)
		}
		received := newYear.AddDays(rapid.IntRange(-25, 25).Draw(t, "received")).Start()
		n := rapid.IntRange(1, 15).Draw(t, "n")
		due, err := after.Due(received, n)
		if err != nil {
			return // Ran into 2028.
		}
		if earliest := before.EarliestDue(received, n); due.Day.Before(earliest) {
			t.Fatalf("received %s: due %s, before the earliest %s", received, due.Day, earliest)
		}
	})
}

func BenchmarkDue(b *testing.B) {
	c := embedded(b)
	received := date(b, "2024-09-27").Start() // Over the National Day holiday.
	for b.Loop() {
		if _, err := c.Due(received, 5); err != nil {
			b.Fatal(err)
		}
	}
}
