// Package classify reads a letter and says what it asks, what it is about,
// whether it carries a lead, how urgent it is and what can be looked up in it.
// Every answer names the spans of the original text it rests on. A person's
// relabelling always wins over it.
//
// The first version scores indicator words (package lexicon) with negation,
// precaution and hearsay taken out. Its probabilities are monotone squashes of
// those scores, good for ranking and thresholds but not calibrated.
package classify
