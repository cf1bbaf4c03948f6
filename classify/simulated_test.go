package classify

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/internal/simulate/text"
	"jiesu.cn/jiesu/letter"
)

// shared is one classifier for the tests and benchmarks of this package.
var shared = sync.OnceValues(func() (*Classifier, error) {
	dir, err := org.Embedded()
	if err != nil {
		return nil, err
	}
	return New(DefaultConfig(), dir, slog.New(slog.DiscardHandler))
})

func sharedClassifier(tb testing.TB) *Classifier {
	tb.Helper()
	c, err := shared()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// simulated renders n letters, the patterns in turn. Their writers give no division.
func simulated(tb testing.TB, n int) []letter.Letter {
	tb.Helper()
	lib, err := text.Load()
	if err != nil {
		tb.Fatal(err)
	}
	patterns := lib.Patterns()
	rng := rand.New(rand.NewPCG(31, 32))
	received := time.Date(2024, 8, 21, 2, 0, 0, 0, time.UTC)
	letters := make([]letter.Letter, n)
	for i := range letters {
		l, err := lib.Render(rng, &patterns[i%len(patterns)], text.Slots{
			DivisionName: "赤坎分局", CountyName: "赤坎区", Station: "沙湾派出所", Unit: "交警大队", ReceivedAt: received, Serial: uint64(i),
		})
		if err != nil {
			tb.Fatal(err)
		}
		letters[i] = letter.Letter{
			ID: letter.ID(fmt.Sprintf("simulated-%d", i)), ReceivedAt: received,
			Received: letter.Received{Channel: letter.ChannelWeb, Title: l.Title, Body: l.Body},
		}
	}
	return letters
}

// meanRunes is the mean length of real letters; simulated ones are shorter.
const meanRunes = 360

// lengthened joins simulated letters to n letters of the mean length of real ones.
func lengthened(tb testing.TB, n int) []letter.Letter {
	tb.Helper()
	var out []letter.Letter
	total := 0
	for _, l := range simulated(tb, 8*n) {
		if len(out) == n {
			break
		}
		if total >= meanRunes*len(out) {
			out = append(out, l)
		} else {
			out[len(out)-1].Body += "\n" + l.Body
		}
		total += len([]rune(l.Text()))
	}
	return out
}

// jsonLines writes letters as Stream reads them.
func jsonLines(tb testing.TB, letters []letter.Letter) string {
	tb.Helper()
	var b strings.Builder
	enc := json.NewEncoder(&b)
	for _, l := range letters {
		if err := enc.Encode(Row{ID: l.ID, Title: l.Title, Body: l.Body, ReceivedAt: l.ReceivedAt}); err != nil {
			tb.Fatal(err)
		}
	}
	return b.String()
}
