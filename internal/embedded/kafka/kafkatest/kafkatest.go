// Package kafkatest gives tests a broker of their own.
package kafkatest

import (
	"fmt"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/kafka"
)

// Cluster is a running broker.
type Cluster struct {
	Addr   string // host:port.
	broker *kafka.Broker
	tb     testing.TB
}

var serial atomic.Int64

// Broker starts a broker without records, kept in memory, and stops it when the
// test ends.
func Broker(tb testing.TB) *Cluster {
	tb.Helper()
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
	return &Cluster{Addr: b.Addr(), broker: b, tb: tb}
}

// Existing wraps a broker the test itself starts and stops.
func Existing(tb testing.TB, b *kafka.Broker) *Cluster {
	tb.Helper()
	return &Cluster{Addr: b.Addr(), broker: b, tb: tb}
}

// Topic creates a topic with a name no other test has and returns the name.
func (c *Cluster) Topic(prefix string, partitions int) string {
	c.tb.Helper()
	name := fmt.Sprintf("%s-%s-%d", prefix, strings.NewReplacer("/", "-", " ", "-").Replace(c.tb.Name()), serial.Add(1))
	if err := c.broker.CreateTopics(c.tb.Context(), partitions, name); err != nil {
		c.tb.Fatal(err)
	}
	return name
}
