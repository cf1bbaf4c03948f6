package classify_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/letter"
)

func TestStream(t *testing.T) {
	input := strings.Join([]string{
		`{"id":"a1","title":"咨询","body":"请问身份证怎么办理","received_at":"2024-08-21T10:00:00+08:00"}`,
		`not json`,
		``,
		`{"id":"a2","title":"","body":"举报有人聚众赌博，有赌博机"}`,
		`{"id":"a3","title":1}`,
		`{"id":"bad id","title":"x","body":"y"}`,
		`{"id":"a4","title":"感谢民警","body":"非常感谢，特送锦旗"}`,
	}, "\n")
	var out bytes.Buffer
	err := loaded(t).Stream(t.Context(), strings.NewReader(input), &out)
	bad, ok := errors.AsType[*classify.BadLinesError](err)
	if !ok || bad.Bad != 3 || bad.Lines != 6 {
		t.Errorf("got error %v, want 3 bad lines of 6", err)
	}
	type answer struct {
		ID    letter.ID `json:"id"`
		Type  string    `json:"type"`
		Error bool      `json:"-"`
	}
	var got []answer
	for line := range strings.Lines(out.String()) {
		var a struct {
			answer
			Error string `json:"error"`
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		got = append(got, answer{a.ID, a.Type, a.Error != ""})
	}
	want := []answer{{"a1", "L01", false}, {"", "", true}, {"a2", "L04", false}, {"a3", "", true}, {"", "", true}, {"a4", "L09", false}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStreamManyLines(t *testing.T) {
	var in strings.Builder
	var want []letter.ID
	for i := range 600 {
		id := letter.NewID(write("", "").ReceivedAt, i+1)
		want = append(want, id)
		in.WriteString(`{"id":"` + string(id) + `","title":"t","body":"违停"}` + "\n")
	}
	in.WriteString(`{"id":"x","body":"` + strings.Repeat("长", 400_000) + `"}`)
	var out bytes.Buffer
	if _, ok := errors.AsType[*classify.BadLinesError](loaded(t).Stream(t.Context(), strings.NewReader(in.String()), &out)); !ok {
		t.Error("the overlong line is not reported")
	}
	var got []letter.ID
	for line := range strings.Lines(out.String()) {
		var v letter.Verdict
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		got = append(got, v.ID)
	}
	if diff := cmp.Diff(append(want, ""), got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEvaluate(t *testing.T) {
	// Four made-up letters; the third is labelled wrong on purpose.
	const data = `{"id":"1","title":"咨询","text":"请问身份证怎么办理","type":"L01","police":1,"lead":"N","lead_type":"","topic":"T01","accused":0,"urgent":0}
{"id":"2","title":"被骗","text":"我网购被骗1000元，付款后对方拉黑我","type":"L05","police":1,"lead":"S","lead_type":"F03","topic":"T06","accused":0,"urgent":0}
{"id":"3","title":"举报赌场","text":"举报有人开设赌场聚众赌博，有赌博机","type":"L01","police":1,"lead":"N","lead_type":"","topic":"T01","accused":0,"urgent":0}
{"id":"4","title":"供暖","text":"物业供暖不热，业主投诉没人管","type":"L03","police":0,"lead":"N","lead_type":"","topic":"T22","accused":0,"urgent":0}
`
	rows, err := classify.ReadLabelled(strings.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	got, err := loaded(t).Evaluate(t.Context(), rows)
	if err != nil {
		t.Fatal(err)
	}
	if got.Letters != 4 || got.Type.Accuracy != 0.75 || got.Topic.Accuracy != 0.75 {
		t.Errorf("letters %d, type accuracy %v, topic accuracy %v; want 4, 0.75, 0.75", got.Letters, got.Type.Accuracy, got.Topic.Accuracy)
	}
	// One lead found, one invented: P 1/2, R 1, F1 2/3.
	want := classify.BinaryClass{TruePositive: 1, FalsePositive: 1, Precision: 0.5, Recall: 1, F1: 2.0 / 3}
	if diff := cmp.Diff(want, got.Lead, cmpopts.IgnoreFields(classify.BinaryClass{}, "F1Interval", "RecallExact", "ECE", "FalsePerDay")); diff != "" {
		t.Errorf("lead (-want +got):\n%s", diff)
	}
	// L01: 1 right of 2 labels, F1 2/3; L03 and L05 perfect. L04 has no label.
	if want := (2.0/3 + 1 + 1) / 3; got.Type.MacroF1 != want {
		t.Errorf("type macro F1 %v, want %v", got.Type.MacroF1, want)
	}
}

func TestReadLabelledRefuses(t *testing.T) {
	if _, err := classify.ReadLabelled(strings.NewReader("{}\n{")); err == nil || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v, want an error naming line 2", err)
	}
}

func TestCompareWords(t *testing.T) {
	rows := []classify.Labelled{{ID: "a", Title: "买门票被騙", Text: "坡头镇塘尾有人赌博"}, {ID: "b", Text: "请问几点上班"}}
	got, err := loaded(t).CompareWords(t.Context(), nil, rows)
	if err != nil {
		t.Fatal(err)
	}
	if got.Texts != 4 || got.Words == 0 || got.Different != 0 { // As written and as folded.
		t.Errorf("%+v, want 4 texts, none different", got)
	}
}
