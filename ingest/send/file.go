package send

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

func fileSize(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, fmt.Errorf("reading the file: %w", err)
	}
	if !info.Mode().IsRegular() {
		return 0, fmt.Errorf("reading %s: it is not a regular file", path)
	}
	return info.Size(), nil
}

// file sends one file, by the kind its name tells.
func (r *run) file(ctx context.Context, path string) (err error) {
	r.path, r.rounded = filepath.Base(path), false
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	counted := &countingReader{r: f, n: &r.done}

	name := strings.ToLower(r.path)
	if strings.HasSuffix(name, ".xlsx") {
		return r.xlsx(ctx, counted)
	}
	in, closeIn, name, err := decompressed(counted, name)
	if err != nil {
		return err
	}
	defer closeIn()
	switch filepath.Ext(name) {
	case ".jsonl", ".ndjson", ".json":
		return r.jsonl(ctx, in)
	case ".csv", ".tsv", ".txt":
		return r.csv(ctx, in)
	}
	return errors.New("the name must end in .jsonl, .csv (both also .gz or .zst) or .xlsx")
}

// decompressed unpacks by the name's ending and returns the name without it.
func decompressed(in io.Reader, name string) (io.Reader, func(), string, error) {
	switch filepath.Ext(name) {
	case ".gz":
		z, err := gzip.NewReader(in)
		if err != nil {
			return nil, nil, "", fmt.Errorf("unpacking: %w", err)
		}
		return z, func() { _ = z.Close() }, strings.TrimSuffix(name, ".gz"), nil
	case ".zst":
		const window = 128 << 20 // A hostile file may ask for gigabytes.
		z, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(window))
		if err != nil {
			return nil, nil, "", fmt.Errorf("unpacking: %w", err)
		}
		return z, z.Close, strings.TrimSuffix(name, ".zst"), nil
	}
	return in, func() {}, name, nil
}

// countingReader counts what was read, for the progress bar.
type countingReader struct {
	r io.Reader
	n *int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	*c.n += int64(n)
	return n, err
}

const sniffed = 1 << 20

// asUTF8 decides by a byte order mark, else by the first megabyte: UTF-8 if
// that is valid, else GB18030, which holds GBK and GB2312. What turns out
// invalid further on is refused row by row.
func asUTF8(in io.Reader) (*bufio.Reader, error) {
	b := bufio.NewReaderSize(in, sniffed)
	head, err := b.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading: %w", err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		_, err := b.Discard(3)
		return b, err
	case bytes.HasPrefix(head, []byte("\xff\xfe")), bytes.HasPrefix(head, []byte("\xfe\xff")):
		return nil, errors.New("the file is UTF-16; save it as UTF-8 and send it again")
	case validPrefix(head):
		return b, nil
	}
	if line, ok := firstBadGB18030(head); !ok {
		return nil, fmt.Errorf("line %d is neither UTF-8 nor GBK; save the file as UTF-8 and send it again", line)
	}
	return bufio.NewReaderSize(transform.NewReader(b, simplifiedchinese.GB18030.NewDecoder()), 64<<10), nil
}

// validPrefix reports whether b is UTF-8 up to a character cut off at the end.
func validPrefix(b []byte) bool {
	for n := 0; n < utf8.UTFMax && n < len(b); n++ {
		if utf8.Valid(b[:len(b)-n]) {
			return n == 0 || !utf8.FullRune(b[len(b)-n:])
		}
	}
	return len(b) == 0
}

// firstBadGB18030 returns the first line that cannot be GB18030.
func firstBadGB18030(b []byte) (line int, ok bool) {
	decoder := simplifiedchinese.GB18030.NewDecoder()
	for text := range bytes.Lines(b) {
		line++
		if text[len(text)-1] != '\n' && len(b) == sniffed {
			break // Cut off by the sniffing.
		}
		decoded, err := decoder.Bytes(text)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return line, false
		}
	}
	return 0, true
}
