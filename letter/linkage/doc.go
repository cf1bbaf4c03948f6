// Package linkage condenses what letters about the same matter have in common:
// a signature of the text, and the facts it names. Both are stored with each
// letter and compared with those of letters stored years before, so what these
// functions return for a text must never change.
package linkage
