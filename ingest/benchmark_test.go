package ingest_test

import (
	"log/slog"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/letter"
)

// BenchmarkBacklog reads a mailbox's whole history, 14,000 letters and 130,000
// events, into a store in memory: what ingest and broker themselves cost.
func BenchmarkBacklog(b *testing.B) {
	const letters, events = 14_000, 130_000
	for b.Loop() {
		b.StopTimer()
		r := newRig(b)
		for n := 0; n < events; n += 10_000 {
			r.send(many(10_000, func(k int) letter.Record { return signed(b, n+k) })...)
		}
		r.send(many(letters, func(k int) letter.Record { return aLetter(b, k) })...)
		i, err := ingest.New(r.cfg, r.store, r.classifier, units, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := i.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		r.waitCounts(letters, letters, events)
		b.StopTimer()
		if err := i.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*(2*letters+events)/b.Elapsed().Seconds(), "records/s")
}
