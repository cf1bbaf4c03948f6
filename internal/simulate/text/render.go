package text

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"
)

// Slots are the facts a caller fixes for one letter.
type Slots struct {
	// Division and County are codes, their names are what letters say. They
	// are "" when unknown; letters then say 我们这里 or 当地派出所.
	Division, DivisionName string
	County, CountyName     string
	// Station is the local police station, Unit the unit complained about;
	// Unit falls back to DivisionName, then to Station.
	Station, Unit string
	// ReceivedAt is when the letter arrives; the times in it lie before.
	ReceivedAt time.Time
	// Shared fixes the values of slots by name, for a series of letters.
	Shared map[string]string
	// Serial numbers the letter; letters with different serials below 700,000
	// never have the same body.
	Serial uint64
}

// Letter is a rendered pattern.
type Letter struct {
	Title, Body string
	// Values holds the values that title and body use, by slot kind, in the
	// order of use: amounts in plain digits, times as "2006-01-02 15:04" in
	// Chinese time, everything else as written before Effects.
	Values map[string][]string
	// Yuan is the first {中额}, {金额} or {大额}, the sum the letter is about;
	// 0 without one.
	Yuan int64
	// AccusedUnit is the police unit the letter complains about, "" when the
	// pattern does not accuse one.
	AccusedUnit string
	// Effects names the changes made to the spelling, see surface.go.
	Effects []string
}

// Render writes a letter from the pattern, which must come from
// [Library.Patterns]. It is deterministic for a random source, pattern and
// slots. It fails only for a pattern that the library did not load.
func (lib *Library) Render(rng *rand.Rand, p *Pattern, in Slots) (Letter, error) {
	if p.body == nil {
		return Letter{}, fmt.Errorf("rendering pattern %q: it was not loaded from the library", p.ID)
	}
	r := newRendering(lib, rng, in)
	title, err := r.run(p.title)
	if err != nil {
		return Letter{}, fmt.Errorf("rendering the title of %s: %w", p.ID, err)
	}
	r.anchored = false
	body, err := r.run(p.body)
	if err != nil {
		return Letter{}, fmt.Errorf("rendering %s: %w", p.ID, err)
	}
	if !r.anchored {
		receipt := slotReceipt(r)
		r.record("回执", receipt)
		body = append(body, piece{text: "\n上次登记的回执编号是"}, piece{text: receipt.show, fixed: true})
	}
	letter := Letter{Values: r.values, Yuan: r.yuan, Effects: chooseEffects(rng, p.Register)}
	letter.Title = applyEffects(rng, title, onTitle(letter.Effects))
	letter.Body = applyEffects(rng, body, letter.Effects)
	if p.Accused {
		letter.AccusedUnit = r.accusedUnit()
	}
	return letter, nil
}

// NewValue draws a value of a slot or word for [Slots].Shared.
func (lib *Library) NewValue(rng *rand.Rand, name string, in Slots) (string, error) {
	r := newRendering(lib, rng, in)
	var out []piece
	if err := r.reference(&out, name); err != nil {
		return "", fmt.Errorf("drawing a value of %s: %w", name, err)
	}
	return join(out), nil
}

// value is what a slot puts into a letter: as written, and in normal form.
type value struct{ show, truth string }

// piece is a run of output; fixed ones are values that typos must not touch.
type piece struct {
	text  string
	fixed bool
}

func join(pieces []piece) string {
	var b strings.Builder
	for _, p := range pieces {
		b.WriteString(p.text)
	}
	return b.String()
}

// rendering is the state of one letter.
type rendering struct {
	lib      *Library
	rng      *rand.Rand
	in       Slots
	chosen   map[string]value
	values   map[string][]string
	yuan     int64
	anchored bool
	// ago is how many days before the arrival the matter lies, 0 unknown.
	ago int
	// dated says that the letter has given the time of the matter.
	dated bool
}

func newRendering(lib *Library, rng *rand.Rand, in Slots) *rendering {
	return &rendering{lib: lib, rng: rng, in: in, chosen: map[string]value{}, values: map[string][]string{}}
}

func (r *rendering) run(t template) ([]piece, error) {
	var out []piece
	err := r.expand(&out, t)
	return out, err
}

func (r *rendering) expand(out *[]piece, t template) error {
	for _, n := range t {
		var err error
		switch n.kind {
		case literal:
			*out = append(*out, piece{text: n.text})
		case choice:
			err = r.expand(out, n.alts[r.rng.IntN(len(n.alts))])
		case reference:
			err = r.reference(out, n.text)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// reference inserts a phrase, or the value of a word or slot.
func (r *rendering) reference(out *[]piece, name string) error {
	if f := r.lib.phrases[name]; f != nil && !f.word {
		return r.expand(out, f.alts[r.rng.IntN(len(f.alts))])
	}
	v, known := r.chosen[name]
	if !known {
		var err error
		if v, err = r.choose(name); err != nil {
			return err
		}
		r.record(name, v)
	}
	r.anchored = r.anchored || r.anchors(name)
	*out = append(*out, piece{text: v.show, fixed: true})
	return nil
}

func (r *rendering) choose(name string) (value, error) {
	if shared, ok := r.in.Shared[name]; ok {
		return value{shared, shared}, nil
	}
	kind := kindOf(name)
	if f := r.lib.phrases[kind]; f != nil {
		pieces, err := r.run(f.alts[r.rng.IntN(len(f.alts))])
		text := join(pieces)
		return value{text, text}, err
	}
	draw := builtin(kind)
	if draw == nil {
		return value{}, fmt.Errorf("%s: %w", name, errUnknown)
	}
	return draw(r), nil
}

func (r *rendering) record(name string, v value) {
	r.chosen[name] = v
	kind := kindOf(name)
	r.values[kind] = append(r.values[kind], v.truth)
	if r.yuan == 0 && (kind == "中额" || kind == "金额" || kind == "大额") {
		// A shared amount that is no number leaves the sum unknown.
		if n, err := strconv.ParseInt(v.truth, 10, 64); err == nil {
			r.yuan = n
		}
	}
}

func (r *rendering) accusedUnit() string {
	for _, name := range accusedSlots() {
		if used := r.values[name]; len(used) > 0 {
			return used[0]
		}
	}
	return ""
}
