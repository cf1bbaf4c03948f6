package simulate

import (
	"bytes"
	"encoding/json"
	"strconv"
)

// figure numbers the counts of docs/metrics.md, ratio its rates.
type (
	figure int
	ratio  int
)

const (
	figReceived figure = iota
	figInvalidated
	figMerged
	figLetters
	figWriters
	figMatters
	figBackdated
	figOverdue
	figThanks
	figSolved
	figLeads
	figCasesFiled
	figCasesSolved
	figArrests
	figures
)

const (
	rateResponse ratio = iota
	rateSigned
	rateForwarded
	rateContacted
	rateReached
	rateReplied
	rateClosure
	rateClosureMature
	rateClosedInTime
	ratios
)

// left numbers the reasons for which a letter or hop is left out of a rate, in
// the order in which they apply.
type left int

const (
	counted left = iota
	leftInvalidated
	leftMerged
	leftThanks
	leftTransferred
	leftUncontactable
	leftCalendar
	leftImmature
	lefts
)

func figureIDs() [figures]string {
	return [figures]string{
		"received", "invalidated", "merged", "letters", "writers", "matters", "backdated", "overdue", "thanks",
		"problems_solved", "leads", "cases_filed", "cases_solved", "arrests",
	}
}

func ratioIDs() [ratios]string {
	return [ratios]string{
		"response", "signed_in_time", "forwarded_in_time", "contacted_in_time", "contacted_reached_in_time",
		"replied_in_time", "closure", "closure_mature", "closed_in_time",
	}
}

func leftIDs() [lefts]string {
	return [lefts]string{"", "invalidated", "merged", "thanks", "transferred", "uncontactable", "calendar_missing", "immature"}
}

// rate is a numerator, a denominator, and what was left out and why.
type rate struct {
	n, d     int
	excluded [lefts]int
}

func (r *rate) add(why left, met bool) {
	switch {
	case why != counted:
		r.excluded[why]++
	case met:
		r.n++
		r.d++
	default:
		r.d++
	}
}

// tenths returns the percentage in tenths, rounded half up; 1000 only when all
// are met and 0 only when none is. d must not be 0.
func (r rate) tenths() int {
	t := (2000*r.n + r.d) / (2 * r.d)
	switch {
	case t == 1000 && r.n < r.d:
		return 999
	case t == 0 && r.n > 0:
		return 1
	}
	return t
}

// Figures are all figures of one row of truth.json.
type Figures struct {
	counts [figures]int
	rates  [ratios]rate
}

// Count returns a count by its id in docs/metrics.md, 0 for an unknown id.
func (f Figures) Count(id string) int {
	for k, name := range figureIDs() {
		if name == id {
			return f.counts[k]
		}
	}
	return 0
}

// Rate returns the numerator and denominator of a rate by its id, zeros for an
// unknown id.
func (f Figures) Rate(id string) (n, d int) {
	for k, name := range ratioIDs() {
		if name == id {
			return f.rates[k].n, f.rates[k].d
		}
	}
	return 0, 0
}

// MarshalJSON writes every figure by its id.
func (f Figures) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for k, id := range figureIDs() {
		b.WriteString(strconv.Quote(id) + ":" + strconv.Itoa(f.counts[k]) + ",")
	}
	for k, id := range ratioIDs() {
		if k > 0 {
			b.WriteByte(',')
		}
		body, err := json.Marshal(f.rates[k])
		if err != nil {
			return nil, err
		}
		b.WriteString(strconv.Quote(id) + ":")
		b.Write(body)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// MarshalJSON writes {"n","d","pct","excluded"}; pct is null without a
// denominator.
func (r rate) MarshalJSON() ([]byte, error) {
	excluded := map[string]int{}
	for k, id := range leftIDs() {
		if r.excluded[k] > 0 {
			excluded[id] = r.excluded[k]
		}
	}
	pct := json.RawMessage("null")
	if r.d > 0 {
		t := r.tenths()
		pct = json.RawMessage(strconv.Itoa(t/10) + "." + strconv.Itoa(t%10))
	}
	return json.Marshal(struct {
		N        int             `json:"n"`
		D        int             `json:"d"`
		Pct      json.RawMessage `json:"pct"`
		Excluded map[string]int  `json:"excluded"`
	}{r.n, r.d, pct, excluded})
}
