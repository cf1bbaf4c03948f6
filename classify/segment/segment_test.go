package segment_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify/segment"
)

var load = sync.OnceValues(func() (*segment.Segmenter, error) { return segment.New([]string{"坡头镇塘尾", "ZJ"}) })

func loaded(t testing.TB) *segment.Segmenter {
	t.Helper()
	s, err := load()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestWords(t *testing.T) {
	tests := []struct {
		text string
		want []string
	}{
		{"我被刷单骗了", []string{"我", "被", "刷单", "骗", "了"}},
		{"反诈中心说是杀猪盘", []string{"反诈中心", "说", "是", "杀猪盘"}},
		{"坡头镇塘尾有人赌博", []string{"坡头镇塘尾", "有人", "赌博"}},
		{"  \n ", []string{}},
		{"", []string{}},
	}
	s := loaded(t)
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, s.Words(tt.text)); diff != "" {
			t.Errorf("%q (-want +got):\n%s", tt.text, diff)
		}
	}
}

func TestDomainDictionaryForm(t *testing.T) {
	for line := range strings.Lines(segment.Dictionary()) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		if f := strings.Fields(line); len(f) != 3 {
			t.Errorf("line %q is not \"word freq pos\"", line)
		}
	}
}

func TestWordsConcurrently(t *testing.T) {
	s := loaded(t)
	want := s.Words("派出所民警帮我找回了电动车")
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if diff := cmp.Diff(want, s.Words("派出所民警帮我找回了电动车")); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
					return
				}
			}
		})
	}
	wg.Wait()
}

func FuzzWords(f *testing.F) {
	for _, s := range []string{"", "我被骗了abc１２", "\xff乾", "İi ₂"} {
		f.Add(s)
	}
	seg := loaded(f)
	f.Fuzz(func(t *testing.T, text string) {
		valid := strings.ToValidUTF8(text, "�")
		rest := valid
		for _, w := range seg.Words(text) {
			i := strings.Index(rest, w)
			if i < 0 || strings.TrimSpace(rest[:i]) != "" {
				t.Fatalf("word %q does not follow in %q", w, valid)
			}
			rest = rest[i+len(w):]
		}
		if strings.TrimSpace(rest) != "" {
			t.Fatalf("%q of %q is in no word", rest, valid)
		}
	})
}
