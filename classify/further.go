package classify

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"

	"jiesu.cn/jiesu/letter"
)

// Further labels one of the further letters of the data directory, without
// quoting it. What its readers were not sure of is empty.
type Further struct {
	Letter   string          `json:"letter"` // See mark.
	Type     string          `json:"type,omitempty"`
	Police   *bool           `json:"police,omitempty"`
	Lead     letter.LeadKind `json:"lead,omitempty"`
	LeadType string          `json:"lead_type,omitempty"`
	Topic    string          `json:"topic,omitempty"`
	Accused  *bool           `json:"accused,omitempty"`
}

// ReadFurther reads JSON lines of further labels. Errors name the line.
func ReadFurther(r io.Reader) ([]Further, error) {
	var rows []Further
	in := bufio.NewScanner(r)
	for n := 1; in.Scan(); n++ {
		var row Further
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("reading further labels: line %d: %w", n, err)
		}
		if err := row.check(); err != nil {
			return nil, fmt.Errorf("reading further labels: line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("reading further labels: %w", err)
	}
	return rows, nil
}

// check refuses labels that no list has: they would train answers of their own.
func (f Further) check() error {
	if f.Lead != "" && f.Lead != letter.LeadNone && f.Lead != letter.LeadSecurity && f.Lead != letter.LeadTraffic {
		return fmt.Errorf("no kind of lead %q", f.Lead)
	}
	for _, label := range []struct {
		list letter.Taxonomy
		kind string
		code string
	}{{letter.Types, "letter type", f.Type}, {letter.LeadTypes, "lead type", f.LeadType}, {letter.Topics, "topic", f.Topic}} {
		if _, ok := label.list.Lookup(label.code); label.code != "" && !ok {
			return fmt.Errorf("no %s %q", label.kind, label.code)
		}
	}
	return nil
}

// mark names a letter without telling what it says: the start of the SHA-256
// of its beginning.
func mark(text string) string {
	sum := sha256.Sum256([]byte(beginning(text)))
	return hex.EncodeToString(sum[:8])
}

// answers are the labels by head.
func (f Further) answers() map[string]string {
	out := map[string]string{}
	if term, ok := letter.Types.Lookup(f.Type); ok {
		out[headType], out[headGroup] = f.Type, term.Group
	}
	if f.Lead != "" {
		out[headKind], out[headLead] = string(f.Lead), yes(f.Lead == letter.LeadSecurity)
	}
	if f.LeadType != "" {
		out[headLeadType] = f.LeadType
	}
	if f.Topic != "" {
		out[headTopic] = f.Topic
	}
	if f.Police != nil {
		out[headPolice] = yes(*f.Police)
	}
	if f.Accused != nil {
		out[headAccused] = yes(*f.Accused)
	}
	return out
}
