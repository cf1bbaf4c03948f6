package letter

import (
	_ "embed"
	"strings"
)

// taxonomyCSV lists every code once: axis, code, name, group, prior urgency.
// Letter types L01–L12 without L11, which is a topic (T22) and not a type.
//
//go:embed taxonomy.csv
var taxonomyCSV string

// TypeCode is a letter type, L01…L12.
type TypeCode string

// TopicCode is a topic, T01…T22; T22 is what the police do not handle.
type TopicCode string

// LeadTypeCode is one of the 82 types of lead, e.g. F03.
type LeadTypeCode string

// Codes the rules themselves speak of.
const (
	TypeThanks     TypeCode  = "L09"
	TypeVoid       TypeCode  = "L12"
	TopicNotPolice TopicCode = "T22"
)

// Term is one entry of a taxonomy.
type Term struct {
	Code    string
	Name    string // Chinese, as printed.
	Group   string // help, complaint, lead, … for types; the Chinese group name for lead types; empty for topics.
	Urgency Urgency
}

// Taxonomy is one axis of codes in printing order.
type Taxonomy struct {
	terms  []Term
	byCode map[string]int
}

// The three axes. They are read once from the embedded table.
var (
	Types     = loadAxis("type")
	Topics    = loadAxis("topic")
	LeadTypes = loadAxis("lead_type")
)

// Terms returns the terms in printing order; the caller must not change them.
func (t Taxonomy) Terms() []Term { return t.terms }

// Lookup finds a code.
func (t Taxonomy) Lookup(code string) (Term, bool) {
	i, ok := t.byCode[code]
	if !ok {
		return Term{}, false
	}
	return t.terms[i], true
}

// Name returns the Chinese name of a code, or the code itself when unknown.
func (t Taxonomy) Name(code string) string {
	if term, ok := t.Lookup(code); ok {
		return term.Name
	}
	return code
}

// Valid reports whether c is a letter type.
func (c TypeCode) Valid() bool { _, ok := Types.Lookup(string(c)); return ok }

// Valid reports whether c is a topic.
func (c TopicCode) Valid() bool { _, ok := Topics.Lookup(string(c)); return ok }

// Valid reports whether c is a lead type.
func (c LeadTypeCode) Valid() bool { _, ok := LeadTypes.Lookup(string(c)); return ok }

// loadAxis reads one axis; the table has no quoted fields.
func loadAxis(axis string) Taxonomy {
	t := Taxonomy{byCode: map[string]int{}}
	for line := range strings.Lines(taxonomyCSV) {
		f := strings.Split(strings.TrimRight(line, "\n"), ",")
		if len(f) != 5 || f[0] != axis {
			continue
		}
		t.byCode[f[1]] = len(t.terms)
		t.terms = append(t.terms, Term{Code: f[1], Name: f[2], Group: f[3], Urgency: Urgency(f[4])})
	}
	return t
}
