package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/calendar"
)

// Verification compares the store's figures with a ledger's own count.
type Verification struct {
	Documents   int
	Figures     int // Leaves compared: counts, and n, d, pct and exclusions of rates.
	Differences []Difference
}

// Difference is one figure on which the two do not agree.
type Difference struct {
	Document string // Period, cut-off and dimension.
	Figure   string // "row key/figure id/part".
	Want     string // By the ledger; "absent" when it has no such figure.
	Got      string // By the store.
}

// expected is one document of truth.json, in the form `kpi --json` prints.
type expected struct {
	Period struct {
		From calendar.Date `json:"from"`
		To   calendar.Date `json:"to"`
	} `json:"period"`
	AsOf time.Time            `json:"as_of"`
	By   *analytics.Dimension `json:"by"`
	Tier int                  `json:"tier"`
}

// Verify computes every document of a truth.json again and compares leaf by
// leaf, including the versions, the names and the finality.
func (s *Session) Verify(ctx context.Context, viewer analytics.Viewer, truth io.Reader) (Verification, error) {
	var docs []json.RawMessage
	if err := json.NewDecoder(truth).Decode(&docs); err != nil {
		return Verification{}, fmt.Errorf("reading the truth: %w", err)
	}
	var v Verification
	for i, raw := range docs {
		if err := s.verifyDocument(ctx, viewer, raw, &v); err != nil {
			return v, fmt.Errorf("verifying document %d: %w", i+1, err)
		}
	}
	return v, nil
}

func (s *Session) verifyDocument(ctx context.Context, viewer analytics.Viewer, raw json.RawMessage, v *Verification) error {
	var want expected
	if err := json.Unmarshal(raw, &want); err != nil {
		return fmt.Errorf("reading the document: %w", err)
	}
	q := analytics.Query{From: want.Period.From, To: want.Period.To, AsOf: want.AsOf, Tier: want.Tier}
	if want.By != nil {
		q.By = *want.By
	}
	doc, err := s.Store.KPIs(ctx, viewer, q)
	if err != nil {
		return err
	}
	encoded, err := json.Marshal(doc)
	if err != nil {
		return fmt.Errorf("encoding the figures: %w", err)
	}
	wantLeaves, err := leaves(raw)
	if err != nil {
		return err
	}
	gotLeaves, err := leaves(encoded)
	if err != nil {
		return err
	}
	name := fmt.Sprintf("%s…%s as of %s by %q tier %d", q.From, q.To, want.AsOf.Format(time.RFC3339), q.By, q.Tier)
	v.Documents++
	v.Figures += len(wantLeaves)
	for _, path := range slices.Sorted(maps.Keys(union(wantLeaves, gotLeaves))) {
		w, g := orAbsent(wantLeaves, path), orAbsent(gotLeaves, path)
		if w != g {
			v.Differences = append(v.Differences, Difference{Document: name, Figure: path, Want: w, Got: g})
		}
	}
	return nil
}

// leaves flattens a document to path → value. Rows are addressed by their key,
// so that a missing row shows as such and not as a shift of all others.
func leaves(raw []byte) (map[string]string, error) {
	var doc map[string]any
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, fmt.Errorf("reading the document: %w", err)
	}
	out := map[string]string{}
	rows, _ := doc["rows"].([]any)
	delete(doc, "rows")
	flatten("", doc, out)
	for _, r := range rows {
		row, ok := r.(map[string]any)
		if !ok {
			return nil, errors.New("reading the document: a row is not an object")
		}
		flatten(fmt.Sprintf("row %q", row["key"]), row, out)
	}
	return out, nil
}

func flatten(path string, v any, out map[string]string) {
	m, ok := v.(map[string]any)
	if !ok {
		out[path] = fmt.Sprint(v)
		return
	}
	for k, child := range m {
		flatten(path+"/"+k, child, out)
	}
}

func union(a, b map[string]string) map[string]string {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func orAbsent(m map[string]string, k string) string {
	if v, ok := m[k]; ok {
		return v
	}
	return "absent"
}
