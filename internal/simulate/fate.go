package simulate

import "math"

// fate is what becomes of a letter, dealt by rank so that the number of
// letters of each fate is exact for any seed.
type fate uint8

const (
	ordinary    fate = iota
	void             // Invalidated.
	thankful         // A letter of thanks, L09.
	outside          // Transferred to a body outside the police.
	withdrawn        // Taken back by its writer.
	stuck            // Open at the cut-off, however old.
	helped           // The return visit hears that the problem is solved.
	leadSolved       // A lead accepted, a case filed and solved.
	leadFiled        // A lead accepted, a case filed.
	leadUnfiled      // A lead accepted, the filing refused.
	leadOnly         // A lead accepted and still looked into.
)

// quotaBasis is the number of letters that the quotas are written for; other
// numbers scale them.
const quotaBasis = 14_400

// quota is a number of letters per quotaBasis.
type quota struct {
	fate  fate
	count float64
}

// quotas reach the published totals: 341 thanks exactly; more than 1,500
// problems solved, 500 leads and 200 cases solved, with a margin for what does
// not happen before the cut-off.
func quotas() []quota {
	return []quota{
		{void, 150},
		{thankful, 341},
		{outside, 260},
		{withdrawn, 110},
		{stuck, 40},
		{helped, 1_605},
		{leadSolved, 258},
		{leadFiled, 110},
		{leadUnfiled, 76},
		{leadOnly, 110},
	}
}

// Shares of the totals that are met exactly at the cut-off.
const (
	openShare   = 0.0130  // Of the letters whose closing counts: 98.7 % closed.
	silentShare = 0.00185 // Of all letters: nobody reaches the writer; 99.8 % answered.
)

// dealer deals the fates.
type dealer struct {
	perm   permutation
	silent permutation
	scale  float64
	quotas []quota
	ends   []uint64 // Rank after the last of each quota.
}

func newDealer(seed uint64, n int) dealer {
	d := dealer{
		perm:   newPermutation(uint64(n), seed, streamFate),
		silent: newPermutation(uint64(n), seed, streamSilent),
		scale:  float64(n) / quotaBasis,
		quotas: quotas(),
	}
	sum := uint64(0)
	for _, q := range d.quotas {
		sum += uint64(math.Round(q.count * d.scale))
		d.ends = append(d.ends, sum)
	}
	return d
}

// of returns the fate of letter i and its rank among the letters of that fate.
func (d dealer) of(i int) (fate, int) {
	r := d.perm.rank(uint64(i))
	start := uint64(0)
	for k, end := range d.ends {
		if r < end {
			return d.quotas[k].fate, int(r - start)
		}
		start = end
	}
	return ordinary, int(r - start)
}

// isSilent says that nobody reaches the writer of letter i.
func (d dealer) isSilent(i int) bool {
	return float64(d.silent.rank(uint64(i))) < math.Round(silentShare*quotaBasis*d.scale)
}

func (f fate) isLead() bool { return f >= leadSolved }

// mayJoin says whether a letter of this fate can stand in a series.
func (f fate) mayJoin() bool { return f != void && f != thankful && f != outside && f != withdrawn }
