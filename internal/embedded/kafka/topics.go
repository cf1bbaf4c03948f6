package kafka

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/kmsg"
)

// CreateTopics makes those of cfg.Topics that are missing on the broker at
// addr, host:port, whoever runs it, and returns when they can be used, within
// cfg.StartWithin. They keep everything for ever: the tables are a projection
// that can be rebuilt from them.
func CreateTopics(ctx context.Context, addr string, cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return fmt.Errorf("creating topics: %w", err)
	}
	if len(cfg.Topics) == 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, cfg.StartWithin)
	defer cancel()
	client, err := kgo.NewClient(kgo.SeedBrokers(addr))
	if err != nil {
		return fmt.Errorf("connecting to the broker at %s: %w", addr, err)
	}
	defer client.Close()

	req := kmsg.NewPtrCreateTopicsRequest()
	req.TimeoutMillis = int32(cfg.StartWithin.Milliseconds())
	for _, name := range cfg.Topics {
		topic := kmsg.NewCreateTopicsRequestTopic()
		topic.Topic = name
		topic.NumPartitions = int32(cfg.Partitions)
		topic.ReplicationFactor = 1
		topic.Configs = topicSettings(cfg)
		req.Topics = append(req.Topics, topic)
	}
	resp, err := req.RequestWith(ctx, client)
	if err != nil {
		return fmt.Errorf("creating topics: %w", err)
	}
	for _, t := range resp.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil && !errors.Is(err, kerr.TopicAlreadyExists) {
			return fmt.Errorf("creating topic %s: %w", t.Topic, err)
		}
	}
	return awaitLeaders(ctx, client, cfg.Topics)
}

// awaitLeaders returns when every partition of the topics has a leader: a real
// broker says that a topic is created a moment before it knows the topic.
func awaitLeaders(ctx context.Context, client *kgo.Client, names []string) error {
	const pause = 20 * time.Millisecond
	req := kmsg.NewPtrMetadataRequest()
	for _, name := range names {
		topic := kmsg.NewMetadataRequestTopic()
		topic.Topic = kmsg.StringPtr(name)
		req.Topics = append(req.Topics, topic)
	}
	for {
		resp, err := req.RequestWith(ctx, client)
		if err != nil {
			return fmt.Errorf("waiting for the topics: %w", err)
		}
		waiting := leaderless(resp)
		if waiting == nil {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return fmt.Errorf("waiting for the topics: %w", errors.Join(ctx.Err(), waiting))
		}
	}
}

// leaderless names a topic that cannot be used yet, nil when all can.
func leaderless(resp *kmsg.MetadataResponse) error {
	for _, t := range resp.Topics {
		if err := kerr.ErrorForCode(t.ErrorCode); err != nil {
			return fmt.Errorf("topic %s: %w", *t.Topic, err)
		}
		for _, p := range t.Partitions {
			if err := kerr.ErrorForCode(p.ErrorCode); err != nil {
				return fmt.Errorf("topic %s: partition %d: %w", *t.Topic, p.Partition, err)
			}
		}
	}
	return nil
}

func topicSettings(cfg Config) []kmsg.CreateTopicsRequestTopicConfig {
	settings := [][2]string{
		{"retention.ms", "-1"},
		{"retention.bytes", "-1"},
		{"cleanup.policy", "delete"},
		{"message.timestamp.type", "CreateTime"},
		{"max.message.bytes", strconv.Itoa(cfg.MaxMessage)},
	}
	configs := make([]kmsg.CreateTopicsRequestTopicConfig, 0, len(settings))
	for _, s := range settings {
		c := kmsg.NewCreateTopicsRequestTopicConfig()
		c.Name, c.Value = s[0], kmsg.StringPtr(s[1])
		configs = append(configs, c)
	}
	return configs
}
