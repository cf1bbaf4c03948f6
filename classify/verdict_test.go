package classify

import (
	"testing"

	"jiesu.cn/jiesu/letter"
)

// Probabilities are set by hand; answers of the shipped model not named have none.
func TestChooseLeadType(t *testing.T) {
	m := sharedClassifier(t).model.Load()
	tests := []struct {
		name        string
		prob        map[string]float64
		rules       lead
		code, group string
	}{
		{"likely", map[string]float64{"D02": 0.6, "F03": 0.2}, lead{}, "D02", "D"},
		{"traffic is no security lead", map[string]float64{"R09": 0.6, "F03": 0.3}, lead{}, "F03", "F"},
		{"only the group is clear", map[string]float64{"F01": 0.15, "F02": 0.15, "F03": 0.15, "D02": 0.19}, lead{}, "", "F"},
		{"the rules know", map[string]float64{"F03": 0.4}, lead{kind: letter.LeadSecurity, code: "X04"}, "X04", "X"},
		{"the model is surer", map[string]float64{"F03": 0.8}, lead{kind: letter.LeadSecurity, code: "X04"}, "F03", "F"},
		{"the rules say it exactly", map[string]float64{"D09": 0.8}, lead{kind: letter.LeadSecurity, code: "F03"}, "F03", "F"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o := opinion{model: m, prob: make([]float64, m.Outputs())}
			h := m.Head(headLeadType)
			for k, code := range h.Answers {
				h.Of(o.prob)[k] = tt.prob[code]
			}
			code, group := chooseLeadType(&o, &ruling{found: tt.rules}, letter.LeadSecurity)
			if code != tt.code || group != tt.group {
				t.Errorf("type %q of group %q, want %q of %q", code, group, tt.code, tt.group)
			}
		})
	}
}
