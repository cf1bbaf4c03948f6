package classify

import (
	"context"
	"crypto/sha256"
	_ "embed" // For the model.
	"encoding/hex"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/classify/segment"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// embedded is the shipped model; docs/model-card.md tells how to rebuild it.
//
//go:embed jiesu.model
var embedded []byte

// Classifier judges letters. It is safe for concurrent use; only Swap changes
// it. It holds a dictionary of about 135 MB, so share one.
type Classifier struct {
	cfg        Config
	model      atomic.Pointer[model.Model]
	folder     *normalise.Folder
	segmenter  *segment.Segmenter
	placeNames []string // That the segmenter keeps in one piece.
	lexicon    *lexicon.Lexicon
	silent     *lexicon.Trie // See silentWords.
	asking     *lexicon.Trie // See askingWords.
	farewell   *lexicon.Trie // See farewellWords.
	names      names
	extractor  *entity.Extractor
	dictionary string
	log        *slog.Logger
	workspaces sync.Pool // Of *workspace.
}

// New loads dictionaries, lexicons and the model, which takes about a second.
func New(cfg Config, dir *org.Directory, logger *slog.Logger) (*Classifier, error) {
	began := time.Now()
	c, err := NewUntrained(cfg, dir, logger)
	if err != nil {
		return nil, err
	}
	if err := c.load(cfg.ModelFile); err != nil {
		return nil, err
	}
	logger.Info("classifier loaded",
		slog.String("model", c.model.Load().Version()), slog.String("dictionary", c.dictionary),
		slog.Int("signals", len(c.lexicon.Signals())), slog.Duration("took", time.Since(began)))
	return c, nil
}

// NewUntrained loads all but the model. Such a classifier can train and
// cross-validate; it judges only after Swap.
func NewUntrained(cfg Config, dir *org.Directory, logger *slog.Logger) (*Classifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	folder, err := normalise.New()
	if err != nil {
		return nil, fmt.Errorf("loading normalisation tables: %w", err)
	}
	words, err := lexicon.New()
	if err != nil {
		return nil, fmt.Errorf("loading lexicon: %w", err)
	}
	names := placeNames(dir)
	segmenter, err := segment.New(names)
	if err != nil {
		return nil, fmt.Errorf("loading segmenter: %w", err)
	}
	version, err := fingerprint(names)
	if err != nil {
		return nil, fmt.Errorf("reading lexicon files: %w", err)
	}
	return &Classifier{
		cfg: cfg, folder: folder, segmenter: segmenter, placeNames: names, lexicon: words,
		silent: wordTrie(silentWords), asking: wordTrie(askingWords), farewell: wordTrie(farewellWords), names: newNames(words),
		extractor: entity.New(dir), dictionary: version, log: logger,
	}, nil
}

// placeNames lists what the segmenter should keep in one piece.
func placeNames(dir *org.Directory) []string {
	var names []string
	for _, d := range dir.Divisions() {
		names = append(names, d.Name, d.Short)
	}
	for _, p := range dir.Places() {
		names = append(names, p.Alias)
	}
	return names
}

// fingerprint hashes every word list in use, so that two verdicts of the same
// version were made with the same words.
func fingerprint(names []string) (string, error) {
	lists, err := lexicon.Files()
	if err != nil {
		return "", err
	}
	h := sha256.New()
	for _, text := range append(append(append(lists, segment.Dictionary()), normalise.Tables()...), names...) {
		h.Write([]byte(text))
		h.Write([]byte{0})
	}
	return hex.EncodeToString(h.Sum(nil))[:12], nil
}

// Version names the model and the dictionary, as they stand in every verdict.
// The dictionary's is a hash of all word lists and place names.
func (c *Classifier) Version() (modelVersion, dictionary string) {
	return c.model.Load().Version(), c.dictionary
}

// load reads the model file, or the embedded model for no name.
func (c *Classifier) load(name string) error {
	file := embedded
	if name != "" {
		var err error
		if file, err = os.ReadFile(name); err != nil {
			return fmt.Errorf("reading model: %w", err)
		}
	}
	return c.Swap(file)
}

// Swap puts another model in place while letters are being judged: each letter
// is judged by one model alone, and its verdict names it. A file that is no
// model changes nothing.
func (c *Classifier) Swap(file []byte) error {
	m, err := model.Decode(file)
	if err != nil {
		return err
	}
	if err := checkHeads(m); err != nil {
		return err
	}
	c.model.Store(m)
	return nil
}

// checkHeads wants every question answered.
func checkHeads(m *model.Model) error {
	for _, t := range tasks {
		if m.Head(t.Name) == nil {
			return fmt.Errorf("the model answers no %s; train it with this version", t.Name)
		}
	}
	return nil
}

// Classify judges letters on all workers and keeps their order. Its only error
// is the context's.
func (c *Classifier) Classify(ctx context.Context, letters []letter.Letter) ([]letter.Judgement, error) {
	out := make([]letter.Judgement, len(letters))
	if err := c.spread(ctx, len(letters), func(i int) { out[i] = c.Judge(letters[i]) }); err != nil {
		return nil, fmt.Errorf("classifying letters: %w", err)
	}
	return out, nil
}

// spread does n pieces of work on all workers.
func (c *Classifier) spread(ctx context.Context, n int, do func(i int)) error {
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(c.cfg.Workers, n) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				do(i)
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// Judge judges one letter.
func (c *Classifier) Judge(l letter.Letter) letter.Judgement {
	j, _ := c.judge(l)
	return j
}

func (c *Classifier) judge(l letter.Letter) (letter.Judgement, certainty) {
	w, ok := c.workspaces.Get().(*workspace)
	if !ok {
		w = &workspace{}
	}
	defer c.workspaces.Put(w)
	c.prepare(l, w)
	verdict, sure := c.verdict(w, c.model.Load())
	folded := w.read.text.String()
	return letter.Judgement{Verdict: verdict, Normalised: folded, Tokens: w.read.tokens(folded)}, sure
}
