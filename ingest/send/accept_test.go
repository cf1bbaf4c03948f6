package send_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/letter"
)

func TestOneIDForTwoLetters(t *testing.T) {
	const event = `{"specversion":"1.0","id":"9","source":"/desk","type":"cn.jiesu.letter.signed","subject":"M1","time":"2024-04-05T01:10:11Z","data":{"unit":"440803-XX","actor":"%s"}}` + "\n"
	tests := []struct {
		name, content string
		want          outcome
	}{
		{
			"a.csv", "编号,正文,来信时间,电话\nM1,一,2024-04-05 09:10,13800000000\nM1,二,2024-04-05 09:10,13800000000\n" +
				"M1,一,2024-04-05 09:10,13800000000\nM1,一,2024-04-05 09:10,13800000001\nM2,一,2024-04-05 09:10,\n",
			outcome{[]string{"M1", "M1", "M2"}, []string{"3:duplicate_id", "5:duplicate_id"}},
		},
		{
			"a.jsonl", fmt.Sprintf(event, "p1") + fmt.Sprintf(event, "p1") + fmt.Sprintf(event, "p2") +
				strings.Replace(fmt.Sprintf(event, "p2"), `"id":"9"`, `"id":"8"`, 1),
			outcome{[]string{"M1", "M1", "M1"}, []string{"3:duplicate_id"}},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			records, report, err := sendFile(t, tt.name, []byte(tt.content))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, outcomeOf(records, report)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlainJSONWithAKeyTwice(t *testing.T) {
	content := strings.Join([]string{
		`{"id":"M1","正文":"一","内容":"二","来信时间":"2024-04-05 09:10"}`,
		`{"id":"M1","正文":"一","正文":"二","来信时间":"2024-04-05 09:10"}`,
		`{"id":"M1","正文":"一","电话":null,"手机":"13800000000","来信时间":"2024-04-05 09:10"}`,
		`{"id":"M1","正文":"一","备注":"1","备注":"2","来信时间":"2024-04-05 09:10"}`,
		`{"id":"M1","正文":"一","来信时间":"2024-04-05 09:10"} {}`,
		`{"id":"M1","正文":"一","来信时间":"2024-04-05 09:10"`,
		`{"id":"M1","正文":"一","来信时间":"2024-04-05 09:10","备注":{"a":[1,2]}}`,
	}, "\n")
	want := outcome{[]string{"M1"}, []string{"1:duplicate_key", "2:duplicate_key", "3:duplicate_key", "4:duplicate_key", "5:bad_json", "6:bad_json"}}
	for range 20 { // A map would give another order each time.
		records, report, err := sendFile(t, "a.jsonl", []byte(content))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, outcomeOf(records, report)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
}

func TestIgnoredColumnsShowNoPerson(t *testing.T) {
	tests := []struct {
		name, content string
		want          []string
	}{
		{"no header.csv", "M1,路灯不亮,赵某某,13800001111,某路1号,2024-04-05 09:10\nM2,噪音,赵某某,,,2024-04-05 09:10\n", nil},
		{"header.csv", "正文,来信时间,办理状态,13800001111,(2024年)满意度,某人住某路1号 139-0000-1111\n", []string{"办理状态", "#4", "(2024年)满意度", "#6"}},
		{
			"a.jsonl", `{"正文":"一","来信时间":"2024-04-05 09:10","办理状态":1,"赵某13800001111":2,"one@example.org":3}` + "\n" +
				`{"赵某某":"一","来信时间":"2024-04-05 09:10"}` + "\n",
			[]string{"办理状态", "#4", "#5"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, report, _ := sendFile(t, tt.name, []byte(tt.content)) // The first file has no header and is an error.
			if diff := cmp.Diff(tt.want, report.IgnoredColumns); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// heap keeps the most bytes it was given at a time.
type heap struct{ most, sent int }

func (h *heap) Send(_ context.Context, records ...letter.Record) error {
	size := 0
	for _, rec := range records {
		size += len(rec.Data)
	}
	h.most, h.sent = max(h.most, size), h.sent+len(records)
	return nil
}

func TestBatchesAreBoundedInBytes(t *testing.T) {
	const rows, body = 60, 300_000
	var content bytes.Buffer
	content.WriteString("编号,正文,来信时间\n")
	for n := range rows {
		fmt.Fprintf(&content, "M%d,%s,2024-04-05 09:10\n", n, strings.Repeat("长", body/3))
	}
	to := &heap{}
	if _, err := sendTo(t, config(), to, "a.csv", content.Bytes()); err != nil {
		t.Fatal(err)
	}
	if to.sent != rows || to.most > 8<<20+2*body {
		t.Errorf("sent %d letters, up to %d bytes at a time", to.sent, to.most)
	}
}

func sendTo(t *testing.T, cfg send.Config, to send.Producer, name string, content []byte) (send.Report, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := send.New(cfg, to, keys(t))
	if err != nil {
		t.Fatal(err)
	}
	return s.Files(t.Context(), path)
}

func TestSourceThatIngestRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		source string
		ok     bool
	}{
		"longest":   {"/" + strings.Repeat("a", 255), true},
		"too long":  {"/" + strings.Repeat("a", 256), false},
		"no path":   {"import", false},
		"line feed": {"/import/\n", false},
		"not UTF-8": {"/import/\xff", false},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := config()
			cfg.Source = tt.source
			if err := cfg.Validate(); (err == nil) != tt.ok {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestRowsThatIngestWouldRefuse(t *testing.T) {
	const content = "编号,正文,来信时间,单位代码\nM1,一,2024-04-05 09:10,440803-XX\nM2,二,2024-04-05 09:10,999999-ZZ\nM3,三,2024-04-05 09:10,\n"
	cfg := config()
	cfg.Unit = func(code string) bool { return code == "440803-XX" }
	to := &topic{}
	report, err := sendTo(t, cfg, to, "a.csv", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome{[]string{"M1", "M3"}, []string{"3:unknown_unit"}}, outcomeOf(to.records, report)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}

	cfg = config()
	cfg.Limits.MaxBytes = 200 // Less than any record has.
	to = &topic{}
	report, err = sendTo(t, cfg, to, "a.csv", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome{nil, numbered(2, 4, "too_large")}, outcomeOf(to.records, report)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
