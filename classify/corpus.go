package classify

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
	"unicode"

	"jiesu.cn/jiesu/letter"
)

// Labelled is one letter with the labels people gave it, as the files of gold
// labels have it.
type Labelled struct {
	ID    letter.ID `json:"id"`
	Title string    `json:"title"`
	Text  string    `json:"text"`
	// ReceivedAt anchors relative times; the gold labels have none.
	ReceivedAt time.Time       `json:"received_at"`
	Type       string          `json:"type"`
	Police     int             `json:"police"`
	Lead       letter.LeadKind `json:"lead"`
	LeadType   string          `json:"lead_type"`
	Topic      string          `json:"topic"`
	Accused    int             `json:"accused"`
	Urgent     int             `json:"urgent"`
}

// letter makes the row a letter to be judged.
func (l Labelled) letter() letter.Letter {
	return Row{ID: l.ID, Title: l.Title, Body: l.Text, ReceivedAt: l.ReceivedAt}.Letter()
}

// ReadLabelled reads JSON lines of labelled letters. Errors name the line.
func ReadLabelled(r io.Reader) ([]Labelled, error) {
	var rows []Labelled
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	for n := 1; in.Scan(); n++ {
		var row Labelled
		if err := json.Unmarshal(in.Bytes(), &row); err != nil {
			return nil, fmt.Errorf("reading labelled letters: line %d: %w", n, err)
		}
		rows = append(rows, row)
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("reading labelled letters: %w", err)
	}
	return rows, nil
}

// Where training looks in its data directory.
const (
	goldFile  = "gold/dev.jsonl"
	plainGlob = "*_letters*.jsonl.gz"
)

// readGold reads the labelled letters of a data directory.
func readGold(dir fs.FS) ([]Labelled, error) {
	f, err := dir.Open(goldFile)
	if err != nil {
		return nil, fmt.Errorf("opening labelled letters: %w", err)
	}
	defer func() { _ = f.Close() }() // Only read.
	return ReadLabelled(f)
}

// plain is a letter without labels that training can use.
type plain struct {
	Title string `json:"title"`
	Text  string `json:"text"`
}

// readPlain reads the further letters of a data directory, in order of file
// names, without those that begin like a labelled one.
func readPlain(dir fs.FS, labelled []Labelled) ([]plain, error) {
	known := map[string]bool{}
	for _, l := range labelled {
		known[beginning(l.Text)] = true
	}
	names, err := fs.Glob(dir, plainGlob)
	if err != nil {
		return nil, fmt.Errorf("listing letters: %w", err)
	}
	var out []plain
	for _, name := range names {
		rows, err := readPlainFile(dir, name)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		for _, row := range rows {
			if b := beginning(row.Text); !known[b] {
				known[b] = true
				out = append(out, row)
			}
		}
	}
	return out, nil
}

func readPlainFile(dir fs.FS, name string) ([]plain, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // Only read.
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	var rows []plain
	for in := json.NewDecoder(unzipped); ; {
		var row plain
		switch err := in.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("decoding letter %d: %w", len(rows)+1, err)
		}
		rows = append(rows, row)
	}
}

// beginning identifies reposts: the first letters and digits of a text.
func beginning(text string) string {
	const runes = 60
	var b strings.Builder
	n := 0
	for _, r := range text {
		if n == runes {
			break
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
			n++
		}
	}
	return b.String()
}
