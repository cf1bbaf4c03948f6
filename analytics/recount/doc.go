// Package recount counts every figure of docs/metrics.md a second time, in
// plain Go from the records, so that the SQL of package analytics can be checked
// against it. It uses nothing of analytics, keeps no state between two counts
// and does not care for speed: read it beside the page, line by line. Each
// figure is the method or function named as its id.
package recount
