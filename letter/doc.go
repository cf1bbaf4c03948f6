// Package letter holds the words of the domain: a citizen's letter, the events
// of its handling, the verdict on its text, and the codes they use. It decodes
// and encodes them as CloudEvents and imports the standard library only.
package letter
