package letter_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/letter"
)

const received = `{"specversion":"1.0","id":"1","source":"/mailbox/web","type":"cn.jiesu.letter.received","subject":"2024040500017",` +
	`"time":"2024-04-05T09:10:11.1239+08:00","data":{"channel":"web","title":"户口","body":"请帮帮我","writer":{"key":"0123456789abcdef0123456789abcdef","sealed":"","verified":true,"contactable":true},"division":"440823","unit_hint":""}}`

func TestDecodeLetter(t *testing.T) {
	r, err := letter.DecodeRecord([]byte(received), letter.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	got, err := letter.ParseLetter(r)
	if err != nil {
		t.Fatal(err)
	}
	want := letter.Letter{
		ID: "2024040500017", Source: "/mailbox/web", RecordID: "1",
		ReceivedAt: time.Date(2024, 4, 5, 1, 10, 11, 123_000_000, time.UTC),
		Received: letter.Received{
			Channel: letter.ChannelWeb, Title: "户口", Body: "请帮帮我", Division: "440823",
			Writer: letter.Writer{Key: "0123456789abcdef0123456789abcdef", Verified: true, Contactable: true},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestBinaryModeSaysTheSame(t *testing.T) {
	lim := letter.DefaultLimits()
	want, err := letter.DecodeRecord([]byte(received), lim)
	if err != nil {
		t.Fatal(err)
	}
	_, data, _ := strings.Cut(received, `"data":`)
	headers := []letter.Header{
		{Key: "ce_specversion", Value: []byte("1.0")},
		{Key: "ce_id", Value: []byte("1")},
		{Key: "CE_source", Value: []byte("/mailbox/web")},
		{Key: "ce_type", Value: []byte("cn.jiesu.letter.received")},
		{Key: "ce_subject", Value: []byte("2024040500017")},
		{Key: "ce_time", Value: []byte("2024-04-05T01:10:11.1239Z")},
		{Key: "content-type", Value: []byte("application/json")},
	}
	if !letter.IsBinaryMode(headers) {
		t.Fatal("binary mode not recognised")
	}
	got, err := letter.DecodeBinaryRecord(headers, []byte(strings.TrimSuffix(data, "}")), lim)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-structured +binary):\n%s", diff)
	}
}

func TestDecodeRefuses(t *testing.T) {
	lim := letter.DefaultLimits()
	lim.MaxBytes = 2000
	lim.Latest = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	edit := func(from, to string) string {
		if !strings.Contains(received, from) {
			t.Fatalf("test text lost %q", from)
		}
		return strings.Replace(received, from, to, 1)
	}
	tests := []struct {
		name, in, reason, field string
	}{
		{"empty", " ", "empty", ""},
		{"not json", "hello", "bad_json", ""},
		{"cut short", received[:len(received)-3], "bad_json", ""},
		{"an array", "[" + received + "]", "bad_json", ""},
		{"byte order mark", "\xef\xbb\xbf" + received, "bad_encoding", ""},
		{"GBK", edit("户口", "\xbb\xa7\xbf\xda"), "bad_utf8", ""},
		{"huge", edit("请帮帮我", strings.Repeat("长", 1000)), "too_large", ""},
		{"deep", edit(`"title":"户口"`, `"title":`+strings.Repeat("[", 20)+strings.Repeat("]", 20)), "too_deep", ""},
		{"key twice", edit(`"title":"户口"`, `"title":"a","title":"b"`), "duplicate_key", "title"},
		{"escaped key twice", edit(`"title":"户口"`, `"title":"a","\u0074itle":"b"`), "bad_key", `\u0074itle`},
		{"folded key", edit(`"title"`, `"Title"`), "bad_key", "Title"},
		{"unknown field", edit(`"title"`, `"titel"`), "bad_data", "data"},
		{"wrong kind", edit(`"户口"`, `13800000000`), "bad_data", "data"},
		{"old spec", edit(`"1.0"`, `"0.3"`), "bad_envelope", "specversion"},
		{"no id", edit(`"id":"1"`, `"id":""`), "missing_field", "id"},
		{"no data", edit(`"data":{`, `"ext":{`), "missing_field", "data"},
		{"unknown type", edit("letter.received", "letter.burnt"), "unknown_type", "type"},
		{"bad subject", edit("2024040500017", "2024/../x"), "bad_id", "subject"},
		{"no offset", edit("11.1239+08:00", "11"), "bad_time", "time"},
		{"year 1900", edit("2024-04-05T", "1900-04-05T"), "time_out_of_range", "time"},
		{"future", edit("2024-04-05T", "2034-04-05T"), "time_out_of_range", "time"},
		{"unknown channel", edit(`"web"`, `"fax"`), "unknown_code", "data.channel"},
		{"phone in clear", edit(`"key":"0123456789abcdef0123456789abcdef"`, `"key":"13800001234"`), "clear_identity", "data.writer.key"},
		{"name as key", edit(`"key":"0123456789abcdef0123456789abcdef"`, `"key":"某某"`), "clear_identity", "data.writer.key"},
		{"phone with dashes", edit(`"key":"0123456789abcdef0123456789abcdef"`, `"key":"138-0000-1234"`), "clear_identity", "data.writer.key"},
		{"sealed in clear", edit(`"sealed":""`, `"sealed":"某某 13800001234"`), "clear_identity", "data.writer.sealed"},
		{"negative size", edit(`"unit_hint":""`, `"unit_hint":"","attachments":[{"name":"a","sha256":"","size":-5,"media_type":"","ref":""}]`), "bad_data", "data.attachments"},
		{"many fields", edit(`"unit_hint":""`, `"unit_hint":""`+manyFields(140)), "too_many_fields", ""},
		{"control character", edit(`"id":"1"`, `"id":"1\u0000"`), "bad_utf8", "id"},
		{"division by name", edit(`"440823"`, `"遂溪"`), "unknown_code", "data.division"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := letter.DecodeRecord([]byte(tt.in), lim)
			if err == nil {
				_, err = letter.ParseLetter(r)
			}
			var e *letter.Error
			if letter.KindOf(err) != letter.KindInvalid {
				t.Fatalf("got error %v, want kind invalid", err)
			}
			e = err.(*letter.Error) //nolint:errorlint // The decoder returns it bare.
			if e.Reason != tt.reason || e.Field != tt.field {
				t.Errorf("got %s at %q (%s), want %s at %q", e.Reason, e.Field, e.Detail, tt.reason, tt.field)
			}
			if strings.Contains(err.Error(), "13800001234") || strings.Contains(err.Error(), "帮帮我") {
				t.Errorf("error repeats the letter: %v", err)
			}
		})
	}
}

func manyFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `,"f%d":0`, i)
	}
	return b.String()
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(received))
	f.Add([]byte(`{"specversion":"1.0","id":"2","source":"/desk","type":"cn.jiesu.letter.forwarded","subject":"a","time":"2024-03-04T00:00:00Z","data":{"unit":"440800-XX","actor":"p","to":"440803","role":"lead"}}`))
	lim := letter.DefaultLimits()
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := letter.DecodeRecord(b, lim)
		if err != nil {
			if letter.KindOf(err) != letter.KindInvalid {
				t.Fatalf("error without a kind: %v", err)
			}
			return
		}
		again, err := r.Encode()
		if err != nil {
			t.Fatalf("decoded but not encoded: %v", err)
		}
		r2, err := letter.DecodeRecord(again, lim)
		if err != nil && letter.ReasonOf(err) != "too_large" {
			t.Fatalf("own encoding refused: %v", err)
		}
		if err == nil && (r2.ID != r.ID || !r2.Time.Equal(r.Time)) {
			t.Fatalf("round trip changed the record: %+v, %+v", r, r2)
		}
		if r.Type == letter.TypeReceived {
			_, _ = letter.ParseLetter(r)
		} else {
			_, _ = letter.ParseEvent(r)
		}
	})
}
