package simulate

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
	"jiesu.cn/jiesu/internal/org"
	"jiesu.cn/jiesu/internal/simulate/text"
	"jiesu.cn/jiesu/letter"
)

// ledger answers what letter i is, for every i below n. It does not change
// after newLedger, so several passes can ask it at once.
type ledger struct {
	profile  Profile
	seed     uint64
	n        int
	cal      *calendar.Calendar
	dir      *org.Directory
	lib      *text.Library
	patterns patterns
	arrivals arrivals
	deal     dealer
	bind     binder
	routes   routes
	writers  int       // Size of the pool of writers.
	lastOpen time.Time // A letter whose time to close lies after it is open at the cut-off.
}

func newLedger(p Profile, seed uint64, n int) (*ledger, error) {
	if n < 1 {
		return nil, errors.New("simulating a ledger: the number of letters must be positive")
	}
	cal, err := calendar.Embedded()
	if err != nil {
		return nil, err
	}
	dir, err := org.Embedded()
	if err != nil {
		return nil, err
	}
	lib, err := text.Load()
	if err != nil {
		return nil, fmt.Errorf("reading the letter patterns: %w", err)
	}
	l := &ledger{profile: p, seed: seed, n: n, cal: cal, dir: dir, lib: lib}
	if l.patterns, err = newPatterns(lib.Patterns()); err != nil {
		return nil, err
	}
	if l.routes, err = newRoutes(dir); err != nil {
		return nil, err
	}
	l.arrivals = newArrivals(p, cal, seed, n)
	l.deal = newDealer(seed, n)
	l.bind = newBinder(seed, n, l.deal)
	l.writers = max(1, int(writerShare*float64(n)))
	l.setLastOpen()
	return l, nil
}

// facts is what a letter is, before anybody handles it.
type facts struct {
	index       int
	id          letter.ID
	at          time.Time
	recorded    time.Time
	due         time.Time // End of the fifth working day; zero when unknown.
	fate        fate
	rank        int // Among the letters of the fate.
	silent      bool
	series      series
	pattern     *text.Pattern
	place       place
	accused     string // Unit complained about, or "".
	channel     letter.Channel
	division    string // As the front end knows it, or "".
	hint        string // Unit the writer chose, or "".
	writer      int    // -1 when anonymous.
	contactable bool
	extension   bool
	closing     time.Time
	open        bool // At the cut-off.
}

func (l *ledger) facts(i int) facts {
	f := facts{index: i, series: l.bind.of(i), silent: l.deal.isSilent(i)}
	f.at, f.id = l.arrivals.at(i)
	day, _ := l.arrivals.of(i)
	f.due = day.due
	f.fate, f.rank = l.deal.of(i)
	f.pattern = l.pattern(i, f.fate, f.series)
	d := roll(l.seed, streamLetter, uint64(i))
	f.recorded = l.recordedAt(d, f.at)
	f.channel = channels()[d.pick(channelWeights())]
	f.place = l.placeOf(i, f.series)
	switch x := d.Float64(); {
	case x < 0.45:
		f.division = f.place.station.division
	case x < 0.60:
		f.division = f.place.county.division
	}
	if d.chance(0.12) {
		f.hint = f.place.county.unit
	}
	f.writer, f.contactable = l.writerOf(i, f.series)
	f.closing, f.extension = l.closing(i, f.fate, f.at, f.due, f.pattern.Urgency)
	f.accused = l.accusedBy(f)
	f.open = f.fate == stuck || f.closing.After(l.lastOpen)
	if !f.open && f.closing.After(l.profile.AsOf) {
		f.closing = f.at.Add(l.profile.AsOf.Sub(f.at) * 4 / 5)
	}
	return f
}

// recordedAt: most letters are known at once; a few come on paper and are
// typed in later.
func (l *ledger) recordedAt(d dice, at time.Time) time.Time {
	delay := d.between(200*time.Millisecond, 3*time.Second)
	if d.chance(0.008) {
		delay = d.between(20*time.Minute, 3*time.Hour)
	}
	return l.clip(at.Add(delay).Truncate(time.Millisecond))
}

// clip keeps a time within the ledger.
func (l *ledger) clip(t time.Time) time.Time {
	if t.After(l.profile.AsOf) {
		return l.profile.AsOf.UTC()
	}
	return t
}

func channels() []letter.Channel {
	return []letter.Channel{
		letter.ChannelWeb, letter.ChannelWeChat, letter.ChannelWeibo, letter.ChannelPhone, letter.ChannelWalkIn, letter.ChannelImport,
	}
}

func channelWeights() []float64 { return []float64{34, 52, 5, 6, 2.5, 0.5} }

// placeOf: the letters of a series lie in one place, save that an offender's
// victims may live under different stations.
func (l *ledger) placeOf(i int, s series) place {
	if s.alone() {
		return l.routes.draw(roll(l.seed, streamLetter, uint64(i), 1))
	}
	p := l.routes.draw(roll(l.seed, streamSeries, s.number, 1))
	if !s.sameWriter(s.place) {
		p.station = p.other(roll(l.seed, streamLetter, uint64(i), 1))
	}
	return p
}

const (
	writerShare    = 0.425 // The pool of writers, by letters; some of them never write.
	anonymousShare = 0.04
)

// writerOf returns the writer of letter i, -1 for none, and whether anybody
// can reach the writer. Some write much more than others.
func (l *ledger) writerOf(i int, s series) (int, bool) {
	if !s.alone() && s.sameWriter(s.place) {
		i = s.root()
	}
	d := roll(l.seed, streamWriter, uint64(i))
	named := !s.alone() && s.bond != strangers
	if !named && d.chance(anonymousShare) {
		return -1, d.chance(0.4)
	}
	contactable := d.chance(0.993)
	if d.chance(0.35) {
		return d.IntN(l.writers), contactable
	}
	return int(float64(l.writers) * math.Pow(d.Float64(), 1.5)), contactable
}

// key makes the synthetic stand-in for the HMAC of an identity number: nobody
// stands behind it.
func (l *ledger) key(kind string, number uint64) string {
	var secret, message [8]byte
	binary.BigEndian.PutUint64(secret[:], l.seed)
	binary.BigEndian.PutUint64(message[:], number)
	h := hmac.New(sha256.New, append([]byte("synthetic "+kind), secret[:]...))
	h.Write(message[:])
	return hex.EncodeToString(h.Sum(nil)[:20])
}

// closing returns when letter i would be closed, whatever the cut-off, and
// whether its unit asks for more time.
func (l *ledger) closing(i int, f fate, at, due time.Time, urgency string) (time.Time, bool) {
	d := roll(l.seed, streamClosing, uint64(i))
	if due.IsZero() {
		due = at.Add(7 * 24 * time.Hour)
	}
	extension := f != thankful && f != withdrawn && d.chance(l.profile.Extensions)
	var c time.Time
	switch {
	case extension:
		c = due.Add(d.between(12*time.Hour, 9*24*time.Hour))
	case urgency == string(letter.P0) && d.chance(0.7):
		c = at.Add(d.tailed(50*time.Minute, 30*time.Hour, 1.5))
	case d.chance(0.012):
		c = due.Add(d.tailed(time.Hour, 6*24*time.Hour, 1.5))
	default:
		c = at.Add(d.tailed(time.Hour, due.Sub(at)-2*time.Hour, 1.9))
	}
	return officeHours(d, at, c).Truncate(time.Millisecond), extension
}

// officeHours moves a closing at night into the day around it.
func officeHours(d dice, at, c time.Time) time.Time {
	day := calendar.DateOf(c).Start()
	switch h := c.Sub(day); {
	case h < 8*time.Hour:
		c = day.Add(d.between(8*time.Hour, 10*time.Hour))
	case h >= 21*time.Hour:
		c = day.Add(d.between(18*time.Hour, 21*time.Hour))
	}
	if earliest := at.Add(45 * time.Minute); c.Before(earliest) {
		return earliest.Add(d.between(0, time.Hour))
	}
	return c
}

// longestOpen bounds how long a letter that is not stuck stays open.
const longestOpen = 60 * 24 * time.Hour

// setLastOpen chooses the moment that leaves exactly the planned share open.
func (l *ledger) setLastOpen() {
	counted, openNow := l.n, 0
	var closings []time.Time
	since := l.profile.AsOf.Add(-longestOpen)
	for i := range l.n {
		f, _ := l.deal.of(i)
		switch {
		case f == void, f == thankful, f == outside, f == ordinary && l.bind.isMerged(i):
			counted--
			continue
		case f == stuck:
			openNow++
			continue
		}
		if at, _ := l.arrivals.at(i); at.After(since) {
			day, _ := l.arrivals.of(i)
			c, _ := l.closing(i, f, at, day.due, l.pattern(i, f, l.bind.of(i)).Urgency)
			closings = append(closings, c)
		}
	}
	want := int(math.Round(openShare*float64(counted))) - openNow
	slices.SortFunc(closings, func(a, b time.Time) int { return b.Compare(a) })
	switch {
	case len(closings) == 0 || want >= len(closings):
		l.lastOpen = since
	case want >= 0:
		l.lastOpen = closings[want]
	default:
		l.lastOpen = l.profile.AsOf
	}
}
