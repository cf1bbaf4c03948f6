package linkage_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"jiesu.cn/jiesu/classify/normalise"
	"jiesu.cn/jiesu/internal/simulate"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

// simulated returns letters of a simulated ledger.
func simulated(t *testing.T, n int) []letter.Judged {
	t.Helper()
	dir := t.TempDir()
	if _, err := simulate.Run(t.Context(), simulate.Options{Seed: 5, Letters: n, Dir: dir}); err != nil {
		t.Fatal(err)
	}
	folder, err := normalise.New()
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.Open(filepath.Join(dir, simulate.LettersFile))
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
		letters = append(letters, letter.Judged{Letter: l, Judgement: letter.Judgement{Normalised: folder.Fold(l.Text()).String()}})
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return letters
}

// TestRewrittenLettersAreFound edits letters by parts of several sizes: a run
// of 12 characters is a clause, a single one a slip or an evasion.
func TestRewrittenLettersAreFound(t *testing.T) {
	letters := simulated(t, 400)
	rng := rand.New(rand.NewPCG(7, 8))
	var table strings.Builder
	recall := map[string]float64{}
	for _, run := range []int{1, 4, 12} {
		for _, percent := range []int{5, 10, 20, 30, 40} {
			found, all := 0, 0
			for i, l := range letters {
				text := []rune(l.Normalised)
				if len(text) < 60 {
					continue
				}
				edited := rewrite(rng, text, []rune(letters[(i+17)%len(letters)].Normalised), percent, run)
				all++
				if linkage.Similarity(linkage.Signature(l.Normalised), linkage.Signature(string(edited))) >= 0.6 {
					found++
				}
			}
			recall[fmt.Sprint(run, " ", percent)] = float64(found) / float64(all)
			fmt.Fprintf(&table, "\nruns of %2d, %2d%%: %d of %d", run, percent, found, all)
		}
	}
	t.Log(table.String())
	if recall["12 10"] < 0.95 || recall["12 20"] < 0.6 {
		t.Error("a letter with a tenth or a fifth of its clauses rewritten is not found")
	}
	if recall["1 40"] > 0.01 {
		t.Error("texts that share little are near-duplicates")
	}
}

// rewrite replaces a share of a text by runs of another.
func rewrite(rng *rand.Rand, text, other []rune, percent, run int) []rune {
	out := append([]rune(nil), text...)
	for left := len(text) * percent / 100; left > 0; left -= run {
		at, from := rng.IntN(len(out)-run), rng.IntN(max(1, len(other)-run))
		copy(out[at:at+min(run, left)], other[min(from, len(other)):])
	}
	return out
}

// TestDifferentLettersAreKeptApart counts near-duplicates among all letters,
// nearly all of which tell different stories.
func TestDifferentLettersAreKeptApart(t *testing.T) {
	letters := simulated(t, 1500)
	alike, pairs := 0, 0
	signatures := make([][]uint32, len(letters))
	for i, l := range letters {
		signatures[i] = linkage.Signature(l.Normalised)
		for k := range i {
			pairs++
			if linkage.Similarity(signatures[i], signatures[k]) >= 0.6 {
				alike++
			}
		}
	}
	t.Logf("%d of %d pairs of letters are near-duplicates", alike, pairs)
	if float64(alike) > 0.0005*float64(pairs) {
		t.Errorf("%d of %d unrelated pairs are near-duplicates", alike, pairs)
	}
}
