package model_test

import (
	"bytes"
	"fmt"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"jiesu.cn/jiesu/classify/model"
)

// said makes a text of one body.
func said(body string) *model.Text { return &model.Text{Runes: []rune(body)} }

// examples are letters about dogs, boats and neither, told apart by one word.
func examples() (texts []*model.Text, topics []string) {
	for i := range 12 {
		for _, kind := range [][2]string{{"dogs", "狗叫扰民"}, {"boats", "渔船停靠"}, {"none", "路灯不亮"}} {
			texts = append(texts, said(fmt.Sprintf("第%d户反映%s请处理", i, kind[1])))
			topics = append(topics, kind[0])
		}
	}
	return texts, topics
}

// trained trains a small model, with the same letters as unlabelled ones.
func trained(t testing.TB, seed uint64) *model.Model {
	t.Helper()
	texts, topics := examples()
	vocabulary := model.NewVocabulary()
	for _, text := range texts {
		vocabulary.Add(text)
	}
	basis := vocabulary.Basis(texts, model.Body, 3, 2, seed)
	blank := vocabulary.Blank(texts, []*model.Basis{basis}, 2)
	var train []model.Example
	for i, text := range texts {
		train = append(train, model.Example{Vector: blank.Vector(text), Answers: answers(topics[i])})
	}
	tasks := []model.Task{{Name: "topic", Least: 1, Cost: 1}, {Name: "dogs", Binary: true, Cost: 1}}
	weights, err := blank.Train(t.Context(), []*model.Basis{basis}, tasks, train, seed)
	if err != nil {
		t.Fatal(err)
	}
	m := blank.Pack("test", weights)
	var outcomes []model.Outcome
	for i, text := range texts {
		outcomes = append(outcomes, model.Outcome{Scores: m.Scores(m.Vector(text)), Heads: m.Heads(), Answers: answers(topics[i])})
	}
	m.Calibrate(outcomes)
	return m
}

func TestSetRecall(t *testing.T) {
	m := trained(t, 1)
	var outcomes []model.Outcome
	for i := range 20 { // Scores 0 to 1.9; those from 1 on are true.
		o := model.Outcome{Scores: []float64{0, 0, 0, float64(i) / 10}, Heads: m.Heads(), Answers: answers("none")}
		if i >= 10 {
			o.Answers = answers("dogs")
		}
		outcomes = append(outcomes, o)
	}
	h := m.Head("dogs")
	m.SetRecall("dogs", "nine of ten", outcomes, 0.9)
	want := h.Probabilities([]float64{0, 0, 0, 1.1})[0] // The second lowest of ten.
	if got := h.Thresholds["nine of ten"]; got != want {
		t.Errorf("threshold %v, want %v", got, want)
	}
}

func answers(topic string) map[string]string {
	dogs := "no"
	if topic == "dogs" {
		dogs = "yes"
	}
	return map[string]string{"topic": topic, "dogs": dogs}
}

func encoded(t testing.TB, m *model.Model) []byte {
	t.Helper()
	b, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestModelAnswersNewLetters(t *testing.T) {
	m := trained(t, 1)
	scores := m.Scores(m.Vector(said("小区狗叫不停")))
	p := m.Head("topic").Probabilities(scores)
	if want := "dogs"; m.Head("topic").Answers[1] != want || p[1] < 0.8 {
		t.Errorf("probabilities %v of %v, want %s", p, m.Head("topic").Answers, want)
	}
	if sum := p[0] + p[1] + p[2]; math.Abs(sum-1) > 1e-9 {
		t.Errorf("probabilities sum to %v", sum)
	}
	other := m.Scores(m.Vector(said("渔船进港")))
	if yes, no := m.Head("dogs").Probabilities(scores)[0], m.Head("dogs").Probabilities(other)[0]; yes < 2*no {
		t.Errorf("a letter on dogs has %v, one on boats %v", yes, no)
	}
}

func TestExplainPointsAtTheWord(t *testing.T) {
	m := trained(t, 1)
	text := said("我家旁边狗叫扰民请处理")
	v := m.Vector(text)
	added := m.Explain(text, &v, []int{m.Head("dogs").Offset}, nil)
	inside, outside := float32(0), float32(0)
	for i, x := range added {
		if i >= 4 && i < 8 { // 狗叫扰民.
			inside += x
		} else {
			outside += x
		}
	}
	if inside <= 0 || inside <= outside {
		t.Errorf("the word adds %v, the rest %v", inside, outside)
	}
}

func TestTrainingRepeats(t *testing.T) {
	if !bytes.Equal(encoded(t, trainedInOrder(t)), encoded(t, trainedInOrder(t))) {
		t.Error("the same data and seed gave two models")
	}
}

// trainedInOrder trains on letters in a fixed order.
func trainedInOrder(t testing.TB) *model.Model {
	t.Helper()
	vocabulary := model.NewVocabulary()
	a, b := said("狗叫扰民"), said("渔船停靠")
	blank := vocabulary.Blank([]*model.Text{a, b}, nil, 1)
	weights, err := blank.Train(t.Context(), nil, []model.Task{{Name: "topic", Least: 1, Cost: 1}}, []model.Example{
		{Vector: blank.Vector(a), Answers: answers("dogs")}, {Vector: blank.Vector(b), Answers: answers("boats")},
	}, 1)
	if err != nil {
		t.Fatal(err)
	}
	return blank.Pack("test", weights)
}

func TestDecodeGivesTheSameModel(t *testing.T) {
	m := trained(t, 1)
	file := encoded(t, m)
	got, err := model.Decode(file)
	if err != nil {
		t.Fatal(err)
	}
	text := said("渔船停靠码头")
	if diff := cmp.Diff(m.Scores(m.Vector(text)), got.Scores(got.Vector(text))); diff != "" {
		t.Errorf("scores (-want +got):\n%s", diff)
	}
	if got.Version() != m.Version() || got.Features() != m.Features() {
		t.Errorf("version %s with %d features, want %s with %d", got.Version(), got.Features(), m.Version(), m.Features())
	}
}

func TestFileHoldsNoText(t *testing.T) {
	file := encoded(t, trained(t, 1))
	for _, word := range []string{"狗叫", "渔船", "反映"} {
		if bytes.Contains(file, []byte(word)) {
			t.Errorf("the file holds %s", word)
		}
	}
}

func FuzzDecode(f *testing.F) {
	file := encoded(f, trained(f, 1))
	f.Add(file)
	f.Add(file[:40])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := model.Decode(b)
		if err != nil {
			return
		}
		m.Scores(m.Vector(said("狗叫")))
	})
}

func TestDecodeRefusesDamage(t *testing.T) {
	file := encoded(t, trained(t, 1))
	for name, damage := range map[string]func([]byte) []byte{
		"cut":          func(b []byte) []byte { return b[:len(b)-1] },
		"one bit":      func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"other format": func(b []byte) []byte { b[11] = 9; return b },
		"empty":        func([]byte) []byte { return nil },
	} {
		if _, err := model.Decode(damage(bytes.Clone(file))); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
