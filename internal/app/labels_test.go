package app

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// TestTrainingLetter folds verdicts and people's words as docs/model-card.md
// tells: a person's last word field by field, else the verdict before it.
func TestTrainingLetter(t *testing.T) {
	no, yes := false, true
	verdict := analytics.Labelling{Type: "L05", Topic: "T06", Lead: "S", LeadType: "F03", Urgency: "P1", Accused: &no}
	later := analytics.Labelling{Type: "L03", Topic: "T14", Lead: "N", Urgency: "P0", Accused: &yes}
	person := func(l analytics.Labelling) analytics.Labelling { l.ByPerson = true; return l }
	tests := []struct {
		name   string
		labels []analytics.Labelling
		want   classify.Labelled
		by     []string
	}{
		{
			"one field, the rest as the verdict left it",
			[]analytics.Labelling{verdict, person(analytics.Labelling{Topic: "T22"})},
			classify.Labelled{Type: "L05", Topic: "T22", Lead: "S", LeadType: "F03"},
			[]string{"topic"},
		},
		{
			"a verdict after the person's word says nothing",
			[]analytics.Labelling{verdict, person(analytics.Labelling{Type: "L04"}), later},
			classify.Labelled{Type: "L04", Topic: "T06", Lead: "S", LeadType: "F03", Police: 1},
			[]string{"type"},
		},
		{
			"unless a person has spoken since",
			[]analytics.Labelling{verdict, person(analytics.Labelling{Type: "L04"}), later, person(analytics.Labelling{Topic: "T15"})},
			classify.Labelled{Type: "L04", Topic: "T15", Lead: "N", Police: 1, Accused: 1, Urgent: 1},
			[]string{"type", "topic"},
		},
		{
			"the last word wins, field by field",
			[]analytics.Labelling{
				verdict, person(analytics.Labelling{Type: "L03", Topic: "T14", Accused: &yes, Urgency: "P0"}),
				person(analytics.Labelling{Type: "L10", Accused: &no}),
			},
			classify.Labelled{Type: "L10", Topic: "T14", Lead: "S", LeadType: "F03", Police: 1, Urgent: 1},
			[]string{"type", "topic", "urgency", "accused_police"},
		},
		{
			"no lead has no type",
			[]analytics.Labelling{verdict, person(analytics.Labelling{Lead: "N"})},
			classify.Labelled{Type: "L05", Topic: "T06", Lead: "N", Police: 1},
			[]string{"lead"},
		},
		{
			"a lead of another kind has not the verdict's type",
			[]analytics.Labelling{verdict, person(analytics.Labelling{Lead: "T"})},
			classify.Labelled{Type: "L05", Topic: "T06", Lead: "T", Police: 1},
			[]string{"lead"},
		},
		{
			"an import that was labelled before it was judged",
			[]analytics.Labelling{person(analytics.Labelling{Type: "L01"}), verdict},
			classify.Labelled{Type: "L01", Topic: "T06", Lead: "S", LeadType: "F03", Police: 1},
			[]string{"type"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			l := analytics.LabelledLetter{Letter: letter.Letter{ID: "A", Received: letter.Received{Title: "题", Body: "文"}}, Labels: tt.labels}
			tt.want.ID, tt.want.Title, tt.want.Text = "A", "题", "文"
			if diff := cmp.Diff(TrainingLetter{Labelled: tt.want, ByPerson: tt.by}, trainingLetter(l)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestExportLabels takes two corrections from the topic to the file that
// training reads.
func TestExportLabels(t *testing.T) {
	a := started(t, testConfig(filepath.Join(t.TempDir(), "data")), quiet())
	producer, err := ingest.NewProducer(a.session.ingest)
	if err != nil {
		t.Fatal(err)
	}
	received := calendar.Date{Year: 2024, Month: 5, Day: 6}.Start()
	for id, source := range map[letter.ID]string{"A": "/mailbox/web", "B": "/simulate/x", "C": "/mailbox/web"} {
		l := letter.Letter{ID: id, Source: source, RecordID: string(id), ReceivedAt: received, Received: letter.Received{
			Channel: letter.ChannelWeb, Title: "路灯 <坏了>", Body: "巷口的路灯坏了三天。",
		}}
		record, err := l.Record()
		if err != nil {
			t.Fatal(err)
		}
		if err := producer.Send(t.Context(), record); err != nil {
			t.Fatal(err)
		}
	}
	if err := a.waitConsumed(t.Context(), 3, 3); err != nil {
		t.Fatal(err)
	}
	accused := true
	for _, id := range []letter.ID{"A", "B"} {
		e := letter.Event{
			Letter: id, Source: "/console", RecordID: "r-" + string(id), Type: letter.TypeRelabelled, At: received.Add(time.Hour), ExpectedRev: letter.NoRevision,
			Payload: &letter.Relabelled{
				Common: letter.Common{Unit: "440800-XX", Actor: "p1"},
				Type:   "L03", Topic: "T15", Lead: "N", Urgency: "P2", AccusedPolice: &accused,
			},
		}
		record, err := e.Record()
		if err != nil {
			t.Fatal(err)
		}
		if err := producer.Send(t.Context(), record); err != nil {
			t.Fatal(err)
		}
	}
	if err := producer.Close(); err != nil {
		t.Fatal(err)
	}
	if err := a.waitConsumed(t.Context(), 3, 5); err != nil {
		t.Fatal(err)
	}

	var file bytes.Buffer
	report, err := a.session.ExportLabels(t.Context(), &file, LabelsOptions{Viewer: analytics.LocalOperator("test")})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(LabelsReport{Written: 1, Synthetic: 1}, report); diff != "" {
		t.Errorf("report (-want +got):\n%s", diff)
	}
	var line map[string]any
	if err := json.Unmarshal(file.Bytes(), &line); err != nil {
		t.Fatal(err)
	}
	if line["text"] != "巷口的路灯坏了三天。" || line["title"] != "路灯 <坏了>" || line["topic"] != "T15" {
		t.Errorf("line: %v", line)
	}
	rows, err := classify.ReadLabelled(bytes.NewReader(file.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	want := []classify.Labelled{{
		ID: "A", Title: "路灯 <坏了>", Text: "巷口的路灯坏了三天。", ReceivedAt: received.UTC(),
		Type: "L03", Topic: "T15", Lead: "N", Police: 1, Accused: 1,
	}}
	if diff := cmp.Diff(want, rows); diff != "" {
		t.Errorf("what training reads (-want +got):\n%s", diff)
	}
	file.Reset()
	all, err := a.session.ExportLabels(t.Context(), &file, LabelsOptions{Viewer: analytics.LocalOperator("test"), Synthetic: true})
	if err != nil {
		t.Fatal(err)
	}
	if all.Written != 2 || all.Synthetic != 0 || bytes.Count(file.Bytes(), []byte("\n")) != 2 {
		t.Errorf("with simulated letters: %+v", all)
	}
	unit := analytics.Viewer{Name: "county", Unit: "440803", Role: analytics.RoleUnit}
	if _, err := a.session.ExportLabels(t.Context(), &file, LabelsOptions{Viewer: unit}); letter.KindOf(err) != letter.KindDenied {
		t.Errorf("a unit's viewer got the letters: %v", err)
	}
}
