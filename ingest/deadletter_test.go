package ingest_test

import (
	"testing"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

func TestPublicDetail(t *testing.T) {
	const withheld = "the record names a field that is not of the contract"
	received := func(data string) error {
		_, err := letter.ParseLetter(letter.Record{Type: letter.TypeReceived, Data: []byte(data)})
		return err
	}
	decoded := func(value string, most int) error {
		_, err := letter.DecodeRecord([]byte(value), letter.Limits{MaxBytes: most})
		return err
	}
	long := make([]byte, 10_000_000)
	tests := []struct {
		name string
		err  error
		want string
	}{
		{"figures of ours", decoded(string(long), 1048576), "message has 10000000 bytes, the limit is 1048576"},
		{"a field of the contract", received(`{"title":5}`), `data field "title" must not be a JSON number`},
		{"a misspelt field", received(`{"titel":"t"}`), `data unknown field "titel"`},
		{"a phone as field", received(`{"13912345678":"t"}`), withheld},
		{"a phone as key", decoded(`{"13912345678 ":1}`, 0), withheld},
		{"a name as field", received(`{"甲某":"t"}`), withheld},
		{"a name as key", decoded(`{"甲某":"t"}`, 0), withheld},
		{"a phone behind a quotation mark", received(`{"a\"13912345678":"t"}`), withheld},
		{"a phone cut off", received(`{"aaaaaaaaaaaaaaaaaaaaaa13912345678":"t"}`), withheld},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, ok := tt.err.(*letter.Error) //nolint:errorlint // The decoders return it as it is.
			if !ok {
				t.Fatalf("got %v, want a *letter.Error", tt.err)
			}
			if got := ingest.PublicDetail(e); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
