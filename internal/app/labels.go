package app

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/letter"
)

// LabelsOptions says which letters become training data.
type LabelsOptions struct {
	Viewer    analytics.Viewer        // Must see the whole city.
	Synthetic bool                    // Simulated letters as well.
	Progress  func(done, total int64) // Told the letters read so far; may be nil.
}

// LabelsReport counts the letters that a person has relabelled.
type LabelsReport struct {
	Written    int64 `json:"written"`
	Synthetic  int64 `json:"synthetic"`  // Left out as simulated.
	Incomplete int64 `json:"incomplete"` // Left out: type, topic or lead neither from a person nor from a verdict.
}

// TrainingLetter is a line of the export: a labelled letter, and which of its
// labels a person gave. The others are those of the verdict that stood before
// the person's last word, who left them as they were.
type TrainingLetter struct {
	classify.Labelled
	ByPerson []string `json:"by_person"`
}

// ExportLabels writes every letter that a person has relabelled as a JSON line
// in the form that training reads. The lines hold the letters' text.
func (s *Session) ExportLabels(ctx context.Context, w io.Writer, o LabelsOptions) (LabelsReport, error) {
	var report LabelsReport
	chosen := analytics.LetterRange{Relabelled: true}
	total, err := s.Store.CountLetters(ctx, o.Viewer, chosen)
	if err != nil {
		return report, err
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	done := int64(0)
	for l, err := range s.Store.LabelledLetters(ctx, o.Viewer, chosen) {
		if err != nil {
			return report, err
		}
		row := trainingLetter(l)
		switch {
		case !o.Synthetic && strings.HasPrefix(l.Source, simulatedSources):
			report.Synthetic++
		case row.Type == "" || row.Topic == "" || row.Lead == "":
			report.Incomplete++
		default:
			if err := enc.Encode(row); err != nil {
				return report, fmt.Errorf("writing labelled letters: %w", err)
			}
			report.Written++
		}
		if done++; o.Progress != nil {
			o.Progress(done, int64(total))
		}
	}
	return report, nil
}

// trainingLetter takes each label from the last person who gave it, else from
// the verdict that stood when a person spoke last.
func trainingLetter(l analytics.LabelledLetter) TrainingLetter {
	person, verdict := wordsOf(l.Labels)
	row := TrainingLetter{
		Labelled: classify.Labelled{ID: l.ID, Title: l.Title, Text: l.Body, ReceivedAt: l.ReceivedAt},
		ByPerson: []string{},
	}
	pick := func(field, byPerson, byVerdict string) string {
		if byPerson == "" {
			return byVerdict
		}
		row.ByPerson = append(row.ByPerson, field)
		return byPerson
	}
	row.Type = pick("type", person.Type, verdict.Type)
	row.Topic = pick("topic", person.Topic, verdict.Topic)
	row.Lead = letter.LeadKind(pick("lead", string(person.Lead), string(verdict.Lead)))
	row.LeadType = pick("lead_type", person.LeadType, verdict.LeadType)
	if row.Lead == letter.LeadNone || row.Lead == "" || person.LeadType == "" && row.Lead != verdict.Lead {
		row.LeadType = "" // No lead has no type, and one of another kind not the verdict's.
	}
	row.Urgent = number(pick("urgency", string(person.Urgency), string(verdict.Urgency)) == string(letter.P0))
	row.Police = number(row.Topic != string(letter.TopicNotPolice))
	accused := verdict.Accused
	if person.Accused != nil {
		accused = person.Accused
		row.ByPerson = append(row.ByPerson, "accused_police")
	}
	row.Accused = number(accused != nil && *accused)
	return row
}

// wordsOf folds what people said, field by field, and returns the last verdict
// before their last word; the first one where all came later.
func wordsOf(labels []analytics.Labelling) (person, verdict analytics.Labelling) {
	var present analytics.Labelling
	judged := false
	for _, l := range labels {
		switch {
		case !l.ByPerson && !judged:
			present, judged = l, true
			verdict = l
		case !l.ByPerson:
			present = l
		default:
			verdict = present
			person = merged(person, l)
		}
	}
	return person, verdict
}

// merged lays the fields that a later word gives over those of an earlier one.
func merged(before, l analytics.Labelling) analytics.Labelling {
	keep := func(now *string, old string) {
		if *now == "" {
			*now = old
		}
	}
	keep(&l.Type, before.Type)
	keep(&l.Topic, before.Topic)
	keep((*string)(&l.Lead), string(before.Lead))
	keep(&l.LeadType, before.LeadType)
	keep((*string)(&l.Urgency), string(before.Urgency))
	if l.Accused == nil {
		l.Accused = before.Accused
	}
	return l
}

func number(b bool) int {
	if b {
		return 1
	}
	return 0
}
