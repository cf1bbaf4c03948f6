package analytics_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"
	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
)

func fullLetter(t *testing.T) letter.Judged {
	t.Helper()
	return letter.Judged{
		Letter: letter.Letter{
			ID: "2024030500001", Source: "/mailbox/web", RecordID: "r'1\\\t", ReceivedAt: at(t, "2024-03-05 10:00:00.123"),
			RecordedAt: at(t, "2024-03-05 10:00:00.456"), Imported: true,
			Position: letter.Position{Topic: "jiesu.letters", Partition: 3, Offset: 1 << 40},
			Received: letter.Received{
				Channel: letter.ChannelWeChat, Title: "题\n目", Body: "正文\x00𠮷", Division: "440803", UnitHint: "440803-P01",
				Writer:      letter.Writer{Key: "k", Sealed: "s", Verified: true, Contactable: true},
				Attachments: []letter.Attachment{{Name: "图.png", SHA256: "ff", Size: 9, MediaType: "image/png", Ref: "x"}},
			},
		},
		Judgement: letter.Judgement{Normalised: "正文", Tokens: []string{"正", "文"}},
	}
}

func TestLetterColumns(t *testing.T) {
	store, conn := newStore(t)
	if err := store.InsertLetters(t.Context(), []letter.Judged{fullLetter(t)}, "t1"); err != nil {
		t.Fatal(err)
	}
	got := dump(t, conn, "letters")
	want := []string{`{"letter_id":"2024030500001","source":"\/mailbox\/web","record_id":"r'1\\\t","received_at":"2024-03-05 02:00:00.123",` +
		`"recorded_at":"2024-03-05 02:00:00.456","imported":true,"channel":"wechat","title":"题\n目","body":"正文\u0000𠮷","normalised":"正文",` +
		`"tokens":["正","文"],"signature":[],"facts":[],"writer_key":"k","writer_sealed":"s","verified":true,"contactable":true,"division":"440803","unit_hint":"440803-P01",` +
		`"attachments":"[{\"name\":\"图.png\",\"sha256\":\"ff\",\"size\":9,\"media_type\":\"image\/png\",\"ref\":\"x\"}]",` +
		`"kafka_topic":"jiesu.letters","kafka_partition":3,"kafka_offset":1099511627776}`}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// dump returns the rows of a table as ClickHouse writes them as JSON, in order.
func dump(t *testing.T, conn driver.Conn, table string) []string {
	t.Helper()
	rows, err := conn.Query(t.Context(), "SELECT formatRowNoNewline('JSONEachRow', *) FROM "+table+" FINAL ORDER BY ALL SETTINGS output_format_json_quote_64bit_integers = 0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var lines []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return lines
}

// TestEventColumns checks the column of every payload field that has one, and
// that the payload itself comes back from data.
func TestEventColumns(t *testing.T) {
	yes := true
	due := at(t, "2024-03-08 12:00")
	tests := []struct {
		payload letter.Payload
		typ     letter.EventType
		columns string // As SQL, with what it must give.
		want    string
	}{
		{
			classified(letter.Verdict{Type: "L01", Topic: "T02", Lead: "S", LeadType: "F03", Urgency: "P1", Division: "440803", AccusedPolice: true}),
			letter.TypeClassified,
			"label_type, label_topic, label_lead, label_lead_type, label_urgency, label_division, accused_police", "L01 T02 S F03 P1 440803 true",
		},
		{
			labels(letter.Relabelled{Type: "L01", Topic: "T02", Lead: "S", LeadType: "F03", Urgency: "P1", Division: "440803", AccusedPolice: &yes, AccusedUnits: []string{station, far}}),
			letter.TypeRelabelled,
			"label_type, label_topic, label_lead, label_lead_type, label_urgency, label_division, accused_police, arrayStringConcat(accused_units, '+')",
			"L01 T02 S F03 P1 440803 true 440803-P01+440804-XX",
		},
		{labels(letter.Relabelled{Type: "L01"}), letter.TypeRelabelled, "accused_police IS NULL, empty(accused_units)", "1 1"},
		{forwarded(cityDesk, far), letter.TypeForwarded, "unit, actor, to_unit, role", "440800-XX p1 440804-XX lead"},
		{&letter.Returned{Common: by(far), To: cityDesk, Why: "other"}, letter.TypeReturned, "unit, to_unit", "440804-XX 440800-XX"},
		{&letter.Escalated{Common: by(far), To: cityDesk, Trigger: "other"}, letter.TypeEscalated, "unit, to_unit", "440804-XX 440800-XX"},
		{&letter.Transferred{Common: by(far), To: "12345"}, letter.TypeTransferred, "to_unit", "12345"},
		{contacted(far, "sms", "no_answer"), letter.TypeContacted, "method, result", "sms no_answer"},
		{&letter.Replied{Common: by(far), Kind: "interim", Delivered: "yes"}, letter.TypeReplied, "method, result", "interim yes"},
		{extended("2024-03-20"), letter.TypeExtensionDecided, "approved, until", "true 2024-03-20"},
		{&letter.ExtensionDecided{Common: by(far)}, letter.TypeExtensionDecided, "approved, until IS NULL", "false 1"},
		{extended("0001-01-01"), letter.TypeExtensionDecided, "until", "1900-01-01"},
		{closed(far), letter.TypeClosed, "result", "solved"},
		{visited(false, "partly", 0), letter.TypeRevisited, "solved, reached, satisfaction IS NULL", "partly false 1"},
		{visited(true, "yes", 4), letter.TypeRevisited, "solved, reached, satisfaction", "yes true 4"},
		{&letter.Invalidated{Common: by(far), Second: "p2", Why: "test"}, letter.TypeInvalidated, "second", "p2"},
		{&letter.Supervised{Common: by(far), Level: "city", Trigger: "other", Due: &due}, letter.TypeSupervised, "due", "2024-03-08 04:00:00.000"},
		{&letter.Instructed{Common: by(far), Text: "阅", Due: &due}, letter.TypeInstructed, "due", "2024-03-08 04:00:00.000"},
		{&letter.Instructed{Common: by(far), Text: "阅"}, letter.TypeInstructed, "due IS NULL", "1"},
		{series("S", "A", "B"), letter.TypeSeriesConfirmed, "series, arrayStringConcat(letters, '+')", "S A+B"},
		{&letter.LeadOpened{Common: by(far), Lead: "X", LeadType: "F03", By: "model"}, letter.TypeLeadOpened, "lead, label_lead_type", "X F03"},
		{&letter.LeadAccepted{Common: by(far), Lead: "X"}, letter.TypeLeadAccepted, "lead", "X"},
		{&letter.LeadAssigned{Common: by(far), Lead: "X", To: far}, letter.TypeLeadAssigned, "lead, to_unit", "X 440804-XX"},
		{&letter.LeadDismissed{Common: by(far), Lead: "X", Why: "other"}, letter.TypeLeadDismissed, "lead, result", "X other"},
		{&letter.LeadVerified{Common: by(far), Lead: "X", Finding: "true"}, letter.TypeLeadVerified, "lead, result", "X true"},
		{&letter.CaseFiled{Common: by(far), Case: "C", Kind: "criminal", Leads: []string{"X", "Y"}}, letter.TypeCaseFiled, "case_number, case_kind, arrayStringConcat(leads, '+')", "C criminal X+Y"},
		{&letter.CaseNotFiled{Common: by(far), Leads: []string{"X", "Y"}}, letter.TypeCaseNotFiled, "arrayStringConcat(leads, '+')", "X+Y"},
		{&letter.CaseSolved{Common: by(far), Case: "C"}, letter.TypeCaseSolved, "case_number", "C"},
		{&letter.CaseArrested{Common: by(far), Case: "C", Suspects: []string{"s", "t"}}, letter.TypeCaseArrested, "case_number, arrayStringConcat(suspects, '+')", "C s+t"},
		{&letter.CaseRecovered{Common: by(far), Case: "C", Yuan: 1180.5}, letter.TypeCaseRecovered, "case_number, yuan", "C 1180.5"},
		{
			&letter.SystemOutage{Common: by(far), From: time.Unix(1, 0).UTC(), To: time.Unix(2, 0).UTC(), Second: "p2"}, letter.TypeSystemOutage,
			"unit, down_from, down_to, second", "440804-XX 1970-01-01 00:00:01.000 1970-01-01 00:00:02.000 p2",
		},
	}
	store, conn := newStore(t)
	for i, tt := range tests {
		l := &ledger{tb: t}
		id := letter.ID(fmt.Sprintf("L%d", i))
		if c, ok := tt.payload.(*letter.Classified); ok {
			c.Verdict.ID = id // A verdict names the letter it is about.
		}
		l.event(id, tt.typ, "2024-03-05 10:00", tt.payload).store(store)
		var kind, got, data string
		err := conn.QueryRow(t.Context(), "SELECT kind, concatWithSeparator(' ', "+tt.columns+"), data FROM events WHERE letter_id = '"+string(id)+"'").Scan(&kind, &got, &data)
		if err != nil {
			t.Fatalf("%s: %v", tt.typ, err)
		}
		if kind != tt.typ.Short() || got != tt.want {
			t.Errorf("%s: got kind %q and %q, want %q", tt.typ, kind, got, tt.want)
		}
		again, err := letter.ParseEvent(letter.Record{Type: tt.typ, Subject: string(id), Data: []byte(data)})
		if err != nil && letter.ReasonOf(err) != "missing_field" && letter.ReasonOf(err) != "unknown_code" && letter.ReasonOf(err) != "bad_data" {
			t.Errorf("%s: data does not read back: %v", tt.typ, err)
		}
		if diff := cmp.Diff(tt.payload, again.Payload); err == nil && diff != "" {
			t.Errorf("%s: data (-want +got):\n%s", tt.typ, diff)
		}
	}
}

// TestOldRowsHaveNewColumns stores rows as programs did that knew only the
// payload as a whole, and compares what is read from them.
func TestOldRowsHaveNewColumns(t *testing.T) {
	store, conn := newStore(t)
	l := &ledger{tb: t}
	due := at(t, "2024-03-08 12:00").Add(123 * time.Millisecond)
	for typ, payload := range map[letter.EventType]letter.Payload{
		letter.TypeRevisited:    visited(true, "yes", 4),
		letter.TypeReplied:      replied(far), // Its kind is not a case's.
		letter.TypeInvalidated:  invalidated(),
		letter.TypeSupervised:   &letter.Supervised{Common: by(far), Level: "city", Trigger: "other", Due: &due},
		letter.TypeInstructed:   &letter.Instructed{Common: by(far), Text: "阅"},
		letter.TypeCaseFiled:    filed("C", "criminal"),
		letter.TypeSystemOutage: &letter.SystemOutage{Common: by(far), From: due, To: due.Add(time.Minute), Second: "p2"},
	} {
		l.event("A", typ, "2024-03-05 10:00", payload)
	}
	l.event("A", letter.TypeRevisited, "2024-03-05 10:00", visited(false, "unknown", 0)).store(store)
	err := conn.Exec(t.Context(), "INSERT INTO events (letter_id, source, record_id, kind, at, recorded_at, data) "+
		"SELECT 'old', source, record_id, kind, at, recorded_at, data FROM events")
	if err != nil {
		t.Fatal(err)
	}
	var records, forms uint64
	err = conn.QueryRow(t.Context(), "SELECT uniqExact(record_id), uniqExact(record_id, "+
		"tuple(reached, satisfaction, due, case_kind, down_from, down_to, second)) FROM events").Scan(&records, &forms)
	if err != nil {
		t.Fatal(err)
	}
	if records != 8 || forms != records {
		t.Errorf("%d records read in %d ways, want 8 in 8", records, forms)
	}
}

func TestReplayChangesNothing(t *testing.T) {
	store, conn := newStore(t)
	l := &ledger{tb: t}
	cleared(l)
	l.store(store)
	letters, events := dump(t, conn, "letters"), dump(t, conn, "events")
	// The same records in one batch, in another order and known later, as after a rewind.
	for i := range l.events {
		l.events[i].RecordedAt = l.events[i].RecordedAt.Add(time.Hour)
	}
	l.events[0], l.events[3] = l.events[3], l.events[0]
	l.store(store)
	if diff := cmp.Diff(letters, dump(t, conn, "letters")); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(events, dump(t, conn, "events")); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

func TestTokenDropsARepeatedBatch(t *testing.T) {
	store, conn := newStore(t)
	first, second := fullLetter(t), fullLetter(t)
	second.ID = "2024030500002"
	count := func() (n uint64) {
		if err := conn.QueryRow(t.Context(), "SELECT count() FROM letters").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for i, step := range []struct {
		row   letter.Judged
		token string
		want  uint64
	}{
		{first, "a", 1},
		{first, "a", 1},  // The same batch again.
		{second, "a", 1}, // Rows that differ under one token are the same batch to the server.
		{second, "b", 2},
		{second, "c", 3}, // The same rows under another token are stored, and replace themselves on reading.
	} {
		if err := store.InsertLetters(t.Context(), []letter.Judged{step.row}, step.token); err != nil {
			t.Fatal(err)
		}
		if got := count(); got != step.want {
			t.Errorf("step %d: got %d rows, want %d", i, got, step.want)
		}
	}
	counts, err := store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts.Rows["letters"] != 2 {
		t.Errorf("got %d letters as read, want 2", counts.Rows["letters"])
	}
}

func TestABatchMaySpanDecades(t *testing.T) {
	store, _ := newStore(t)
	var rows []letter.Judged
	for month := range 26 * 12 {
		row := fullLetter(t)
		row.ID = letter.ID(fmt.Sprintf("L%03d", (month*7)%(26*12))) // Not in the order of months.
		row.ReceivedAt = time.Date(2000, time.January+time.Month(month), 1, 0, 0, 0, 0, time.UTC)
		rows = append(rows, row)
	}
	for range 2 { // A retry cuts the batch in the same places.
		if err := store.InsertLetters(t.Context(), rows, "token"); err != nil {
			t.Fatal(err)
		}
	}
	counts, err := store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts.Rows["letters"] != 26*12 {
		t.Errorf("got %d letters, want %d", counts.Rows["letters"], 26*12)
	}
}

func TestLookups(t *testing.T) {
	store, _ := newStore(t)
	l := &ledger{tb: t}
	travelled(l)
	l.event("B", letter.TypeClassified, "2024-03-05 10:00", classified(letter.Verdict{Type: "L01"})).
		event("none", letter.TypeSigned, "2024-03-05 10:00", signed(cityDesk)).
		event("440800", letter.TypeSystemOutage, "2024-03-05 10:00", &letter.SystemOutage{Common: by(cityDesk)}).store(store)
	stored := l.letters[0].Key()
	foreign := letter.Key{Subject: stored.Subject, Source: "/other'\\", ID: stored.ID}
	gotLetters, err := store.ExistingLetters(t.Context(), []letter.Key{stored, foreign, {Subject: "C", Source: stored.Source, ID: stored.ID}})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[letter.Key]bool{stored: true}, gotLetters); diff != "" {
		t.Errorf("letters (-want +got):\n%s", diff)
	}
	gotEvents, err := store.ExistingEvents(t.Context(), []letter.Key{l.events[0].Key(), l.events[4].Key(), stored})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[letter.Key]bool{l.events[0].Key(): true, l.events[4].Key(): true}, gotEvents); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	judged, err := store.Judged(t.Context(), []letter.ID{"A", "B", "C"})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[letter.ID]bool{"B": true}, judged); diff != "" {
		t.Errorf("judged (-want +got):\n%s", diff)
	}
	counts, err := store.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if counts.EventsWithoutLetter != 1 || counts.Rows["letters"] != 2 || counts.Rows["events"] != 7 {
		t.Errorf("got %+v, want 2 letters, 7 events, 1 of them without letter", counts)
	}
}

func TestLookupOfManyAndNone(t *testing.T) {
	store, _ := newStore(t)
	untouchedLetter := &ledger{tb: t}
	untouched(untouchedLetter)
	untouchedLetter.store(store)
	keys := []letter.Key{untouchedLetter.letters[0].Key()}
	for i := range 5000 {
		keys = append(keys, letter.Key{Subject: fmt.Sprintf("%064d", i), Source: "/s", ID: "1"})
	}
	found, err := store.ExistingLetters(t.Context(), keys)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[letter.Key]bool{keys[0]: true}, found); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none, err := store.ExistingEvents(t.Context(), nil)
	if err != nil || len(none) != 0 {
		t.Errorf("got %v, %v for no keys, want an empty map", none, err)
	}
}

func TestProgressKeepsTheLast(t *testing.T) {
	store, _ := newStore(t)
	noon := at(t, "2024-03-05 12:00")
	steps := [][]letter.Progress{
		{{Topic: "jiesu.letters", Partition: 1, Next: 10, HighWater: 20, CaughtUpAt: noon}, {Topic: "jiesu.events", Partition: 0, Next: 5, HighWater: 5, CaughtUpAt: noon}},
		{{Topic: "jiesu.letters", Partition: 1, Next: 20, HighWater: 20, CaughtUpAt: noon.Add(time.Second)}},
		{{Topic: "jiesu.letters", Partition: 1, Next: 3, HighWater: 20, CaughtUpAt: noon}}, // Rewound.
	}
	for _, step := range steps {
		if err := store.SaveProgress(t.Context(), step); err != nil {
			t.Fatal(err)
		}
	}
	got, err := store.Progress(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []letter.Progress{steps[0][1], steps[2][0]}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestLastRecordedAtAndSynthetic(t *testing.T) {
	store, _ := newStore(t)
	last, err := store.LastRecordedAt(t.Context())
	if err != nil || !last.IsZero() {
		t.Errorf("empty store: got %v, %v, want the zero time", last, err)
	}
	l := &ledger{tb: t}
	l.letter("A", "2024-03-05 10:00").event("A", letter.TypeSigned, "2024-03-05 10:00", signed(cityDesk)).recorded("2024-03-05 11:00:00.123")
	l.store(store)
	if last, err = store.LastRecordedAt(t.Context()); err != nil || !last.Equal(at(t, "2024-03-05 11:00:00.123")) {
		t.Errorf("got %v, %v, want 11:00:00.123", last, err)
	}
	for _, step := range []struct {
		source string
		want   bool
	}{{"/mailbox/simulate/", false}, {"/simulate/web", true}} {
		row := fullLetter(t)
		row.Source = step.source
		if err := store.InsertLetters(t.Context(), []letter.Judged{row}, ""); err != nil {
			t.Fatal(err)
		}
		if got, err := store.Synthetic(t.Context(), row.RecordedAt); err != nil || got != step.want {
			t.Errorf("with source %s: got %v, %v, want %v", step.source, got, err, step.want)
		}
		if got, err := store.Synthetic(t.Context(), row.RecordedAt.Add(-time.Millisecond)); err != nil || got {
			t.Errorf("before it was known: got %v, %v", got, err)
		}
	}
}

func TestIsDataError(t *testing.T) {
	_, conn := newStore(t)
	exception := func(code int32) error {
		return fmt.Errorf("inserting: %w", &clickhouse.Exception{Code: code, Message: "x"})
	}
	tests := []struct {
		name string
		err  error
		want bool
	}{
		{"nothing", nil, false},
		{"connection lost", errors.New("dial tcp: connection refused"), false},
		{"cannot parse a date", exception(38), true},
		{"type mismatch", exception(53), true},
		{"string too large", exception(131), true},
		{"violated constraint", exception(469), true},
		{"cannot read all data", exception(33), false},
		{"unknown table", exception(60), false},
		{"timeout", exception(159), false},
		{"too many queries", exception(202), false},
		{"network error", exception(210), false},
		{"memory limit", exception(241), false},
		{"not enough space", exception(243), false},
		{"too many parts", exception(252), false},
		{"as text", errors.New("[HTTP 500] Code: 27. DB::ParsingException: Cannot parse input"), true},
		{"as text, transient", errors.New("Code: 252. DB::Exception: Too many parts"), false},
		{"from the engine", conn.Exec(t.Context(), "SELECT toDate(materialize('not a day'))"), true},
		{"from the engine, transient", conn.Exec(t.Context(), "SELECT * FROM nowhere"), false},
	}
	for _, tt := range tests {
		if got := analytics.IsDataError(tt.err); got != tt.want {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	batch, err := conn.PrepareBatch(t.Context(), "INSERT INTO progress (topic, partition)")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = batch.Close() }()
	if err := batch.Append("topic", "not a number"); !analytics.IsDataError(err) {
		t.Errorf("a value the driver cannot convert: got false for %v, want true", err)
	}
}
