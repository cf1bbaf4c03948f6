// Package kafkatest gives tests a broker: one of their own in the process or,
// where JIESU_TEST_KAFKA names one as host:port, that one, so that the same
// tests hold the product against real Kafka.
package kafkatest

import (
	"fmt"
	"log/slog"
	"os"
	"regexp"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"jiesu.cn/jiesu/internal/embedded/kafka"
)

// Cluster is a running broker.
type Cluster struct {
	Addr string // host:port.
	tb   testing.TB
}

// Broker returns the broker JIESU_TEST_KAFKA names. Without that it starts one
// without records, kept in memory, and stops it when the test ends.
func Broker(tb testing.TB) *Cluster {
	tb.Helper()
	if addr := os.Getenv("JIESU_TEST_KAFKA"); addr != "" {
		return &Cluster{Addr: addr, tb: tb}
	}
	b, err := kafka.New(kafka.DefaultConfig(), slog.New(slog.DiscardHandler))
	if err != nil {
		tb.Fatal(err)
	}
	if err := b.Start(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := b.Stop(); err != nil {
			tb.Errorf("stopping the broker: %v", err)
		}
	})
	return Existing(tb, b)
}

// Existing wraps an embedded broker the test itself starts and stops, which is
// what tests want that take their broker away: nobody else uses it.
func Existing(tb testing.TB, b *kafka.Broker) *Cluster {
	tb.Helper()
	return &Cluster{Addr: b.Addr(), tb: tb}
}

var (
	serial atomic.Int64
	// A real broker outlives the test process, and two may share it.
	process = strconv.FormatInt(time.Now().UnixNano(), 36)
	illegal = regexp.MustCompile(`[^a-zA-Z0-9._-]+`) // In the name of a topic.
)

// Topic creates a topic with a name no other test has and returns the name.
func (c *Cluster) Topic(prefix string, partitions int) string {
	c.tb.Helper()
	name := c.Name(prefix)
	c.Create(partitions, name)
	return name
}

// Name returns a name no other test has and creates nothing.
func (c *Cluster) Name(prefix string) string {
	return fmt.Sprintf("%s-%s-%s-%d", prefix, illegal.ReplaceAllString(c.tb.Name(), "-"), process, serial.Add(1))
}

// Create creates topics with the product's settings.
func (c *Cluster) Create(partitions int, names ...string) {
	c.tb.Helper()
	cfg := kafka.DefaultConfig()
	cfg.Partitions, cfg.Topics = partitions, names
	if err := kafka.CreateTopics(c.tb.Context(), c.Addr, cfg); err != nil {
		c.tb.Fatal(err)
	}
}
