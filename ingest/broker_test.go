package ingest_test

import (
	"log/slog"
	"strconv"
	"strings"
	"testing"

	"jiesu.cn/jiesu/internal/embedded/kafka"
	"jiesu.cn/jiesu/internal/embedded/kafka/kafkatest"
	"jiesu.cn/jiesu/letter"
)

// TestBrokerRestarts takes the broker away in mid-stream and brings it back at
// the same address. It always uses the embedded broker, as the one that
// JIESU_TEST_KAFKA names is not the test's to stop.
func TestBrokerRestarts(t *testing.T) {
	cfg := kafka.DefaultConfig()
	cfg.DataDir = t.TempDir()
	start := func() *kafka.Broker {
		b, err := kafka.New(cfg, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if err := b.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		return b
	}
	broker := start()
	t.Cleanup(func() {
		if err := broker.Stop(); err != nil {
			t.Error(err)
		}
	})
	_, port, _ := strings.Cut(broker.Addr(), ":")
	cfg.Port, _ = strconv.Atoi(port)
	r := newRigOn(t, kafkatest.Existing(t, broker))

	r.send(many(100, func(n int) letter.Record { return aLetter(t, n) })...)
	i, stop := r.start()
	r.waitCounts(100, 100, 0)
	if err := broker.Stop(); err != nil {
		t.Fatal(err)
	}
	broker = start()
	r.send(many(100, func(n int) letter.Record { return aLetter(t, 100+n) })...)
	r.waitCounts(200, 200, 0)
	r.wait("caught up", i.CaughtUp)
	stop()
	if r.store.doubled != 0 {
		t.Errorf("%d rows inserted twice", r.store.doubled)
	}
}
