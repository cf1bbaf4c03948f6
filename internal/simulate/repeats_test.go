package simulate

import (
	"bufio"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"jiesu.cn/jiesu/classify/entity"
	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

// outcome counts pairs that a rule found, and those that are truly one matter.
type outcome struct{ found, right, all int }

func (c *outcome) add(found, truly bool) {
	if found {
		c.found++
	}
	if truly {
		c.all++
	}
	if found && truly {
		c.right++
	}
}

func (c *outcome) precision() float64 { return float64(c.right) / float64(max(c.found, 1)) }
func (c *outcome) recall() float64    { return float64(c.right) / float64(max(c.all, 1)) }

// TestRepeatsAreFound compares what makes a letter a repeat with the series that
// letters were written for: pairs of one writer's letters within 90 days.
func TestRepeatsAreFound(t *testing.T) {
	const window = 90 * 24 * time.Hour
	o := Options{Seed: 5, Letters: 6000, Dir: t.TempDir()}
	if _, err := Run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
	l, err := open(o)
	if err != nil {
		t.Fatal(err)
	}
	letters := readLetters(t, filepath.Join(o.Dir, LettersFile))
	byWriter := map[string][]int{}
	for i, row := range letters {
		if row.Writer.Key != "" {
			byWriter[row.Writer.Key] = append(byWriter[row.Writer.Key], i)
		}
	}
	var text, fact, either outcome
	for _, written := range byWriter {
		for n, later := range written {
			for _, earlier := range written[:n] {
				a, b := letters[later], letters[earlier]
				if a.ReceivedAt.Sub(b.ReceivedAt) > window {
					continue
				}
				truly := slices.Contains(l.bind.of(later).members, earlier)
				alike := linkage.Similarity(linkage.Signature(a.Normalised), linkage.Signature(b.Normalised)) >= 0.6
				same := shareFact(linkage.Facts(a), linkage.Facts(b))
				text.add(alike, truly)
				fact.add(same, truly)
				either.add(alike || same, truly)
			}
		}
	}
	for name, c := range map[string]outcome{"text": text, "fact": fact, "either": either} {
		t.Logf("%-6s %4d pairs found, %4d of them in one series, of %d: precision %.3f, recall %.3f", name, c.found, c.right, c.all, c.precision(), c.recall())
	}
	if either.all < 50 || either.precision() < 0.9 {
		t.Errorf("of %d pairs %d were found, with a precision of %.3f", either.all, either.found, either.precision())
	}
}

// readLetters reads letters as the classifier does, but for the judging.
func readLetters(t *testing.T, path string) []letter.Judged {
	t.Helper()
	folder, err := normalise.New()
	if err != nil {
		t.Fatal(err)
	}
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	extractor := entity.New(dir)
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	var letters []letter.Judged
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		record, err := letter.DecodeRecord(lines.Bytes(), letter.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		l, err := letter.ParseLetter(record)
		if err != nil {
			t.Fatal(err)
		}
		folded := folder.Fold(l.Text())
		letters = append(letters, letter.Judged{Letter: l, Judgement: letter.Judgement{
			Normalised: folded.String(), Verdict: letter.Verdict{Entities: extractor.Extract(folded, l.ReceivedAt).Entities},
		}})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return letters
}

func shareFact(a, b []uint64) bool {
	for _, f := range a {
		for _, g := range b {
			if f == g {
				return true
			}
		}
	}
	return false
}
