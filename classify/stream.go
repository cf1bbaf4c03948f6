package classify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"
	"unicode/utf8"

	"jiesu.cn/jiesu/letter"
)

// Row is one line of input to Stream: a letter as people keep it in files.
// ReceivedAt is RFC 3339; without it relative times stay unresolved.
type Row struct {
	ID         letter.ID `json:"id"`
	Title      string    `json:"title"`
	Body       string    `json:"body"`
	ReceivedAt time.Time `json:"received_at"`
}

// Letter makes the row a letter of unknown channel.
func (r Row) Letter() letter.Letter {
	return letter.Letter{
		ID: r.ID, ReceivedAt: r.ReceivedAt.UTC(),
		Received: letter.Received{Channel: letter.ChannelImport, Title: r.Title, Body: r.Body},
	}
}

// BadLinesError says how many lines Stream could not read. All others were judged.
type BadLinesError struct{ Bad, Lines int }

// Error implements error.
func (e *BadLinesError) Error() string {
	return fmt.Sprintf("%d of %d lines are no letters; each has an error line in the output", e.Bad, e.Lines)
}

// streamBatch is how many lines are read, judged and written together; they
// bound memory.
const streamBatch = 256

// maxLine bounds one input line in bytes, the size of the largest message.
const maxLine = 1 << 20

// line is one input line on its way to one output line.
type line struct {
	input   []byte
	tooLong bool
	output  bytes.Buffer
	bad     bool
	err     error // Of writing the output.
}

// failure is the output line for an input line that is no letter.
type failure struct {
	ID    letter.ID `json:"id"`
	Error string    `json:"error"`
}

// Stream judges JSON lines {id,title,body,received_at} from r and writes one
// verdict a line to w in the same order. A line that cannot be read becomes
// {"id":…,"error":…}; if there were any, the error is a *BadLinesError.
func (c *Classifier) Stream(ctx context.Context, r io.Reader, w io.Writer) error {
	in, out := bufio.NewReaderSize(r, 64<<10), bufio.NewWriterSize(w, 64<<10)
	bad := &BadLinesError{}
	var batch [streamBatch]line
	for done := false; !done; {
		n, err := readBatch(in, batch[:])
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading letters: %w", err)
		}
		done = err != nil
		if err := c.spread(ctx, n, func(i int) { c.answer(&batch[i]) }); err != nil {
			return fmt.Errorf("classifying letters: %w", err)
		}
		if err := writeBatch(out, batch[:n], bad); err != nil {
			return fmt.Errorf("writing verdicts: %w", err)
		}
	}
	if bad.Bad > 0 {
		c.log.LogAttrs(ctx, slog.LevelWarn, "lines skipped", slog.Int("bad", bad.Bad), slog.Int("lines", bad.Lines))
		return bad
	}
	return nil
}

// answer judges a line and writes the line that answers it.
func (c *Classifier) answer(l *line) {
	l.output.Reset()
	enc := json.NewEncoder(&l.output)
	enc.SetEscapeHTML(false)
	row, fault := l.parse()
	if l.bad = fault != ""; l.bad {
		l.err = enc.Encode(failure{ID: row.ID, Error: fault})
		return
	}
	l.err = enc.Encode(c.Judge(row.Letter()).Verdict)
}

func writeBatch(out *bufio.Writer, batch []line, bad *BadLinesError) error {
	for i := range batch {
		l := &batch[i]
		bad.Lines++
		if l.bad {
			bad.Bad++
		}
		if l.err != nil {
			return l.err
		}
		if _, err := out.Write(l.output.Bytes()); err != nil {
			return err
		}
	}
	return out.Flush()
}

// readBatch fills the batch with lines that are not blank and returns their
// number; the error is io.EOF at the end.
func readBatch(in *bufio.Reader, batch []line) (n int, err error) {
	for n < len(batch) && err == nil {
		l := &batch[n]
		l.input, l.tooLong, err = readLine(in, l.input[:0])
		if l.tooLong || len(bytes.TrimSpace(l.input)) > 0 {
			n++
		}
	}
	return n, err
}

// readLine appends one line of any length to b but keeps no more than maxLine
// of it.
func readLine(in *bufio.Reader, b []byte) (_ []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(b)+len(part) > maxLine {
			tooLong = true
		} else {
			b = append(b, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return b, tooLong, err
		}
	}
}

// parse checks a line and says what is wrong with it, if anything. Faults never
// repeat the text.
func (l *line) parse() (row Row, fault string) {
	if l.tooLong {
		return Row{}, fmt.Sprintf("line is longer than %d bytes", maxLine)
	}
	if err := json.Unmarshal(l.input, &row); err != nil {
		var id struct {
			ID letter.ID `json:"id"`
		}
		if json.Unmarshal(l.input, &id) != nil {
			id.ID = ""
		}
		return Row{ID: id.ID}, "not a JSON object with id, title, body and an RFC 3339 received_at"
	}
	switch {
	case !row.ID.Valid():
		return Row{}, "id must be 1-64 characters of A-Z a-z 0-9 . _ : -"
	case utf8.RuneCountInString(row.Title) > letter.MaxTitleRunes || utf8.RuneCountInString(row.Body) > letter.MaxBodyRunes:
		return row, fmt.Sprintf("title has more than %d or body more than %d characters", letter.MaxTitleRunes, letter.MaxBodyRunes)
	}
	return row, ""
}
