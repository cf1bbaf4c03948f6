package classify

import (
	"math"
	"testing"
)

// TestExact compares with printed Clopper-Pearson tables.
func TestExact(t *testing.T) {
	for _, tt := range []struct {
		k, n      int
		low, high float64
	}{{0, 10, 0, 0.3085}, {5, 10, 0.1871, 0.8129}, {10, 10, 0.6915, 1}, {1, 20, 0.0013, 0.2487}} {
		got := exact(tt.k, tt.n)
		if math.Abs(got.Low-tt.low) > 1e-4 || math.Abs(got.High-tt.high) > 1e-4 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", tt.k, tt.n, got.Low, got.High, tt.low, tt.high)
		}
	}
}

func TestCalibrationError(t *testing.T) {
	// Two answers at 0.75, one right: off by 0.25. Two at 0.95, both right: off by 0.05.
	a := tally{want: []string{"x", "y", "x", "x"}, got: []string{"x", "x", "x", "x"}, prob: []float64{0.75, 0.75, 0.95, 0.95}}
	if got, want := a.calibrationError(), 0.15; math.Abs(got-want) > 1e-9 {
		t.Errorf("got %v, want %v", got, want)
	}
}
