package simulate

import (
	"runtime"
	"testing"
)

// sampler is a writer that looks at the live heap now and then.
type sampler struct {
	every, until int
	peak         uint64
}

func (s *sampler) Write(p []byte) (int, error) {
	if s.until -= len(p); s.until <= 0 {
		s.until = s.every
		s.peak = max(s.peak, liveHeap())
	}
	return len(p), nil
}

func liveHeap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// TestMemoryDoesNotGrowWithLetters writes ten times as many letters and wants
// the live heap to stay where it was, but for the writers' bitmaps.
func TestMemoryDoesNotGrowWithLetters(t *testing.T) {
	peak := func(letters int) uint64 {
		l, err := open(Options{Seed: 1, Letters: letters})
		if err != nil {
			t.Fatal(err)
		}
		s := &sampler{every: letters * 300}
		if _, err := l.writeEvents(t.Context(), s); err != nil {
			t.Fatal(err)
		}
		tallies := l.tallies()
		if err := l.countInto(t.Context(), tallies); err != nil {
			t.Fatal(err)
		}
		s.peak = max(s.peak, liveHeap())
		runtime.KeepAlive(tallies)
		return s.peak
	}
	const allowed = 4 << 20
	few, many := peak(2_000), peak(20_000)
	if many > few+allowed {
		t.Errorf("the live heap grew from %d to %d bytes with ten times the letters", few, many)
	}
	t.Logf("live heap %d kB with 2,000 letters, %d kB with 20,000", few>>10, many>>10)
}
