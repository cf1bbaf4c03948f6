package analytics_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

// marchFigures asks for a few figures of March 2024 as of the first of April.
func marchFigures(t *testing.T) analytics.Query {
	t.Helper()
	return analytics.Query{
		From: day(t, "2024-03-01"), To: day(t, "2024-03-31"), AsOf: at(t, "2024-04-01 08:00"),
		Metrics: []string{"received", "response", "closure", "leads"},
	}
}

// from places the records added so far behind the offset, letters and events in
// a partition of their topics each.
func (l *ledger) from(offset int64) *ledger {
	for i := range l.letters {
		l.letters[i].Position = letter.Position{Topic: "jiesu.letters", Partition: 1, Offset: offset + int64(i)}
	}
	for i := range l.events {
		l.events[i].Position = letter.Position{Topic: "jiesu.events", Partition: 1, Offset: offset + int64(i)}
	}
	return l
}

// frozenLedger stores two letters of March, one answered, and a letter of April.
func frozenLedger(t *testing.T, store *analytics.Store) {
	t.Helper()
	l := &ledger{tb: t}
	l.letter("a", "2024-03-05 10:00").event("a", letter.TypeContacted, "2024-03-05 10:10", contacted(countyDesk, "call", "reached")).
		event("a", letter.TypeClosed, "2024-03-06 10:00", closed(county)).
		letter("b", "2024-03-06 10:00").letter("c", "2024-04-02 10:00").from(10).store(store)
}

func freeze(t *testing.T, store *analytics.Store, title string) analytics.Snapshot {
	t.Helper()
	snapshot, err := store.TakeSnapshot(t.Context(), chief, marchFigures(t), title)
	if err != nil {
		t.Fatal(err)
	}
	return snapshot
}

func check(t *testing.T, store *analytics.Store, number uint64) analytics.SnapshotCheck {
	t.Helper()
	c, err := store.CheckSnapshot(t.Context(), chief, number)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func TestTakeSnapshot(t *testing.T) {
	store, _ := newStore(t)
	frozenLedger(t, store)
	first := freeze(t, store, "三月通报")
	second := freeze(t, store, "")

	doc, err := store.KPIs(t.Context(), chief, marchFigures(t))
	if err != nil {
		t.Fatal(err)
	}
	printed, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	printed = append(printed, '\n')
	want := analytics.Snapshot{
		Number: 1, TakenBy: chief.Name, Title: "三月通报", AsOf: at(t, "2024-04-01 08:00"), RuleVersion: analytics.RuleVersion,
		CalendarVersion: holidays(t).Version(), Mark: analytics.Mark{"jiesu.letters/1": 12, "jiesu.events/1": 11},
		Query:  json.RawMessage(`{"period":{"from":"2024-03-01","to":"2024-03-31"},"as_of":"2024-04-01T00:00:00Z","by":"","tier":0,"metrics":["received","response","closure","leads"]}`),
		SHA256: hexSum(printed), Document: printed,
	}
	unforeseen := cmpopts.IgnoreFields(analytics.Snapshot{}, "TakenAt", "Nonce", "RowSHA256")
	if diff := cmp.Diff(want, first, unforeseen); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	stored, err := store.Snapshot(t.Context(), chief, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(first, stored); diff != "" {
		t.Errorf("stored otherwise than taken (-taken +stored):\n%s", diff)
	}
	if second.Number != 2 || second.Previous != first.RowSHA256 || first.RowSHA256 == second.RowSHA256 {
		t.Errorf("the second is no. %d after %s, want 2 after %s", second.Number, second.Previous, first.RowSHA256)
	}
	list, err := store.Snapshots(t.Context(), chief)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]analytics.Snapshot{second, first}, list, cmpopts.IgnoreFields(analytics.Snapshot{}, "Document")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	until, err := store.FrozenUntil(t.Context())
	if err != nil || !until.Equal(at(t, "2024-04-01 08:00")) {
		t.Errorf("frozen until %v, %v", until, err)
	}
	if c := check(t, store, 2); len(c.Faults) > 0 || c.Correction != nil {
		t.Errorf("nothing happened, but the check found %+v", c)
	}
}

func TestSnapshotRefusals(t *testing.T) {
	store, _ := newStore(t)
	if until, err := store.FrozenUntil(t.Context()); err != nil || !until.IsZero() {
		t.Errorf("without snapshots frozen until %v, %v", until, err)
	}
	unit := analytics.Viewer{Name: "u", Unit: county, Role: analytics.RoleUnit}
	future := marchFigures(t)
	future.AsOf = time.Now().Add(time.Hour)
	for _, tc := range []struct {
		name   string
		viewer analytics.Viewer
		query  analytics.Query
		title  string
		want   letter.Kind
		reason string
	}{
		{"a unit", unit, marchFigures(t), "", letter.KindDenied, "city_only"},
		{"the future", chief, future, "", letter.KindInvalid, "time_out_of_range"},
		{"turned around", chief, marchFigures(t), "三月\u202e通报", letter.KindInvalid, "bad_title"},
		{"two lines", chief, marchFigures(t), "a\nb", letter.KindInvalid, "bad_title"},
		{"empty store", chief, analytics.Query{From: day(t, "2024-03-01"), To: day(t, "2024-03-31")}, "", letter.KindNotFound, "no_letters"},
		{"no period", chief, analytics.Query{}, "", letter.KindInvalid, "missing_field"},
	} {
		_, err := store.TakeSnapshot(t.Context(), tc.viewer, tc.query, tc.title)
		if letter.KindOf(err) != tc.want || letter.ReasonOf(err) != tc.reason {
			t.Errorf("%s: got %v, want %s", tc.name, err, tc.reason)
		}
	}
	for name, err := range map[string]error{
		"list":        second(store.Snapshots(t.Context(), unit)),
		"show":        second(store.Snapshot(t.Context(), unit, 1)),
		"check":       second(store.CheckSnapshot(t.Context(), unit, 1)),
		"corrections": second(store.Corrections(t.Context(), unit, 1)),
	} {
		if letter.KindOf(err) != letter.KindDenied {
			t.Errorf("%s for a unit: %v, want it denied", name, err)
		}
	}
	if _, err := store.Snapshot(t.Context(), chief, 1); letter.KindOf(err) != letter.KindNotFound {
		t.Errorf("got %v, want not found", err)
	}
}

func second[T any](_ T, err error) error { return err }

// TestConcurrentSnapshots takes many at once: every number once, no gaps, one chain.
func TestConcurrentSnapshots(t *testing.T) {
	store, _ := newStore(t)
	frozenLedger(t, store)
	const takers, each = 4, 3
	taken := make(chan analytics.Snapshot, takers*each)
	var all sync.WaitGroup
	for range takers {
		all.Go(func() {
			for range each {
				snapshot, err := store.TakeSnapshot(t.Context(), chief, marchFigures(t), "同时")
				if err != nil {
					t.Error(err)
					return
				}
				taken <- snapshot
			}
		})
	}
	all.Wait()
	close(taken)
	byNumber := map[uint64]string{}
	for snapshot := range taken {
		if before, twice := byNumber[snapshot.Number]; twice {
			t.Errorf("no. %d was given twice: %s and %s", snapshot.Number, before, snapshot.RowSHA256)
		}
		byNumber[snapshot.Number] = snapshot.RowSHA256
	}
	list, err := store.Snapshots(t.Context(), chief)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != takers*each {
		t.Fatalf("%d snapshots are stored, want %d", len(list), takers*each)
	}
	previous := ""
	for n := uint64(1); n <= takers*each; n++ {
		stored := list[takers*each-n]
		if stored.Number != n || stored.RowSHA256 != byNumber[n] || stored.Previous != previous {
			t.Errorf("no. %d: stored as no. %d, row %s after %s; taken as row %s after %s", n, stored.Number, stored.RowSHA256, stored.Previous, byNumber[n], previous)
		}
		previous = stored.RowSHA256
	}
}

// TestRowHash holds the form that stored hashes rest on.
func TestRowHash(t *testing.T) {
	const row = `{"number":2,"taken_at":"2024-04-01T01:02:03.004Z","taken_by":"leadership","title":"三月\u0026通报","query":{"tier":0},` +
		`"as_of":"2024-04-01T00:00:00Z","rule_version":"2026-1","calendar_version":"c1","final":true,"synthetic":false,` +
		`"mark":{"jiesu.events/0":7,"jiesu.letters/1":5},"sha256":"ab","previous":"cd","nonce":"n"}`
	got, err := analytics.RowHash(analytics.Snapshot{
		Number: 2, TakenAt: time.Date(2024, 4, 1, 1, 2, 3, 4e6, time.UTC), TakenBy: "leadership", Title: "三月&通报", Query: json.RawMessage(`{"tier": 0}`),
		AsOf: time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC), RuleVersion: "2026-1", CalendarVersion: "c1", Final: true,
		Mark: analytics.Mark{"jiesu.letters/1": 5, "jiesu.events/0": 7}, SHA256: "ab", Previous: "cd", Nonce: "n", RowSHA256: "left out",
	})
	if err != nil {
		t.Fatal(err)
	}
	if want := hexSum([]byte(row)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
