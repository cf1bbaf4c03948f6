package clock_test

import (
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

func accepted(lead string) *letter.LeadAccepted {
	return &letter.LeadAccepted{Common: by(station), Lead: lead}
}

func filed(kind string, leads ...string) *letter.CaseFiled {
	return &letter.CaseFiled{Common: by(station), Case: "C1", Kind: kind, Leads: leads}
}

func labelled(p letter.Relabelled) *letter.Relabelled {
	p.Common = by(desk)
	return &p
}

const (
	reviews    = "acceptance_24h acceptance_3d filing_3d filing_7d filing_30d economic_7d economic_30d economic_60d"
	nationalEv = "2024-09-30 15:00" // Natural days run through the National Day holiday.
)

func TestStatutoryClocks(t *testing.T) {
	runAll(t, []clockTest{
		{"15 natural days to tell what becomes of it", nothing, nationalEv, "2024-10-15 10:00", nil, "petition_notice", []string{
			"petition_notice 10-16T00:00 soon 21300+",
		}},
		{
			"told by handing it over", func(s *story) { s.then("2024-10-15 23:59", &letter.Transferred{Common: by(desk), To: "民政局"}) },
			nationalEv, "2024-10-20 10:00", nil, "petition_notice",
			[]string{"petition_notice 10-16T00:00 met 22139"},
		},
		{
			"thanks want no notice", func(s *story) { s.then("2024-09-30 16:00", labelled(letter.Relabelled{Type: "L09"})) },
			nationalEv, "2024-10-20 10:00", nil, "petition_notice petition_close", nil,
		},
		{
			"60 days for an appeal", func(s *story) { s.then("2024-09-30 16:00", labelled(letter.Relabelled{Type: "L07"})) },
			nationalEv, "2024-10-01 10:00", nil, "petition_close",
			[]string{"petition_close 11-30T00:00 running 1140+"},
		},
		{"and 30 more when approved", func(s *story) {
			s.then("2024-09-30 16:00", labelled(letter.Relabelled{Type: "L07"})).
				then("2024-10-10 10:00", extended("2024-10-30", true)). // Within the 60 days: no matter.
				then("2024-11-29 10:00", extended("2024-12-20", true))
		}, nationalEv, "2024-12-01 10:00", nil, "petition_close", []string{"petition_close 12-21T00:00 running 88980+"}},
		{"but no more than 30", func(s *story) {
			s.then("2024-09-30 16:00", labelled(letter.Relabelled{Type: "L07"})).then("2024-11-29 10:00", extended("2025-03-01", true))
		}, nationalEv, "2024-12-30 00:00", nil, "petition_close", []string{"petition_close 12-30T00:00 missed 130140+"}},
		{"and not when approved too late", func(s *story) {
			s.then("2024-09-30 16:00", labelled(letter.Relabelled{Type: "L07"})).then("2024-11-30 00:01", extended("2024-12-20", true))
		}, nationalEv, "2024-12-01 00:00", nil, "petition_close", []string{"petition_close 11-30T00:00 missed 88380+"}},
		{
			"both kinds of review run until the kind is known", func(s *story) { s.then("2024-10-01 10:00", accepted("X1")) },
			nationalEv, "2024-10-02 05:12", nil, reviews,
			[]string{
				"acceptance_24h@X1 10-02T10:00 soon 1152+",
				"acceptance_3d@X1 10-05T00:00 running 1152+",
				"filing_3d@X1 10-05T00:00 running 1152+",
				"filing_7d@X1 10-09T00:00 running 1152+",
				"filing_30d@X1 11-01T00:00 running 1152+",
			},
		},
		{
			"then the one", func(s *story) {
				s.then("2024-10-01 10:00", accepted("X1")).then("2024-10-05 00:00", filed("criminal", "X0", "X1"))
			},
			nationalEv, "2024-10-08 10:00", nil, reviews,
			[]string{
				"filing_3d@X1 10-05T00:00 met 5160",
				"filing_7d@X1 10-09T00:00 met 5160",
				"filing_30d@X1 11-01T00:00 met 5160",
			},
		},
		{
			"or the other", func(s *story) {
				s.then("2024-10-01 10:00", accepted("X1")).then("2024-10-02 10:01", filed("administrative", "X1"))
			},
			nationalEv, "2024-10-08 10:00", nil, reviews,
			[]string{
				"acceptance_24h@X1 10-02T10:00 missed 1441",
				"acceptance_3d@X1 10-05T00:00 met 1441",
			},
		},
		{"an economic case has its own", func(s *story) {
			s.then("2024-10-01 10:00", labelled(letter.Relabelled{Topic: "T07"})).then("2024-10-01 10:00", accepted("X1")).
				then("2024-10-01 10:00", filed("criminal", "X1"))
		}, nationalEv, "2024-10-01 10:00", nil, reviews, []string{
			"economic_7d@X1 10-09T00:00 met 0", "economic_30d@X1 11-01T00:00 met 0", "economic_60d@X1 12-01T00:00 met 0",
		}},
		{"each lead on its own, accepted again all the same", func(s *story) {
			s.then("2024-10-01 10:00", accepted("X1")).then("2024-10-02 10:00", accepted("X2")).then("2024-10-04 10:00", accepted("X1")).
				then("2024-10-02 11:00", &letter.LeadDismissed{Common: by(station), Lead: "X1", Why: "no_facts"})
		}, nationalEv, "2024-10-03 10:00", nil, "filing_3d", []string{"filing_3d@X1 10-05T00:00 met 1500", "filing_3d@X2 10-06T00:00 running 1440+"}},
		{"three days to tell of a refusal", func(s *story) {
			s.then("2024-10-01 10:00", accepted("X1")).then("2024-10-01 11:00", replied("interim")).
				then("2024-10-02 10:00", &letter.CaseNotFiled{Common: by(station), Leads: []string{"X1"}})
		}, nationalEv, "2024-10-05 23:59", nil, "refusal_notice", []string{"refusal_notice@X1 10-06T00:00 soon 5159+"}},
		{"24 hours to hand over and tell", func(s *story) {
			s.then("2024-10-01 10:00", signed(desk)).then("2024-10-02 09:00", &letter.Transferred{Common: by(desk), To: "法院"}).
				then("2024-10-02 10:30", contacted("call", "reached"))
		}, nationalEv, "2024-10-03 10:00", nil, "transfer transfer_told", []string{
			"transfer 10-02T10:00 met 1380", "transfer_told 10-02T10:00 missed 1470",
		}},
		{"24 hours to enter what was acted on at once", func(s *story) {
			s.then("2024-09-30 15:01", labelled(letter.Relabelled{Urgency: letter.P0})).
				then("2024-09-30 15:20", contacted("call", "no_answer")).then("2024-09-30 15:40", contacted("visit", "reached")).
				then("2024-09-30 15:41", &letter.LeadOpened{Common: by(station), Lead: "X1", LeadType: "S01", By: "model"}).
				then("2024-10-01 15:40", &letter.LeadOpened{Common: by(station), Lead: "X2", LeadType: "S01", By: "person"})
		}, nationalEv, "2024-10-03 10:00", nil, "urgent_record", []string{"urgent_record 10-01T15:40 met 1440"}},
		{
			"which others need not", func(s *story) { s.then("2024-09-30 15:40", contacted("visit", "reached")) },
			nationalEv, "2024-10-03 10:00", nil, "urgent_record", nil,
		},
	})
}

// TestSourcesAreNamed wants a source and its standing on every clock, and the
// one that nobody has read in the original to say so.
func TestSourcesAreNamed(t *testing.T) {
	s := received(t, nationalEv)
	s.then("2024-09-30 16:00", labelled(letter.Relabelled{Type: "L07", Topic: "T07", Urgency: letter.P0})).
		then("2024-09-30 17:00", accepted("X1")).then("2024-09-30 17:00", contacted("visit", "reached")).
		then("2024-09-30 18:00", &letter.CaseNotFiled{Common: by(station), Leads: []string{"X1"}}).
		then("2024-09-30 18:00", &letter.Instructed{Common: by(desk)}).
		then("2024-09-30 19:00", &letter.Transferred{Common: by(desk), To: "法院"})
	clocks := clock.Of(s.History, clock.DefaultSettings(), embedded(t), instant(t, "2024-10-01 10:00"))
	secondary := 0
	for _, c := range clocks {
		if c.ID == "" || c.Name == "" || c.Law == "" || c.Limit == "" || c.Status == "" || c.Start.Location() != time.UTC {
			t.Errorf("incomplete: %+v", c)
		}
		if c.Status == clock.Secondary {
			secondary++
		}
	}
	if len(clocks) != 18 || secondary != 3 {
		t.Errorf("%d clocks, %d of a secondary source, want 18 and 3: %v", len(clocks), secondary, printed(clocks, ""))
	}
}
