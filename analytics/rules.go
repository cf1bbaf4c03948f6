package analytics

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"

	"jiesu.cn/jiesu/internal/clock"
)

// Rules are a city's choices where the promise leaves one open; docs/metrics.md
// says what each changes. They are printed beside the figures.
type Rules struct {
	Sign           clock.SignScope    // Which figure of signing is the headline: signed_in_time or owner_signed_in_time.
	Contact        clock.ContactStart // From when the writer waits for contact.
	Quiet          clock.QuietHours   // Zero: off.
	BackdatedAfter time.Duration      // An entry made later than this counts when it was made.
}

// DefaultRules are the contract's.
func DefaultRules() Rules {
	s := clock.DefaultSettings()
	return Rules{Sign: s.Sign, Contact: s.Contact, BackdatedAfter: s.BackdatedAfter}
}

// maxBackdatedAfter keeps a slip of the unit from making every entry punctual.
const maxBackdatedAfter = 7 * 24 * time.Hour

// Validate reports the first choice that cannot be made.
func (r Rules) Validate() error {
	if r.BackdatedAfter < time.Minute || r.BackdatedAfter > maxBackdatedAfter {
		return errors.New("checking rules: an entry is late after a minute at least and seven days at most")
	}
	if err := r.Settings().Validate(); err != nil {
		return fmt.Errorf("checking rules: %w", err)
	}
	return nil
}

// Settings returns the rules as the clocks of one letter take them.
func (r Rules) Settings() clock.Settings {
	s := clock.DefaultSettings()
	s.Sign, s.Contact, s.BackdatedAfter = r.Sign, r.Contact, r.BackdatedAfter
	if r.Quiet != (clock.QuietHours{}) {
		s.Quiet = &r.Quiet
	}
	return s
}

// SigningHeadline is the id of the figure that the promise to sign within ten
// minutes is judged by.
func (r Rules) SigningHeadline() string {
	if r.Sign == clock.EndToEnd {
		return "owner_signed_in_time"
	}
	return "signed_in_time"
}

// arguments are the parameters by which the rules enter the statements.
func (r Rules) arguments() []any {
	return []any{
		clickhouse.Named("backdated_after", r.BackdatedAfter.Milliseconds()),
		clickhouse.Named("contact_from", string(r.Contact)),
		clickhouse.Named("quiet_from", r.Quiet.From.Milliseconds()),
		clickhouse.Named("quiet_length", r.Quiet.Length().Milliseconds()),
	}
}

// rulesJSON is the printed form.
type rulesJSON struct {
	Sign           clock.SignScope    `json:"sign_clock"`
	Contact        clock.ContactStart `json:"contact_from"`
	Quiet          string             `json:"quiet_hours"` // Such as 22:00-07:00, empty when off.
	BackdatedAfter string             `json:"backdated_after"`
}

// MarshalJSON writes the choices by the names of their options.
func (r Rules) MarshalJSON() ([]byte, error) {
	return json.Marshal(rulesJSON{r.Sign, r.Contact, r.Quiet.String(), r.BackdatedAfter.String()})
}

// UnmarshalJSON reads what MarshalJSON writes.
func (r *Rules) UnmarshalJSON(data []byte) error {
	var in rulesJSON
	err := json.Unmarshal(data, &in)
	r.Sign, r.Contact = in.Sign, in.Contact
	if err == nil {
		r.Quiet, err = clock.ParseQuietHours(in.Quiet)
	}
	if err == nil {
		r.BackdatedAfter, err = time.ParseDuration(in.BackdatedAfter)
	}
	if err != nil {
		return fmt.Errorf("reading rules: %w", err)
	}
	return nil
}

// String says the choices in Chinese, as they are printed beside the figures.
func (r Rules) String() string {
	sign := "签收时限逐级计，每级各10分钟（以10分钟签收率为准）"
	if r.Sign == clock.EndToEnd {
		sign = "签收时限自来信至承办单位签收合计10分钟（以10分钟到底率为准）"
	}
	contact := "联系时限自来信起计"
	if r.Contact == clock.FromSigned {
		contact = "联系时限自首个承办单位签收起计"
	}
	quiet := "不设夜间时段"
	if r.Quiet != (clock.QuietHours{}) {
		quiet = "夜间时段" + r.Quiet.String() + "内来信，同一时段的自动回执计为已联系、不计为联系到本人"
	}
	return fmt.Sprintf("%s；%s；%s；迟于%g分钟登记的按登记时刻计", sign, contact, quiet, r.BackdatedAfter.Minutes())
}
