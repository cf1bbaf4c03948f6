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

// Further labels one of the further letters of the data directory, in a single
// reading and without quoting it. What the reading left open is empty.
type Further struct {
	Letter  string `json:"letter"` // See mark.
	Type    string `json:"type,omitempty"`
	Accused *bool  `json:"accused,omitempty"`
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
		if _, ok := letter.Types.Lookup(row.Type); row.Type != "" && !ok {
			return nil, fmt.Errorf("reading further labels: line %d: no letter type %q", n, row.Type)
		}
		rows = append(rows, row)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("reading further labels: %w", err)
	}
	return rows, nil
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
	if f.Accused != nil {
		out[headAccused] = yes(*f.Accused)
	}
	return out
}
