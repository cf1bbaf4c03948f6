// Package ingest moves letters and events from Kafka into the store, each
// record exactly once in effect: durable first, offset second. What cannot be
// read goes to a dead-letter topic with its reason; nothing is dropped.
package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"jiesu.cn/jiesu/letter"
)

// ClassifierSource is the CloudEvents source of the verdicts ingest publishes.
const ClassifierSource = "/jiesu/classifier"

// Config holds the settings of ingest.
type Config struct {
	Brokers []string // host:port each.
	Group   string   // Consumer group over both topics.

	LettersTopic    string
	EventsTopic     string
	LettersDLQTopic string
	EventsDLQTopic  string

	// A partition's buffer is flushed when one of these is reached.
	MaxRows  int
	MaxBytes int // Of message values.
	MaxAge   time.Duration

	MaxMessage int // Bytes of the largest batch written; the topics' max.message.bytes must not be below.

	HistorySources []string      // Prefixes of sources allowed to import history: their recordedtime is honoured.
	MaxClockSkew   time.Duration // How far a time may lie ahead of the record's own broker time.
	Limits         letter.Limits // Limits.Latest is set per record.

	RetryMin   time.Duration // First pause after a transient error.
	RetryMax   time.Duration // Cap of the growing pauses.
	FinalFlush time.Duration // What a flush may take once the partition is being given away.
	StallAfter time.Duration // Lag without progress for longer than this is unhealthy.

	ProgressEvery time.Duration // Between saved progress rows while records come in.
	ProgressIdle  time.Duration // Between them when nothing comes in.

	Heartbeat        time.Duration // Of the group membership.
	SessionTimeout   time.Duration // Without a heartbeat for this long, a member's partitions go to others.
	RebalanceTimeout time.Duration // What members get to finish when partitions move.
	NetworkTimeout   time.Duration // Of one request to a broker.
}

// DefaultConfig returns the settings of the embedded installation, without brokers.
func DefaultConfig() Config {
	return Config{
		Group:            "jiesu",
		LettersTopic:     "jiesu.letters",
		EventsTopic:      "jiesu.events",
		LettersDLQTopic:  "jiesu.letters.dlq",
		EventsDLQTopic:   "jiesu.events.dlq",
		MaxRows:          5000,
		MaxBytes:         8 << 20,
		MaxAge:           300 * time.Millisecond,
		MaxMessage:       2<<20 - 4096,
		HistorySources:   []string{"/import/"},
		MaxClockSkew:     5 * time.Minute,
		Limits:           letter.DefaultLimits(),
		RetryMin:         100 * time.Millisecond,
		RetryMax:         30 * time.Second,
		FinalFlush:       8 * time.Second,
		StallAfter:       5 * time.Minute,
		ProgressEvery:    2 * time.Second,
		ProgressIdle:     15 * time.Second,
		Heartbeat:        time.Second,
		SessionTimeout:   10 * time.Second,
		RebalanceTimeout: 30 * time.Second,
		NetworkTimeout:   10 * time.Second,
	}
}

// Topics returns the four topics ingest needs.
func (c Config) Topics() []string {
	return []string{c.LettersTopic, c.EventsTopic, c.LettersDLQTopic, c.EventsDLQTopic}
}

// Validate reports every setting that cannot work.
func (c Config) Validate() error {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(c.Brokers) == 0 {
		fail("brokers: at least one host:port is required")
	}
	if c.Group == "" {
		fail("group: is required")
	}
	topics := c.Topics()
	for i, t := range topics {
		if t == "" || slices.Contains(topics[:i], t) {
			fail("topics: the four names must be set and differ")
			break
		}
	}
	if c.MaxRows < 1 || c.MaxBytes < 1 || c.MaxAge <= 0 {
		fail("max rows, bytes and age: must be positive")
	}
	if c.MaxMessage < 64<<10 {
		fail("max message: must be at least 65536 bytes")
	}
	for _, p := range c.HistorySources {
		if !strings.HasPrefix(p, "/") || p == "/" {
			fail("history source %q: must be a path prefix such as /import/", p)
		}
	}
	if c.MaxClockSkew < 0 {
		fail("max clock skew: must not be negative")
	}
	if c.RetryMin <= 0 || c.RetryMax < c.RetryMin {
		fail("retry: min must be positive and not above max")
	}
	if c.FinalFlush <= 0 || c.FinalFlush >= c.SessionTimeout || c.FinalFlush >= c.RebalanceTimeout {
		// A member that still writes after its eviction would race the new owner.
		fail("final flush: must be positive and shorter than the session and rebalance timeouts")
	}
	for name, d := range map[string]time.Duration{
		"stall after": c.StallAfter, "progress every": c.ProgressEvery, "progress idle": c.ProgressIdle,
		"heartbeat": c.Heartbeat, "network timeout": c.NetworkTimeout,
	} {
		if d <= 0 {
			fail("%s: must be positive", name)
		}
	}
	return errors.Join(errs...)
}

// HonoursRecordedTime reports whether a source may say when a record became
// known. Our own verdicts may: on history they carry the letter's time.
func (c Config) HonoursRecordedTime(source string) bool {
	return source == ClassifierSource || c.isHistory(source)
}

func (c Config) isHistory(source string) bool {
	return slices.ContainsFunc(c.HistorySources, func(prefix string) bool { return strings.HasPrefix(source, prefix) })
}

// importPrefix marks records taken over from another system after the fact:
// when they became known says nothing about when people acted.
const importPrefix = "/import/"

func isImport(source string) bool { return strings.HasPrefix(source, importPrefix) }
