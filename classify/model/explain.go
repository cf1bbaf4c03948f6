package model

// Explain tells what each rune of a text added to each of the given outputs:
// the contribution of every feature, spread evenly over the runes it stands
// on. Contributions of features that stand nowhere are left out.
func (m *Model) Explain(t *Text, v Vector, outputs []int) [][]float32 {
	added := make([][]float32, len(outputs))
	for i := range added {
		added[i] = make([]float32, len(t.Runes))
	}
	value := make(map[int32]float32, len(v.rows))
	for i, r := range v.rows {
		value[r] = v.values[i]
	}
	occurrences := map[int32]float32{}
	t.each(func(key uint32, _ Block, _, _ int) {
		if row := m.row(key); row >= 0 {
			occurrences[int32(row)]++ //nolint:gosec // Rows are far fewer than 2^31.
		}
	})
	spread := func(row int, share float32, start, end int) {
		for i, k := range outputs {
			x := share * float32(m.weight[row*len(m.bias)+k]) * m.step[k] / float32(end-start)
			for at := start; at < end; at++ {
				added[i][at] += x
			}
		}
	}
	t.each(func(key uint32, _ Block, start, end int) {
		if row := m.row(key); row >= 0 && start < end {
			r := int32(row) //nolint:gosec // As above.
			spread(row, value[r]/occurrences[r], start, end)
		}
	})
	for _, s := range t.Scores {
		row := m.row(scoreKey(s.Name))
		for _, span := range s.From {
			if row >= 0 {
				spread(row, s.Value*scoreScale/float32(len(s.From)), span.Start, span.End)
			}
		}
	}
	return added
}
