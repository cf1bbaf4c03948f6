package ingest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"slices"
	"strconv"

	"github.com/segmentio/kafka-go"
)

// awaitTopics returns when all four topics are there, and tells of settings
// that will lose or refuse records. It comes before the group is joined:
// joining asks for the topics in a way that makes most brokers create them,
// with settings of their own, a week's retention among them.
func (i *Ingester) awaitTopics(ctx context.Context) error {
	err := i.retry(ctx, "topics", func(ctx context.Context) error {
		for _, topic := range i.cfg.Topics() {
			if _, err := listPartitions(ctx, i.client, topic); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, topic := range i.cfg.Topics() {
		i.tellUnfit(ctx, topic)
	}
	return nil
}

// explainMissing adds what to do to the error of a topic that is not there.
func explainMissing(err error) error {
	if errors.Is(err, kafka.UnknownTopicOrPartition) {
		return fmt.Errorf("the topic does not exist; create it with retention.ms=-1, retention.bytes=-1 and max.message.bytes=2097152: %w", err)
	}
	return err
}

// leastMessageBytes is the least max.message.bytes of a topic: what we write at
// most and what Kafka puts around it.
func (c Config) leastMessageBytes() int { return c.MaxMessage + 4096 }

// rule is a setting of a topic, the value it should have and, where others will
// do as well, which.
type rule struct {
	setting, want string
	fits          func(value string) bool // Nil for the wanted value alone.
}

// topicRules are the settings that keep every record.
func (c Config) topicRules() []rule {
	return []rule{
		{setting: "retention.ms", want: "-1"},
		{setting: "retention.bytes", want: "-1"},
		{setting: "cleanup.policy", want: "delete"}, // Compaction would keep one record of each letter.
		{setting: "message.timestamp.type", want: "CreateTime"},
		{setting: "message.timestamp.before.max.ms", want: strconv.Itoa(math.MaxInt64)}, // History is years old.
		{"max.message.bytes", strconv.Itoa(c.leastMessageBytes()), func(value string) bool {
			n, err := strconv.Atoi(value)
			return err == nil && n >= c.leastMessageBytes()
		}},
	}
}

// tellUnfit logs one line per setting that will not do. Reading goes on: what
// is there is safer in the store, and the broker may not let us ask.
func (i *Ingester) tellUnfit(ctx context.Context, topic string) {
	rules := i.cfg.topicRules()
	names := make([]string, len(rules))
	for n, r := range rules {
		names[n] = r.setting
	}
	values, err := topicSettings(ctx, i.client, topic, names...)
	if err != nil {
		i.logger.LogAttrs(ctx, slog.LevelWarn, "a topic's settings cannot be checked", slog.String("topic", topic), slog.Any("error", err))
		return
	}
	for _, r := range rules {
		value, told := values[r.setting]
		if !told || value == r.want || r.fits != nil && r.fits(value) {
			continue
		}
		i.logger.LogAttrs(ctx, slog.LevelError, "a setting of the topic will lose or refuse records; change it",
			slog.String("topic", topic), slog.String("setting", r.setting),
			slog.String("value", value), slog.String("want", r.want))
	}
}

// topicSettings returns those of the named settings the broker tells.
func topicSettings(ctx context.Context, client *kafka.Client, topic string, names ...string) (map[string]string, error) {
	resp, err := client.DescribeConfigs(ctx, &kafka.DescribeConfigsRequest{
		Resources: []kafka.DescribeConfigRequestResource{{
			ResourceType: kafka.ResourceTypeTopic, ResourceName: topic, ConfigNames: names,
		}},
	})
	if err != nil {
		return nil, fmt.Errorf("reading the topic's settings: %w", err)
	}
	values := map[string]string{}
	for _, r := range resp.Resources {
		if r.Error != nil {
			return nil, fmt.Errorf("reading the topic's settings: %w", r.Error)
		}
		for _, c := range r.ConfigEntries {
			if slices.Contains(names, c.ConfigName) {
				values[c.ConfigName] = c.ConfigValue
			}
		}
	}
	return values, nil
}
