package analytics

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"text/template"
	"time"

	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/letter/linkage"
)

// JointLetter is a member of a group of joint letters.
type JointLetter struct {
	Letter     letter.ID `json:"letter"`
	ReceivedAt time.Time `json:"received_at"` // UTC.
	Owner      string    `json:"owner"`       // Unit code.
	Like       letter.ID `json:"like"`        // The member whose text is most like this one's,
	Similarity float64   `json:"similarity"`  // and how much, 0.6 to 1: why it is in the group.

	who string // Stands for the writer.
}

// JointGroup is a group of letters of at least two writers with near-duplicate
// texts. They remain separate letters.
type JointGroup struct {
	Writers int           `json:"writers"`
	Letters []JointLetter `json:"letters"` // In order of receipt.
}

// JointLetters are the groups of a period, by their first letter.
type JointLetters struct {
	Groups []JointGroup `json:"groups"`
	// Letters that share so much with so many that only those next to them in
	// time were compared; a group may be in two parts there.
	Crowded int `json:"crowded"`
}

// Joint returns the joint letters received in the period, of those that the
// viewer may see: docs/metrics.md, "Repeats and matters".
func (s *Store) Joint(ctx context.Context, v Viewer, p Period) (JointLetters, error) {
	groups := grouping{members: map[letter.ID]*member{}}
	crowded := map[letter.ID]bool{}
	err := s.eachOfPeriod(ctx, v, p, "sql/joint.sql", template.FuncMap{}, func(scan func(...any) error) error {
		var a, b JointLetter
		var equal uint32
		var inCrowd bool
		err := scan((*string)(&a.Letter), &a.ReceivedAt, &a.who, &a.Owner, (*string)(&b.Letter), &b.ReceivedAt, &b.who, &b.Owner, &equal, &inCrowd)
		if err != nil {
			return err
		}
		if inCrowd {
			crowded[a.Letter] = true
		}
		groups.link(a, b, float64(equal)/linkage.SignatureSize)
		return nil
	})
	if err != nil {
		return JointLetters{}, fmt.Errorf("grouping joint letters: %w", err)
	}
	return JointLetters{Groups: groups.all(), Crowded: len(crowded)}, nil
}

// member is a letter with its place in a forest, each tree of which is a group.
type member struct {
	JointLetter
	parent *member // Nil at the root.
}

func (m *member) root() *member {
	for m.parent != nil {
		if m.parent.parent != nil {
			m.parent = m.parent.parent
		}
		m = m.parent
	}
	return m
}

// grouping joins letters that are linked, directly or by others.
type grouping struct{ members map[letter.ID]*member }

func (g grouping) link(a, b JointLetter, similarity float64) {
	one, other := g.member(a), g.member(b)
	one.note(b.Letter, similarity)
	other.note(a.Letter, similarity)
	if r, s := one.root(), other.root(); r != s {
		s.parent = r
	}
}

func (g grouping) member(l JointLetter) *member {
	m := g.members[l.Letter]
	if m == nil {
		l.ReceivedAt = l.ReceivedAt.UTC()
		m = &member{JointLetter: l}
		g.members[l.Letter] = m
	}
	return m
}

// note keeps the most similar letter, of equals the one with the smallest id.
func (m *member) note(other letter.ID, similarity float64) {
	if similarity > m.Similarity || similarity == m.Similarity && other < m.Like {
		m.Like, m.Similarity = other, similarity
	}
}

// all returns the groups of at least two writers.
func (g grouping) all() []JointGroup {
	byRoot := map[*member][]JointLetter{}
	for _, m := range g.members {
		byRoot[m.root()] = append(byRoot[m.root()], m.JointLetter)
	}
	groups := []JointGroup{}
	for _, letters := range byRoot {
		writers := map[string]bool{}
		for _, l := range letters {
			writers[l.who] = true
		}
		if len(writers) > 1 {
			slices.SortFunc(letters, inOrderOfReceipt)
			groups = append(groups, JointGroup{Writers: len(writers), Letters: letters})
		}
	}
	slices.SortFunc(groups, func(a, b JointGroup) int { return inOrderOfReceipt(a.Letters[0], b.Letters[0]) })
	return groups
}

func inOrderOfReceipt(a, b JointLetter) int {
	return cmp.Or(a.ReceivedAt.Compare(b.ReceivedAt), cmp.Compare(a.Letter, b.Letter))
}
