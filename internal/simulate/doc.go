// Package simulate writes a synthetic ledger of a mailbox: letters, the events
// of their handling, and truth.json, the figures that follow from them by
// docs/metrics.md, counted here and nowhere else. Nothing in it is real: the
// writers' keys are made from the seed, and the letters come from package text.
//
// # How it stays small
//
// Everything about letter i is a pure function of (profile, seed, number of
// letters, i): when it came, from whom, what became of it and every event of
// its handling. Outcomes are dealt by rank under a keyed permutation of all
// letters, so that quotas are met exactly for any seed, and the series a
// letter stands in follow from a second one. So a run keeps no letters: the
// next events of open letters wait in a heap as (time, letter, step), and each
// is made anew from its letter's plan when its time comes. What grows are that
// heap, with the letters open on one day, and a bitmap of writers for each row
// of truth.json; above a million letters truth.json holds the city only. The
// live heap is the same 15 MB for 2,000 letters and for 40,000.
package simulate
