package classify

import (
	"errors"
	"runtime"
)

// Config tunes the classifier. Scores are sums of signal weights; a plain
// indicator weighs about 2 to 3.
type Config struct {
	ModelFile        string  // Trained model; empty takes the embedded one.
	Workers          int     // Letters judged at the same time.
	LeadThreshold    float64 // Least score of a lead by rules.
	AccusedThreshold float64 // Least score of an accusation by rules.
	LeastConfidence  float64 // A type or topic less probable than this asks for review.
	MaxEvidence      int     // Spans kept for each decision.
}

// DefaultConfig suits the mailbox: one worker a core and the embedded model.
func DefaultConfig() Config {
	return Config{
		Workers:          runtime.GOMAXPROCS(0),
		LeadThreshold:    3.5,
		AccusedThreshold: 1,
		LeastConfidence:  0.5,
		MaxEvidence:      6,
	}
}

// Validate reports every setting that makes no sense.
func (c Config) Validate() error {
	var errs []error
	if c.Workers < 1 {
		errs = append(errs, errors.New("classify: workers must be at least 1"))
	}
	if c.LeadThreshold <= 0 || c.AccusedThreshold <= 0 {
		errs = append(errs, errors.New("classify: thresholds must be above 0"))
	}
	if c.LeastConfidence < 0 || c.LeastConfidence > 1 {
		errs = append(errs, errors.New("classify: least confidence must be within 0 and 1"))
	}
	if c.MaxEvidence < 1 {
		errs = append(errs, errors.New("classify: max evidence must be at least 1"))
	}
	return errors.Join(errs...)
}
