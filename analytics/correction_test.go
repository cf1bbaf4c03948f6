package analytics_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/embedded/clickhouse/clickhousetest"
	"jiesu.cn/jiesu/letter"
)

// imports adds a letter of March that nobody knew of when March was frozen, and
// the closing of letter b, both recorded in March by an import.
func imports(t *testing.T, store *analytics.Store) {
	t.Helper()
	l := &ledger{tb: t}
	l.letter("d", "2024-03-20 10:00", func(j *letter.Judged) { j.Source, j.Imported = "/import/old", true }).
		event("b", letter.TypeClosed, "2024-03-08 10:00", closed(county)).imported()
	l.events[0].Source, l.events[0].RecordID = "/import/old", "late"
	l.from(20).store(store)
}

func TestCorrection(t *testing.T) {
	store, _ := newStore(t)
	frozenLedger(t, store)
	taken := freeze(t, store, "三月通报")
	pending(t, store)

	// What comes behind the mark but after the cut-off changes nothing.
	l := &ledger{tb: t}
	l.letter("e", "2024-04-03 10:00").from(15).store(store)
	if c := check(t, store, 1); c.Correction != nil {
		t.Fatalf("a later letter brought about:\n%s", c.Correction.Text)
	}

	imports(t, store)
	pending(t, store, 1)
	got := check(t, store, 1)
	if !got.Issued || got.Correction == nil {
		t.Fatalf("no correction was issued: %+v", got)
	}
	want := `更正说明:快照第 1 号《三月通报》
统计时点 2024-04-01 08:00:00(暂定),冻结于 TAKEN。原件不变,SHA-256 SUM
冻结后补入、入库时间不晚于统计时点的记录:来信 1 件,事件 1 条。
  来源 /import/old:来信 1 件,事件 1 条;入库时间 2024-03-08 10:00:00 至 2024-03-20 10:00:00;发生时间 2024-03-08 10:00:00 至 2024-03-20 10:00:00
下列指标现为:
  来信:原 2,现 3(+1)
  响应率:原 50.0% 1/2,现 33.3% 1/3(-16.7 个百分点)
  办结率:原 50.0% 1/2,现 66.7% 2/3(+16.7 个百分点)
`
	// 1/3 − 1/2 = −16.67 and 2/3 − 1/2 = +16.67 points.
	want = strings.NewReplacer("TAKEN", taken.TakenAt.Add(8*time.Hour).Format(time.DateTime), "SUM", taken.SHA256).Replace(want)
	if diff := cmp.Diff(want, got.Correction.Text); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	wantNote := fmt.Sprintf(`{"snapshot":1,"document_sha256":%q,"figures":[`+
		`{"id":"received","name":"来信","key":"","key_name":"","was":2,"is":3,"difference":1},`+
		`{"id":"response","name":"响应率","key":"","key_name":"","was":{"n":1,"d":2,"pct":50.0,"excluded":{}},"is":{"n":1,"d":3,"pct":33.3,"excluded":{}},"points":-16.7},`+
		`{"id":"closure","name":"办结率","key":"","key_name":"","was":{"n":1,"d":2,"pct":50.0,"excluded":{}},"is":{"n":2,"d":3,"pct":66.7,"excluded":{}},"points":16.7}],`+
		`"records":[{"source":"/import/old","letters":1,"events":1,"recorded_from":"2024-03-08T02:00:00Z","recorded_until":"2024-03-20T02:00:00Z",`+
		`"happened_from":"2024-03-08T02:00:00Z","happened_until":"2024-03-20T02:00:00Z"}],`+
		`"rule_version":{"was":"2026-1","is":"2026-1"},"calendar_version":{"was":%[2]q,"is":%[2]q}}`, taken.SHA256, holidays(t).Version())
	if diff := cmp.Diff(wantNote, string(got.Correction.Note)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got.Correction.SHA256 != hexSum([]byte(want)) || !got.Correction.Changed || got.Correction.Late != 2 {
		t.Errorf("correction %+v", got.Correction)
	}

	// The same finding is told once, the frozen bytes stay, and nothing is pending.
	again := check(t, store, 1)
	if again.Issued {
		t.Error("the same finding was issued twice")
	}
	if diff := cmp.Diff(got.Correction, again.Correction); diff != "" {
		t.Errorf("(-issued +again):\n%s", diff)
	}
	pending(t, store)
	stored, err := store.Snapshot(t.Context(), chief, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(taken, stored); diff != "" {
		t.Errorf("the snapshot changed (-taken +stored):\n%s", diff)
	}

	// More of the kind is another finding; one that changes no figure says so.
	l = &ledger{tb: t}
	l.event("a", letter.TypeSigned, "2024-03-05 10:01", signed(cityDesk)).imported().from(30).store(store)
	pending(t, store, 1)
	third := check(t, store, 1)
	if !third.Issued || third.Correction.Late != 3 {
		t.Errorf("correction %+v", third.Correction)
	}
	issued, err := store.Corrections(t.Context(), chief, 1)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]analytics.Correction{*got.Correction, *third.Correction}, issued); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// pending wants just these snapshots to wait for a correction.
func pending(t *testing.T, store *analytics.Store, want ...uint64) {
	t.Helper()
	got, err := store.PendingCorrections(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("pending (-want +got):\n%s", diff)
	}
}

// TestLateRecordsWithoutEffect tells of records that change no frozen figure.
func TestLateRecordsWithoutEffect(t *testing.T) {
	store, _ := newStore(t)
	frozenLedger(t, store)
	freeze(t, store, "")
	l := &ledger{tb: t}
	l.letter("f", "2024-02-20 10:00").from(20).store(store)
	got := check(t, store, 1)
	if got.Correction == nil || got.Correction.Changed || !strings.Contains(got.Correction.Text, "快照所列指标均未改变") {
		t.Errorf("correction %+v", got.Correction)
	}
	pending(t, store)
}

func TestCorrectionByUnit(t *testing.T) {
	store, _ := newStore(t)
	frozenLedger(t, store)
	q := marchFigures(t)
	q.By, q.Metrics = analytics.ByUnit, []string{"received"}
	if _, err := store.TakeSnapshot(t.Context(), chief, q, ""); err != nil {
		t.Fatal(err)
	}
	l := &ledger{tb: t}
	l.event("a", letter.TypeForwarded, "2024-03-05 10:05", forwarded(cityDesk, countyDesk)).from(20)
	l.events[0].RecordID = "late"
	l.store(store)
	got := check(t, store, 1)
	if got.Correction == nil {
		t.Fatal("no correction was issued")
	}
	if !strings.Contains(got.Correction.Text, cityDesk) || !strings.Contains(got.Correction.Text, "原 2,现 1(-1)") ||
		!strings.Contains(got.Correction.Text, countyDesk) || !strings.Contains(got.Correction.Text, "原 无,现 1(+1)") {
		t.Errorf("text:\n%s", got.Correction.Text)
	}
}

func TestTamperedSnapshots(t *testing.T) {
	store, conn := newStore(t)
	frozenLedger(t, store)
	for range 4 {
		freeze(t, store, "三月")
	}
	copied := "INSERT INTO snapshots SELECT * REPLACE(%s) FROM snapshots WHERE number = %d"
	for _, tc := range []struct {
		name      string
		statement string
		number    uint64
		want      []string
	}{
		{"document", "ALTER TABLE snapshots UPDATE document = replaceOne(document, '\"received\":2', '\"received\":9') WHERE number = 1", 1, []string{"正文与其 SHA-256 不符:正文被改动"}},
		{"document and its hash", "ALTER TABLE snapshots UPDATE sha256 = lower(hex(SHA256(document))) WHERE number = 1", 1, []string{"登记内容与其 SHA-256 不符:登记被改动"}},
		{"title", "ALTER TABLE snapshots UPDATE title = '四月' WHERE number = 2", 2, []string{"登记内容与其 SHA-256 不符:登记被改动"}},
		{"a row replaced", fmt.Sprintf(copied, "'另一份' AS title, 'x' AS row_sha256", 3), 3, []string{"第 3 号有 2 份"}},
		{"a number gone", "ALTER TABLE snapshots DELETE WHERE number = 3", 4, []string{"前一号(第 3 号)不见了"}},
	} {
		if err := conn.Exec(t.Context(), tc.statement+" SETTINGS mutations_sync = 1"); err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		c := check(t, store, tc.number)
		if diff := cmp.Diff(tc.want, c.Faults); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
		if c.Correction != nil {
			t.Errorf("%s: counted against what was tampered with", tc.name)
		}
	}
	checks, err := store.CheckSnapshots(t.Context(), chief)
	if err != nil {
		t.Fatal(err)
	}
	var faulty []uint64
	for _, c := range checks {
		if len(c.Faults) > 0 {
			faulty = append(faulty, c.Snapshot.Number)
		}
	}
	if diff := cmp.Diff([]uint64{1, 2, 4}, faulty); diff != "" {
		t.Errorf("faulty (-want +got):\n%s", diff)
	}
}

// TestCorrectionWithoutRecords takes a letter out of the tables: nothing came,
// so the note says where to look, or which version changed meanwhile.
func TestCorrectionWithoutRecords(t *testing.T) {
	conn, database := clickhousetest.Database(t)
	cfg := analytics.DefaultConfig()
	cfg.Database = database
	store := openStore(t, cfg, conn)
	if _, err := store.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	later, err := analytics.New(cfg, conn, directory(t), withNotice(t), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []*analytics.Store{store, later} {
		if err := s.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	frozenLedger(t, store)
	freeze(t, store, "")
	if c := check(t, later, 1); c.Correction != nil {
		t.Errorf("a calendar that changes no figure brought about:\n%s", c.Correction.Text)
	}
	if err := conn.Exec(t.Context(), "ALTER TABLE letters DELETE WHERE letter_id = 'b' SETTINGS mutations_sync = 1"); err != nil {
		t.Fatal(err)
	}
	versions := fmt.Sprintf("日历版本由 %s 变为 %s。", holidays(t).Version(), withNotice(t).Version())
	const lost = "未见补入的记录,口径与日历版本也未变:库中记录可能缺失或被改动,请运行 jiesu doctor 对账。"
	for _, tc := range []struct {
		store     *analytics.Store
		says, not string
		name      string
	}{
		{store, lost, versions, "the same calendar"},
		{later, versions, lost, "another calendar"},
	} {
		got := check(t, tc.store, 1)
		if got.Correction == nil {
			t.Fatalf("%s: no correction", tc.name)
		}
		text := got.Correction.Text
		if !strings.Contains(text, tc.says) || strings.Contains(text, tc.not) || !strings.Contains(text, "来信:原 2,现 1(-1)") {
			t.Errorf("%s:\n%s", tc.name, text)
		}
	}
}

// TestSnapshotKeepsItsRules checks a snapshot in a city that has since chosen
// otherwise where the promise leaves a choice: nothing was lost or altered.
func TestSnapshotKeepsItsRules(t *testing.T) {
	contract, _ := newStore(t)
	frozenLedger(t, contract)
	q := marchFigures(t)
	q.Metrics = nil
	drawn := drawnRules()
	other, err := analytics.WithRules(contract, drawn[len(drawn)-1])
	if err != nil {
		t.Fatal(err)
	}
	for name, stores := range map[string][2]*analytics.Store{"the contract's": {contract, other}, "the city's": {other, contract}} {
		taken, err := stores[0].TakeSnapshot(t.Context(), chief, q, "")
		if err != nil {
			t.Fatal(err)
		}
		if c := check(t, stores[1], taken.Number); c.Correction != nil {
			t.Errorf("taken under %s rules, checked under others:\n%s", name, c.Correction.Text)
		}
		printed, err := stores[0].KPIs(t.Context(), chief, q)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(mustJSON(t, printed), string(taken.Document)); diff != "" {
			t.Errorf("under %s rules (-as KPIs +frozen):\n%s", name, diff)
		}
	}
}

func mustJSON(t *testing.T, doc analytics.Document) string {
	t.Helper()
	var b bytes.Buffer
	if err := json.NewEncoder(&b).Encode(doc); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCorrectionOfAVanishedRow takes a rate's only letter out of its type: by
// how much the rate grew cannot be said.
func TestCorrectionOfAVanishedRow(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	l.letter("a", "2024-03-05 10:00").
		event("a", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Type: "L01", Topic: "T01"})).from(10).store(store)
	q := marchFigures(t)
	q.By, q.Metrics = analytics.ByType, []string{"received", "response", "letters_per_writer", "handling_days"}
	if _, err := store.TakeSnapshot(t.Context(), chief, q, ""); err != nil {
		t.Fatal(err)
	}
	late := &ledger{tb: t}
	late.event("a", letter.TypeRelabelled, "2024-03-06 10:00", &letter.Relabelled{Common: by(cityDesk), Type: "L02"}).from(20)
	late.events[0].RecordID = "late"
	late.store(store)
	got := check(t, store, 1)
	if got.Correction == nil {
		t.Fatal("no correction was issued")
	}
	var note struct {
		Figures []struct {
			ID         string   `json:"id"`
			Key        string   `json:"key"`
			Difference *float64 `json:"difference"`
			Points     *float64 `json:"points"`
		} `json:"figures"`
	}
	if err := json.Unmarshal(got.Correction.Note, &note); err != nil {
		t.Fatal(err)
	}
	said := map[string]float64{}
	for _, f := range note.Figures {
		for _, grew := range []*float64{f.Difference, f.Points} {
			if grew != nil {
				said[f.Key+" "+f.ID] = *grew
			}
		}
	}
	if diff := cmp.Diff(map[string]float64{"L01 received": -1, "L02 received": 1}, said); diff != "" {
		t.Errorf("growth (-want +got):\n%s\n%s", diff, got.Correction.Text)
	}
}
