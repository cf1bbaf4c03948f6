package ingest_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"

	"jiesu.cn/jiesu/ingest"
	"jiesu.cn/jiesu/ingest/send"
	"jiesu.cn/jiesu/internal/embedded/kafka"
	"jiesu.cn/jiesu/internal/embedded/kafka/kafkatest"
	"jiesu.cn/jiesu/internal/identity"
	"jiesu.cn/jiesu/letter"
)

// BenchmarkBacklog reads a mailbox's whole history, 14,000 letters and 130,000
// events, into a store in memory: what ingest and broker themselves cost. Of a
// real broker's figure three seconds are its wait for further members of a new
// group (group.initial.rebalance.delay.ms).
func BenchmarkBacklog(b *testing.B) {
	const letters, events = 14_000, 130_000
	for b.Loop() {
		b.StopTimer()
		r := newRig(b)
		for n := 0; n < events; n += 10_000 {
			r.send(many(10_000, func(k int) letter.Record { return signed(b, n+k) })...)
		}
		r.send(many(letters, func(k int) letter.Record { return aLetter(b, k) })...)
		i, err := ingest.New(r.cfg, r.store, r.classifier, units, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
		if err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		if err := i.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
		r.waitCounts(letters, letters, events)
		b.StopTimer()
		if err := i.Stop(b.Context()); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
	}
	b.ReportMetric(float64(b.N)*(2*letters+events)/b.Elapsed().Seconds(), "records/s")
}

// BenchmarkSendCSV reads, seals and sends a file to a broker that syncs every
// batch to disk.
func BenchmarkSendCSV(b *testing.B) {
	const rows = 50_000
	cfg := kafka.DefaultConfig()
	cfg.DataDir = b.TempDir()
	broker, err := kafka.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := broker.Start(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = broker.Stop() })
	r := newRigOn(b, kafkatest.Existing(b, broker))
	keys, err := identity.New(bytes.Repeat([]byte{1}, 32), bytes.Repeat([]byte{2}, 32))
	if err != nil {
		b.Fatal(err)
	}
	var content bytes.Buffer
	content.WriteString("编号,正文,姓名,身份证号,电话,来信时间\n")
	for n := range rows {
		fmt.Fprintf(&content, "B%d,%s,甲某某,440803199001011234,13800000000,2024-04-05 09:10\n", n, strings.Repeat("门口路灯不亮", 40))
	}
	path := filepath.Join(b.TempDir(), "letters.csv")
	if err := os.WriteFile(path, content.Bytes(), 0o600); err != nil {
		b.Fatal(err)
	}
	producer, err := ingest.NewProducer(r.cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = producer.Close() }()
	for b.Loop() {
		sender, err := send.New(send.DefaultConfig(), producer, keys)
		if err != nil {
			b.Fatal(err)
		}
		report, err := sender.Files(b.Context(), path)
		if err != nil || report.Letters != rows {
			b.Fatalf("%+v, %v", report, err)
		}
	}
	b.ReportMetric(float64(b.N)*rows/b.Elapsed().Seconds(), "rows/s")
}
