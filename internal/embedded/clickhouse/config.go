package clickhouse

import (
	"errors"
	"fmt"
)

// Config says where the engine and its data are.
type Config struct {
	// Library is the path of libchdb.so; empty looks for it as FindLibrary does.
	Library string
	// Dir holds everything the engine writes. It is created with mode 0700.
	Dir string
	// Connections is how many statements run at the same time; more wait.
	Connections int
}

// DefaultConfig returns a configuration that lacks only Dir.
func DefaultConfig() Config {
	return Config{Connections: 8}
}

// maxConnections keeps a typing error from starting thousands of threads.
const maxConnections = 256

// Validate reports every setting that cannot work.
func (c Config) Validate() error {
	var errs []error
	if c.Dir == "" {
		errs = append(errs, errors.New("embedded ClickHouse: the data directory is not set"))
	}
	if c.Connections < 1 || c.Connections > maxConnections {
		errs = append(errs, fmt.Errorf("embedded ClickHouse: connections must be 1 to %d, not %d", maxConnections, c.Connections))
	}
	return errors.Join(errs...)
}
