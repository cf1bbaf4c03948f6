package analytics

import (
	"bytes"
	"encoding/json"
)

// WithIntervals is a document whose rates are printed with their intervals.
type WithIntervals Document

// MarshalJSON writes the document's JSON with "ci" and "small" in each rate.
func (d WithIntervals) MarshalJSON() ([]byte, error) {
	type row struct {
		Key  string          `json:"key"`
		Name string          `json:"name"`
		KPIs json.RawMessage `json:"kpis"`
	}
	out := struct {
		documentJSON
		Rows []row `json:"rows"`
	}{documentJSON: Document(d).json(), Rows: []row{}}
	for _, r := range d.Rows {
		figures := map[string]figureWithInterval{}
		for id, figure := range r.KPIs {
			figures[id] = figureWithInterval(figure)
		}
		kpis, err := inOrder(figures)
		if err != nil {
			return nil, err
		}
		out.Rows = append(out.Rows, row{r.Key, r.Name, kpis})
	}
	return json.Marshal(out)
}

type figureWithInterval Figure

// MarshalJSON writes the figure, a rate with two members more.
func (f figureWithInterval) MarshalJSON() ([]byte, error) {
	text, err := Figure(f).MarshalJSON()
	if err != nil || f.Rate == nil {
		return text, err
	}
	more, err := json.Marshal(struct {
		CI    *Interval `json:"ci"`
		Small bool      `json:"small"`
	}{Figure(f).interval(), f.Rate.Small()})
	if err != nil {
		return nil, err
	}
	text = append(bytes.TrimSuffix(text, []byte("}")), ',')
	return append(text, more[1:]...), nil
}
