// Package analytics is the door to ClickHouse: it owns the tables, writes
// letters and events into them, and computes the figures of docs/metrics.md.
// Every read of letters takes a Viewer, who narrows what the query can see.
package analytics
