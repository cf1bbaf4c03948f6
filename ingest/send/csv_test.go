package send_test

import (
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/letter"
)

// outcome is what became of the rows of a file: the ids sent, and line:reason.
type outcome struct{ Sent, Refused []string }

func outcomeOf(records []letter.Record, report send.Report) (o outcome) {
	for _, rec := range records {
		o.Sent = append(o.Sent, rec.Subject)
	}
	for _, r := range report.Refused {
		o.Refused = append(o.Refused, fmt.Sprintf("%d:%s", r.Line, r.Reason))
	}
	return o
}

// TestOpenQuotationMarks leaves them open in every way that lets a reader of
// CSV swallow rows: up to the end, up to the next mark, around several rows.
func TestOpenQuotationMarks(t *testing.T) {
	const timeFirst, timeLast = "编号,来信时间,正文,姓名,电话\n", "编号,正文,姓名,电话,来信时间\n"
	const bodyFirst = "正文,编号,来信时间,登记时间,电话\n"
	tests := []struct {
		name, content string
		want          outcome
	}{
		{
			"never closed", timeLast +
				"M1,一,赵某,13800001111,2024-04-05 09:10\n" +
				"M2,\"二,赵某,13800001111,2024-04-05 09:10\n" +
				"M3,三,赵某,13800001111,2024-04-05 09:10\n" +
				"M4,四,赵某,,2024-04-05 09:10\n",
			outcome{[]string{"M1", "M3", "M4"}, []string{"3:unclosed_quote"}},
		},
		{
			"meets an opening one", timeLast +
				"M1,\"一,赵某,13800001111,2024-04-05 09:10\n" +
				"M2,二,赵某,13800001111,2024-04-05 09:10\n" +
				"M3,\"三\n第二行,并无他事\",赵某,13800001111,2024-04-05 09:10\n" +
				"M4,\"四\",赵某,13800001111,2024-04-05 09:10\n",
			outcome{[]string{"M2", "M3", "M4"}, []string{"2:unclosed_quote"}},
		},
		{
			"meets a closing one, time before", timeFirst +
				"M1,2024-04-05 09:10,\"一,赵某,13800004444\n" +
				"M2,2024-04-05 09:10,二\",钱某,13800001111\n" +
				"M3,2024-04-05 09:10,三,钱某,13800001111\n",
			outcome{[]string{"M3"}, []string{"2:unclosed_quote", "3:bad_quotes"}},
		},
		{
			"meets a closing one, time behind", timeLast +
				"M1,\"一,赵某,13800004444,2024-04-05 09:10\n" +
				"M2,二\",钱某,13800001111,2024-04-05 09:10\n",
			outcome{nil, []string{"2:unclosed_quote", "3:bad_quotes"}},
		},
		{
			"rows between", timeFirst +
				"M1,\"2024-04-05 09:10,一,赵某,13800004444\n" +
				"M2,2024-04-05 09:10,二,钱某,13800001111\n" +
				"M3,2024-04-05 09:10\",三,孙某,13800001111\n",
			outcome{[]string{"M2"}, []string{"2:unclosed_quote", "4:bad_quotes"}},
		},
		{
			"in the first column", bodyFirst +
				"\"一,M1,2024-04-05 09:10,,13800004444\n" +
				"二\",M2,2024-04-05 09:10,,13800004444\n" +
				"三,M3,2024-04-05 09:10,,13800004444\n",
			outcome{[]string{"M3"}, []string{"2:unclosed_quote", "3:bad_quotes"}},
		},
		{
			"no time, but a phone", timeLast +
				"M1,\"一,赵某,13800004444,\n" +
				"M2,二\",钱某,13800001111,2024-04-05 09:10\n",
			outcome{nil, []string{"2:unclosed_quote", "3:bad_quotes"}},
		},
		{
			"a date alone", timeLast +
				"M1,\"一,赵某,,2024/4/5\n" +
				"M2,二\",钱某,,2024/4/5\n",
			outcome{nil, []string{"2:unclosed_quote", "3:bad_quotes"}},
		},
		{
			"letters of several lines with commas", bodyFirst +
				"\"一,二,三,四,五\n六,七,八,九,十\n\n\"\"再\"\"见,谢谢\",M1,2024-04-05 09:10,2024-04-06 09:10,13800004444\n" +
				"\"您好,\n谢谢,2024,\",M2,2024-04-05 09:10,2024-04-06 09:10,13800004444\n",
			outcome{[]string{"M1", "M2"}, nil},
		},
		{
			"a mark within a value", timeFirst +
				"M1,2024-04-05 09:10,一\"二,赵某,\n" +
				"M2,2024-04-05 09:10,\"一\"二,赵某,\n" +
				"M3,2024-04-05 09:10,三,赵某,\n",
			outcome{[]string{"M3"}, []string{"2:bad_quotes", "3:bad_quotes"}},
		},
		{
			"longer than a row may be", timeFirst +
				"M1,2024-04-05 09:10,\"一\n" + strings.Repeat(strings.Repeat("长", 1000)+"\n", 1500) +
				"M2,2024-04-05 09:10,二,赵某,\n",
			outcome{[]string{"M2"}, append([]string{"2:unclosed_quote"}, numbered(3, 1502, "missing_field")...)},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			records, report, err := sendFile(t, "a.csv", []byte(tt.content))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, outcomeOf(records, report)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			for _, rec := range records {
				if strings.Contains(string(rec.Data), "1380000") {
					t.Errorf("letter %s shows a phone in clear", rec.Subject)
				}
			}
		})
	}
}

func numbered(from, to int, reason string) (lines []string) {
	for n := from; n <= to; n++ {
		lines = append(lines, fmt.Sprintf("%d:%s", n, reason))
	}
	return lines
}

func TestOpenQuotationMarkNamesItsLines(t *testing.T) {
	content := "编号,正文,来信时间,电话\nM1,\"一,2024-04-05 09:10,\nM2,二,2024-04-05 09:10,\nM3,三\",2024-04-05 09:10,\n"
	_, report, err := sendFile(t, "a.csv", []byte(content))
	if err != nil {
		t.Fatal(err)
	}
	if r := report.Refused[0]; r.Line != 2 || !strings.Contains(r.Detail, "line 4") {
		t.Errorf("refused %+v, want it to name lines 2 and 4", r)
	}
}

// TestWellFormedCSVIsReadAsTheStandardLibraryDoes writes any bodies by
// encoding/csv and reads them back.
func TestWellFormedCSVIsReadAsTheStandardLibraryDoes(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		bodies := rapid.SliceOfN(rapid.StringMatching(`[一二",;\n\t x]{0,12}x`), 1, 8).Draw(rt, "bodies")
		var content strings.Builder
		w := csv.NewWriter(&content)
		w.Comma, w.UseCRLF = rapid.SampledFrom([]rune(",;\t")).Draw(rt, "comma"), rapid.Bool().Draw(rt, "crlf")
		rows := [][]string{{"编号", "正文", "来信时间"}}
		for n, body := range bodies {
			rows = append(rows, []string{fmt.Sprintf("M%d", n), body, "2024-04-05 09:10"})
		}
		if err := w.WriteAll(rows); err != nil {
			rt.Fatal(err)
		}
		records, report, err := sendFile(t, "a.csv", []byte(content.String()))
		if err != nil || report.RefusedRows > 0 {
			rt.Fatal(report.Refused, err)
		}
		var got []string
		for _, rec := range records {
			l, err := letter.ParseLetter(rec)
			if err != nil {
				rt.Fatal(err)
			}
			got = append(got, l.Body)
		}
		if !slices.Equal(got, bodies) {
			rt.Fatalf("got %q, want %q", got, bodies)
		}
	})
}
