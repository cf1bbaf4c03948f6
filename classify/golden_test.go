package classify

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/letter"
)

var update = flag.Bool("update", false, "rewrite golden files")

// TestGoldenVerdicts fixes everything made of 6,000 simulated letters: work on
// speed must not change a single character. New words, a new model or other
// simulated letters change it rightly; then run this test with -update.
func TestGoldenVerdicts(t *testing.T) {
	const file = "testdata/verdicts.golden"
	c := sharedClassifier(t)
	input, output := sha256.New(), sha256.New()
	read, write := json.NewEncoder(input), json.NewEncoder(output)
	for _, letters := range [][]letter.Letter{simulated(t, 5000), lengthened(t, 1000)} {
		judged, err := c.Classify(t.Context(), letters)
		if err != nil {
			t.Fatal(err)
		}
		for i, j := range judged {
			if err := errors.Join(read.Encode(letters[i]), write.Encode(j)); err != nil {
				t.Fatal(err)
			}
		}
	}
	version, dictionary := c.Version()
	got := fmt.Sprintf("model %s\ndictionary %s\nletters %x\nverdicts %x\n", version, dictionary, input.Sum(nil), output.Sum(nil))
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("where model, dictionary and letters are the same, so must be the verdicts (-want +got):\n%s", diff)
	}
}
