// Package trend holds the arithmetic of early warning, free of any storage: how
// many letters a day should bring, which words rise, and how many open letters
// will run out of time. docs/metrics.md, "Trends and early warning", has the
// formulas, their sources and what they cannot do.
package trend
