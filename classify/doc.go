// Package classify reads a letter and says what it asks, what it is about,
// whether it carries a lead, how urgent it is and what can be looked up in it.
// Every answer names the spans of the original text it rests on. A person's
// relabelling always wins over it.
//
// Rules over indicator words (package lexicon), with negation, precaution and
// hearsay taken out, form a first opinion. A trained model (package model)
// weighs it with the letter's words and characters and gives calibrated
// probabilities. The rules keep the last word on present danger.
package classify
