package kafka_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"

	"jiesu.cn/jiesu/internal/embedded/kafka"
)

const topic = "letters"

func start(t *testing.T, dir string) *kafka.Broker {
	t.Helper()
	cfg := kafka.DefaultConfig()
	cfg.DataDir, cfg.Topics = dir, []string{topic}
	b, err := kafka.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := b.Stop(); err != nil {
			t.Error(err)
		}
	})
	return b
}

func produce(t *testing.T, addr string, values ...string) {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.DefaultProduceTopic(topic))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	for _, v := range values {
		if err := client.ProduceSync(t.Context(), kgo.StringRecord(v)).FirstErr(); err != nil {
			t.Fatal(err)
		}
	}
}

// consume reads until n values came.
func consume(t *testing.T, addr string, n int) map[string]int {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.ConsumeTopics(topic),
		kgo.ConsumeResetOffset(kgo.NewOffset().AtStart()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	seen := map[string]int{}
	for len(seen) < n {
		fetches := client.PollFetches(ctx)
		if err := fetches.Err(); err != nil {
			t.Fatalf("after %d of %d records: %v", len(seen), n, err)
		}
		fetches.EachRecord(func(r *kgo.Record) { seen[string(r.Value)]++ })
	}
	return seen
}

func TestRestartKeepsRecordsAndPortIsLoopback(t *testing.T) {
	dir := t.TempDir()
	b := start(t, dir)
	if !strings.HasPrefix(b.Addr(), "127.0.0.1:") {
		t.Errorf("listens on %s, want loopback only", b.Addr())
	}
	produce(t, b.Addr(), "one", "two")
	if err := b.Stop(); err != nil {
		t.Fatal(err)
	}
	if err := b.Stop(); err != nil {
		t.Errorf("second Stop: %v", err)
	}
	if b.Addr() != "" {
		t.Errorf("address %q after Stop", b.Addr())
	}
	if err := b.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := b.Start(t.Context()); err != nil {
		t.Errorf("second Start: %v", err)
	}
	produce(t, b.Addr(), "three")
	if diff := cmp.Diff(map[string]int{"one": 1, "two": 1, "three": 1}, consume(t, b.Addr(), 3)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTopicSettings(t *testing.T) {
	b := start(t, t.TempDir())
	client, err := kgo.NewClient(kgo.SeedBrokers(b.Addr()))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	req := kmsg.NewPtrDescribeConfigsRequest()
	res := kmsg.NewDescribeConfigsRequestResource()
	res.ResourceType, res.ResourceName = kmsg.ConfigResourceTypeTopic, topic
	req.Resources = append(req.Resources, res)
	resp, err := req.RequestWith(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{"retention.ms": "-1", "retention.bytes": "-1", "message.timestamp.type": "CreateTime", "max.message.bytes": "2097152"}
	got := map[string]string{}
	for _, c := range resp.Resources[0].Configs {
		if _, ok := want[c.Name]; ok && c.Value != nil {
			got[c.Name] = *c.Value
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	meta := kmsg.NewPtrMetadataRequest()
	mt := kmsg.NewMetadataRequestTopic()
	mt.Topic = kmsg.StringPtr(topic)
	meta.Topics = append(meta.Topics, mt)
	mresp, err := meta.RequestWith(t.Context(), client)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(mresp.Topics[0].Partitions); n != 4 {
		t.Errorf("%d partitions, want 4", n)
	}
}

func TestDirectoryIsLocked(t *testing.T) {
	dir := t.TempDir()
	start(t, dir)
	cfg := kafka.DefaultConfig()
	cfg.DataDir = dir
	second, err := kafka.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(t.Context()); !errors.Is(err, kafka.ErrLocked) {
		t.Errorf("second broker in one directory: got %v, want ErrLocked", err)
	}
}

func TestPortTaken(t *testing.T) {
	first := start(t, "")
	_, port, _ := strings.Cut(first.Addr(), ":")
	cfg := kafka.DefaultConfig()
	cfg.Port, _ = strconv.Atoi(port)
	second, err := kafka.New(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Start(t.Context()); err == nil || !strings.Contains(err.Error(), port) {
		t.Errorf("got %v, want an error naming port %s", err, port)
	}
}

func TestValidate(t *testing.T) {
	bad := kafka.Config{Port: -1}
	err := bad.Validate()
	for _, want := range []string{"port", "partitions", "max message", "start within"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not name %q", err, want)
		}
	}
	if err := kafka.DefaultConfig().Validate(); err != nil {
		t.Errorf("defaults: %v", err)
	}
}

// TestMain turns the test binary into a broker when told to, so that a test
// can kill it without mercy.
func TestMain(m *testing.M) {
	if dir := os.Getenv("KAFKA_TEST_BROKER_DIR"); dir != "" {
		runBroker(dir)
		return
	}
	os.Exit(m.Run())
}

func runBroker(dir string) {
	cfg := kafka.DefaultConfig()
	cfg.DataDir, cfg.Topics = dir, []string{topic}
	b, err := kafka.New(cfg, slog.New(slog.DiscardHandler))
	if err == nil {
		err = b.Start(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(b.Addr())
	select {}
}

func TestAcknowledgedRecordsSurviveKill(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "broker")
	var acknowledged []string
	for round := range 3 {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "KAFKA_TEST_BROKER_DIR="+dir)
		cmd.Stderr = os.Stderr
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		line, err := bufio.NewReader(out).ReadString('\n')
		if err != nil {
			t.Fatalf("round %d: broker did not start: %v", round, err)
		}
		acknowledged = append(acknowledged, produceUntilKilled(t, strings.TrimSpace(line), round, cmd.Process)...)
		_ = cmd.Wait() // Killed: always an error.
	}
	b := start(t, dir)
	got := consume(t, b.Addr(), len(acknowledged))
	for _, v := range acknowledged {
		if got[v] == 0 {
			t.Errorf("acknowledged record %s is gone", v)
		}
	}
}

// produceUntilKilled keeps producing, has the broker killed in the middle and
// returns what had been acknowledged.
func produceUntilKilled(t *testing.T, addr string, round int, victim *os.Process) []string {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(addr), kgo.DefaultProduceTopic(topic),
		kgo.DisableIdempotentWrite(), kgo.RecordRetries(1), kgo.RecordDeliveryTimeout(time.Second), kgo.ProducerLinger(0))
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var acknowledged []string
	for i := 0; ; i++ {
		v := fmt.Sprintf("%d-%d-%s", round, i, strings.Repeat("x", 500))
		if err := client.ProduceSync(t.Context(), kgo.StringRecord(v)).FirstErr(); err != nil {
			return acknowledged
		}
		acknowledged = append(acknowledged, v)
		if i == 100 {
			go func() { _ = victim.Kill() }()
		}
	}
}
