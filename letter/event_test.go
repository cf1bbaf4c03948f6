package letter_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/letter"
)

func eventJSON(typ, data string) []byte {
	return fmt.Appendf(nil, `{"specversion":"1.0","id":"9","source":"/desk/440803","type":"cn.jiesu.%s","subject":"2024040500017","time":"2024-04-05T01:10:11Z","expectedrev":3,"data":%s}`, typ, data)
}

func TestParseEvent(t *testing.T) {
	common := letter.Common{Unit: "440803-XX", Actor: "p7"}
	tests := []struct {
		typ, data string
		want      letter.Payload
	}{
		{"letter.signed", `{"unit":"440803-XX","actor":"p7"}`, &letter.Signed{Common: common}},
		{"letter.forwarded", `{"unit":"440803-XX","actor":"p7","to":"440803-P01","role":"lead"}`, &letter.Forwarded{Common: common, To: "440803-P01", Role: "lead"}},
		{"letter.contacted", `{"unit":"440803-XX","actor":"p7","method":"call","result":"reached"}`, &letter.Contacted{Common: common, Method: "call", Result: "reached"}},
		{"letter.revisited", `{"unit":"440803-XX","actor":"p7","reached":true,"solved":"yes","satisfaction":null}`, &letter.Revisited{Common: common, Reached: true, Solved: "yes"}},
		{"case.arrested", `{"unit":"440803-XX","actor":"p7","case":"A1","suspects":["s1"]}`, &letter.CaseArrested{Common: common, Case: "A1", Suspects: []string{"s1"}}},
		{"series.linked", `{"unit":"440803-XX","actor":"p7","series":"S1","letters":["a"]}`, &letter.SeriesChanged{Common: common, Series: "S1", Letters: []letter.ID{"a"}}},
		{"letter.classified", `{"model":"m","dictionary":"d","verdict":{"id":"2024040500017","type":"L05"}}`, &letter.Classified{Model: "m", Dictionary: "d", Verdict: letter.Verdict{ID: "2024040500017", Type: "L05"}}},
	}
	for _, tt := range tests {
		t.Run(tt.typ, func(t *testing.T) {
			r, err := letter.DecodeRecord(eventJSON(tt.typ, tt.data), letter.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			got, err := letter.ParseEvent(r)
			if err != nil {
				t.Fatal(err)
			}
			want := letter.Event{
				Letter: "2024040500017", Source: "/desk/440803", RecordID: "9", Type: letter.EventType("cn.jiesu." + tt.typ),
				At: time.Date(2024, 4, 5, 1, 10, 11, 0, time.UTC), ExpectedRev: 3, Payload: tt.want,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestParseEventRefuses(t *testing.T) {
	tests := []struct{ name, typ, data, reason, field string }{
		{"no unit", "letter.signed", `{"actor":"p"}`, "missing_field", "data.unit"},
		{"no actor", "letter.signed", `{"unit":"440800-XX"}`, "missing_field", "data.actor"},
		{"unit by name", "letter.signed", `{"unit":"霞山分局","actor":"p"}`, "unknown_code", "data.unit"},
		{"role", "letter.forwarded", `{"unit":"440800-XX","actor":"p","to":"440803","role":"boss"}`, "unknown_code", "data.role"},
		{"method", "letter.contacted", `{"unit":"440800-XX","actor":"p","method":"pigeon","result":"reached"}`, "unknown_code", "data.method"},
		{"until", "letter.extension_decided", `{"unit":"440800-XX","actor":"p","approved":true,"until":"soon","told_writer":true}`, "bad_time", "data.until"},
		{"second person", "letter.invalidated", `{"unit":"440800-XX","actor":"p","second":"p","why":"test"}`, "bad_data", "data.second"},
		{"L11 is a topic", "letter.relabelled", `{"unit":"440800-XX","actor":"p","type":"L11"}`, "unknown_code", "data.type"},
		{"verdict of another letter", "letter.classified", `{"model":"m","dictionary":"d","verdict":{"id":"x","type":"L05"}}`, "bad_id", "data.verdict.id"},
		{"verdict's topic", "letter.classified", `{"model":"m","dictionary":"d","verdict":{"id":"2024040500017","topic":"T99"}}`, "unknown_code", "data.verdict.topic"},
		{"satisfaction", "letter.revisited", `{"unit":"440800-XX","actor":"p","reached":true,"solved":"yes","satisfaction":6}`, "bad_data", "data.satisfaction"},
		{"outage backwards", "system.outage", `{"unit":"440800-XX","actor":"p","second":"q","from":"2024-04-05T02:00:00Z","to":"2024-04-05T01:00:00Z"}`, "bad_data", "data.to"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r, err := letter.DecodeRecord(eventJSON(tt.typ, tt.data), letter.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			_, err = letter.ParseEvent(r)
			want := fmt.Sprintf("%s: %s", tt.reason, tt.field)
			if err == nil || len(err.Error()) < len(want) || err.Error()[:len(want)] != want {
				t.Errorf("got %v, want %s…", err, want)
			}
		})
	}
}

// TestEventsSurviveTheWire sends one event of every type there and back.
func TestEventsSurviveTheWire(t *testing.T) {
	common := letter.Common{Unit: "440800-XX", Actor: "p"}
	level := 4
	events := map[letter.EventType]letter.Payload{
		letter.TypeRelabelled:       &letter.Relabelled{Common: common, Type: "L05", Topic: "T06", Lead: letter.LeadSecurity, LeadType: "F03", AccusedUnits: []string{"440803"}},
		letter.TypeExtensionDecided: &letter.ExtensionDecided{Common: common, Approved: true, Until: "2024-04-20"},
		letter.TypeRevisited:        &letter.Revisited{Common: common, Solved: "partly", Satisfaction: &level},
		letter.TypeCaseFiled:        &letter.CaseFiled{Common: common, Case: "c", Kind: "criminal", Leads: []string{"l"}},
		letter.TypeSystemOutage: &letter.SystemOutage{
			Common: common, Second: "q",
			From: time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC), To: time.Date(2024, 5, 1, 1, 0, 0, 0, time.UTC),
		},
	}
	for typ, payload := range events {
		want := letter.Event{
			Letter: "x", Source: "/s", RecordID: "1", Type: typ, ExpectedRev: letter.NoRevision, Payload: payload,
			At: time.Date(2024, 4, 5, 1, 10, 11, 0, time.UTC),
		}
		r, err := want.Record()
		if err != nil {
			t.Fatal(err)
		}
		b, err := r.Encode()
		if err != nil {
			t.Fatal(err)
		}
		if r, err = letter.DecodeRecord(b, letter.DefaultLimits()); err != nil {
			t.Fatal(err)
		}
		got, err := letter.ParseEvent(r)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", typ, diff)
		}
	}
}

func TestTaxonomySizes(t *testing.T) {
	// The published taxonomy: 12 types without L11, 22 topics, 82 lead types.
	if n := len(letter.Types.Terms()); n != 11 {
		t.Errorf("%d types, want 11", n)
	}
	if n := len(letter.Topics.Terms()); n != 22 {
		t.Errorf("%d topics, want 22", n)
	}
	if n := len(letter.LeadTypes.Terms()); n != 82 {
		t.Errorf("%d lead types, want 82", n)
	}
	if got := letter.LeadTypes.Name("F03"); got != "虚假购物服务诈骗" {
		t.Errorf("F03 is %q", got)
	}
}
