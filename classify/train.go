package classify

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strings"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// Names of the model's heads.
const (
	headType     = "type"
	headGroup    = "group"
	headTopic    = "topic"
	headKind     = "lead_kind"
	headLead     = "lead"
	headLeadType = "lead_type"
	headPolice   = "police"
	headAccused  = "accused"
	headUrgent   = "urgent"
)

// Names of operating points.
const (
	pointBalanced = "balanced" // Best F1.
	pointQueue    = "queue"    // Leads are found with recall 0.95 on new letters.
	pointHold     = "hold"     // Accusations are found with recall 0.97.
	pointPressing = "pressing" // Present danger is found with recall 0.95.
)

// tasks are the heads to train.
var tasks = []model.Task{
	{Name: headType, Least: 2, Cost: 0.5},
	{Name: headGroup, Least: 2, Cost: 0.5},
	{Name: headTopic, Least: 2, Cost: 0.5},
	{Name: headKind, Least: 2, Cost: 0.5},
	{Name: headLeadType, Least: 3, Cost: 0.5},
	{Name: headLead, Binary: true, Cost: 0.5},
	{Name: headPolice, Binary: true, Cost: 0.5},
	{Name: headAccused, Binary: true, Cost: 0.5},
	{Name: headUrgent, Binary: true, Cost: 0.5},
}

// calibrationFolds is how many parts training makes to calibrate.
const calibrationFolds = 5

const (
	leastLetters = 3   // In so many letters a feature must occur to be used.
	leastPlain   = 8   // In so many letters without labels for the space learnt from them.
	dims         = 200 // Dimensions of that space.
)

// answers are a letter's labels by head. A letter without a type is labelled
// for urgency alone.
func (l Labelled) answers() map[string]string {
	if l.Type == "" {
		return map[string]string{headUrgent: yes(l.Urgent == 1)}
	}
	term, _ := letter.Types.Lookup(l.Type)
	return map[string]string{
		headType: l.Type, headGroup: term.Group, headTopic: l.Topic, headKind: string(l.Lead), headLeadType: l.LeadType,
		headLead:   yes(l.Lead == letter.LeadSecurity),
		headPolice: yes(l.Police == 1), headAccused: yes(l.Accused == 1), headUrgent: yes(l.Urgent == 1),
	}
}

// prepared is a labelled letter after reading and ruling.
type prepared struct {
	row  Labelled
	fold int
	*workspace
}

// trainer holds what all trainings of one run share.
type trainer struct {
	c          *Classifier
	letters    []prepared
	vocabulary *model.Vocabulary // Of the letters without labels.
	basis      *model.Basis      // From the same letters; nil without them.
	folds      int
	seed       uint64
}

// newTrainer reads and rules all letters of a data directory.
func (c *Classifier) newTrainer(ctx context.Context, dir fs.FS, rows []Labelled, folds int, seed uint64) (*trainer, error) {
	t := &trainer{c: c, vocabulary: model.NewVocabulary(), folds: folds, seed: seed}
	for _, row := range rows {
		p := prepared{row: row, workspace: &workspace{}}
		c.prepare(row.letter(), p.workspace)
		t.letters = append(t.letters, p)
	}
	t.deal()
	if dir == nil {
		return t, nil
	}
	more, err := readPlain(dir, rows)
	if err != nil {
		return nil, err
	}
	var bodies []*model.Text
	var w workspace
	for _, p := range more {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("preparing letters: %w", err)
		}
		c.prepare(Labelled{ID: "plain", Title: p.Title, Text: p.Text}.letter(), &w)
		t.vocabulary.Add(&w.text)
		bodies = append(bodies, &model.Text{Runes: w.text.Runes, Body: w.text.Body})
	}
	t.basis = t.vocabulary.Basis(bodies, dims, leastPlain, seed)
	c.log.LogAttrs(ctx, slog.LevelInfo, "training letters read", slog.Int("labelled", len(rows)), slog.Int("plain", len(more)))
	return t, nil
}

// deal deals the letters into folds: each type evenly, reposts together.
func (t *trainer) deal() {
	order := rand.New(rand.NewPCG(t.seed, 0)).Perm(len(t.letters))
	slices.SortStableFunc(order, func(a, b int) int {
		return strings.Compare(t.letters[a].row.Type, t.letters[b].row.Type)
	})
	of := map[string]int{}
	next := 0
	for _, i := range order {
		key := beginning(t.letters[i].row.Text)
		fold, seen := of[key]
		if !seen {
			fold = next % t.folds
			of[key] = fold
			next++
		}
		t.letters[i].fold = fold
	}
}

// train trains one model on the letters outside a fold; fold -1 leaves none out.
func (t *trainer) train(ctx context.Context, name string, without int) (*model.Model, error) {
	var texts []*model.Text
	for i := range t.letters {
		if t.letters[i].fold != without {
			texts = append(texts, &t.letters[i].text)
		}
	}
	blank := t.vocabulary.Blank(texts, t.basis, leastLetters)
	var examples []model.Example
	for i := range t.letters {
		if l := &t.letters[i]; l.fold != without {
			examples = append(examples, model.Example{Vector: blank.Vector(&l.text), Answers: l.row.answers()})
		}
	}
	weights, err := blank.Train(ctx, t.basis, tasks, examples, t.seed)
	if err != nil {
		return nil, err
	}
	return blank.Pack(name, weights), nil
}

// crossTrain trains a model without each fold and collects the scores that
// each letter gets from the model that has not seen it.
func (t *trainer) crossTrain(ctx context.Context) ([]*model.Model, []model.Outcome, error) {
	models := make([]*model.Model, t.folds)
	outcomes := make([]model.Outcome, len(t.letters))
	for f := range t.folds {
		m, err := t.train(ctx, fmt.Sprintf("fold-%d", f), f)
		if err != nil {
			return nil, nil, err
		}
		models[f] = m
		for i := range t.letters {
			if l := &t.letters[i]; l.fold == f {
				outcomes[i] = model.Outcome{Scores: m.Scores(m.Vector(&l.text)), Heads: m.Heads(), Answers: l.row.answers()}
			}
		}
		t.c.log.LogAttrs(ctx, slog.LevelInfo, "fold trained", slog.Int("fold", f+1), slog.Int("features", m.Features()))
	}
	return models, outcomes, nil
}

// calibrate fits a model's probabilities and operating points to outcomes.
func calibrate(m *model.Model, outcomes []model.Outcome) {
	m.Calibrate(outcomes)
	for _, set := range []struct {
		head, point string
		recall      float64
	}{{headLead, pointQueue, 0.97}, {headAccused, pointHold, 0.97}, {headUrgent, pointPressing, 0.95}} {
		m.SetRecall(set.head, set.point, outcomes, set.recall)
	}
	for _, name := range []string{headLead, headAccused, headPolice} {
		m.SetBalanced(name, pointBalanced, outcomes)
	}
}

// Train trains a model and returns its file. The directory is laid out as
// docs/model-card.md tells; challenge holds letters labelled for urgency alone,
// and may be empty. The same data and seed give the same bytes.
func (c *Classifier) Train(ctx context.Context, dir fs.FS, challenge []Labelled, seed uint64) ([]byte, error) {
	rows, err := readGold(dir)
	if err != nil {
		return nil, err
	}
	rows = append(rows, challenge...)
	t, err := c.newTrainer(ctx, dir, rows, calibrationFolds, seed)
	if err != nil {
		return nil, err
	}
	_, outcomes, err := t.crossTrain(ctx)
	if err != nil {
		return nil, err
	}
	m, err := t.train(ctx, fmt.Sprintf("linear-2.%d", seed), -1)
	if err != nil {
		return nil, err
	}
	calibrate(m, outcomes)
	return m.Encode()
}
