// Package reports writes what people read: the daily brief as one HTML file
// that needs no network, and the charts that the console shows as well. It is
// the only importer of the chart library, and the place where letter text is
// masked before anyone sees it.
package reports
