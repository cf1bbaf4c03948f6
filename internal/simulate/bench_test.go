package simulate

import "testing"

func BenchmarkRun(b *testing.B) {
	const letters = 20_000
	dir := b.TempDir()
	for b.Loop() {
		if _, err := Run(b.Context(), Options{Seed: 1, Letters: letters, Dir: dir}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(letters*float64(b.N)/b.Elapsed().Seconds(), "letters/s")
}
