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
	pointHold     = "hold"     // Accusations are found with recall 0.97 on new letters.
	pointPressing = "pressing" // Present danger is found with recall 0.95.
)

// tasks are the heads to train. What the writer wants hangs on how it is said;
// what happened hangs on words, so that each question weighs the blocks in its
// own way. All trust the rules' opinion less than their hits: the rules know
// some of these letters. docs/model-card.md tells how the factors were found.
//
// Further letters were chosen from other mailboxes, where traffic and residence
// are rarer and hardly anything is the police's: for the topic, and whether it is
// theirs, they count little.
//
// The lead type comes last: it is asked for leads alone.
var tasks = []model.Task{
	{Name: headType, Least: 2, Cost: 1, Further: 0.3, Emphasis: manner, Spaces: []float32{1, 0.8}},
	{Name: headGroup, Least: 2, Cost: 1, Further: 0.3, Emphasis: manner, Spaces: []float32{1, 0.8}},
	{Name: headTopic, Least: 2, Cost: 0.25, Further: 0.05, Emphasis: subject, Spaces: []float32{0.6, 0}},
	{Name: headKind, Least: 2, Cost: 1, Further: 0.3, Emphasis: offence, Spaces: []float32{0, 0}},
	{Name: headLead, Binary: true, Plain: true, Cost: 2, Further: 0.2, Emphasis: offence, Spaces: []float32{0, 0}},
	{Name: headPolice, Binary: true, Cost: 0.25, Further: 0.1, Emphasis: subject, Spaces: []float32{0.6, 0}},
	{Name: headAccused, Binary: true, Cost: 1, Further: 0.3, Emphasis: conduct, Spaces: []float32{1, 0}},
	{Name: headUrgent, Binary: true, Cost: 0.5, Emphasis: danger, Spaces: []float32{1, 0}},
	{Name: headLeadType, Least: 3, Cost: 0.5, Further: 0.5, Spaces: []float32{1, 0}},
}

// Factors on the usual weights of blocks.
var (
	manner  = map[model.Block]float32{model.Ask: 1.6, model.Signal: 0.75, model.Opinion: 0.5}
	subject = map[model.Block]float32{model.Title: 1.4, model.Ending: 0.6, model.Police: 1.4, model.Opinion: 0.5}
	offence = map[model.Block]float32{
		model.Body: 1.7, model.Word: 3.4, model.Title: 1.4, model.Police: 1.7, model.Signal: 0.4, model.Opinion: 0.5,
	}
	danger = map[model.Block]float32{
		model.Body: 1.4, model.Word: 1.7, model.Title: 1.4, model.Police: 1.7, model.Signal: 0.4, model.Opinion: 0.5,
	}
	conduct = map[model.Block]float32{model.Signal: 0.5, model.Opinion: 0.5}
)

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
	row     Labelled
	further Further // Of a letter that only ever trains.
	fold    int
	*workspace
}

// trainer holds what all trainings of one run share.
type trainer struct {
	c          *Classifier
	letters    []prepared
	vocabulary *model.Vocabulary // Of the letters without labels.
	bases      []*model.Basis    // From the same letters; none without them.
	further    []prepared        // Letters that only ever train.
	folds      int
	seed       uint64
}

// newTrainer reads and rules all letters of a data directory.
func (c *Classifier) newTrainer(ctx context.Context, dir fs.FS, rows []Labelled, further []Further, folds int, seed uint64) (*trainer, error) {
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
	read, err := t.readPlain(ctx, more, further)
	if err != nil {
		return nil, err
	}
	t.bases = []*model.Basis{
		t.vocabulary.Basis(read, model.Body, dims, leastPlain, seed),
		t.vocabulary.Basis(read, model.Word, dims, leastPlain, seed),
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "training letters read",
		slog.Int("labelled", len(rows)), slog.Int("further", len(t.further)), slog.Int("plain", len(more)))
	return t, nil
}

// readPlain counts the features of letters without labels and puts those with
// further labels aside. It returns what bases are learnt from.
func (t *trainer) readPlain(ctx context.Context, letters []plain, further []Further) ([]*model.Text, error) {
	labels := map[string]Further{}
	for _, f := range further {
		labels[f.Letter] = f
	}
	var read []*model.Text
	var w workspace
	for _, p := range letters {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("preparing letters: %w", err)
		}
		row := Labelled{ID: "plain", Title: p.Title, Text: p.Text}
		t.c.prepare(row.letter(), &w)
		read = append(read, &model.Text{Runes: slices.Clone(w.text.Runes), Body: w.text.Body, Words: slices.Clone(w.text.Words)})
		if f, ok := labels[mark(p.Text)]; ok {
			extra := prepared{row: row, further: f, workspace: &workspace{}}
			t.c.prepare(row.letter(), extra.workspace)
			t.further = append(t.further, extra)
			continue
		}
		t.vocabulary.Add(&w.text)
	}
	return read, nil
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
	for i := range t.further {
		texts = append(texts, &t.further[i].text)
	}
	blank := t.vocabulary.Blank(texts, t.bases, leastLetters)
	var examples []model.Example
	for i := range t.letters {
		if l := &t.letters[i]; l.fold != without {
			examples = append(examples, model.Example{Vector: blank.Vector(&l.text), Answers: l.row.answers()})
		}
	}
	for i := range t.further {
		l := &t.further[i]
		examples = append(examples, model.Example{Vector: blank.Vector(&l.text), Answers: l.further.answers(), Further: true})
	}
	weights, err := blank.Train(ctx, t.bases, tasks, examples, t.seed)
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
	}{{headLead, pointQueue, 0.97}, {headAccused, pointHold, 0.985}, {headUrgent, pointPressing, 0.95}} {
		m.SetRecall(set.head, set.point, outcomes, set.recall)
	}
	for _, name := range []string{headLead, headAccused, headPolice} {
		m.SetBalanced(name, pointBalanced, outcomes)
	}
}

// Train trains a model and returns its file. The directory is laid out as
// docs/model-card.md tells; challenge holds letters labelled for urgency alone,
// and further the labels of single letters of the directory; both may be empty.
// The same data and seed give the same bytes.
func (c *Classifier) Train(ctx context.Context, dir fs.FS, challenge []Labelled, further []Further, seed uint64) ([]byte, error) {
	rows, err := readGold(dir)
	if err != nil {
		return nil, err
	}
	rows = append(rows, challenge...)
	t, err := c.newTrainer(ctx, dir, rows, further, calibrationFolds, seed)
	if err != nil {
		return nil, err
	}
	_, outcomes, err := t.crossTrain(ctx)
	if err != nil {
		return nil, err
	}
	m, err := t.train(ctx, fmt.Sprintf("linear-4.%d", seed), -1)
	if err != nil {
		return nil, err
	}
	calibrate(m, outcomes)
	return m.Encode()
}
