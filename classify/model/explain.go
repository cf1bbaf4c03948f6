package model

import "slices"

// Explain tells what each rune of a text added to each of the given outputs:
// the contribution of every feature, spread evenly over the runes it stands
// on. Contributions of features that stand nowhere are left out. The numbers
// for rune i are added[i*len(outputs):(i+1)*len(outputs)]; into is memory to
// use again, or nil.
func (m *Model) Explain(t *Text, v *Vector, outputs []int, into []float32) (added []float32) {
	n := len(outputs)
	added = slices.Grow(into[:0], n*len(t.Runes))[:n*len(t.Runes)]
	clear(added)
	shares := make([]float32, n)
	spread := func(row int32, share float32, start, end int) {
		share /= float32(end - start)
		weights := m.weights(row)
		for i, k := range outputs {
			shares[i] = share * float32(weights[k])
		}
		for at := start; at < end; at++ {
			for i, x := range shares {
				added[at*n+i] += x
			}
		}
	}
	for _, p := range v.places {
		if p.start < p.end {
			spread(v.rows[p.at], v.values[p.at]/v.counts[p.at], int(p.start), int(p.end))
		}
	}
	for _, s := range t.Scores {
		row := m.row(scoreKey(s.Name))
		for _, span := range s.From {
			if row >= 0 {
				spread(row, s.Value*scoreScale/float32(len(s.From)), span.Start, span.End)
			}
		}
	}
	for i := range added {
		added[i] *= m.step[outputs[i%n]]
	}
	return added
}
