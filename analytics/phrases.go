package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/analytics/trend"
	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/letter"
)

// Phrase is a word, or two in a row, that more people write than before. Of a
// writer's letters in one stretch of time one counts.
type Phrase struct {
	Text          string        `json:"text"`
	Beside        []string      `json:"beside"`         // Other phrases that rose in much the same letters.
	Writers       int           `json:"writers"`        // Who used it in the last seven days,
	WritersAll    int           `json:"writers_all"`    // of so many.
	WritersBefore int           `json:"writers_before"` // Who used it in the eight weeks before,
	BeforeAll     int           `json:"before_all"`     // of so many.
	P             float64       `json:"p"`              // Fisher's exact test, one-sided.
	Q             float64       `json:"q"`              // Share of false ones among all phrases listed down to this.
	Letters       []TrendLetter `json:"letters"`        // Of the last seven days, in order of receipt.
}

// Rising is the phrases that rise.
type Rising struct {
	From    calendar.Date `json:"from"` // The seven days looked at,
	To      calendar.Date `json:"to"`   // both included.
	AsOf    time.Time     `json:"as_of"`
	Tests   int           `json:"tests"`   // Phrases compared.
	Phrases []Phrase      `json:"phrases"` // The least likely first.
}

// What makes a rising phrase.
const (
	minPhraseLetters = 4
	maxFalseShare    = 0.1 // Of the phrases listed, expected.
)

// Words that announce a person's name, or follow one.
func announcingWords() []string {
	return strings.Fields(`我叫 名叫 姓名 本人 叫 叫做 姓 联系人 当事人 举报人 投诉人 被举报人 老板 经理 法人 法定代表人 负责人 嫌疑人 受害人
		邻居 同事 朋友 丈夫 妻子 老公 老婆 儿子 女儿 父亲 母亲 家父 家母 哥哥 弟弟 姐姐 妹妹 老师 医生 民警 警官 辅警 网名 昵称 微信名`)
}

func titleWords() []string {
	return strings.Fields("先生 女士 小姐 同志 老师 警官 警察 民警 医生 某 某某 老板 经理 主任 所长 队长")
}

// RisingPhrases returns the words that more people wrote in the seven days up
// to and including the day than in the eight weeks before; none where fewer
// than four weeks are there to compare with. Letters that are withheld have no
// part in it, and no phrase holds one of letter.SilentWords.
func (s *Store) RisingPhrases(ctx context.Context, v Viewer, to calendar.Date, asOf time.Time) (Rising, error) {
	asOf, err := s.trendCutOff(ctx, to, to, asOf)
	if err != nil {
		return Rising{}, err
	}
	r := Rising{From: to.AddDays(1 - weekDays), To: to, AsOf: asOf, Phrases: []Phrase{}}
	if err := v.Validate(); err != nil || asOf.IsZero() {
		return r, err
	}
	opened, ok, err := s.FirstDay(ctx, asOf)
	if err != nil || !ok || opened.After(r.From.AddDays(-trend.MinBaseline)) {
		return r, err
	}
	return readTrend(ctx, s, v, asOf, func(reader trendReader) (Rising, error) { return reader.rising(ctx, r) })
}

func (t trendReader) rising(ctx context.Context, r Rising) (Rising, error) {
	err := t.each(ctx, "phrases", r.From.AddDays(-trend.BaselineDays), r.To, func(scan func(...any) error) error {
		p, tests, err := scanPhrase(scan)
		if err != nil {
			return err
		}
		r.Tests = tests
		r.Phrases = append(r.Phrases, p)
		return nil
	}, clickhouse.DateNamed("recent", r.From.Start(), clickhouse.MilliSeconds),
		clickhouse.Named("announcing", announcingWords()), clickhouse.Named("titles", titleWords()),
		clickhouse.Named("silent", strings.Fields(letter.SilentWords)),
		clickhouse.Named("min_letters", minPhraseLetters), clickhouse.Named("min_writers", minWriters))
	if err != nil {
		return Rising{}, fmt.Errorf("comparing the words of letters: %w", err)
	}
	r.Phrases = significant(r.Phrases, r.Tests)
	return r, nil
}

func scanPhrase(scan func(...any) error) (p Phrase, tests int, err error) {
	var writers, before, writersAll, beforeAll, compared uint64
	p.Beside = []string{}
	var times []time.Time
	var ids, types []string
	if err := scan(&p.Text, &writers, &before, &writersAll, &beforeAll, &compared, &times, &ids, &types); err != nil {
		return p, 0, err
	}
	p.Writers, p.WritersBefore, p.WritersAll, p.BeforeAll = int(writers), int(before), int(writersAll), int(beforeAll)
	p.P = trend.Use{Recent: p.Writers, RecentAll: p.WritersAll, Before: p.WritersBefore, BeforeAll: p.BeforeAll}.P()
	for i, id := range ids {
		p.Letters = append(p.Letters, TrendLetter{Letter: letter.ID(id), ReceivedAt: times[i].UTC(), Type: letter.TypeCode(types[i])})
	}
	return p, int(compared), nil
}

// significant gathers the phrases that the same letters brought under the least
// likely of them, and keeps those that rise beyond chance. A wording is one
// discovery, whatever the number of its phrases.
func significant(phrases []Phrase, tests int) []Phrase {
	slices.SortStableFunc(phrases, func(a, b Phrase) int {
		return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(len(b.Text), len(a.Text)), strings.Compare(a.Text, b.Text))
	})
	kept := []Phrase{}
	for _, p := range phrases {
		if i := slices.IndexFunc(kept, p.sharesLetters); i >= 0 {
			kept[i].Beside = append(kept[i].Beside, p.Text)
		} else {
			kept = append(kept, p)
		}
	}
	values := make([]float64, len(kept))
	for i, p := range kept {
		values[i] = p.P
	}
	for i, q := range trend.QValues(values, tests) {
		kept[i].Q = q
	}
	return slices.DeleteFunc(kept, func(p Phrase) bool { return p.Q > maxFalseShare })
}

// sharesLetters reports whether half of p's letters, or more, are also those of
// the other.
func (p Phrase) sharesLetters(other Phrase) bool {
	shared := 0
	for _, l := range p.Letters {
		if slices.ContainsFunc(other.Letters, func(o TrendLetter) bool { return o.Letter == l.Letter }) {
			shared++
		}
	}
	return 2*shared >= len(p.Letters)
}
