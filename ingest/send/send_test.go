package send_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/internal/identity"
	"jiesu.cn/jiesu/letter"
)

// topic keeps what was sent.
type topic struct {
	records []letter.Record
	calls   int
	err     error
}

func (p *topic) Send(_ context.Context, records ...letter.Record) error {
	p.calls++
	if p.err != nil {
		return p.err
	}
	p.records = append(p.records, records...)
	return nil
}

func keys(t testing.TB) *identity.Keys {
	t.Helper()
	k, err := identity.New(bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func config() send.Config {
	cfg := send.DefaultConfig()
	cfg.Now = func() time.Time { return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC) }
	cfg.Division = func(name string) (string, bool) { return "440803", name == "霞山区" }
	return cfg
}

// sendFile writes content to a file of that name and sends it.
func sendFile(t testing.TB, name string, content []byte) ([]letter.Record, send.Report, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	to := &topic{}
	s, err := send.New(config(), to, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	report, err := s.Files(t.Context(), path)
	if int(report.Sent) != len(to.records) {
		t.Errorf("report says %d sent, %d were", report.Sent, len(to.records))
	}
	return to.records, report, err
}

const table = `编号,渠道,标题,正文,姓名,身份证号,电话,地址,来信时间,属地,办理状态
A1,微信,路灯,"门口路灯
不亮",甲某某,440803199001011234,+86 138-0000-0000,某路1号,2024-04-05 09:10,霞山区,已办
A2,web,噪音,夜里太吵,,,,,2024/4/6 23:05:07,440811,
`

func wantTable() []letter.Letter {
	return []letter.Letter{
		{
			ID: "A1", Source: "/import/file", RecordID: "A1", ReceivedAt: time.Date(2024, 4, 5, 1, 10, 0, 0, time.UTC),
			Received: letter.Received{
				Channel: letter.ChannelWeChat, Title: "路灯", Body: "门口路灯\n不亮", Division: "440803",
				Writer: letter.Writer{
					// Python: hmac.new(b"\x01"*32, b"jiesu/writer/id-number/v1\0" + b"440803199001011234", "sha256").
					Key: "5a2bfa346cfc9f57bb7bfba0ee4d32f4a6413161c5c26f27e6c11d35d832fefe", Verified: true, Contactable: true,
				},
			},
		},
		{
			ID: "A2", Source: "/import/file", RecordID: "A2", ReceivedAt: time.Date(2024, 4, 6, 15, 5, 7, 0, time.UTC),
			Received: letter.Received{Channel: letter.ChannelWeb, Title: "噪音", Body: "夜里太吵", Division: "440811"},
		},
	}
}

// checkTable compares what was sent with wantTable and opens the sealed record.
func checkTable(t *testing.T, records []letter.Record, report send.Report, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if len(report.Refused) > 0 {
		t.Fatalf("refused: %+v", report.Refused)
	}
	var got []letter.Letter
	for _, rec := range records {
		if !rec.RecordedTime.Equal(rec.Time) {
			t.Errorf("history is recorded at %s, want the time it came in", rec.RecordedTime)
		}
		l, err := letter.ParseLetter(rec)
		if err != nil {
			t.Fatal(err)
		}
		if l.Writer.Sealed != "" {
			who, err := keys(t).Open(l.ID, l.Writer.Sealed)
			if err != nil {
				t.Fatal(err)
			}
			want := identity.Record{Name: "甲某某", Phone: "+86 138-0000-0000", IDNumber: "440803199001011234", Address: "某路1号"}
			if who != want {
				t.Error("the sealed record holds something else than the row")
			}
			l.Writer.Sealed = ""
		}
		got = append(got, l)
	}
	if diff := cmp.Diff(wantTable(), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"办理状态"}, report.IgnoredColumns); diff != "" {
		t.Errorf("ignored columns (-want +got):\n%s", diff)
	}
}

func TestCSV(t *testing.T) {
	gbk, err := simplifiedchinese.GBK.NewEncoder().String(table)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"utf8.csv":      table,
		"bom.csv":       "\ufeff" + table,
		"gbk.csv":       gbk,
		"semicolon.csv": strings.NewReplacer(",", ";").Replace(table),
		"tab.tsv":       strings.NewReplacer(",", "\t").Replace(table),
		"crlf.csv":      strings.NewReplacer("\n", "\r\n").Replace(table),
	} {
		t.Run(name, func(t *testing.T) {
			records, report, err := sendFile(t, name, []byte(content))
			checkTable(t, records, report, err)
		})
	}
}

func TestCompressed(t *testing.T) {
	var gz, zst bytes.Buffer
	g := gzip.NewWriter(&gz)
	z, err := zstd.NewWriter(&zst)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []interface {
		Write(p []byte) (int, error)
		Close() error
	}{g, z} {
		if _, err := w.Write([]byte(table)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, content := range map[string][]byte{"a.csv.gz": gz.Bytes(), "a.csv.zst": zst.Bytes()} {
		t.Run(name, func(t *testing.T) {
			records, report, err := sendFile(t, name, content)
			checkTable(t, records, report, err)
		})
	}
	if _, _, err := sendFile(t, "cut.csv.gz", gz.Bytes()[:gz.Len()-9]); err == nil {
		t.Error("a cut archive was taken for whole")
	}
}

func TestXLSX(t *testing.T) {
	book := excelize.NewFile()
	sheet, err := book.NewStreamWriter("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	// The formula would say 夜里太静; the value stored with it counts.
	formula := excelize.Cell{Formula: `"夜里"&"太静"`, Value: "夜里太吵"}
	for n, values := range [][]any{
		{"编号", "渠道", "标题", "正文", "姓名", "身份证号", "电话", "地址", "来信时间", "属地", "办理状态"},
		{"A1", "微信", "路灯", "门口路灯\n不亮", "甲某某", "440803199001011234", "+86 138-0000-0000", "某路1号", 45387.3819444444, "霞山区", "已办"},
		{"A2", "web", "噪音", formula, nil, nil, nil, nil, "2024/4/6 23:05:07", 440811},
	} {
		if err := sheet.SetRow(fmt.Sprintf("A%d", n+1), values); err != nil {
			t.Fatal(err)
		}
	}
	if err := sheet.Flush(); err != nil {
		t.Fatal(err)
	}
	buf, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	records, report, err := sendFile(t, "a.xlsx", buf.Bytes())
	checkTable(t, records, report, err)
}

func TestRefusedRowsAreListedAndTheRestIsSent(t *testing.T) {
	const secret = "13912345678"
	rows := []struct{ row, reason string }{
		{"B1,,t,good,,,,,2024-04-05 09:10,,", ""},
		{"B2,,t,no time,,," + secret + ",,,,", "missing_field"},
		{"B3,,t,bad time,,," + secret + ",,yesterday,,", "bad_time"},
		{"B4,,t,a date alone,,," + secret + ",,2024-04-05,,", "bad_time"},
		{"B5,,t,future,,," + secret + ",,2034-04-05 09:10,,", "time_out_of_range"},
		{"B6," + secret + ",t,channel,,,,,2024-04-05 09:10,,", "unknown_code"},
		{"B7,,t,place,,,,,2024-04-05 09:10,乙某" + secret + ",", "unknown_code"},
		{"张三" + secret + ",,t,id,,,,,2024-04-05 09:10,,", "bad_id"},
		{"B8,,,,,,,,2024-04-05 09:10,,", "missing_field"},
		{"B9,,t,number,,4.40803E+17,,,2024-04-05 09:10,,", "number_lost"},
		{"B10,,t,wide,,,,,2024-04-05 09:10,,," + secret, "column_count"},
		{"B11,,t,qu\"ote,,,,,2024-04-05 09:10,,", "bad_quotes"},
		{"B12,,t,\xff\xfe,,,,,2024-04-05 09:10,,", "bad_encoding"},
		{"B13,,t," + strings.Repeat("长", letter.MaxBodyRunes+1) + ",,,,,2024-04-05 09:10,,", "too_long"},
		{",,,,,,,,,,", ""}, // An empty row is neither.
		{"B14,,t,good,,,,,2024-04-05T09:10:00+08:00,,", ""},
	}
	head, _, _ := strings.Cut(table, "\n")
	// The undecodable row stands behind what decides the encoding.
	content := head + "\n" + "B0,,t," + strings.Repeat("a", 1<<20) + ",,,,,2024-04-05 09:10,,\n"
	want := []send.Refusal{{File: "a.csv", Line: 2, Reason: "too_long"}}
	for n, r := range rows {
		content += r.row + "\n"
		if r.reason != "" {
			want = append(want, send.Refusal{File: "a.csv", Line: n + 3, Reason: r.reason})
		}
	}
	records, report, err := sendFile(t, "a.csv", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	got := append([]send.Refusal(nil), report.Refused...)
	for n := range got {
		if strings.Contains(got[n].Detail, secret) || got[n].Detail == "" {
			t.Errorf("line %d: detail %q", got[n].Line, got[n].Detail)
		}
		got[n].Detail = ""
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(records) != 2 || report.Letters != 2 || report.RefusedRows != int64(len(want)) {
		t.Errorf("sent %d, report %d letters and %d refused", len(records), report.Letters, report.RefusedRows)
	}
}

func TestJSONL(t *testing.T) {
	const secret = "13912345678"
	event := `{"specversion":"1.0","id":"9","source":"/desk/440803","type":"cn.jiesu.letter.signed","subject":"A1","time":"2024-04-05T01:10:11Z","data":{"unit":"440803-XX","actor":"p7"}}`
	received := `{"specversion":"1.0","id":"1","source":"/mailbox/web","type":"cn.jiesu.letter.received","subject":"A1","time":"2024-04-05T09:10:11+08:00","data":{"channel":"web","title":"t","body":"b","writer":{"key":"","sealed":"","verified":false,"contactable":false},"division":"","unit_hint":""}}`
	lines := []struct{ line, reason string }{
		{event, ""},
		{received, ""},
		{"", ""},
		{`{"编号":"A3","正文":"门口","电话":"` + secret + `","来信时间":"2024-04-05 09:10"}`, ""},
		{strings.Replace(received, `"title"`, `"phone":"`+secret+`","title"`, 1), "clear_identity"},
		{strings.Replace(received, `"key":""`, `"key":"","name":"`+secret+`"`, 1), "clear_identity"},
		{strings.Replace(received, `"key":""`, `"key":"`+secret+`"`, 1), "clear_identity"},
		{strings.Replace(received, `"title"`, `"titel"`, 1), "bad_data"},
		{strings.Replace(received, `"title"`, `"u`+secret+`"`, 1), "bad_data"},
		{`{"specversion"`, "bad_json"},
		{`[1]`, "bad_json"},
		{`{"正文":["` + secret + `"],"来信时间":"2024-04-05 09:10"}`, "bad_data"},
		{`{"正文":"` + strings.Repeat("x", 5<<20) + `"}`, "too_large"},
		{strings.Replace(event, "440803-XX", "霞山分局", 1), "unknown_code"},
	}
	var content strings.Builder
	var want []send.Refusal
	for n, l := range lines {
		content.WriteString(l.line + "\n")
		if l.reason != "" {
			want = append(want, send.Refusal{File: "a.jsonl", Line: n + 1, Reason: l.reason})
		}
	}
	records, report, err := sendFile(t, "a.jsonl", []byte(content.String()))
	if err != nil {
		t.Fatal(err)
	}
	for n := range report.Refused {
		if d := report.Refused[n].Detail; strings.Contains(d, secret) || d == "" {
			t.Errorf("line %d: detail %q", report.Refused[n].Line, d)
		}
		report.Refused[n].Detail = ""
	}
	if diff := cmp.Diff(want, report.Refused); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if report.Events != 1 || report.Letters != 2 {
		t.Errorf("sent %d events and %d letters, want 1 and 2", report.Events, report.Letters)
	}
	for _, rec := range records {
		if strings.Contains(fmt.Sprintf("%+v", rec)+string(rec.Data), secret) {
			t.Errorf("record %s shows a number in clear", rec.ID)
		}
	}
}

func TestFilesThatCannotBeRead(t *testing.T) {
	tests := []struct{ name, content, want string }{
		{"a.csv", "\xff\xfea\x00", "UTF-16"},
		{"b.csv", "正文,来信时间\n\xff\xff\xff,1\n", "line 2"},
		{"c.csv", "a,b\n", "正文"},
		{"d.csv", "正文,内容,来信时间\n", "column 2"},
		{"e.csv", "正文,\"来信时间\n", "quotation mark"},
		{"f.pdf", "", "must end in"},
		{"g.xlsx", "no workbook", "workbook"},
		{"h.csv.zst", "nothing", "reading"},
		{"i.csv", "", "the file is empty"},
		{"j.csv", "\ufeff\n\n", "the file is empty"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if _, _, err := sendFile(t, tt.name, []byte(tt.content)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestRowWithoutNumberIsTheSameRecordTwice(t *testing.T) {
	content := []byte("正文,来信时间,电话\n甲,2024-04-05 09:10,13800000000\n乙,2024-04-05 09:10,13800000000\n")
	first, _, err := sendFile(t, "a.csv", content)
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := sendFile(t, "a.csv", content)
	if err != nil {
		t.Fatal(err)
	}
	if first[0].Subject != second[0].Subject || first[0].Subject == first[1].Subject {
		t.Errorf("ids %s, %s and %s", first[0].Subject, second[0].Subject, first[1].Subject)
	}
}

func TestPeopleNeedKeys(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	to := &topic{}
	s, err := send.New(config(), to, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Files(t.Context(), path); !errors.Is(err, send.ErrNeedKeys) || len(to.records) > 0 {
		t.Errorf("got %v and %d records, want ErrNeedKeys", err, len(to.records))
	}
}

func TestProducerFailureEndsTheSending(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	to := &topic{err: errors.New("broker is away")}
	cfg := config()
	cfg.Batch = 1
	s, err := send.New(cfg, to, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	if report, err := s.Files(t.Context(), path); !errors.Is(err, to.err) || report.Sent != 0 || to.calls != 1 {
		t.Errorf("got %v, %d sent after %d calls", err, report.Sent, to.calls)
	}
}

func TestProgressEndsAtTheTotal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(path, []byte(table), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := config()
	var done, total int64
	cfg.Progress = func(d, n int64) { done, total = d, n }
	s, err := send.New(cfg, &topic{}, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Files(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	if done != int64(len(table)) || total != done {
		t.Errorf("progress ended at %d of %d, the file has %d bytes", done, total, len(table))
	}
}

func FuzzCSV(f *testing.F) {
	f.Add([]byte(table))
	f.Add([]byte("正文,来信时间\n\"\n"))
	f.Add([]byte("正文\t来信时间\n=1+1\t2024-04-05 09:10\n"))
	f.Fuzz(func(t *testing.T, content []byte) { checkFuzzed(t, "a.csv", content) })
}

func FuzzJSONL(f *testing.F) {
	f.Add([]byte(`{"正文":"a","来信时间":"2024-04-05 09:10","电话":1}`))
	f.Add([]byte(`{"specversion":"1.0","type":"cn.jiesu.letter.signed"}` + "\n[]\n"))
	f.Fuzz(func(t *testing.T, content []byte) { checkFuzzed(t, "a.jsonl", content) })
}

// checkFuzzed sends anything: what leaves must be what ingest takes.
func checkFuzzed(t *testing.T, name string, content []byte) {
	t.Helper()
	records, _, _ := sendFile(t, name, content) // Most content is no file of ours.
	limits := letter.DefaultLimits()
	limits.MaxBytes = 8 << 20
	for _, rec := range records {
		b, err := rec.Encode()
		if err != nil {
			t.Fatal(err)
		}
		again, err := letter.DecodeRecord(b, limits)
		if err != nil {
			t.Fatalf("sent what ingest refuses: %v", err)
		}
		if rec.Type == letter.TypeReceived {
			_, err = letter.ParseLetter(again)
		} else {
			_, err = letter.ParseEvent(again)
		}
		if err != nil {
			t.Fatalf("sent what ingest refuses: %v", err)
		}
	}
}

func BenchmarkCSV(b *testing.B) {
	const rows = 20_000
	head, _, _ := strings.Cut(table, "\n")
	var content strings.Builder
	content.WriteString(head + "\n")
	for n := range rows {
		fmt.Fprintf(&content, "B%d,微信,路灯,%s,甲某某,440803199001011234,13800000000,某路1号,2024-04-05 09:10,霞山区,\n", n, strings.Repeat("门口路灯不亮", 40))
	}
	for b.Loop() {
		records, _, err := sendFile(b, "a.csv", []byte(content.String()))
		if err != nil || len(records) != rows {
			b.Fatal(len(records), err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
