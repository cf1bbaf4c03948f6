package segment

import "unicode"

// Word is a word's place in a text, in runes.
type Word struct{ Start, End int }

// Buffer is the memory Split works in. The zero value is ready; one goroutine
// at a time may use it, for any number of texts.
type Buffer struct {
	distance []float32 // Of the shortest path to the end of each rune; 0 is none yet.
	start    []int32   // Of the last word on that path.
	inside   []bool    // The rune goes on with the Latin word or number before it.
	words    []Word
}

// reset makes room for a text of n runes.
func (b *Buffer) reset(text []rune) {
	n := len(text)
	if cap(b.inside) <= n {
		b.distance, b.start = make([]float32, n+n/2), make([]int32, n+n/2)
		b.inside, b.words = make([]bool, n+n/2+1), make([]Word, 0, n+n/2)
	}
	b.distance, b.start, b.inside = b.distance[:n], b.start[:n], b.inside[:n+1]
	clear(b.distance)
	before := false
	for i, r := range text {
		now := latinOrNumber(r)
		b.inside[i] = before && now
		before = now
	}
	b.inside[n] = false
}

// latinOrNumber tells the runes that gse keeps together in one unit: letters
// and numbers that UTF-8 writes in at most two bytes.
func latinOrNumber(r rune) bool {
	if r < 0x80 {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return r < 0x800 && (unicode.IsLetter(r) || unicode.IsNumber(r))
}

// Split finds the words of a text on gse's shortest path, blanks among them:
// together they make up the text. The result is valid until the next call with
// the same buffer. Equal paths are decided as gse does, in its order of sums in
// 32 bits.
func (s *Segmenter) Split(text []rune, b *Buffer) []Word {
	b.reset(text)
	base := float32(0)
	for i := range text {
		if b.inside[i] {
			continue
		}
		if i > 0 {
			base = b.distance[i-1]
		}
		s.relax(text, i, base, b)
	}
	return b.walkBack(len(text))
}

// relax tries every word that starts at text[i], and the single unit where no
// word is that short.
func (s *Segmenter) relax(text []rune, i int, base float32, b *Buffer) {
	t := s.trie
	node, unitEnd, single := root, 0, false
	for k := i; k < len(text); k++ {
		r := text[k]
		if r >= 'A' && r <= 'Z' {
			r += 'a' - 'A'
		}
		if k == i {
			node = int(t.first[t.code(r)])
		} else {
			node = t.child(node, t.code(r))
		}
		if node == noNode {
			break
		}
		if b.inside[k+1] {
			continue
		}
		if unitEnd == 0 {
			unitEnd = k + 1
		}
		if t.slots[node]&slotWord != 0 {
			single = single || k+1 == unitEnd
			b.improve(i, k, base+t.length(node))
		}
	}
	if single {
		return
	}
	k := i
	for b.inside[k+1] {
		k++
	}
	b.improve(i, k, base+unknown)
}

// unknown is the path length gse gives to a unit that is no word.
const unknown = 32

// improve notes a word from start to last if its path is the shortest so far.
func (b *Buffer) improve(start, last int, distance float32) {
	if b.distance[last] == 0 || b.distance[last] > distance {
		b.distance[last], b.start[last] = distance, int32(start)
	}
}

// walkBack collects the words on the shortest path to the end.
func (b *Buffer) walkBack(n int) []Word {
	count := 0
	for end := n; end > 0; end = int(b.start[end-1]) {
		count++
	}
	b.words = b.words[:0]
	if cap(b.words) < count {
		b.words = make([]Word, 0, n)
	}
	b.words = b.words[:count]
	for end := n; end > 0; {
		count--
		start := int(b.start[end-1])
		b.words[count] = Word{start, end}
		end = start
	}
	return b.words
}
