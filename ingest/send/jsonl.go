package send

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"

	"jiesu.cn/jiesu/letter"
)

// jsonl sends a file of one JSON object per line: CloudEvents, or plain rows.
func (r *run) jsonl(ctx context.Context, in io.Reader) error {
	lines := bufio.NewReaderSize(in, 64<<10)
	var buf []byte
	for line := 1; ; line++ {
		text, tooLong, err := nextLine(lines, buf[:0], r.cfg.MaxLine)
		buf = text
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading line %d: %w", line, err)
		}
		switch trimmed := bytes.TrimSpace(text); {
		case tooLong:
			r.refuse(line, refusal("too_large", "", fmt.Sprintf("has more than %d bytes", r.cfg.MaxLine)))
		case len(trimmed) > 0:
			if failure := r.object(ctx, line, bytes.TrimPrefix(trimmed, []byte("\xef\xbb\xbf"))); failure != nil {
				return failure
			}
		}
		if err != nil {
			return nil // The end of the file.
		}
	}
}

// nextLine reads a line into buf. Of a line longer than most it keeps nothing.
func nextLine(in *bufio.Reader, buf []byte, most int) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(buf)+len(part) > most {
			tooLong, buf = true, buf[:0]
		}
		if !tooLong {
			buf = append(buf, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return buf, tooLong, err
		}
	}
}

// object sends one JSON object or refuses it.
func (r *run) object(ctx context.Context, line int, text []byte) error {
	rec, err := r.parseObject(text)
	if errors.Is(err, ErrNeedKeys) {
		return err
	}
	if err != nil {
		r.refuse(line, err)
		return nil
	}
	return r.add(ctx, rec)
}

func (r *run) parseObject(text []byte) (letter.Record, error) {
	var probe struct {
		SpecVersion *json.RawMessage `json:"specversion"`
		Type        *json.RawMessage `json:"type"`
	}
	if json.Unmarshal(text, &probe) == nil && probe.SpecVersion == nil && probe.Type == nil {
		return r.parsePlain(text)
	}
	limits := r.cfg.Limits
	limits.Latest = r.cfg.Now().Add(r.cfg.MaxSkew)
	rec, err := letter.DecodeRecord(text, limits)
	if err != nil {
		return rec, err
	}
	rec.Data = slices.Clone(rec.Data) // The line's buffer is used again.
	if rec.Type != letter.TypeReceived {
		_, err = letter.ParseEvent(rec)
		return rec, err
	}
	if _, err = letter.ParseLetter(rec); err != nil && namesPerson(rec.Data) {
		return rec, refusal("clear_identity", "data", "names a person in clear; send it as a plain row, which is sealed here")
	}
	return rec, err
}

// namesPerson reports whether a letter's data has fields of an identity.
func namesPerson(data []byte) bool {
	var fields, writer map[string]json.RawMessage
	if json.Unmarshal(data, &fields) != nil {
		return false
	}
	_ = json.Unmarshal(fields["writer"], &writer) // Not an object: nothing to find.
	for _, m := range []map[string]json.RawMessage{fields, writer} {
		for name := range m {
			if f, ok := fieldOf(name); ok && slices.Contains([]field{fieldName, fieldIDNumber, fieldPhone, fieldAddress}, f) {
				return true
			}
		}
	}
	return false
}

// parsePlain reads a flat object of texts and numbers.
func (r *run) parsePlain(text []byte) (letter.Record, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var values map[string]any
	if err := dec.Decode(&values); err != nil || dec.More() {
		return letter.Record{}, refusal("bad_json", "", "is not one JSON object")
	}
	var plain row
	for name, v := range values {
		f, ok := fieldOf(name)
		if !ok {
			r.ignore(name)
			continue
		}
		switch v := v.(type) {
		case nil:
		case string:
			plain[f] = v
		case json.Number:
			plain[f] = v.String()
		case bool:
			plain[f] = strconv.FormatBool(v)
		default:
			return letter.Record{}, refusal("bad_data", "", "holds a list or an object where a text belongs")
		}
	}
	return r.letterOf(&plain)
}

// ignore notes a column no field is known for.
func (r *run) ignore(name string) {
	const most = 50
	if name == "" || r.ignored[name] || len(r.ignored) >= most {
		return
	}
	r.ignored[name] = true
	r.report.IgnoredColumns = append(r.report.IgnoredColumns, name)
}
