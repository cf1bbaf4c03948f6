package model

// Explain tells what each rune of a text added to each of the given outputs:
// the contribution of every feature, spread evenly over the runes it stands
// on. Contributions of features that stand nowhere are left out.
func (m *Model) Explain(t *Text, v Vector, outputs []int) [][]float32 {
	added := make([][]float32, len(outputs))
	for i := range added {
		added[i] = make([]float32, len(t.Runes))
	}
	counts := make([]float32, len(v.rows))
	for _, p := range v.places {
		counts[p.at]++
	}
	spread := func(row int32, share float32, start, end int) {
		share /= float32(end - start)
		weights := m.weight[int(row)*len(m.bias) : (int(row)+1)*len(m.bias)]
		for i, k := range outputs {
			x := share * float32(weights[k])
			for at := start; at < end; at++ {
				added[i][at] += x
			}
		}
	}
	for _, p := range v.places {
		if p.start < p.end {
			spread(v.rows[p.at], v.values[p.at]/counts[p.at], int(p.start), int(p.end))
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
	for i, k := range outputs {
		for at := range added[i] {
			added[i][at] *= m.step[k]
		}
	}
	return added
}
