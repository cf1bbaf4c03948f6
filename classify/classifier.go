package classify

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/classify/segment"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

// model names the decision rules; raise it when they change.
const model = "lexicon-1"

// Classifier judges letters. It never changes after New and is safe for
// concurrent use; it holds a dictionary of about 135 MB, so share one.
type Classifier struct {
	cfg        Config
	folder     *normalise.Folder
	segmenter  *segment.Segmenter
	lexicon    *lexicon.Lexicon
	extractor  *entity.Extractor
	dictionary string
	log        *slog.Logger
}

// New loads dictionaries and lexicons, which takes about a second.
func New(cfg Config, dir *org.Directory, logger *slog.Logger) (*Classifier, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	began := time.Now()
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
	c := &Classifier{
		cfg: cfg, folder: folder, segmenter: segmenter, lexicon: words,
		extractor: entity.New(dir), dictionary: version, log: logger,
	}
	logger.Info("classifier loaded",
		slog.String("model", model), slog.String("dictionary", version),
		slog.Int("signals", len(words.Signals())), slog.Duration("took", time.Since(began)))
	return c, nil
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
func (c *Classifier) Version() (modelVersion, dictionary string) { return model, c.dictionary }

// Classify judges letters on all workers and keeps their order. Its only error
// is the context's.
func (c *Classifier) Classify(ctx context.Context, letters []letter.Letter) ([]letter.Judgement, error) {
	out := make([]letter.Judgement, len(letters))
	var next atomic.Int64
	var wg sync.WaitGroup
	for range min(c.cfg.Workers, len(letters)) {
		wg.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(letters) {
					return
				}
				out[i] = c.Judge(letters[i])
			}
		})
	}
	wg.Wait()
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("classifying letters: %w", err)
	}
	return out, nil
}

// Judge judges one letter.
func (c *Classifier) Judge(l letter.Letter) letter.Judgement {
	r := c.read(l)
	folded := r.text.String()
	return letter.Judgement{
		Verdict:    c.decide(r),
		Normalised: folded,
		Tokens:     c.segmenter.Words(folded),
	}
}
