package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"jiesu.cn/jiesu/analytics"
	"jiesu.cn/jiesu/ingest"
)

// Config says where everything is. Empty server addresses mean the embedded
// engine and broker in Dir.
type Config struct {
	Dir        string   // Data of the embedded engine and broker; holds the socket of a running serve.
	Library    string   // Path of libchdb.so; empty looks for it.
	BrokerPort int      // Of the embedded broker on loopback; 0 takes any free port.
	Kafka      []string // host:port of external brokers.
	ClickHouse string   // DSN of an external server.
	Listen     string   // Address of the console, host:port.
	Hosts      []string // Names under which a proxy offers the console.
	UnitsDir   string   // A city's own units.csv, divisions.csv, places.csv and ambiguity.csv; empty uses the built-in lists.
	Calendar   string   // A holiday list of the city's own; empty uses the built-in one.
	ModelFile  string   // Trained model of the classifier; empty uses the built-in one.

	ModelEvery time.Duration // How often to look whether the model file was replaced.

	Analytics analytics.Config
	Ingest    ingest.Config
}

// DefaultConfig runs everything on one machine.
func DefaultConfig() Config {
	return Config{
		Dir:        "data",
		Listen:     "127.0.0.1:8080",
		ModelEvery: 3 * time.Second,
		Analytics:  analytics.DefaultConfig(),
		Ingest:     ingest.DefaultConfig(),
	}
}

// Validate reports every setting that cannot work.
func (c Config) Validate() error {
	var errs []error
	if c.Dir == "" && !c.external() {
		errs = append(errs, errors.New("the data directory is not set"))
	}
	if len(c.socket()) > maxSocketPath && !c.external() {
		errs = append(errs, fmt.Errorf("the data directory's path is too long for the socket in it: at most %d bytes", maxSocketPath-len("/jiesu.sock")))
	}
	if (len(c.Kafka) == 0) != (c.ClickHouse == "") {
		errs = append(errs, errors.New("set both the Kafka brokers and the ClickHouse DSN, or neither for the embedded ones"))
	}
	if c.ModelEvery <= 0 {
		errs = append(errs, errors.New("the time between looks at the model file must be positive"))
	}
	if err := c.Analytics.Validate(); err != nil {
		errs = append(errs, err)
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("checking the settings: %w", err)
	}
	return nil
}

// maxSocketPath is what the kernel takes as the name of a Unix socket.
const maxSocketPath = 107

// external reports whether engine and broker are servers of their own.
func (c Config) external() bool { return len(c.Kafka) > 0 && c.ClickHouse != "" }

func (c Config) engineDir() string { return filepath.Join(c.Dir, "clickhouse") }
func (c Config) brokerDir() string { return filepath.Join(c.Dir, "kafka") }
func (c Config) socket() string    { return filepath.Join(c.Dir, "jiesu.sock") }
