package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// ReclassifyOptions says which letters are judged again.
type ReclassifyOptions struct {
	Viewer   analytics.Viewer        // Must see the whole city.
	From, To calendar.Date           // Days of receipt, both included; a zero one leaves that side open.
	DryRun   bool                    // Judge and count, but publish nothing.
	Progress func(done, total int64) // Told the letters read so far; may be nil.
}

// Reclassification says what judging again came to. It holds codes and counts,
// never text.
type Reclassification struct {
	Model      string `json:"model"`
	Dictionary string `json:"dictionary"`
	Serving    string `json:"serving,omitempty"` // The model of the running serve, where that is another.
	DryRun     bool   `json:"dry_run"`

	Letters    int64    `json:"letters"`    // Read.
	Skipped    int64    `json:"skipped"`    // This model had judged them before.
	Superseded int64    `json:"superseded"` // Of the skipped: another model's later verdict stands.
	Judged     int64    `json:"judged"`
	Published  int64    `json:"published"`  // New verdicts sent to the events topic.
	First      int64    `json:"first"`      // Of the judged: had no verdict at all.
	Changed    int64    `json:"changed"`    // Of the judged: some field below differs from the last verdict's.
	Relabelled int64    `json:"relabelled"` // Of the changed: a person's labels stand before both.
	Changes    []Change `json:"changes"`    // By field, the most frequent first.
}

// Change counts the letters whose verdict went from one answer to another.
type Change struct {
	Field   string `json:"field"` // type, topic, lead, accused_police or held.
	From    string `json:"from"`
	To      string `json:"to"`
	Letters int64  `json:"letters"`
}

// reclassifyBatch is how many letters are judged and published together; they
// bound memory.
const reclassifyBatch = 500

// Reclassify judges stored letters again and publishes the verdicts as new
// versions: the model's name is part of a verdict's id, so that doing it twice
// adds nothing. Older verdicts stay, and so does whatever they hold; a person's
// labels win over all of them. After an error the report says what was done,
// and doing all again is safe.
func (s *Session) Reclassify(ctx context.Context, c *classify.Classifier, o ReclassifyOptions) (report Reclassification, err error) {
	r := &reclassifying{classifier: c, dryRun: o.DryRun, changes: map[Change]int64{}}
	r.report.DryRun = o.DryRun
	r.report.Model, r.report.Dictionary = c.Version()
	if s.serving != r.report.Model {
		r.report.Serving = s.serving
	}
	chosen := analytics.LetterRange{From: o.From, To: o.To}
	total, err := s.Store.CountLetters(ctx, o.Viewer, chosen)
	if err != nil {
		return r.report, err
	}
	if r.producer, err = ingest.NewProducer(s.ingest); err != nil {
		return r.report, err
	}
	defer func() { err = errors.Join(err, r.producer.Close()) }()
	for l, err := range s.Store.LabelledLetters(ctx, o.Viewer, chosen) {
		if err != nil {
			return r.done(), err
		}
		if err := r.add(ctx, l); err != nil {
			return r.done(), err
		}
		if o.Progress != nil {
			o.Progress(r.report.Letters, int64(total))
		}
	}
	err = r.flush(ctx)
	return r.done(), err
}

// reclassifying is one run of Reclassify.
type reclassifying struct {
	classifier *classify.Classifier
	producer   *ingest.Producer
	dryRun     bool
	report     Reclassification
	changes    map[Change]int64
	batch      []analytics.LabelledLetter
}

func (r *reclassifying) add(ctx context.Context, l analytics.LabelledLetter) error {
	r.report.Letters++
	id := ingest.VerdictID(l.ID, r.report.Model)
	ours := func(w analytics.Labelling) bool {
		return !w.ByPerson && w.Source == ingest.ClassifierSource && w.RecordID == id
	}
	if slices.ContainsFunc(l.Labels, ours) {
		r.report.Skipped++
		if last := lastVerdict(l.Labels); !ours(*last) {
			r.report.Superseded++
		}
		return nil
	}
	if r.batch = append(r.batch, l); len(r.batch) < reclassifyBatch {
		return nil
	}
	return r.flush(ctx)
}

// flush judges the batch, publishes it and counts what became of it.
func (r *reclassifying) flush(ctx context.Context) error {
	if len(r.batch) == 0 {
		return nil
	}
	letters := make([]letter.Letter, len(r.batch))
	for i, l := range r.batch {
		letters[i] = l.Letter
	}
	judgements, err := r.classifier.Classify(ctx, letters)
	if err != nil {
		return err
	}
	r.report.Judged += int64(len(letters))
	for i, l := range r.batch {
		r.compare(l.Labels, judgements[i].Verdict)
	}
	if r.dryRun {
		r.batch = r.batch[:0]
		return nil
	}
	judged := make([]letter.Judged, len(letters))
	for i, l := range letters {
		judged[i] = letter.Judged{Letter: l, Judgement: judgements[i]}
	}
	if err := r.producer.SendVerdicts(ctx, judged...); err != nil {
		return fmt.Errorf("publishing verdicts: %w", err)
	}
	r.report.Published += int64(len(judged))
	r.batch = r.batch[:0]
	return nil
}

// compare counts in which fields a verdict differs from the last one.
func (r *reclassifying) compare(labels []analytics.Labelling, v letter.Verdict) {
	before := lastVerdict(labels)
	if before == nil {
		r.report.First++
		return
	}
	changed := false
	for _, c := range []Change{
		{Field: "type", From: before.Type, To: v.Type},
		{Field: "topic", From: before.Topic, To: v.Topic},
		{Field: "lead", From: string(before.Lead), To: string(v.Lead)},
		{Field: "accused_police", From: strconv.FormatBool(before.Accused != nil && *before.Accused), To: strconv.FormatBool(v.AccusedPolice)},
		{Field: "held", From: strconv.FormatBool(before.Held), To: strconv.FormatBool(v.Held)},
	} {
		if c.From != c.To {
			r.changes[c]++
			changed = true
		}
	}
	if !changed {
		return
	}
	r.report.Changed++
	if slices.ContainsFunc(labels, func(w analytics.Labelling) bool { return w.ByPerson }) {
		r.report.Relabelled++
	}
}

// changeFields is the order in which the report lists the fields.
var changeFields = []string{"type", "topic", "lead", "accused_police", "held"}

func (r *reclassifying) done() Reclassification {
	r.report.Changes = []Change{}
	for c, n := range r.changes {
		c.Letters = n
		r.report.Changes = append(r.report.Changes, c)
	}
	slices.SortFunc(r.report.Changes, func(a, b Change) int {
		return cmp.Or(
			cmp.Compare(slices.Index(changeFields, a.Field), slices.Index(changeFields, b.Field)),
			cmp.Compare(b.Letters, a.Letters), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return r.report
}

// lastVerdict returns the verdict that counts, or nil.
func lastVerdict(labels []analytics.Labelling) *analytics.Labelling {
	for i := len(labels) - 1; i >= 0; i-- {
		if !labels[i].ByPerson {
			return &labels[i]
		}
	}
	return nil
}
