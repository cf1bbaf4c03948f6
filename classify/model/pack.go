package model

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Budget is how many features a packed model keeps at most.
const Budget = 125_000

// Pack turns weights trained over a blank model's rows into a small model of
// whole numbers. The features with the largest effect are kept. The weights of
// a feature share its gain, so that even the smallest is told as exactly as
// the largest; otherwise the few strong opinions of the rules would leave the
// many weak words one or two steps.
func (m *Model) Pack(name string, ws *Weights) *Model {
	rows := m.strongest(ws)
	n := len(ws.output)
	p := &Model{
		Name: name, heads: slices.Clone(ws.heads), bias: ws.bias, step: make([]float32, n),
		keys: make([]uint32, len(rows)), gain: make([]float32, len(rows)),
	}
	p.makeWeights()
	for k, w := range ws.output {
		most := float32(math.SmallestNonzeroFloat32)
		for _, r := range rows {
			most = max(most, abs(w[r]))
		}
		p.step[k] = most / math.MaxInt8
	}
	for i, r := range rows {
		share := float32(0)
		for k, w := range ws.output {
			share = max(share, abs(w[r])/(p.step[k]*math.MaxInt8))
		}
		p.keys[i], p.gain[i] = m.keys[r], m.gain[r]*share
		for k, w := range ws.output {
			p.weight[i*p.stride+k] = int8(math.Round(float64(w[r] / (p.step[k] * share))))
		}
	}
	p.index()
	return p
}

// strongest lists the rows worth keeping, all questions counting the same, the
// most frequent features first: what is looked up again and again then lies
// together.
func (m *Model) strongest(ws *Weights) []int {
	effect := make([]float64, len(m.keys))
	for _, head := range ws.heads {
		for _, w := range ws.output[head.Offset : head.Offset+len(head.Answers)] {
			square := 0.0
			for r, x := range w[:len(m.keys)] {
				square += m.usual(r, x)
			}
			for r, x := range w[:len(m.keys)] {
				effect[r] += m.usual(r, x) / max(square, math.SmallestNonzeroFloat32) / float64(len(head.Answers))
			}
		}
	}
	var rows []int
	for r, e := range effect {
		if e > 0 {
			rows = append(rows, r)
		}
	}
	slices.SortStableFunc(rows, func(a, b int) int { return cmp.Compare(effect[b], effect[a]) })
	rows = rows[:min(len(rows), Budget)]
	slices.SortStableFunc(rows, func(a, b int) int {
		return cmp.Or(cmp.Compare(m.gain[a], m.gain[b]), cmp.Compare(a, b))
	})
	return rows
}

// usual is the mean square of what a feature of some weight adds to a score, over
// all letters: one that hardly any letter has moves hardly any score.
func (m *Model) usual(row int, weight float32) float64 {
	x := float64(weight * m.gain[row])
	return x * x * float64(m.share[row])
}

func abs(x float32) float32 {
	if x < 0 {
		return -x
	}
	return x
}

// magic begins every model file; its last byte is the version of the format.
var magic = []byte("jiesu-model\x02")

// maxHeader bounds the header of a file in bytes.
const maxHeader = 1 << 20

// header is the readable part of a model file.
type header struct {
	Name     string `json:"name"`
	Heads    []Head `json:"heads"`
	Outputs  int    `json:"outputs"`
	Features int    `json:"features"`
}

// errCorrupt is wrapped with what is wrong.
var errCorrupt = errors.New("not a usable model file; train it again")

// Encode writes the model: magic, header length, header JSON, numbers little
// endian, SHA-256 of all before.
func (m *Model) Encode() ([]byte, error) {
	h, err := json.Marshal(header{Name: m.Name, Heads: m.heads, Outputs: len(m.bias), Features: len(m.keys)})
	if err != nil {
		return nil, fmt.Errorf("encoding model header: %w", err)
	}
	b := bytes.NewBuffer(slices.Clone(magic))
	weights := make([]int8, 0, len(m.keys)*len(m.bias))
	for row := range m.keys {
		weights = append(weights, m.weights(int32(row))...)
	}
	for _, part := range []any{uint32(len(h)), h, m.bias, m.step, m.keys, m.gain, weights} {
		if err := binary.Write(b, binary.LittleEndian, part); err != nil {
			return nil, fmt.Errorf("encoding model: %w", err)
		}
	}
	sum := sha256.Sum256(b.Bytes())
	m.digest = hex.EncodeToString(sum[:])[:12]
	return append(b.Bytes(), sum[:]...), nil
}

// Decode reads a model file. Errors say what does not fit.
func Decode(file []byte) (*Model, error) {
	if len(file) < len(magic)+4+sha256.Size || !bytes.HasPrefix(file, magic) {
		return nil, fmt.Errorf("reading model: wrong kind or version of file: %w", errCorrupt)
	}
	body := file[:len(file)-sha256.Size]
	sum := sha256.Sum256(body)
	if !bytes.Equal(sum[:], file[len(body):]) {
		return nil, fmt.Errorf("reading model: checksum differs: %w", errCorrupt)
	}
	rest := body[len(magic):]
	size := int(binary.LittleEndian.Uint32(rest))
	if size > maxHeader || size > len(rest)-4 {
		return nil, fmt.Errorf("reading model: header too long: %w", errCorrupt)
	}
	var h header
	if err := json.Unmarshal(rest[4:4+size], &h); err != nil {
		return nil, fmt.Errorf("reading model header: %w: %w", errCorrupt, err)
	}
	m := &Model{Name: h.Name, heads: h.Heads, digest: hex.EncodeToString(sum[:])[:12]}
	if err := m.numbers(rest[4+size:], h); err != nil {
		return nil, err
	}
	m.index()
	return m, nil
}

// numbers reads the arrays behind the header.
func (m *Model) numbers(b []byte, h header) error {
	n, f := h.Outputs, h.Features
	if n <= 0 || f <= 0 || n > 1<<10 || f > 1<<22 || len(b) != 8*n+8*f+n*f {
		return fmt.Errorf("reading model: sizes differ: %w", errCorrupt)
	}
	for _, head := range h.Heads {
		if head.Offset < 0 || len(head.Answers) == 0 || head.Offset+len(head.Answers) > n {
			return fmt.Errorf("reading model: head %q has no outputs: %w", head.Name, errCorrupt)
		}
	}
	m.bias, m.step = make([]float32, n), make([]float32, n)
	m.keys, m.gain = make([]uint32, f), make([]float32, f)
	weights := make([]int8, n*f)
	in := bytes.NewReader(b)
	for _, part := range []any{m.bias, m.step, m.keys, m.gain, weights} {
		if err := binary.Read(in, binary.LittleEndian, part); err != nil {
			return fmt.Errorf("reading model: %w: %w", errCorrupt, err)
		}
	}
	m.makeWeights()
	for row := range m.keys {
		copy(m.weights(int32(row)), weights[row*n:])
	}
	return nil
}
