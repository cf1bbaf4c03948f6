package send_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/letter"
)

// The two numbers are the worked examples of GB 11643-1999; the keys are
// Python's hmac.new(b"\x01"*32, b"jiesu/writer/…/v1\0" + number, "sha256").
const (
	exampleWithX = "11010519491231002X"
	example      = "440524188001010014"
	keyOfPhone   = "820339bdf39deed3bbe97496df5737a94662eaab49904a318c51ce0ab22c1972" // 13800000000.
)

func TestNumbersOfPeople(t *testing.T) {
	const phone = "13800000000"
	tests := []struct {
		name, idNumber, phone string
		reason                string // Of a refusal; else
		key                   string // "phone", "id" or none.
		verified, contactable bool
	}{
		{"phone", "", phone, "", "phone", false, true},
		{"phone a spreadsheet rounded", "", "1.38E+10", "number_lost", "", false, false},
		{"the same without a point", "", "1e+10", "number_lost", "", false, false},
		{"full width", "", "１.３８Ｅ＋１０", "number_lost", "", false, false},
		{"phone as a fraction", "", phone + ".0", "number_lost", "", false, false},
		{"phone 0", "", "0", "", "", false, false},
		{"phone of six digits", "", "228111", "", "", false, false},
		{"phone of seven digits", "", "2281110", "", "other", false, true},
		{"two phones", "", phone + "/" + phone, "", "", false, false},
		{"phone not known", "", "不详", "", "", false, false},
		{"ID number", example, phone, "", "id", true, true},
		{"ID number with x", strings.ToLower(exampleWithX), "", "", "id", true, false},
		{"ID number of old", "440524880101001", "", "", "id", true, false},
		{"ID number mistyped", "440524188001010015", phone, "bad_id_number", "", false, false},
		{"ID number cut off", "44052418800101", phone, "bad_id_number", "", false, false},
		{"ID number too long", example + "1", phone, "bad_id_number", "", false, false},
		{"ID number rounded", "440524188001010000", phone, "number_lost", "", false, false},
		{"ID number in powers", "4.40524E+17", phone, "number_lost", "", false, false},
		{"ID number not known", "无", phone, "", "phone", false, true},
		{"passport", "E12345678", "", "", "id", true, false},
		{"a word", "passport", "", "bad_id_number", "", false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			content := fmt.Sprintf("编号,正文,来信时间,姓名,身份证号,电话\nM1,文,2024-04-05 09:10,甲某,%s,%s\n", tt.idNumber, tt.phone)
			records, report, err := sendFile(t, "a.csv", []byte(content))
			if err != nil {
				t.Fatal(err)
			}
			if tt.reason != "" {
				if diff := cmp.Diff(outcome{nil, []string{"2:" + tt.reason}}, outcomeOf(records, report)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				return
			}
			if len(records) != 1 {
				t.Fatalf("refused: %+v", report.Refused)
			}
			l, err := letter.ParseLetter(records[0])
			if err != nil {
				t.Fatal(err)
			}
			w := l.Writer
			kind := "other"
			switch w.Key {
			case "":
				kind = ""
			case keyOfPhone:
				kind = "phone"
			case keys(t).WriterKey(tt.idNumber, ""):
				kind = "id"
			}
			if kind != tt.key || w.Verified != tt.verified || w.Contactable != tt.contactable {
				t.Errorf("key of %q, verified %v, contactable %v", kind, w.Verified, w.Contactable)
			}
			if who, err := keys(t).Open(l.ID, w.Sealed); err != nil || who.Phone != tt.phone || who.IDNumber != tt.idNumber {
				t.Errorf("the sealed record is not the row's: %v", err)
			}
		})
	}
}

// TestRoundedNumberThatPassesTheCheck has two numbers that end as spreadsheets
// leave them; one in eleven of those has the right check digit by chance.
func TestRoundedNumberThatPassesTheCheck(t *testing.T) {
	const head, body = "编号,正文,来信时间,身份证号\n", ",文,2024-04-05 09:10,"
	const good, bad = "440524188001019000", "440524188001010000"
	alone := head + "M1" + body + good + "\n"
	records, report, err := sendFile(t, "a.csv", []byte(alone))
	if err != nil || len(records) != 1 {
		t.Errorf("alone: %+v, %v", report.Refused, err)
	}
	beside := head + "M1" + body + bad + "\nM2" + body + good + "\n"
	records, report, err = sendFile(t, "a.csv", []byte(beside))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(outcome{nil, []string{"2:number_lost", "3:number_lost"}}, outcomeOf(records, report)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
