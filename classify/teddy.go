package classify

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"jiesu.cn/jiesu/classify/model"
	"jiesu.cn/jiesu/letter"
)

// boardFile holds letters to a government message board with one of seven
// topics each, of the 2020 Teddy Cup contest (task C), split for comparison
// with published results.
const boardFile = "letters9168.jsonl.gz"

// boardLetter is a line of boardFile.
type boardLetter struct {
	Label string `json:"label"`
	Words string `json:"seg"`
	Text  string `json:"text"`
	Split string `json:"split"`
}

// MessageBoard trains a model of the same make on the contest's training
// letters, without rules and further letters, and scores it on the test split.
func (c *Classifier) MessageBoard(ctx context.Context, dir fs.FS, seed uint64) (MultiClass, error) {
	rows, err := readBoard(dir)
	if err != nil {
		return MultiClass{}, fmt.Errorf("reading %s: %w", boardFile, err)
	}
	task := model.Task{Name: headTopic, Least: 1, Cost: 1, Plain: true}
	var train, test []*model.Text
	var labels []string
	var results tally
	for _, row := range rows {
		text := c.boardText(row)
		if row.Split == "train" {
			train, labels = append(train, text), append(labels, row.Label)
		} else {
			test, results.want = append(test, text), append(results.want, row.Label)
		}
	}
	blank := model.NewVocabulary().Blank(train, nil, leastLetters)
	examples := make([]model.Example, len(train))
	for i, t := range train {
		examples[i] = model.Example{Vector: blank.Vector(t), Answers: map[string]string{headTopic: labels[i]}}
	}
	weights, err := blank.Train(ctx, nil, []model.Task{task}, examples, seed)
	if err != nil {
		return MultiClass{}, err
	}
	m := blank.Pack("board", weights)
	var o opinion
	for _, t := range test {
		v := m.Vector(t)
		o.ask(m, &v)
		answer, _ := o.best(headTopic, anything)
		results.got = append(results.got, answer)
	}
	return results.multi(seed), nil
}

// boardText reads a letter of the board, from its words where its text is lost.
func (c *Classifier) boardText(row boardLetter) *model.Text {
	body := strings.ReplaceAll(row.Words, " ", "")
	var r reading
	c.read(letter.Letter{Received: letter.Received{Body: body}}, &r)
	return &model.Text{Runes: r.text.Runes, Words: r.words}
}

func readBoard(dir fs.FS) ([]boardLetter, error) {
	f, err := dir.Open(boardFile)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // Only read.
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("decompressing: %w", err)
	}
	var rows []boardLetter
	for in := json.NewDecoder(unzipped); ; {
		var row boardLetter
		switch err := in.Decode(&row); {
		case errors.Is(err, io.EOF):
			return rows, nil
		case err != nil:
			return nil, fmt.Errorf("decoding letter %d: %w", len(rows)+1, err)
		}
		rows = append(rows, row)
	}
}
