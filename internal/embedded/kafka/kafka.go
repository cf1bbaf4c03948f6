// Package kafka runs a Kafka broker inside the process, for one machine with
// nothing installed. It is the only importer of franz-go: the rest of the
// product speaks to it over loopback with the same client, and the same
// settings, as to a real cluster.
package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"jiesu.cn/jiesu/internal/embedded/dirlock"
)

// ErrLocked is wrapped by Start's error when another process holds the data directory.
var ErrLocked = dirlock.ErrLocked

// Config says where the broker keeps its data and what topics it has.
type Config struct {
	DataDir     string   // Records and offsets; empty keeps everything in memory only.
	Port        int      // TCP port on 127.0.0.1; 0 takes any free one.
	Topics      []string // Created at the start unless they are there.
	Partitions  int      // Of each topic created.
	MaxMessage  int      // Bytes of the largest batch a topic takes.
	StartWithin time.Duration
}

// DefaultConfig fits one machine: four partitions keep two cores busy.
func DefaultConfig() Config {
	return Config{Partitions: 4, MaxMessage: 2 << 20, StartWithin: 30 * time.Second}
}

// Validate reports every setting that cannot work.
func (c Config) Validate() error {
	var errs []error
	if c.Port < 0 || c.Port > 65535 {
		errs = append(errs, fmt.Errorf("port %d: must be 0 to 65535", c.Port))
	}
	if c.Partitions < 1 || c.Partitions > 1024 {
		errs = append(errs, fmt.Errorf("partitions %d: must be 1 to 1024", c.Partitions))
	}
	if c.MaxMessage < 1<<10 {
		errs = append(errs, fmt.Errorf("max message %d: must be at least 1024 bytes", c.MaxMessage))
	}
	if c.StartWithin <= 0 {
		errs = append(errs, errors.New("start within: must be positive"))
	}
	return errors.Join(errs...)
}

// Broker is the broker. Its zero value is not usable; see New.
type Broker struct {
	cfg    Config
	logger *slog.Logger

	mu      sync.Mutex
	lock    *dirlock.Lock  // Nil without a data directory.
	cluster *kfake.Cluster // Nil unless started.
	addr    string
}

// New makes a broker that does nothing until Start.
func New(cfg Config, logger *slog.Logger) (*Broker, error) {
	if err := cfg.Validate(); err != nil {
		return nil, fmt.Errorf("checking the broker's settings: %w", err)
	}
	return &Broker{cfg: cfg, logger: logger}, nil
}

// Start opens the data directory, listens and creates the missing topics. It
// wraps ErrLocked when another process holds the directory. Starting a started
// broker does nothing.
func (b *Broker) Start(ctx context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cluster != nil {
		return nil
	}
	if err := b.open(); err != nil {
		return errors.Join(err, b.close())
	}
	if err := CreateTopics(ctx, b.addr, b.cfg); err != nil {
		return errors.Join(err, b.close())
	}
	b.logger.LogAttrs(ctx, slog.LevelInfo, "embedded broker started",
		slog.String("address", b.addr), slog.Bool("durable", b.cfg.DataDir != ""))
	return nil
}

// Stop writes the broker's state down and closes it. Stopping a stopped broker
// does nothing.
func (b *Broker) Stop() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.close()
}

// Addr returns host:port while the broker runs, else "".
func (b *Broker) Addr() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.addr
}

func (b *Broker) open() error {
	opts := []kfake.Opt{
		kfake.NumBrokers(1),
		kfake.ClusterID("jiesu"),
		kfake.ListenFn(listenLoopback),
		kfake.WithLogger(brokerLog{b.logger}),
		kfake.DefaultNumPartitions(b.cfg.Partitions),
		kfake.BrokerConfigs(map[string]string{
			"message.max.bytes": strconv.Itoa(b.cfg.MaxMessage),
			// A machine switched off over a long holiday must not read everything again.
			"offsets.retention.minutes": strconv.Itoa(10 * 365 * 24 * 60),
		}),
	}
	if b.cfg.Port != 0 {
		opts = append(opts, kfake.Ports(b.cfg.Port))
	}
	if b.cfg.DataDir != "" {
		// The lock stands beside the broker's files, which it would clean away.
		if err := os.MkdirAll(b.cfg.DataDir, 0o700); err != nil {
			return fmt.Errorf("making the broker's data directory: %w", err)
		}
		lock, err := dirlock.Acquire(b.cfg.DataDir)
		if err != nil {
			return err
		}
		b.lock = lock
		opts = append(opts, kfake.DataDir(filepath.Join(b.cfg.DataDir, "log")), kfake.SyncWrites())
	}
	cluster, err := kfake.NewCluster(opts...)
	if err != nil {
		return fmt.Errorf("starting the embedded broker on 127.0.0.1:%d: %w", b.cfg.Port, err)
	}
	b.cluster, b.addr = cluster, cluster.ListenAddrs()[0]
	return nil
}

func (b *Broker) close() error {
	if b.cluster != nil {
		b.cluster.Close()
	}
	var err error
	if b.lock != nil {
		err = b.lock.Release()
	}
	b.cluster, b.lock, b.addr = nil, nil, ""
	return err
}

// listenLoopback keeps the broker, which asks nobody who they are, off the network.
func listenLoopback(network, address string) (net.Listener, error) {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("reading the listen address: %w", err)
	}
	return net.Listen(network, net.JoinHostPort("127.0.0.1", port)) //nolint:noctx // Listening on loopback returns at once.
}

// brokerLog passes the broker's warnings on; what it says of single requests is noise.
type brokerLog struct{ logger *slog.Logger }

func (l brokerLog) Logf(level kfake.LogLevel, format string, args ...any) {
	if level != kfake.LogLevelError && level != kfake.LogLevelWarn {
		return
	}
	l.logger.LogAttrs(context.Background(), slog.LevelWarn, "embedded broker",
		slog.String("detail", fmt.Sprintf(format, args...)))
}
