package text

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
)

//go:embed patterns/*.txt
var patternFiles embed.FS

// Library holds the patterns and phrases. It does not change after Load and
// may be used from several goroutines, each with its own random source.
type Library struct {
	patterns []Pattern
	phrases  map[string]*phrase
}

// Load reads the embedded pattern files. An error names the file and the
// line and means that the program was built with a broken pattern.
func Load() (*Library, error) {
	sub, err := fs.Sub(patternFiles, "patterns")
	if err != nil {
		return nil, fmt.Errorf("opening patterns: %w", err)
	}
	return load(sub)
}

// phrasesFile holds the phrases and words all patterns share.
const phrasesFile = "phrases.txt"

func load(files fs.FS) (*Library, error) {
	data, err := fs.ReadFile(files, phrasesFile)
	if err != nil {
		return nil, fmt.Errorf("reading phrases: %w", err)
	}
	lib := &Library{}
	if lib.phrases, err = parsePhrases(string(data)); err != nil {
		return nil, fmt.Errorf("reading %s: %w", phrasesFile, err)
	}
	if err := lib.checkPhrases(); err != nil {
		return nil, fmt.Errorf("reading %s: %w", phrasesFile, err)
	}
	names, err := fs.Glob(files, "L*.txt")
	if err != nil {
		return nil, fmt.Errorf("listing patterns: %w", err)
	}
	for _, name := range names {
		if err := lib.loadPatterns(files, name); err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
	}
	return lib, nil
}

func (lib *Library) loadPatterns(files fs.FS, name string) error {
	data, err := fs.ReadFile(files, name)
	if err != nil {
		return err
	}
	patterns, err := parsePatterns(strings.TrimSuffix(name, ".txt"), string(data))
	if err != nil {
		return err
	}
	var faults []error
	for i := range patterns {
		faults = append(faults, lib.checkPattern(&patterns[i]))
	}
	lib.patterns = append(lib.patterns, patterns...)
	return errors.Join(faults...)
}

// Patterns returns all patterns in the order of their IDs.
func (lib *Library) Patterns() []Pattern {
	return slices.Clone(lib.patterns)
}

var (
	errUnknown = errors.New("no slot, word or phrase has this name")
	errCycle   = errors.New("the definition refers to itself")
)

// alternatives returns what a phrase or word expands to, nil for a slot.
func (lib *Library) alternatives(name string) []template {
	if f := lib.phrases[name]; f != nil {
		return f.alts
	}
	if f := lib.phrases[kindOf(name)]; f != nil && f.word {
		return f.alts
	}
	return nil
}

// checkName reports a reference to something that does not exist.
func (lib *Library) checkName(n node) error {
	if lib.alternatives(n.text) != nil || builtin(kindOf(n.text)) != nil {
		return nil
	}
	return fmt.Errorf("line %d: %s: %w", n.line, n.text, errUnknown)
}

// checkPhrases reports unknown names, names that hide a built-in slot, and
// definitions that refer to themselves.
func (lib *Library) checkPhrases() error {
	for _, f := range lib.sortedPhrases() {
		if builtin(f.name) != nil {
			return fmt.Errorf("line %d: %s is a built-in slot", f.line, f.name)
		}
		if err := lib.checkCycle(f, nil); err != nil {
			return err
		}
	}
	return nil
}

func (lib *Library) sortedPhrases() []*phrase {
	all := make([]*phrase, 0, len(lib.phrases))
	for _, f := range lib.phrases {
		all = append(all, f)
	}
	slices.SortFunc(all, func(a, b *phrase) int { return a.line - b.line })
	return all
}

func (lib *Library) checkCycle(f *phrase, path []*phrase) error {
	if slices.Contains(path, f) {
		return fmt.Errorf("line %d: %s: %w", f.line, f.name, errCycle)
	}
	path = append(path, f)
	for _, alt := range f.alts {
		err := alt.walk(func(n node) error {
			if err := lib.checkName(n); err != nil {
				return err
			}
			next := lib.phrases[n.text]
			if next == nil {
				next = lib.phrases[kindOf(n.text)]
			}
			if next == nil {
				return nil
			}
			return lib.checkCycle(next, path)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// checkPattern reports unknown names and the slots a body must have but lacks
// on some path.
func (lib *Library) checkPattern(p *Pattern) error {
	for _, t := range []template{p.title, p.body} {
		if err := t.walk(lib.checkName); err != nil {
			return err
		}
	}
	sure := p.body.always(lib.alternatives)
	for _, name := range p.Series {
		if !sure[name] {
			return fmt.Errorf("line %d: some letters of this pattern would lack the series slot %s", p.line, name)
		}
	}
	if p.Accused && !slices.ContainsFunc(accusedSlots(), func(name string) bool { return sure[name] }) {
		return fmt.Errorf("line %d: some letters of this pattern would not name the accused unit", p.line)
	}
	if !lib.anchored(p.body) {
		return fmt.Errorf("line %d: some letters of this pattern would lack a detail that tells them apart (one of %s)",
			p.line, strings.Join(anchorSlots(), ", "))
	}
	return nil
}

// anchored reports whether every path inserts some anchor, not necessarily
// the same one.
func (lib *Library) anchored(t template) bool {
	return slices.ContainsFunc(t, func(n node) bool {
		alts := n.alts
		if n.kind == reference {
			if slices.Contains(anchorSlots(), n.text) {
				return true
			}
			alts = lib.alternatives(n.text)
		}
		return len(alts) > 0 && !slices.ContainsFunc(alts, func(alt template) bool { return !lib.anchored(alt) })
	})
}
