package linkage_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"jiesu.cn/jiesu/letter/linkage"
)

const story = "我在海滨大道中被人以投资为名骗走三万元,对方自称公司经理,请公安机关立案侦查,追回损失。"

// TestSignatureNeverChanges pins what is stored: another result would make new
// letters unlike all that were stored before. The values come from a separate
// program; see testdata/signature.py.
func TestSignatureNeverChanges(t *testing.T) {
	want := []uint32{
		22563619, 10203982, 104189772, 36068366, 32216410, 175246591, 25973647, 35569688,
		84228050, 98804089, 91845215, 375152193, 55785504, 119107386, 404906861, 113372640,
		600012, 36118113, 15968346, 318423677, 12132697, 69070989, 210557056, 35853532,
		28828515, 13272579, 269573959, 81127469, 751636, 59763802, 143038576, 133465280,
		178535107, 228219452, 174863181, 116879154, 181612447, 112899414, 9226663, 31965837,
		136439309, 178448912, 78275588, 606662590, 264404082, 115057277, 142208017, 63527806,
		313248054, 283910133, 428416458, 20329316, 173626104, 31092910, 23018134, 222014596,
		296619720, 9578875, 106751677, 42837823, 90724871, 151299243, 248490548, 139715796,
	}
	if diff := cmp.Diff(want, linkage.Signature(story)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestSignatureOfAFewWords(t *testing.T) {
	for text, want := range map[string]int{
		"":                                 0,
		strings.Repeat("好", 19):            0,
		strings.Repeat("好", 19) + "。!? \n": 0, // What is no letter or digit does not count.
		strings.Repeat("好", 20):            linkage.SignatureSize,
	} {
		if got := len(linkage.Signature(text)); got != want {
			t.Errorf("%q: %d min-hashes, want %d", text, got, want)
		}
	}
}

// TestSimilarityEstimatesJaccard compares with the sets of 3-grams themselves.
func TestSimilarityEstimatesJaccard(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		draw := func() []rune {
			return rapid.SliceOfN(rapid.RuneFrom([]rune(story)), 60, 200).Draw(rt, "text")
		}
		a, b := draw(), draw()
		if n := rapid.IntRange(0, min(len(a), len(b))).Draw(rt, "shared"); n > 0 {
			copy(b[:n], a[:n])
		}
		want := jaccard(string(a), string(b))
		got := linkage.Similarity(linkage.Signature(string(a)), linkage.Signature(string(b)))
		// Six standard deviations of a share of 64.
		if diff := got - want; diff > 0.375 || diff < -0.375 {
			rt.Errorf("estimated %.3f, is %.3f", got, want)
		}
		if want == 1 && got != 1 {
			rt.Errorf("the same text is %.3f like itself", got)
		}
	})
}

func jaccard(a, b string) float64 {
	ofA, ofB := grams(a), grams(b)
	both := 0
	for g := range ofA {
		if ofB[g] {
			both++
		}
	}
	return float64(both) / float64(len(ofA)+len(ofB)-both)
}

func grams(text string) map[string]bool {
	runes := slices.DeleteFunc([]rune(text), func(r rune) bool { return strings.ContainsRune(",。!? \n", r) })
	set := map[string]bool{}
	for i := 3; i <= len(runes); i++ {
		set[string(runes[i-3:i])] = true
	}
	return set
}

func TestSimilarityOfNothing(t *testing.T) {
	if got := linkage.Similarity(nil, nil); got != 0 {
		t.Errorf("two letters without signature are %v alike", got)
	}
	if got := linkage.Similarity(linkage.Signature(story), nil); got != 0 {
		t.Errorf("a letter without signature is %v like another", got)
	}
}

func BenchmarkSignature(b *testing.B) {
	text := strings.Repeat(story, 5)[:len(story)*4] // 176 characters, the mean of the simulated letters.
	for b.Loop() {
		linkage.Signature(text)
	}
}
