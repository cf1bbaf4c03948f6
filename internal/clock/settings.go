package clock

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"jiesu.cn/jiesu/internal/calendar"
)

// SignScope says what the limit to sign and pass on holds for.
type SignScope string

// The scopes of signing.
const (
	PerHop   SignScope = "per_hop"    // Each unit has the limit, from the letter's arrival there.
	EndToEnd SignScope = "end_to_end" // One limit from receipt until the handling unit keeps the letter.
)

// ContactStart says from when the writer must be contacted.
type ContactStart string

// The starts of the contact clock.
const (
	FromReceived ContactStart = "received"
	FromSigned   ContactStart = "signed" // When the first unit that keeps the letter signed it.
)

// QuietHours are the hours of the night, Shanghai, in which a city does not
// ring its citizens. To at most From means the next morning.
type QuietHours struct {
	From, To time.Duration // After midnight.
}

// Settings are a city's choices where the promise leaves one open.
type Settings struct {
	Sign           SignScope
	SignLimit      time.Duration
	Contact        ContactStart
	ContactLimit   time.Duration
	Quiet          *QuietHours // For a letter that comes in them an automatic receipt sent in them is contact. Nil: off.
	BackdatedAfter time.Duration
	SoonShare      float64                    // A clock is called soon when this share of its limit is used up.
	ExtensionDays  int                        // Working days that one extension may add.
	Extensions     int                        // How often a letter may be extended.
	CityDesk       string                     // Where letters arrive.
	Above          func(unit string) []string // The units above a unit: their outages are its own too. Nil: none.
}

// DefaultSettings follow the mailbox's published promise.
func DefaultSettings() Settings {
	return Settings{
		Sign: PerHop, SignLimit: 10 * time.Minute,
		Contact: FromReceived, ContactLimit: 30 * time.Minute,
		BackdatedAfter: 15 * time.Minute, SoonShare: 0.8,
		ExtensionDays: 10, Extensions: 2,
		CityDesk: "440800-XX", Above: belowTheCity,
	}
}

// belowTheCity puts every unit directly below the city.
func belowTheCity(unit string) []string {
	const city = "440800"
	if unit == city {
		return nil
	}
	return []string{city}
}

// Validate reports the first setting that cannot work.
func (s Settings) Validate() error {
	day := 24 * time.Hour
	switch {
	case s.Sign != PerHop && s.Sign != EndToEnd:
		return fmt.Errorf("checking clock settings: sign %q is neither per_hop nor end_to_end", s.Sign)
	case s.Contact != FromReceived && s.Contact != FromSigned:
		return fmt.Errorf("checking clock settings: contact %q is neither received nor signed", s.Contact)
	case s.SignLimit <= 0 || s.ContactLimit <= 0 || s.BackdatedAfter < 0:
		return errors.New("checking clock settings: limits must be positive")
	case s.SoonShare < 0 || s.SoonShare > 1:
		return errors.New("checking clock settings: the share that is called soon must lie between 0 and 1")
	case s.ExtensionDays < 0 || s.Extensions < 0:
		return errors.New("checking clock settings: extensions cannot be negative")
	case s.CityDesk == "":
		return errors.New("checking clock settings: the city desk is not named")
	case s.Quiet != nil && (s.Quiet.From < 0 || s.Quiet.From >= day || s.Quiet.To < 0 || s.Quiet.To >= day || s.Quiet.From == s.Quiet.To):
		return errors.New("checking clock settings: quiet hours must be two different times of day")
	}
	return nil
}

// ParseQuietHours reads hours such as 22:00-07:00; nothing means none.
func ParseQuietHours(s string) (QuietHours, error) {
	if s == "" {
		return QuietHours{}, nil
	}
	from, to, _ := strings.Cut(s, "-")
	var q QuietHours
	var err error
	if q.From, err = timeOfDay(from); err == nil {
		q.To, err = timeOfDay(to)
	}
	if err == nil && q.From == q.To {
		err = errors.New("they begin and end at the same time")
	}
	if err != nil {
		return QuietHours{}, fmt.Errorf("reading quiet hours %q, which are written as 22:00-07:00: %w", s, err)
	}
	return q, nil
}

func timeOfDay(s string) (time.Duration, error) {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return 0, fmt.Errorf("reading time of day: %w", err)
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// String writes what ParseQuietHours reads.
func (q QuietHours) String() string {
	if q == (QuietHours{}) {
		return ""
	}
	midnight := time.Time{}
	return midnight.Add(q.From).Format("15:04") + "-" + midnight.Add(q.To).Format("15:04")
}

// Length is how long the hours last; zero for none.
func (q QuietHours) Length() time.Duration {
	if q.To < q.From {
		return q.To - q.From + 24*time.Hour
	}
	return q.To - q.From
}

// night returns the quiet hours that hold the instant; false when none do.
func (q *QuietHours) night(t time.Time) (Interval, bool) {
	if q == nil {
		return Interval{}, false
	}
	for _, day := range []calendar.Date{calendar.DateOf(t).AddDays(-1), calendar.DateOf(t)} {
		night := Interval{day.Start().Add(q.From), day.Start().Add(q.To)}
		if q.To < q.From {
			night.To = day.AddDays(1).Start().Add(q.To)
		}
		if night.holds(t) {
			return night, true
		}
	}
	return Interval{}, false
}
