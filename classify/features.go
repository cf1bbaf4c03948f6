package classify

import (
	"regexp"
	"slices"
	"unicode/utf8"

	"jiesu.cn/jiesu/classify/lexicon"
	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// features hands what was read and ruled to the trained model.
func (c *Classifier) features(w *workspace) {
	r, t := &w.read, &w.text
	r.spans = r.spans[:0]
	view := r
	if w.places = c.kept(r); w.places != nil {
		view = r.only(w.places)
		view.words = c.words(view.text.Runes, &view.split, nil)
	}
	t.Runes, t.Body, t.Words = view.text.Runes, r.bodyStart(w.places), view.words
	t.Ending = append(t.Ending[:0], c.ending(r, t.Runes, t.Body))
	t.Asks = view.asks(c.asking, t.Asks[:0])
	t.Police, t.Marks = t.Police[:0], t.Marks[:0]
	for i := range view.hits {
		h := &view.hits[i]
		if h.Axis == lexicon.Cue && h.Code == cuePolice {
			t.Police = append(t.Police, model.Span{Start: max(h.Start-12, 0), End: min(h.End+25, len(t.Runes))})
		}
		t.Marks = append(t.Marks, model.Mark{Span: model.Span{Start: h.Start, End: h.End}, Name: c.names.hit(h)})
	}
	for i := range r.found.Entities {
		t.Marks = append(t.Marks, model.Mark{Name: c.names.of(prefixEntity, r.found.Entities[i].Kind)})
	}
	t.Scores = r.recency(view.scores(&w.ruled, c.names, t.Scores[:0]))
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

// farewell matches the polite words after the point, which begin with one of
// farewellWords.
var farewell = regexp.MustCompile(`(?:(?:谢谢|此致|敬礼|盼复)[^。]{0,6}[。!,\s]*)+$`)

const farewellWords = `谢谢 此致 敬礼 盼复`

// ending is the end of the body without its farewell.
func (c *Classifier) ending(r *reading, text []rune, body int) model.Span {
	tail := text[max(body, len(text)-2*endingRunes):]
	if r.matches = c.farewell.Find(tail, r.matches[:0]); len(r.matches) > 0 {
		tail := string(tail)
		if at := farewell.FindStringIndex(tail); at != nil {
			text = text[:len(text)-utf8.RuneCountInString(tail[at[0]:])]
		}
	}
	return model.Span{Start: max(body, len(text)-endingRunes), End: len(text)}
}

// askingWords stand in sentences that want something.
const askingWords = `希望 请 要求 建议 咨询 能否 能不能 可否 是否 怎么 如何 为什么 望 恳 求 举报 反映 投诉 吗 呢`

// maxAsks bounds the runes of asking sentences that are looked at.
const maxAsks = 300

// asks appends the sentences that want something.
func (r *reading) asks(words *lexicon.Trie, spans []model.Span) []model.Span {
	r.asking = zeroed(r.asking, sentenceCount(r.sentence))
	r.matches = words.Find(r.text.Runes, r.matches[:0])
	for _, m := range r.matches {
		r.asking[r.sentence[m.Start]] = true
	}
	total := 0
	for start := 0; start < len(r.text.Runes) && total < maxAsks; {
		end := start + 1
		for end < len(r.text.Runes) && r.sentence[end] == r.sentence[start] {
			end++
		}
		if r.asking[r.sentence[start]] {
			spans = append(spans, model.Span{Start: start, End: min(end, start+maxAsks-total)})
			total += end - start
		}
		start = end
	}
	return spans
}

// scores appends what the rules think, scaled to about 1, with the hits behind it.
func (r *reading) scores(ruled *ruling, names names, out []model.Score) []model.Score {
	add := func(name string, v float64, from []model.Span) {
		if v != 0 {
			out = append(out, model.Score{Name: name, Value: float32(min(max(v, -2), 3)), From: from})
		}
	}
	for _, s := range ruled.types.byCode {
		add(names.of(prefixType, s.code), s.value/3, r.hitSpans(lexicon.Type, s.code))
	}
	for _, s := range ruled.topics.byCode {
		add(names.of(prefixTopic, s.code), s.value/3, r.hitSpans(lexicon.Topic, s.code))
	}
	leads := r.hitSpans(lexicon.Lead, actCodes(ruled.found.code)...)
	accusers := append(r.hitSpans(lexicon.Cue, cuePolice), r.hitSpans(lexicon.Cue, cueBlame)...)
	add("lead", ruled.found.score/4, leads)
	add("accused", ruled.accused, accusers)
	add(names.of(prefixIsType, ruled.typ), 1, r.hitSpans(lexicon.Type, ruled.typ))
	add(names.of(prefixIsTopic, ruled.topic), 1, r.hitSpans(lexicon.Topic, ruled.topic))
	add(names.of(prefixIsLead, string(ruled.found.kind)), 1, leads)
	if ruled.found.code != "" {
		add(names.of(prefixLeadType, ruled.found.code), 1, leads)
	}
	if ruled.isAccused {
		add("is accused", 1, accusers)
	}
	if ruled.urgency == letter.P0 {
		add("is urgent", 1, nil)
	}
	return out
}

// recency appends how fresh the times named in the letter are.
func (r *reading) recency(out []model.Score) []model.Score {
	switch {
	case r.lately(0) != nil:
		return append(out, model.Score{Name: "within half a day", Value: 1})
	case r.lately(freshMoney) != nil:
		return append(out, model.Score{Name: "within a day", Value: 1})
	case r.lately(freshViolence) != nil:
		return append(out, model.Score{Name: "within days", Value: 1})
	}
	return out
}

// hitSpans returns where signals of the codes stand.
func (r *reading) hitSpans(axis lexicon.Axis, codes ...string) []model.Span {
	start := len(r.spans)
	for i := range r.hits {
		if h := &r.hits[i]; h.Axis == axis && slices.Contains(codes, h.Code) {
			r.spans = append(r.spans, model.Span{Start: h.Start, End: h.End})
		}
	}
	return r.spans[start:len(r.spans):len(r.spans)]
}
