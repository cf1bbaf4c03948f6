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

// streamBatch is how many lines are judged together; they bound memory.
const streamBatch = 256

// maxLine bounds one input line in bytes, the size of the largest message.
const maxLine = 1 << 20

// line is one input line on its way to one output line.
type line struct {
	row   Row
	fault string
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
	in := bufio.NewReaderSize(r, 64<<10)
	out := bufio.NewWriter(w)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	bad := &BadLinesError{}
	for done := false; !done; {
		batch, err := readBatch(in)
		if err != nil && !errors.Is(err, io.EOF) {
			return fmt.Errorf("reading letters: %w", err)
		}
		done = err != nil
		if err := c.writeBatch(ctx, batch, enc, bad); err != nil {
			return err
		}
		if err := out.Flush(); err != nil {
			return fmt.Errorf("writing verdicts: %w", err)
		}
	}
	if bad.Bad > 0 {
		c.log.LogAttrs(ctx, slog.LevelWarn, "lines skipped", slog.Int("bad", bad.Bad), slog.Int("lines", bad.Lines))
		return bad
	}
	return nil
}

func (c *Classifier) writeBatch(ctx context.Context, batch []line, enc *json.Encoder, bad *BadLinesError) error {
	letters := make([]letter.Letter, len(batch))
	for i, l := range batch {
		letters[i] = l.row.Letter()
	}
	judged, err := c.Classify(ctx, letters)
	if err != nil {
		return err
	}
	for i, l := range batch {
		var answer any = judged[i].Verdict
		if l.fault != "" {
			bad.Bad++
			answer = failure{ID: l.row.ID, Error: l.fault}
		}
		bad.Lines++
		if err := enc.Encode(answer); err != nil {
			return fmt.Errorf("writing verdicts: %w", err)
		}
	}
	return nil
}

// readBatch reads up to streamBatch lines; the error is io.EOF at the end.
func readBatch(in *bufio.Reader) ([]line, error) {
	var batch []line
	for len(batch) < streamBatch {
		b, tooLong, err := readLine(in)
		switch {
		case tooLong:
			batch = append(batch, line{fault: fmt.Sprintf("line is longer than %d bytes", maxLine)})
		case len(bytes.TrimSpace(b)) > 0:
			batch = append(batch, parseLine(b))
		}
		if err != nil {
			return batch, err
		}
	}
	return batch, nil
}

// readLine reads one line of any length but keeps no more than maxLine of it.
func readLine(in *bufio.Reader) (b []byte, tooLong bool, err error) {
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

// parseLine checks one line. Faults never repeat the text.
func parseLine(b []byte) line {
	var l line
	if err := json.Unmarshal(b, &l.row); err != nil {
		var id struct {
			ID letter.ID `json:"id"`
		}
		if json.Unmarshal(b, &id) != nil {
			id.ID = ""
		}
		return line{row: Row{ID: id.ID}, fault: "not a JSON object with id, title, body and an RFC 3339 received_at"}
	}
	switch {
	case !l.row.ID.Valid():
		return line{fault: "id must be 1-64 characters of A-Z a-z 0-9 . _ : -"}
	case len([]rune(l.row.Title)) > letter.MaxTitleRunes || len([]rune(l.row.Body)) > letter.MaxBodyRunes:
		return line{row: Row{ID: l.row.ID}, fault: fmt.Sprintf("title has more than %d or body more than %d characters", letter.MaxTitleRunes, letter.MaxBodyRunes)}
	}
	return l
}
