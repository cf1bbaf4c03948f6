package lexicon_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/letter"
)

func loaded(t testing.TB) *lexicon.Lexicon {
	t.Helper()
	l, err := lexicon.New()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestCodes: every signal speaks for a code of the taxonomy, and every lead
// type that words can tell has an act.
func TestCodes(t *testing.T) {
	acts := map[string]bool{}
	for _, s := range loaded(t).Signals() {
		known := true
		switch s.Axis {
		case lexicon.Type:
			known = letter.TypeCode(s.Code).Valid()
		case lexicon.Topic:
			known = letter.TopicCode(s.Code).Valid()
		case lexicon.Lead:
			known = letter.LeadTypeCode(s.Code).Valid()
			acts[s.Code] = acts[s.Code] || s.Role == lexicon.RoleAct
		}
		if !known {
			t.Errorf("%s of axis %s is for the unknown code %s", s.Text, s.Axis, s.Code)
		}
		if s.Weight <= 0 {
			t.Errorf("%s for %s has weight %v", s.Text, s.Code, s.Weight)
		}
	}
	for _, term := range letter.LeadTypes.Terms() {
		// J01 is told by the accusation, not by words of a lead.
		if term.Code != "J01" && !acts[term.Code] {
			t.Errorf("lead type %s has no act", term.Code)
		}
	}
}

// TestTaboo: no signal is about petitioning, faith, ethnicity or origin.
func TestTaboo(t *testing.T) {
	for _, s := range loaded(t).Signals() {
		for _, word := range []string{"信访", "上访", "维权", "宗教", "佛", "基督", "清真", "教会", "民族", "族人", "外地人", "外省", "籍贯", "集体反映", "联名"} {
			if strings.Contains(s.Text, word) {
				t.Errorf("%s for %s %s holds %s", s.Text, s.Axis, s.Code, word)
			}
		}
	}
}

func TestFind(t *testing.T) {
	l := loaded(t)
	tests := []struct {
		text, code string
		axis       lexicon.Axis
		want       []string
	}{
		{"他昨天被骗,报了案", "D09", lexicon.Lead, []string{"被骗"}},
		{"网购手机,付款后就被拉黑了", "F03", lexicon.Lead, []string{"网购", "付款后就被拉黑", "拉黑"}},
		{"付款后没事。拉黑", "F03", lexicon.Lead, []string{"拉黑"}}, // Not across sentences.
		{"没有着落", "nothing", lexicon.Lead, nil},
	}
	var buffer lexicon.Buffer
	for _, tt := range tests {
		var got []string
		for _, h := range l.Find([]rune(tt.text), &buffer) {
			if h.Axis == tt.axis && h.Code == tt.code {
				got = append(got, string([]rune(tt.text)[h.Start:h.End]))
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestTrie(t *testing.T) {
	trie := lexicon.NewTrie()
	for _, w := range []string{"手机", "手", "机场"} {
		if _, added := trie.Add([]rune(w)); !added {
			t.Errorf("%s was there before", w)
		}
	}
	if id, added := trie.Add([]rune("手")); added || id != 1 {
		t.Errorf("entering a word twice: id %d, added %v", id, added)
	}
	want := []lexicon.Match{{1, 0, 1}, {0, 0, 2}, {2, 1, 3}}
	if diff := cmp.Diff(want, trie.Find([]rune("手机场"), nil)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
