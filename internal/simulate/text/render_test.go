package text

import (
	"errors"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

func testSlots(serial uint64) Slots {
	return Slots{
		Division: "FJ02", DivisionName: "某某分局", County: "C02", CountyName: "某某区",
		Station: "某某派出所", Unit: "某某交警大队",
		ReceivedAt: time.Date(2026, 10, 1, 4, 0, 0, 0, time.UTC), Serial: serial,
	}
}

// renderAll renders n letters, the patterns in turn, and hands each to visit.
func renderAll(tb testing.TB, n int, visit func(p *Pattern, l Letter)) {
	tb.Helper()
	lib := mustLoad(tb)
	patterns := lib.Patterns()
	rng := rand.New(rand.NewPCG(3, 4))
	for i := range n {
		p := &patterns[i%len(patterns)]
		l, err := lib.Render(rng, p, testSlots(uint64(i)))
		if err != nil {
			tb.Fatal(err)
		}
		visit(p, l)
	}
}

func TestBodiesAreDistinct(t *testing.T) {
	seen := map[string]string{}
	renderAll(t, 30_000, func(p *Pattern, l Letter) {
		if other, ok := seen[l.Body]; ok {
			t.Errorf("%s and %s both give %q", other, p.ID, l.Body)
		}
		seen[l.Body] = p.ID
	})
}

// TestShortBodiesAreDistinct renders only the shortest pattern of all, where
// the serial alone tells letters apart.
func TestShortBodiesAreDistinct(t *testing.T) {
	lib, err := load(mapFS("= 落款\n{地点}\n", "@ L12 T22 - P3\n标题:\n{乱码}\n"))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	seen := map[string]bool{}
	for serial := range uint64(100_000) {
		l, err := lib.Render(rng, &lib.Patterns()[0], testSlots(serial))
		if err != nil {
			t.Fatal(err)
		}
		if seen[l.Body] {
			t.Fatalf("serial %d repeats %q", serial, l.Body)
		}
		seen[l.Body] = true
	}
}

func TestTextIsClean(t *testing.T) {
	placeholder := regexp.MustCompile(`[{}|\\]|<no value>|%!`)
	renderAll(t, 10_000, func(p *Pattern, l Letter) {
		for _, text := range []string{l.Title, l.Body} {
			if !utf8.ValidString(text) {
				t.Errorf("%s: not valid UTF-8: %q", p.ID, text)
			}
			if found := placeholder.FindString(text); found != "" {
				t.Errorf("%s: %q left in %q", p.ID, found, text)
			}
		}
		if strings.TrimSpace(l.Body) == "" {
			t.Errorf("%s: empty body", p.ID)
		}
	})
}

func TestIdentifiersAreFictional(t *testing.T) {
	forms := map[string]*regexp.Regexp{
		"电话":   regexp.MustCompile(`^1[3-9]\d0000\d{4}$`),
		"联系电话": regexp.MustCompile(`^1[3-9]\d0000\d{4}$`),
		"账号":   regexp.MustCompile(`^99000\d{14}$`),
		"身份证":  regexp.MustCompile(`^990000(19|20)\d{9}[\dX]$`),
		"微信":   regexp.MustCompile(`^wx_demo_[a-z]{2}\d{4}$`),
		"QQ":   regexp.MustCompile(`^99000\d{5}$`),
		"网址":   regexp.MustCompile(`^(https?://)?[a-z0-9]+\.[a-z0-9]+\.(example|invalid)(/[a-z0-9/.]*)?$`),
		"车牌":   regexp.MustCompile(`^粤G[A-HJ-NP-Z0-9]{5}$`),
		"船号":   regexp.MustCompile(`^粤湛渔99\d{3}$`),
	}
	mobile := regexp.MustCompile(`(^|\D)(1[3-9]\d{9})(\D|$)`)
	letters := regexp.MustCompile(`[A-Z]`)
	met := map[string]bool{}
	renderAll(t, 10_000, func(p *Pattern, l Letter) {
		for kind, form := range forms {
			for _, v := range l.Values[kind] {
				met[kind] = true
				if !form.MatchString(v) {
					t.Errorf("%s: %s %q is not of the fictional form", p.ID, kind, v)
				}
				if kind == "车牌" && len(letters.FindAllString(strings.TrimPrefix(v, "粤G"), -1)) != 3 {
					t.Errorf("%s: the plate %s could be a real one", p.ID, v)
				}
			}
		}
		for _, m := range mobile.FindAllStringSubmatch(l.Body, -1) {
			if !forms["电话"].MatchString(m[2]) {
				t.Errorf("%s: phone %s in the body is not of the fictional form", p.ID, m[2])
			}
		}
	})
	for kind := range forms {
		if !met[kind] {
			t.Errorf("no letter uses %s", kind)
		}
	}
}

func TestLengths(t *testing.T) {
	var short, medium, long, longest int
	renderAll(t, 10_000, func(_ *Pattern, l Letter) {
		n := utf8.RuneCountInString(l.Body)
		longest = max(longest, n)
		switch {
		case n <= 15:
			short++
		case n >= 1000:
			long++
		case n >= 200:
			medium++
		}
	})
	if short < 100 || medium < 300 || long < 50 {
		t.Errorf("%d letters of up to 15, %d of 200 to 999, %d of 1000 characters or more", short, medium, long)
	}
	if longest < 1800 || longest > 3000 {
		t.Errorf("the longest letter has %d characters, want 1800 to 3000", longest)
	}
}

func TestTraditionalShare(t *testing.T) {
	changed := 0
	const letters = 10_000
	renderAll(t, letters, func(_ *Pattern, l Letter) {
		if strings.ContainsAny(l.Body, "請報電個們來時說過會") {
			changed++
		}
	})
	if changed < letters*2/100 || changed > letters*8/100 {
		t.Errorf("%d of %d letters in traditional characters", changed, letters)
	}
}

// TestValuesAppear checks that the recorded values are those of the text.
func TestValuesAppear(t *testing.T) {
	verbatim := []string{"联系电话", "电话", "账号", "微信", "QQ", "网址", "单号", "回执"}
	renderAll(t, 10_000, func(p *Pattern, l Letter) {
		if len(l.Effects) > 0 {
			return
		}
		for _, kind := range verbatim {
			for _, v := range l.Values[kind] {
				if !strings.Contains(l.Title+l.Body, v) {
					t.Errorf("%s: %s %s is not in the letter", p.ID, kind, v)
				}
			}
		}
		if p.Accused && (l.AccusedUnit == "" || !strings.Contains(l.Body, l.AccusedUnit)) {
			t.Errorf("%s: accused unit %q is not in the body", p.ID, l.AccusedUnit)
		}
		if !p.Accused && l.AccusedUnit != "" {
			t.Errorf("%s: accuses %q", p.ID, l.AccusedUnit)
		}
	})
}

// mapFS holds a phrases file and one pattern file.
func mapFS(phrases, patterns string) fstest.MapFS {
	return fstest.MapFS{
		"phrases.txt":          {Data: []byte(phrases)},
		patterns[2:5] + ".txt": {Data: []byte(patterns)},
	}
}

func TestRenderSlots(t *testing.T) {
	lib, err := load(mapFS(":= 店\n阿旺店\n\n= 语气\n啊\n",
		"@ L04 T04 N01 P1 series=微信\n标题: {金额}元\n{店}{店}{语气}，{微信}，{地点}，{派出所}，{单位}\n"))
	if err != nil {
		t.Fatal(err)
	}
	in := testSlots(5)
	in.Shared = map[string]string{"微信": "wx_demo_ab1234", "金额": "600", "地点": "康顺东路1号"}
	got, err := lib.Render(rand.New(rand.NewPCG(9, 9)), &lib.Patterns()[0], in)
	if err != nil {
		t.Fatal(err)
	}
	receipt := got.Values["回执"][0]
	want := Letter{
		Title: "600元",
		Body:  "阿旺店阿旺店啊，wx_demo_ab1234，康顺东路1号，某某派出所，某某交警大队\n上次登记的回执编号是" + receipt,
		Values: map[string][]string{
			"金额": {"600"}, "店": {"阿旺店"}, "微信": {"wx_demo_ab1234"}, "地点": {"康顺东路1号"},
			"派出所": {"某某派出所"}, "单位": {"某某交警大队"}, "回执": {receipt},
		},
		Yuan: 600, Effects: got.Effects,
	}
	if len(got.Effects) > 0 {
		t.Fatalf("choose a seed without effects, got %v", got.Effects)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRenderIsDeterministic(t *testing.T) {
	lib := mustLoad(t)
	patterns := lib.Patterns()
	render := func(i int) Letter {
		l, err := lib.Render(rand.New(rand.NewPCG(uint64(i), 1)), &patterns[i], testSlots(7))
		if err != nil {
			t.Error(err)
		}
		return l
	}
	first := make([]Letter, len(patterns))
	var wg sync.WaitGroup
	for worker := range 4 {
		wg.Go(func() {
			for i := worker; i < len(patterns); i += 4 {
				first[i] = render(i)
			}
		})
	}
	wg.Wait()
	for i := range patterns {
		if diff := cmp.Diff(first[i], render(i)); diff != "" {
			t.Errorf("%s (-first +second):\n%s", patterns[i].ID, diff)
		}
	}
}

func TestRenderUnloadedPattern(t *testing.T) {
	if _, err := mustLoad(t).Render(rand.New(rand.NewPCG(1, 1)), &Pattern{ID: "L05-001"}, testSlots(1)); err == nil {
		t.Error("rendered a pattern that was not loaded")
	}
}

func TestNewValue(t *testing.T) {
	lib := mustLoad(t)
	rng := rand.New(rand.NewPCG(1, 1))
	for _, p := range lib.Patterns() {
		for _, name := range p.Series {
			if v, err := lib.NewValue(rng, name, testSlots(1)); err != nil || v == "" {
				t.Errorf("NewValue(%s) = %q, %v", name, v, err)
			}
		}
	}
	if _, err := lib.NewValue(rng, "没有", testSlots(1)); !errors.Is(err, errUnknown) {
		t.Errorf("error = %v, want %v", err, errUnknown)
	}
}

func BenchmarkRender(b *testing.B) {
	lib := mustLoad(b)
	patterns := lib.Patterns()
	rng := rand.New(rand.NewPCG(1, 1))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := lib.Render(rng, &patterns[i%len(patterns)], testSlots(uint64(i))); err != nil {
			b.Fatal(err)
		}
	}
}

// TestFactsAgree checks that the details of one letter fit together: its
// village is that of the writer's address, and the days since are counted
// from the time of the matter.
func TestFactsAgree(t *testing.T) {
	lib, err := load(mapFS("= 落款\n{村址}\n",
		"@ L06 T05 D01 P1\n标题: 已经{天数}天\n{早前}，{村}，{村址}，{月数}\n\n@ L06 T05 D01 P1\n标题:\n{时间}，{天数}天，{小区}，{住址}\n"))
	if err != nil {
		t.Fatal(err)
	}
	rng := rand.New(rand.NewPCG(5, 5))
	places := []struct{ place, address string }{{"村", "村址"}, {"小区", "住址"}}
	times := []string{"早前", "时间"}
	for i := range 2000 {
		in := testSlots(uint64(i))
		l, err := lib.Render(rng, &lib.Patterns()[i%2], in)
		if err != nil {
			t.Fatal(err)
		}
		name := places[i%2]
		if place, address := l.Values[name.place][0], l.Values[name.address][0]; !strings.HasPrefix(address, place) {
			t.Errorf("the address %s is not in %s", address, place)
		}
		at, err := time.Parse("2006-01-02", l.Values[times[i%2]][0][:10])
		if err != nil {
			t.Fatal(err)
		}
		days, err := strconv.Atoi(l.Values["天数"][0])
		if err != nil {
			t.Fatal(err)
		}
		if since := int(time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC).Sub(at).Hours() / 24); days != max(2, since) {
			t.Errorf("%d days since %s, %d days ago", days, at.Format(time.DateOnly), since)
		}
	}
}

// TestSharedPlace checks that fixing an address's village costs the address
// its power to tell letters apart, and that a receipt number takes over.
func TestSharedPlace(t *testing.T) {
	lib, err := load(mapFS("= 落款\n{村址}\n", "@ L02 T19 - P2 series=村\n标题:\n{村}，{村址}\n"))
	if err != nil {
		t.Fatal(err)
	}
	in := testSlots(1)
	in.Shared = map[string]string{"村": "上坡村"}
	l, err := lib.Render(rand.New(rand.NewPCG(1, 1)), &lib.Patterns()[0], in)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(l.Values["村址"][0], "上坡村") || len(l.Values["回执"]) != 1 {
		t.Errorf("values = %v", l.Values)
	}
}
