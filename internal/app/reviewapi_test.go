package app

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/letter"
)

var updateDocs = flag.Bool("update", false, "write the explanation of docs/review-api.md anew")

var reviewAPI = filepath.Join("..", "..", "docs", "review-api.md")

// block finds the JSON of that name in the page: "```json name".
func block(t *testing.T, name string) (page, content []byte) {
	t.Helper()
	page, err := os.ReadFile(reviewAPI)
	if err != nil {
		t.Fatal(err)
	}
	_, rest, found := bytes.Cut(page, []byte("```json "+name+"\n"))
	content, _, closed := bytes.Cut(rest, []byte("```"))
	if !found || !closed {
		t.Fatalf("the page has no block %q", name)
	}
	return page, content
}

// TestReviewAPIExplains wants the page's explanation to have the shape that the
// code gives, and its spans to lie in the page's letter.
func TestReviewAPIExplains(t *testing.T) {
	_, content := block(t, "letter")
	var row classify.Row
	if err := json.Unmarshal(content, &row); err != nil {
		t.Fatal(err)
	}
	dir, err := org.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	classifier, err := classify.New(classify.DefaultConfig(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	got := classifier.Explain(row.Letter())
	if diff := cmp.Diff(classifier.Judge(row.Letter()).Verdict, got.Verdict); diff != "" {
		t.Errorf("Explain gives another verdict than Judge (-judge +explain):\n%s", diff)
	}
	page, documented := block(t, "explanation")
	if *updateDocs {
		page = bytes.Replace(page, documented, []byte(printExplanation(t, got)), 1)
		if err := os.WriteFile(reviewAPI, page, 0o600); err != nil {
			t.Fatal(err)
		}
		_, documented = block(t, "explanation")
	}
	var told classify.Explanation
	if err := json.Unmarshal(documented, &told); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(shapeOf(t, got), shapeOf(t, json.RawMessage(documented))); diff != "" {
		t.Errorf("shape (-code +page):\n%s", diff)
	}
	text := []rune(row.Letter().Text())
	for _, e := range told.Verdict.Entities {
		wantSpan(t, text, e.Start, e.End, e.Text)
	}
	for _, e := range told.Verdict.Evidence {
		wantSpan(t, text, e.Start, e.End, e.Text)
	}
	// Nothing that can be absent is absent here, so that the page shows all.
	shape := shapeOf(t, got)
	for _, f := range slices.Concat(fieldsOf[letter.Verdict]("verdict."), fieldsOf[letter.Entity]("verdict.entities[]."),
		fieldsOf[letter.Evidence]("verdict.evidence[]."), fieldsOf[classify.HeadAnswers]("heads[]."), fieldsOf[classify.Answer]("heads[].answers[].")) {
		if shape[f] == "" {
			t.Errorf("the page's letter has no %s; choose one that has", f)
		}
	}
}

func wantSpan(t *testing.T, text []rune, start, end int, want string) {
	t.Helper()
	if start < 0 || end > len(text) || start >= end || string(text[start:end]) != want {
		t.Errorf("the span %d to %d is not %q", start, end, want)
	}
}

// TestReviewAPIEvents wants the page's events to be accepted as they stand, to
// hold every field there is, and to be what the code writes.
func TestReviewAPIEvents(t *testing.T) {
	for name, fields := range map[string][]string{
		"relabelled": fieldsOf[letter.Relabelled]("data."),
		"cleared":    fieldsOf[letter.Cleared]("data."),
	} {
		t.Run(name, func(t *testing.T) {
			_, content := block(t, name)
			record, err := letter.DecodeRecord(content, letter.DefaultLimits())
			if err != nil {
				t.Fatal(err)
			}
			event, err := letter.ParseEvent(record)
			if err != nil {
				t.Fatal(err)
			}
			if event.Type.Short() != "letter."+name {
				t.Errorf("the block is a %s", event.Type.Short())
			}
			shape := shapeOf(t, json.RawMessage(content))
			for _, f := range fields {
				if shape[f] == "" {
					t.Errorf("the page does not show %s", f)
				}
			}
			again, err := event.Record()
			if err != nil {
				t.Fatal(err)
			}
			encoded, err := again.Encode()
			if err != nil {
				t.Fatal(err)
			}
			var want, got any
			if err := json.Unmarshal(content, &want); err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(encoded, &got); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-page +code):\n%s", diff)
			}
		})
	}
}

// fieldsOf lists the JSON names of a struct's fields, those of embedded structs
// included.
func fieldsOf[T any](prefix string) []string {
	var names []string
	for _, f := range reflect.VisibleFields(reflect.TypeFor[T]()) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name != "" {
			names = append(names, prefix+name)
		}
	}
	return names
}

// shapeOf maps each path of a JSON value to the kind of value there.
func shapeOf(t *testing.T, v any) map[string]string {
	t.Helper()
	encoded, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	var decoded any
	if err := json.Unmarshal(encoded, &decoded); err != nil {
		t.Fatal(err)
	}
	shape := map[string]string{}
	addShape(shape, "", decoded)
	return shape
}

func addShape(shape map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		if strings.HasSuffix(path, ".points") {
			shape[path] = "points" // Its names are a model's own.
			return
		}
		for _, name := range slices.Sorted(maps.Keys(v)) {
			addShape(shape, strings.TrimPrefix(path+"."+name, "."), v[name])
		}
	case []any:
		shape[path] = "list"
		for _, member := range v {
			addShape(shape, path+"[]", member)
		}
	default:
		shape[path] = fmt.Sprintf("%T", v)
	}
}

// innermost matches JSON objects and lists without others in them.
var innermost = regexp.MustCompile(`[{[]\s+[^{}[\]]*?\s+[}\]]`)

// printExplanation writes it the way the page shows it.
func printExplanation(t *testing.T, e classify.Explanation) string {
	t.Helper()
	const most = 2
	for i, h := range e.Heads {
		e.Heads[i].Answers = h.Answers[:min(most, len(h.Answers))]
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		t.Fatal(err)
	}
	space := regexp.MustCompile(`\n\s*`)
	return innermost.ReplaceAllStringFunc(out.String(), func(s string) string {
		return strings.NewReplacer("{ ", "{", " }", "}", "[ ", "[", " ]", "]").Replace(space.ReplaceAllString(s, " "))
	})
}
