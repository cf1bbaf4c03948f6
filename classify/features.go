package classify

import (
	"maps"
	"regexp"
	"slices"
	"unicode/utf8"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// features hands what was read and ruled to the trained model. places tells
// which folded rune each rune of the text is; nil is each itself.
func (c *Classifier) features(r *reading, ruled *ruling) (t *model.Text, places []int) {
	view := r
	if places = c.kept(r.text.Runes); places != nil {
		view = r.only(places)
		view.words = c.words(view.text.Runes)
	}
	t = &model.Text{Runes: view.text.Runes, Body: r.bodyStart(places), Words: view.words}
	t.Ending = ending(t.Runes, t.Body)
	t.Asks = view.asks(c.asking)
	for _, h := range view.hits {
		if h.Axis == lexicon.Cue && h.Code == cuePolice {
			t.Police = append(t.Police, model.Span{Start: max(h.Start-12, 0), End: min(h.End+25, len(t.Runes))})
		}
		t.Marks = append(t.Marks, model.Mark{Span: model.Span{Start: h.Start, End: h.End}, Name: h.name()})
	}
	for _, e := range r.found.Entities {
		t.Marks = append(t.Marks, model.Mark{Name: "entity:" + e.Kind})
	}
	t.Scores = append(view.scores(ruled), r.recency()...)
	return t, places
}

// only is the reading of some of its runes, given in order.
func (r *reading) only(places []int) *reading {
	view := &reading{letter: r.letter, found: r.found}
	at := make([]int, len(r.text.Runes)+1) // Where each rune went.
	for i := range at {
		at[i] = -1
	}
	for to, from := range places {
		at[from] = to
		view.text.Runes = append(view.text.Runes, r.text.Runes[from])
		view.sentence = append(view.sentence, r.sentence[from])
	}
	for _, h := range r.hits {
		if first, last := at[h.Start], at[h.End-1]; first >= 0 && last >= 0 {
			lexical := h
			lexical.Start, lexical.End = first, last+1
			view.hits = append(view.hits, lexical)
		}
	}
	return view
}

// name tells the model what was hit and how it was meant.
func (h hit) name() string {
	name := string(h.Axis) + ":" + h.Code + ":" + string(h.Role)
	for _, mark := range []struct {
		set  bool
		name string
	}{{h.negated, "n"}, {h.caution, "c"}, {h.question, "q"}, {h.past, "p"}} {
		if mark.set {
			name += mark.name
		}
	}
	return name
}

// bodyStart is the place where the body begins among the folded runes, or
// among some of them.
func (r *reading) bodyStart(places []int) int {
	title := utf8.RuneCountInString(r.letter.Title)
	n := len(r.text.Runes)
	if places != nil {
		n = len(places)
	}
	for i := range n {
		at := i
		if places != nil {
			at = places[i]
		}
		if start, _ := r.text.Span(at, at+1); start >= title {
			return i
		}
	}
	return n
}

// endingRunes is how much of a letter counts as its end.
const endingRunes = 50

// farewell matches the polite words after the point.
var farewell = regexp.MustCompile(`(?:(?:谢谢|此致|敬礼|盼复)[^。]{0,6}[。!,\s]*)+$`)

// ending is the end of the body without its farewell.
func ending(text []rune, body int) []model.Span {
	tail := string(text[max(body, len(text)-2*endingRunes):])
	if at := farewell.FindStringIndex(tail); at != nil {
		text = text[:len(text)-utf8.RuneCountInString(tail[at[0]:])]
	}
	return []model.Span{{Start: max(body, len(text)-endingRunes), End: len(text)}}
}

// askingWords stand in sentences that want something.
const askingWords = `希望 请 要求 建议 咨询 能否 能不能 可否 是否 怎么 如何 为什么 望 恳 求 举报 反映 投诉 吗 呢`

// maxAsks bounds the runes of asking sentences that are looked at.
const maxAsks = 300

// asks lists the sentences that want something.
func (r *reading) asks(words *lexicon.Trie) []model.Span {
	var spans []model.Span
	asking := map[int]bool{}
	for _, m := range words.Find(r.text.Runes) {
		asking[r.sentence[m.Start]] = true
	}
	total := 0
	for start := 0; start < len(r.text.Runes) && total < maxAsks; {
		end := start + 1
		for end < len(r.text.Runes) && r.sentence[end] == r.sentence[start] {
			end++
		}
		if asking[r.sentence[start]] {
			spans = append(spans, model.Span{Start: start, End: min(end, start+maxAsks-total)})
			total += end - start
		}
		start = end
	}
	return spans
}

// scores lists what the rules think, scaled to about 1, with the hits behind it.
func (r *reading) scores(ruled *ruling) []model.Score {
	var out []model.Score
	add := func(name string, v float64, from []model.Span) {
		if v != 0 {
			out = append(out, model.Score{Name: name, Value: float32(min(max(v, -2), 3)), From: from})
		}
	}
	for _, s := range []struct {
		axis   lexicon.Axis
		scores scores
	}{{lexicon.Type, ruled.types}, {lexicon.Topic, ruled.topics}} {
		for _, code := range slices.Sorted(maps.Keys(s.scores)) {
			add(string(s.axis)+":"+code, s.scores[code]/3, r.hitSpans(s.axis, code))
		}
	}
	leads := r.hitSpans(lexicon.Lead, actCodes(ruled.found.code)...)
	accusers := append(r.hitSpans(lexicon.Cue, cuePolice), r.hitSpans(lexicon.Cue, cueBlame)...)
	add("lead", ruled.found.score/4, leads)
	add("accused", ruled.accused, accusers)
	add("is type:"+ruled.typ, 1, r.hitSpans(lexicon.Type, ruled.typ))
	add("is topic:"+ruled.topic, 1, r.hitSpans(lexicon.Topic, ruled.topic))
	add("is lead:"+string(ruled.found.kind), 1, leads)
	if ruled.found.code != "" {
		add("is lead type:"+ruled.found.code, 1, leads)
	}
	if ruled.isAccused {
		add("is accused", 1, accusers)
	}
	if ruled.urgency == letter.P0 {
		add("is urgent", 1, nil)
	}
	return out
}

// recency tells how fresh the times named in the letter are.
func (r *reading) recency() []model.Score {
	switch {
	case r.lately(0) != nil:
		return []model.Score{{Name: "within half a day", Value: 1}}
	case r.lately(freshMoney) != nil:
		return []model.Score{{Name: "within a day", Value: 1}}
	case r.lately(freshViolence) != nil:
		return []model.Score{{Name: "within days", Value: 1}}
	}
	return nil
}

// hitSpans returns where signals of the codes stand.
func (r *reading) hitSpans(axis lexicon.Axis, codes ...string) []model.Span {
	var spans []model.Span
	for _, h := range r.hits {
		if h.Axis == axis && slices.Contains(codes, h.Code) {
			spans = append(spans, model.Span{Start: h.Start, End: h.End})
		}
	}
	return spans
}
