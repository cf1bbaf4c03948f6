// Package app wires the stages into one running system: the engine and the
// broker wherever they are, ingest, the console, and what one command of the
// command line needs of them. It can be embedded in a test with port 0.
package app
