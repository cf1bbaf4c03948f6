package normalise

// Text is a folded text with its way back to the original.
type Text struct {
	Original []rune
	Runes    []rune // Folded.
	Hidden   int    // Invisible characters left out.
	Garbled  int    // Characters that were lost on the way here.

	// Where each folded rune starts and ends in Original; nil while every
	// folded rune stands for the one at its own place.
	start, end []int32
}

// String returns the folded text.
func (t Text) String() string { return string(t.Runes) }

// Span maps folded runes [from, to) to the runes of the original they stand
// for; an empty or impossible range gives an empty span.
func (t Text) Span(from, to int) (start, end int) {
	if from < 0 || to > len(t.Runes) || from >= to {
		return 0, 0
	}
	if t.start == nil {
		return from, to
	}
	return int(t.start[from]), int(t.end[to-1])
}

// Slice returns the original text behind folded runes [from, to).
func (t Text) Slice(from, to int) string {
	start, end := t.Span(from, to)
	return string(t.Original[start:end])
}

// append adds a folded rune that stands for [start, end) of the original.
func (t *Text) append(r rune, start, end int) {
	if t.start == nil && (start != len(t.Runes) || end != start+1) {
		t.part()
	}
	t.Runes = append(t.Runes, r)
	if t.start != nil {
		t.start, t.end = append(t.start, int32(start)), append(t.end, int32(end))
	}
}

// part writes the places down, from where on they may differ.
func (t *Text) part() {
	room := len(t.Original) + 16
	t.start, t.end = make([]int32, len(t.Runes), room), make([]int32, len(t.Runes), room)
	for i := range t.Runes {
		t.start[i], t.end[i] = int32(i), int32(i+1)
	}
}

// cut returns the text up to folded rune n, in memory of its own.
func (t *Text) cut(n int) Text {
	out := Text{Original: t.Original, Hidden: t.Hidden, Garbled: t.Garbled}
	out.Runes = append(make([]rune, 0, len(t.Runes)+16), t.Runes[:n]...)
	if t.start != nil {
		out.start = append(make([]int32, 0, len(t.Runes)+16), t.start[:n]...)
		out.end = append(make([]int32, 0, len(t.Runes)+16), t.end[:n]...)
	}
	return out
}
