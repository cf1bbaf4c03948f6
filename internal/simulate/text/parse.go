package text

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Pattern is one letter template with the truth it stands for.
type Pattern struct {
	// ID is the letter type and the running number in its file, "L05-012".
	ID string
	// Type, Topic, Lead and Urgency are codes of the domain tables: L01–L12,
	// T01–T22, a lead type or "" and P0–P3.
	Type, Topic, Lead, Urgency string
	// Weight is the pattern's share among those the caller chooses from.
	Weight int
	// Accused says that the letter complains about a police unit.
	Accused bool
	// Series lists the slots whose values a series of letters shares.
	Series []string
	// Register is the way of writing: plain, formal, yue (Cantonese), leizhou
	// and wuchuan (the flavour of these dialects), trad (traditional
	// characters), short, long.
	Register string

	line        int
	title, body template
}

// maxWeight bounds a pattern's weight.
const maxWeight = 100

// registers lists the ways of writing a header may name.
func registers() []string {
	return []string{"plain", "formal", "yue", "leizhou", "wuchuan", "trad", "short", "long"}
}

// block is a run of non-blank lines; line numbers the first one.
type block struct {
	line  int
	lines []string
}

// blocks splits a file at blank lines and leaves out comments.
func blocks(data string) ([]block, error) {
	if !utf8.ValidString(data) {
		return nil, fmt.Errorf("line %d: not valid UTF-8", invalidLine(data))
	}
	var all []block
	open := false
	number := 0
	for line := range strings.SplitSeq(strings.TrimSuffix(data, "\n"), "\n") {
		number++
		line = strings.TrimSuffix(line, "\r")
		switch {
		case line == "":
			open = false
		case open:
			last := &all[len(all)-1]
			last.lines = append(last.lines, line)
		case !strings.HasPrefix(line, "#"):
			all = append(all, block{line: number, lines: []string{line}})
			open = true
		}
	}
	return all, nil
}

func invalidLine(data string) int {
	line := 1
	for i, r := range data {
		if r == '\n' {
			line++
		}
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(data[i:]); size == 1 {
				return line
			}
		}
	}
	return line
}

// parsePatterns reads the blocks of one letter type's file.
func parsePatterns(letterType, data string) ([]Pattern, error) {
	all, err := blocks(data)
	if err != nil {
		return nil, err
	}
	patterns := make([]Pattern, 0, len(all))
	for i, b := range all {
		p, err := parsePattern(b)
		if err != nil {
			return nil, err
		}
		if p.Type != letterType {
			return nil, fmt.Errorf("line %d: letter type %s in the file of %s", b.line, p.Type, letterType)
		}
		p.ID = fmt.Sprintf("%s-%03d", letterType, i+1)
		patterns = append(patterns, p)
	}
	return patterns, nil
}

// titlePrefix starts the second line of a block.
const titlePrefix = "标题:"

func parsePattern(b block) (Pattern, error) {
	p, err := parseHeader(b.lines[0])
	if err != nil {
		return Pattern{}, fmt.Errorf("line %d: %w", b.line, err)
	}
	p.line = b.line
	if len(b.lines) < 2 || !strings.HasPrefix(b.lines[1], titlePrefix) {
		return Pattern{}, fmt.Errorf("line %d: the line after the header must start with %q", b.line+1, titlePrefix)
	}
	if len(b.lines) < 3 {
		return Pattern{}, fmt.Errorf("line %d: the letter has no body", b.line+2)
	}
	title := strings.TrimSpace(strings.TrimPrefix(b.lines[1], titlePrefix))
	if p.title, err = parseTemplate(title, b.line+1); err != nil {
		return Pattern{}, err
	}
	if p.body, err = parseTemplate(strings.Join(b.lines[2:], "\n"), b.line+2); err != nil {
		return Pattern{}, err
	}
	return p, nil
}

// parseHeader reads "@ type topic lead urgency option…".
func parseHeader(line string) (Pattern, error) {
	fields := strings.Fields(line)
	if len(fields) < 5 || fields[0] != "@" {
		return Pattern{}, fmt.Errorf("header must read \"@ type topic lead urgency [option…]\", not %q", line)
	}
	p := Pattern{Type: fields[1], Topic: fields[2], Lead: fields[3], Urgency: fields[4], Weight: 1, Register: "plain"}
	switch {
	case !isCode(p.Type, 'L', 1, 12):
		return Pattern{}, fmt.Errorf("letter type %q is not L01 to L12", p.Type)
	case !isCode(p.Topic, 'T', 1, 22):
		return Pattern{}, fmt.Errorf("topic %q is not T01 to T22", p.Topic)
	case p.Lead != "-" && (len(p.Lead) != 3 || !isCode(p.Lead, p.Lead[0], 1, 99) || p.Lead[0] < 'A' || p.Lead[0] > 'Z'):
		return Pattern{}, fmt.Errorf("lead %q is neither a code such as F01 nor -", p.Lead)
	case len(p.Urgency) != 2 || p.Urgency[0] != 'P' || p.Urgency[1] < '0' || p.Urgency[1] > '3':
		return Pattern{}, fmt.Errorf("urgency %q is not P0 to P3", p.Urgency)
	}
	if p.Lead == "-" {
		p.Lead = ""
	}
	for _, option := range fields[5:] {
		if err := p.setOption(option); err != nil {
			return Pattern{}, err
		}
	}
	return p, nil
}

// isCode reports whether s is the letter followed by two digits from lo to hi.
func isCode(s string, letter byte, lo, hi int) bool {
	if len(s) != 3 || s[0] != letter || s[1] < '0' || s[1] > '9' || s[2] < '0' || s[2] > '9' {
		return false
	}
	n := int(s[1]-'0')*10 + int(s[2]-'0')
	return lo <= n && n <= hi
}

func (p *Pattern) setOption(option string) error {
	key, value, _ := strings.Cut(option, "=")
	switch key {
	case "weight":
		n, err := strconv.Atoi(value)
		if err != nil || n < 1 || n > maxWeight {
			return fmt.Errorf("weight %q is not a number from 1 to %d", value, maxWeight)
		}
		p.Weight = n
	case "register":
		if !slices.Contains(registers(), value) {
			return fmt.Errorf("register %q is none of %s", value, strings.Join(registers(), ", "))
		}
		p.Register = value
	case "series":
		p.Series = strings.Split(value, ",")
	case "accused":
		if value != "" {
			return fmt.Errorf("option accused takes no value, got %q", value)
		}
		p.Accused = true
	default:
		return fmt.Errorf("unknown option %q", option)
	}
	return nil
}

// phrase is a named list of alternatives; a word keeps one value per letter.
type phrase struct {
	name string
	word bool
	line int
	alts []template
}

// parsePhrases reads blocks that start with "= name" or ":= name".
func parsePhrases(data string) (map[string]*phrase, error) {
	all, err := blocks(data)
	if err != nil {
		return nil, err
	}
	phrases := make(map[string]*phrase, len(all))
	for _, b := range all {
		f, err := parsePhrase(b)
		if err != nil {
			return nil, err
		}
		if first := phrases[f.name]; first != nil {
			return nil, fmt.Errorf("line %d: %s is already defined in line %d", b.line, f.name, first.line)
		}
		phrases[f.name] = f
	}
	return phrases, nil
}

func parsePhrase(b block) (*phrase, error) {
	head := strings.Fields(b.lines[0])
	if len(head) != 2 || (head[0] != "=" && head[0] != ":=") {
		return nil, fmt.Errorf("line %d: a definition must read \"= name\" or \":= name\", not %q", b.line, b.lines[0])
	}
	f := &phrase{name: head[1], word: head[0] == ":=", line: b.line}
	if err := checkName(f.name); err != nil {
		return nil, fmt.Errorf("line %d: %w", b.line, err)
	}
	if kindOf(f.name) != f.name {
		return nil, fmt.Errorf("line %d: the name %q ends in a digit, which marks a second value", b.line, f.name)
	}
	if len(b.lines) < 2 {
		return nil, fmt.Errorf("line %d: %s has no alternatives", b.line, f.name)
	}
	for i, line := range b.lines[1:] {
		t, err := parseTemplate(line, b.line+1+i)
		if err != nil {
			return nil, err
		}
		f.alts = append(f.alts, t)
	}
	return f, nil
}

// kindOf takes the digit from 2 to 9 off a slot name.
func kindOf(name string) string {
	if last := name[len(name)-1]; len(name) > 1 && last >= '2' && last <= '9' {
		return name[:len(name)-1]
	}
	return name
}
