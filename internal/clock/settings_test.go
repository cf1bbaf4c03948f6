package clock_test

import (
	"strings"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

func TestSettingsValidate(t *testing.T) {
	tests := []struct {
		name string
		edit func(*clock.Settings)
		want string // Part of the error; empty for none.
	}{
		{"default", func(*clock.Settings) {}, ""},
		{"quiet at noon", func(s *clock.Settings) { s.Quiet = &clock.QuietHours{From: 12 * time.Hour, To: 14 * time.Hour} }, ""},
		{"sign", func(s *clock.Settings) { s.Sign = "hop" }, "per_hop nor end_to_end"},
		{"contact", func(s *clock.Settings) { s.Contact = "" }, "received nor signed"},
		{"sign limit", func(s *clock.Settings) { s.SignLimit = 0 }, "limits"},
		{"contact limit", func(s *clock.Settings) { s.ContactLimit = -time.Minute }, "limits"},
		{"backdated", func(s *clock.Settings) { s.BackdatedAfter = -time.Minute }, "limits"},
		{"soon", func(s *clock.Settings) { s.SoonShare = 1.1 }, "soon"},
		{"extensions", func(s *clock.Settings) { s.Extensions = -1 }, "extensions"},
		{"desk", func(s *clock.Settings) { s.CityDesk = "" }, "city desk"},
		{"no quiet hours", func(s *clock.Settings) { s.Quiet = &clock.QuietHours{} }, "quiet hours"},
		{"25:00", func(s *clock.Settings) { s.Quiet = &clock.QuietHours{From: 25 * time.Hour} }, "quiet hours"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := clock.DefaultSettings()
			tt.edit(&s)
			err := s.Validate()
			if tt.want == "" && err != nil || tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)) {
				t.Errorf("got %v, want %q", err, tt.want)
			}
		})
	}
}

// TestLabels takes the type from the last person who gave one, else from the
// last verdict, whatever came in between; by the time of recording.
func TestLabels(t *testing.T) {
	verdict := func(typ string) *letter.Classified {
		return &letter.Classified{Model: "m", Verdict: letter.Verdict{ID: "A", Type: typ}}
	}
	runAll(t, []clockTest{
		{
			"the verdict's, nobody else having said", func(s *story) { s.then("2024-03-05 10:01", verdict("L09")) },
			"", "2024-03-05 10:05", nil, "reply",
			[]string{"reply 03-13T00:00 running 5+ -thanks"},
		},
		{"a person's, against a later verdict", func(s *story) {
			s.then("2024-03-05 10:02", labelled(letter.Relabelled{Type: "L02"})).then("2024-03-05 10:03", verdict("L09"))
		}, "", "2024-03-05 10:05", nil, "reply", []string{"reply 03-13T00:00 running 5+"}},
		{"that of the person who spoke of it last", func(s *story) {
			s.late("2024-03-05 10:01", "2024-03-05 10:04", labelled(letter.Relabelled{Type: "L09"})).
				then("2024-03-05 10:03", labelled(letter.Relabelled{Type: "L02"})).then("2024-03-05 10:05", labelled(letter.Relabelled{Topic: "T01"}))
		}, "", "2024-03-05 10:05", nil, "reply", []string{"reply 03-13T00:00 running 5+ -thanks"}},
	})
}
