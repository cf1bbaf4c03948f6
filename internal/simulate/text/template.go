package text

import (
	"errors"
	"fmt"
	"strings"
)

// node is one part of a template: literal text, a reference to a name, or a
// choice between alternatives.
type node struct {
	kind nodeKind
	// text is the literal, or the referenced name.
	text string
	alts []template
	// line is where the node starts, for messages.
	line int
}

type nodeKind uint8

const (
	literal nodeKind = iota
	reference
	choice
)

// template is a parsed text: its nodes in reading order.
type template []node

// maxDepth bounds the nesting of alternatives.
const maxDepth = 20

// parseTemplate reads a text whose first line has the number line.
func parseTemplate(src string, line int) (template, error) {
	p := templateParser{src: src, line: line}
	t, err := p.sequence(0)
	if err != nil {
		return nil, err
	}
	if p.pos < len(p.src) {
		return nil, fmt.Errorf("line %d: closing brace without an opening one", p.line)
	}
	return t, nil
}

type templateParser struct {
	src  string
	pos  int
	line int
}

// sequence reads nodes up to the end, or inside braces up to "|" or "}".
func (p *templateParser) sequence(depth int) (template, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("line %d: alternatives nest deeper than %d", p.line, maxDepth)
	}
	var t template
	for p.pos < len(p.src) {
		switch c := p.src[p.pos]; {
		case c == '{':
			n, err := p.braces(depth)
			if err != nil {
				return nil, err
			}
			t = append(t, n)
		case c == '}', c == '|' && depth > 0:
			return t, nil
		default:
			t = append(t, p.literal(depth))
		}
	}
	return t, nil
}

func (p *templateParser) literal(depth int) node {
	stops := "{}"
	if depth > 0 {
		stops = "{}|"
	}
	n := node{kind: literal, line: p.line, text: p.src[p.pos:]}
	if i := strings.IndexAny(n.text, stops); i >= 0 {
		n.text = n.text[:i]
	}
	p.pos += len(n.text)
	p.line += strings.Count(n.text, "\n")
	n.text = strings.ReplaceAll(n.text, `\n`, "\n")
	return n
}

// braces reads "{…}": a reference when it holds a bare name, otherwise a
// choice.
func (p *templateParser) braces(depth int) (node, error) {
	n := node{kind: choice, line: p.line}
	for {
		p.pos++ // The opening brace or the bar.
		alt, err := p.sequence(depth + 1)
		if err != nil {
			return node{}, err
		}
		n.alts = append(n.alts, alt)
		if p.pos >= len(p.src) {
			return node{}, fmt.Errorf("line %d: opening brace is never closed", n.line)
		}
		if p.src[p.pos] == '}' {
			p.pos++
			break
		}
	}
	if len(n.alts) > 1 {
		return n, nil
	}
	only := n.alts[0]
	if len(only) != 1 || only[0].kind != literal {
		return node{}, fmt.Errorf("line %d: braces must hold one name or alternatives divided by |", n.line)
	}
	if err := checkName(only[0].text); err != nil {
		return node{}, fmt.Errorf("line %d: %w", n.line, err)
	}
	return node{kind: reference, text: only[0].text, line: n.line}, nil
}

var errName = errors.New("a name may not be empty nor hold spaces or punctuation")

func checkName(name string) error {
	if name == "" || strings.ContainsAny(name, " \t\r\n　，。：:=,.@#") {
		return fmt.Errorf("name %q: %w", name, errName)
	}
	return nil
}

// walk calls visit for every reference in the template.
func (t template) walk(visit func(n node) error) error {
	for _, n := range t {
		switch n.kind {
		case literal:
		case reference:
			if err := visit(n); err != nil {
				return err
			}
		case choice:
			for _, alt := range n.alts {
				if err := alt.walk(visit); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// always returns the names that every path through the template inserts,
// following phrases through expand, which returns a phrase's alternatives or
// nil.
func (t template) always(expand func(name string) []template) map[string]bool {
	sure := map[string]bool{}
	for _, n := range t {
		alts := n.alts
		if n.kind == reference {
			sure[n.text] = true
			alts = expand(n.text)
		}
		for name := range alwaysAny(alts, expand) {
			sure[name] = true
		}
	}
	return sure
}

// alwaysAny returns the names that each of the alternatives inserts.
func alwaysAny(alts []template, expand func(name string) []template) map[string]bool {
	var sure map[string]bool
	for i, alt := range alts {
		names := alt.always(expand)
		if i == 0 {
			sure = names
			continue
		}
		for name := range sure {
			if !names[name] {
				delete(sure, name)
			}
		}
	}
	return sure
}
