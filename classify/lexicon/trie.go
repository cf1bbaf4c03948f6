package lexicon

// Trie finds many words in a text in one pass.
type Trie struct {
	next    map[edge]int32 // Node 0 is the root.
	word    []int32        // Word that ends at a node, or -1.
	count   int
	longest int // In runes.
}

type edge struct {
	node int32
	r    rune
}

// Match is a word's place in the text, in runes.
type Match struct {
	Word, Start, End int
}

// NewTrie makes an empty trie.
func NewTrie() *Trie {
	return &Trie{next: map[edge]int32{}, word: []int32{-1}}
}

// Add enters a word and returns its number, counted from 0 in order of entry;
// added is false for a word that was there before. An empty word is never found.
func (t *Trie) Add(word []rune) (id int, added bool) {
	node := int32(0)
	for _, r := range word {
		child, ok := t.next[edge{node, r}]
		if !ok {
			child = int32(len(t.word))
			t.next[edge{node, r}] = child
			t.word = append(t.word, -1)
		}
		node = child
	}
	if t.word[node] >= 0 {
		return int(t.word[node]), false
	}
	id = t.count
	t.word[node] = int32(id)
	t.count++
	t.longest = max(t.longest, len(word))
	return id, true
}

// Find returns every occurrence of every word, by start and then by length.
func (t *Trie) Find(text []rune) []Match {
	var found []Match
	for start := range text {
		node := int32(0)
		for i := start; i < len(text); i++ {
			child, ok := t.next[edge{node, text[i]}]
			if !ok {
				break
			}
			node = child
			if w := t.word[node]; w >= 0 {
				found = append(found, Match{int(w), start, i + 1})
			}
		}
	}
	return found
}
