// Package console answers HTTP: the front page with the mailbox's figures, a
// day's brief, and what a machine asks of a service (health, readiness,
// metrics). It has no accounts: it listens on loopback unless told otherwise.
package console
