package console

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/letter"
	"jiesu.cn/jiesu/reports"
)

// Config says where the console listens.
type Config struct {
	Addr         string        // host:port; port 0 takes any.
	Hosts        []string      // Names that requests may give as host, besides loopback's own and Addr's.
	QueryTimeout time.Duration // Bound on gathering one page.
}

// DefaultConfig listens on loopback: the pages hold letter summaries, and there
// is no sign-in yet.
func DefaultConfig() Config {
	return Config{Addr: "127.0.0.1:8080", QueryTimeout: 2 * time.Minute}
}

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Addr); err != nil {
		return fmt.Errorf("checking console settings: address %q must be host:port: %w", c.Addr, err)
	}
	if c.QueryTimeout <= 0 {
		return errors.New("checking console settings: the query timeout must be positive")
	}
	return nil
}

// Store is what the pages read; *analytics.Store is one.
type Store interface {
	reports.Store
	LastRecordedAt(ctx context.Context) (time.Time, error)
	KnownBy(ctx context.Context, asOf time.Time) (uint64, error)
	Progress(ctx context.Context) ([]letter.Progress, error)
	Counts(ctx context.Context) (analytics.Counts, error)
}

// Deps is what the console works with. All fields are required.
type Deps struct {
	Store    Store
	Briefs   reports.Loader
	Viewer   analytics.Viewer // Whom every page is shown to, until there is sign-in.
	Engine   string           // The database engine's version, as shown.
	Ready    func() error     // Why the system makes no progress; nil when it does.
	Gatherer prometheus.Gatherer
}
