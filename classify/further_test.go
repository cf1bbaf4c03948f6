package classify

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestReadFurther(t *testing.T) {
	in := `{"letter":"00000000000000aa","type":"L04","accused":false}
{"letter":"00000000000000ab","accused":true}
{"letter":"00000000000000ac","type":"L01"}
{"letter":"00000000000000ad","type":"L05","police":true,"lead":"S","lead_type":"F03","topic":"T06","accused":false}
{"letter":"00000000000000ae","lead":"N","police":false}
`
	rows, err := ReadFurther(strings.NewReader(in))
	if err != nil {
		t.Fatal(err)
	}
	var got []map[string]string
	for _, r := range rows {
		got = append(got, r.answers())
	}
	want := []map[string]string{
		{headType: "L04", headGroup: "lead", headAccused: "no"},
		{headAccused: "yes"},
		{headType: "L01", headGroup: "consult"},
		{
			headType: "L05", headGroup: "lead", headPolice: "yes", headKind: "S", headLead: "yes", headLeadType: "F03",
			headTopic: "T06", headAccused: "no",
		},
		{headKind: "N", headLead: "no", headPolice: "no"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestReadFurtherNamesTheLine(t *testing.T) {
	for _, in := range []string{
		"{}\n{\"type\":\"L99\"}\n", "{}\n{\"type\":\n", "{}\n{\"topic\":\"T23\"}\n", "{}\n{\"lead_type\":\"F99\"}\n", "{}\n{\"lead\":\"X\"}\n",
	} {
		if _, err := ReadFurther(strings.NewReader(in)); err == nil || !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%q: %v, want an error about line 2", in, err)
		}
	}
}

// The mark is of the first 60 letters and digits alone, so that blanks and
// what follows do not matter; the value was computed with sha256sum.
func TestMark(t *testing.T) {
	const want = "a4cb33c6459a53d2"
	if got := mark("路灯 不亮。"); got != want {
		t.Errorf("mark %s, want %s", got, want)
	}
}
