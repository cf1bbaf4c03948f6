package classify

import (
	"errors"
	"runtime"
)

// Config tunes the classifier. Scores are sums of signal weights; a plain
// indicator weighs about 2 to 3.
type Config struct {
	Workers          int     // Letters judged at the same time.
	LeadThreshold    float64 // Least score of a lead; lower finds more leads and more false ones.
	AccusedThreshold float64 // Least score of an accusation against the police.
	ReviewMargin     float64 // A decision nearer to its threshold than this asks for review.
	MaxEvidence      int     // Spans kept for each decision.
}

// DefaultConfig suits the mailbox: one worker a core, thresholds that favour
// finding a lead over sparing a reader.
func DefaultConfig() Config {
	return Config{
		Workers:          runtime.GOMAXPROCS(0),
		LeadThreshold:    3.5,
		AccusedThreshold: 1,
		ReviewMargin:     0.8,
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
	if c.ReviewMargin < 0 {
		errs = append(errs, errors.New("classify: review margin must not be negative"))
	}
	if c.MaxEvidence < 1 {
		errs = append(errs, errors.New("classify: max evidence must be at least 1"))
	}
	return errors.Join(errs...)
}
