package calendar_test

import (
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"

	"jiesu.cn/jiesu/internal/calendar"
)

func TestParseDateRefuses(t *testing.T) {
	for _, s := range []string{
		"", "2024", "2024-3-4", "2024-03-04 ", "20240304", "2024/03/04", "2023-02-29", "2024-02-30",
		"2024-13-01", "2024-00-10", "2024-03-04T00:00:00Z", "２０２４-03-04", "-024-03-04",
	} {
		if d, err := calendar.ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %v", s, d)
		}
	}
}

func TestDateOf(t *testing.T) {
	tests := []struct {
		at   time.Time
		want calendar.Date
	}{
		{time.Date(2024, 2, 28, 15, 59, 59, 999_999_999, time.UTC), calendar.Date{Year: 2024, Month: 2, Day: 28}},
		{time.Date(2024, 2, 28, 16, 0, 0, 0, time.UTC), calendar.Date{Year: 2024, Month: 2, Day: 29}},
		{time.Date(2024, 12, 31, 16, 0, 0, 0, time.UTC), calendar.Date{Year: 2025, Month: 1, Day: 1}},
		{time.Date(2024, 2, 28, 23, 0, 0, 0, time.FixedZone("", -5*3600)), calendar.Date{Year: 2024, Month: 2, Day: 29}},
	}
	for _, tt := range tests {
		if got := calendar.DateOf(tt.at); got != tt.want {
			t.Errorf("DateOf(%s) = %s, want %s", tt.at, got, tt.want)
		}
	}
}

func TestDateArithmetic(t *testing.T) {
	tests := []struct {
		from string
		days int
		want string
		on   time.Weekday
	}{
		{"2024-02-28", 1, "2024-02-29", time.Thursday},
		{"2024-02-28", 2, "2024-03-01", time.Friday},
		{"2023-02-28", 1, "2023-03-01", time.Wednesday},
		{"2024-12-31", 1, "2025-01-01", time.Wednesday},
		{"2025-01-01", -1, "2024-12-31", time.Tuesday},
		{"2024-03-04", 0, "2024-03-04", time.Monday},
		{"2024-03-04", 366, "2025-03-05", time.Wednesday},
	}
	for _, tt := range tests {
		got := date(t, tt.from).AddDays(tt.days)
		if got.String() != tt.want || got.Weekday() != tt.on {
			t.Errorf("%s + %d = %s, %s; want %s, %s", tt.from, tt.days, got, got.Weekday(), tt.want, tt.on)
		}
	}
}

func TestDateStartEnd(t *testing.T) {
	d := date(t, "2024-02-29")
	if want := time.Date(2024, 2, 28, 16, 0, 0, 0, time.UTC); !d.Start().Equal(want) {
		t.Errorf("Start() = %s, want %s", d.Start(), want)
	}
	if want := time.Date(2024, 2, 29, 16, 0, 0, 0, time.UTC); !d.End().Equal(want) {
		t.Errorf("End() = %s, want %s", d.End(), want)
	}
}

func TestDateOrder(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.IntRange(-2000, 2000)
		zero := calendar.Date{Year: 2024, Month: time.January, Day: 1}
		a, b := days.Draw(t, "a"), days.Draw(t, "b")
		d, e := zero.AddDays(a), zero.AddDays(b)
		if d.Before(e) != (a < b) || d.After(e) != (a > b) || (d == e) != (a == b) {
			t.Fatalf("days %d and %d order as %s and %s: %d", a, b, d, e, d.Compare(e))
		}
		if d.End().Sub(d.Start()) != 24*time.Hour || d.AddDays(b-a) != e {
			t.Fatalf("days %d and %d do not add up at %s and %s", a, b, d, e)
		}
		if back, err := calendar.ParseDate(d.String()); err != nil || back != d {
			t.Fatalf("%s reads back as %s, %v", d, back, err)
		}
	})
}

func TestDateJSON(t *testing.T) {
	text, err := json.Marshal(map[string]calendar.Date{"day": date(t, "2024-03-04")})
	if err != nil || string(text) != `{"day":"2024-03-04"}` {
		t.Errorf("got %s, %v", text, err)
	}
	var d calendar.Date
	if err := json.Unmarshal([]byte(`"2024-02-30"`), &d); err == nil {
		t.Errorf("read %s", d)
	}
}
