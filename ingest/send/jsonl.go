package send

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

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
	rec, err := letter.DecodeRecord(text, r.limits())
	if err != nil {
		return rec, err
	}
	rec.Data = slices.Clone(rec.Data) // The line's buffer is used again.
	if rec.Type != letter.TypeReceived {
		_, err = letter.ParseEvent(rec)
	} else if _, err = letter.ParseLetter(rec); err != nil && namesPerson(rec.Data) {
		err = refusal("clear_identity", "data", "names a person in clear; send it as a plain row, which is sealed here")
	}
	if err == nil {
		err = r.checkFrozen(rec)
	}
	if err != nil {
		return rec, err
	}
	type content struct {
		typ   letter.EventType
		times [2]int64
		data  string
	}
	return rec, r.remember(rec, maphash.Comparable(r.seed, content{
		rec.Type, [2]int64{rec.Time.UnixMilli(), rec.RecordedTime.UnixMilli()}, string(rec.Data),
	}))
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

// parsePlain reads a flat object of texts and numbers. It goes by the tokens,
// in the order they stand in: a map would drop a key that stands twice.
func (r *run) parsePlain(text []byte) (letter.Record, error) {
	notOne := refusal("bad_json", "", "is not one JSON object")
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return letter.Record{}, notOne
	}
	var plain row
	var seen [fieldCount]bool
	unknown := map[string]int{} // By name, the place in the object.
	for place := 1; dec.More(); place++ {
		key, err := dec.Token()
		name, isText := key.(string)
		var v any
		if err != nil || !isText || dec.Decode(&v) != nil {
			return letter.Record{}, notOne
		}
		f, ok := fieldOf(name)
		if !ok {
			if _, twice := unknown[name]; twice {
				return letter.Record{}, refusal("duplicate_key", "", "has a key twice")
			}
			unknown[name] = place
			continue
		}
		if seen[f] {
			return letter.Record{}, refusal("duplicate_key", "", "has two keys that mean the same field")
		}
		seen[f] = true
		if plain[f], ok = plainText(v); !ok {
			return letter.Record{}, refusal("bad_data", "", "holds a list or an object where a text belongs")
		}
	}
	if _, err := dec.Token(); err != nil || dec.More() {
		return letter.Record{}, notOne
	}
	rec, err := r.letterOf(&plain)
	if err == nil {
		for _, name := range slices.SortedFunc(maps.Keys(unknown), func(a, b string) int { return unknown[a] - unknown[b] }) {
			r.ignore(name, fmt.Sprintf("#%d", unknown[name]))
		}
	}
	return rec, err
}

func plainText(v any) (text string, ok bool) {
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return strconv.FormatBool(v), true
	}
	return "", false
}

// ignore notes a column no field is known for, by its place where the name
// could be a person's data.
func (r *run) ignore(name, place string) {
	const most = 50
	if name = strings.TrimSpace(name); name == "" {
		return
	}
	if !columnName.MatchString(name) || manyDigits.MatchString(name) {
		name = place
	}
	if r.ignored[name] || len(r.ignored) >= most {
		return
	}
	r.ignored[name] = true
	r.report.IgnoredColumns = append(r.report.IgnoredColumns, name)
}

var (
	columnName = regexp.MustCompile(`^[\pL\pN _()（）/.:-]{1,20}$`)
	manyDigits = regexp.MustCompile(`\pN[^\pL]*\pN[^\pL]*\pN[^\pL]*\pN[^\pL]*\pN`) // Of a phone, an ID, an amount.
)
