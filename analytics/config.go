package analytics

import (
	"errors"
	"fmt"
	"regexp"
)

// Config says where the tables live and which topics fill them.
type Config struct {
	Database     string // Created by CreateDatabase; the connection given to New must use it.
	Cluster      string // Name of a ClickHouse cluster; empty for a single server.
	LettersTopic string // The two topics whose progress makes a figure final.
	EventsTopic  string
	Rules        Rules // The city's choices.
	Follow       bool  // Another process calls Refresh; this one reads what that keeps.
}

// DefaultConfig fits a single machine.
func DefaultConfig() Config {
	return Config{Database: "jiesu", LettersTopic: "jiesu.letters", EventsTopic: "jiesu.events", Rules: DefaultRules()}
}

// identifier is what may stand unquoted in a statement.
var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]{0,62}$`)

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	switch {
	case !identifier.MatchString(c.Database):
		return fmt.Errorf("checking analytics settings: database %q must be 1-63 letters, digits or underscores", c.Database)
	case c.Database == "default":
		return fmt.Errorf("checking analytics settings: database %q is the server's own; name another", c.Database)
	case c.Cluster != "" && !identifier.MatchString(c.Cluster):
		return fmt.Errorf("checking analytics settings: cluster %q must be 1-63 letters, digits or underscores", c.Cluster)
	case c.LettersTopic == "" || c.EventsTopic == "":
		return errors.New("checking analytics settings: both topics need a name")
	}
	return c.Rules.Validate()
}
