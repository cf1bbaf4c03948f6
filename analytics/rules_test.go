package analytics_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/analytics/recount"
	"jiesu.cn/jiesu/internal/clock"
	"jiesu.cn/jiesu/letter"
)

// drawnRules are the rules that ledgers are counted by: the contract's, and what
// a city may choose otherwise, alone and together.
func drawnRules() []analytics.Rules {
	contract := analytics.DefaultRules()
	signed, quiet, late, all := contract, contract, contract, contract
	signed.Contact = clock.FromSigned
	quiet.Quiet = clock.QuietHours{From: 22 * time.Hour, To: 7 * time.Hour}
	late.BackdatedAfter = time.Minute
	all.Sign, all.Contact = clock.EndToEnd, clock.FromSigned
	all.Quiet, all.BackdatedAfter = clock.QuietHours{From: 10 * time.Hour, To: 10*time.Hour + 11*time.Minute}, 20*time.Minute
	return []analytics.Rules{contract, signed, quiet, late, all}
}

// underRules returns a store over the same tables that follows the rules, as a
// program started anew would.
func underRules(t *testing.T, store *analytics.Store, rules analytics.Rules) *analytics.Store {
	t.Helper()
	other, err := analytics.WithRules(store, rules)
	if err != nil {
		t.Fatal(err)
	}
	if err := other.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	return other
}

// TestRulesTakeTurns starts a store by turns under two sets of rules while letters
// come in: what was kept under one must not be taken for whole after the other.
func TestRulesTakeTurns(t *testing.T) {
	contract, _ := newStore(t)
	for turn := range 4 {
		store := underRules(t, contract, drawnRules()[turn%2])
		l := &ledger{tb: t}
		l.letter(letter.ID(fmt.Sprintf("T%d", turn)), fmt.Sprintf("2024-03-05 10:0%d", turn)).store(store)
		if _, err := store.Refresh(t.Context()); err != nil {
			t.Fatal(err)
		}
		doc, err := store.KPIs(t.Context(), analytics.LocalOperator("x"), spring(t))
		if err != nil {
			t.Fatal(err)
		}
		if err := analytics.MustBeKept(t.Context(), store); err != nil {
			t.Error(err)
		}
		if got, want := doc.Rows[0].KPIs.Count("received"), uint64(turn+1); got != want {
			t.Errorf("turn %d: received %d, want %d", turn, got, want)
		}
	}
}

// recountRules says the same rules to the second count.
func recountRules(r analytics.Rules) recount.Rules {
	return recount.Rules{
		ContactFromSigned: r.Contact == clock.FromSigned, QuietFrom: r.Quiet.From, QuietTo: r.Quiet.To, BackdatedAfter: r.BackdatedAfter,
	}
}

func TestRulesValidate(t *testing.T) {
	tests := []struct {
		name string
		edit func(*analytics.Rules)
		ok   bool
	}{
		{"contract", func(*analytics.Rules) {}, true},
		{"end to end", func(r *analytics.Rules) { r.Sign = clock.EndToEnd }, true},
		{"quiet", func(r *analytics.Rules) { r.Quiet = clock.QuietHours{From: 22 * time.Hour} }, true},
		{"sign", func(r *analytics.Rules) { r.Sign = "hop" }, false},
		{"contact", func(r *analytics.Rules) { r.Contact = "" }, false},
		{"quiet too late", func(r *analytics.Rules) { r.Quiet.To = 25 * time.Hour }, false},
		{"never late", func(r *analytics.Rules) { r.BackdatedAfter = 8 * 24 * time.Hour }, false},
		{"always late", func(r *analytics.Rules) { r.BackdatedAfter = 0 }, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rules := analytics.DefaultRules()
			tt.edit(&rules)
			if err := rules.Validate(); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestRulesInDocuments wants the contract's document as it always was, and other
// rules named and read back.
func TestRulesInDocuments(t *testing.T) {
	for i, want := range []string{
		"",
		`"rules":{"sign_clock":"per_hop","contact_from":"signed","quiet_hours":"","backdated_after":"15m0s"},`,
		`"rules":{"sign_clock":"per_hop","contact_from":"received","quiet_hours":"22:00-07:00","backdated_after":"15m0s"},`,
	} {
		doc := analytics.Document{
			RuleVersion: "1", CalendarVersion: "2", Rules: drawnRules()[i], From: day(t, "2024-03-01"), To: day(t, "2024-03-02"), Rows: []analytics.Row{},
		}
		text, err := json.Marshal(doc)
		if err != nil {
			t.Fatal(err)
		}
		whole := `{"rule_version":"1","calendar_version":"2",` + want +
			`"period":{"from":"2024-03-01","to":"2024-03-02"},"as_of":null,"final":false,"by":null,"rows":[]}`
		if diff := cmp.Diff(whole, string(text)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		var read analytics.Document
		if err := json.Unmarshal(text, &read); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(doc, read); diff != "" {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
	}
}
