package linkage

import "unicode"

const (
	// SignatureSize is the number of min-hashes of a signature.
	SignatureSize = 64
	// MinLetters is the least number of letters and digits that make a
	// signature: two texts of a few words are alike by chance.
	MinLetters = 20
	// MinEqual is the least number of equal min-hashes that makes two texts
	// near-duplicates: an estimated Jaccard similarity of at least 0.6.
	MinEqual = 39

	gramSize = 3
)

// permutation is a hash function of the family that signatures use: the upper
// half of multiplier × gram + summand, all modulo 2⁶⁴ (Dietzfelbinger 1996).
type permutation struct{ multiplier, summand uint64 }

var permutations = func() (all [SignatureSize]permutation) {
	seed := uint64(0x6a69657375) // "jiesu".
	next := func() uint64 {
		seed += 0x9e3779b97f4a7c15
		return scramble(seed)
	}
	for i := range all {
		all[i] = permutation{multiplier: next() | 1, summand: next()}
	}
	return all
}()

// scramble is the finaliser of splitmix64 (Steele, Lea, Flood 2014).
func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Signature returns the min-hashes of the set of character 3-grams of a
// normalised text, of which only letters and digits count. It is nil for fewer
// than MinLetters of them. The share of equal min-hashes of two signatures
// estimates the Jaccard similarity of the sets (Broder 1997).
func Signature(normalised string) []uint32 {
	// The last three characters, 21 bits each: no two grams share a value.
	const bits, mask = 21, 1<<(gramSize*21) - 1
	var lowest [SignatureSize]uint32
	for i := range lowest {
		lowest[i] = ^uint32(0)
	}
	gram, count := uint64(0), 0
	for _, r := range normalised {
		if !counts(r) {
			continue
		}
		gram = (gram<<bits | uint64(uint32(r))) & mask
		if count++; count < gramSize {
			continue
		}
		x := scramble(gram)
		for i := range permutations {
			p := &permutations[i]
			lowest[i] = min(lowest[i], uint32((x*p.multiplier+p.summand)>>32))
		}
	}
	if count < MinLetters {
		return nil
	}
	return lowest[:]
}

// counts reports letters and digits; the common ones without a table.
func counts(r rune) bool {
	switch {
	case r >= 0x4e00 && r <= 0x9fa5:
		return true
	case r < unicode.MaxASCII:
		return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsNumber(r)
}

// Similarity estimates the Jaccard similarity of the texts behind two
// signatures, 0 to 1. It is 0 where one is missing.
func Similarity(a, b []uint32) float64 {
	if len(a) != SignatureSize || len(b) != SignatureSize {
		return 0
	}
	equal := 0
	for i := range a {
		if a[i] == b[i] {
			equal++
		}
	}
	return float64(equal) / SignatureSize
}
