package main

import (
	"fmt"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/internal/clock"
)

// ruleFlags are a city's choices where the promise leaves one open.
type ruleFlags struct {
	SignClock      string        `enum:"per_hop,end_to_end" default:"per_hop" help:"10分钟签收:per_hop 每级各计,end_to_end 自来信到承办单位合计。"`
	ContactFrom    string        `enum:"received,signed" default:"received" help:"30分钟联系:received 自来信起,signed 自首个承办单位签收起。"`
	QuietHours     quietHours    `placeholder:"22:00-07:00" help:"夜间不打扰时段,期间来信以同一时段内的自动回执计为已联系;缺省不设。"`
	BackdatedAfter time.Duration `default:"15m" help:"迟于此登记的为补录,签收、流转、联系按登记时刻计。"`
}

// rules turns the flags into the rules of the figures.
func (f ruleFlags) rules() analytics.Rules {
	return analytics.Rules{
		Sign: clock.SignScope(f.SignClock), Contact: clock.ContactStart(f.ContactFrom),
		Quiet: f.QuietHours.QuietHours, BackdatedAfter: f.BackdatedAfter,
	}
}

// Validate is called by kong once the flags are read.
func (f ruleFlags) Validate() error {
	if err := f.rules().Validate(); err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return nil
}

// quietHours are hours given as 22:00-07:00.
type quietHours struct{ clock.QuietHours }

// UnmarshalText implements encoding.TextUnmarshaler.
func (q *quietHours) UnmarshalText(text []byte) (err error) {
	q.QuietHours, err = clock.ParseQuietHours(string(text))
	return err
}
