package ingest

import (
	"context"

	"github.com/segmentio/kafka-go"

	"jiesu.cn/jiesu/letter"
)

// Ends asks the brokers where both topics end now: of each partition the offset
// of the next record, by topic and partition.
func Ends(ctx context.Context, cfg Config) ([]letter.Position, error) {
	transport := &kafka.Transport{DialTimeout: cfg.NetworkTimeout}
	defer transport.CloseIdleConnections()
	client := &kafka.Client{Addr: kafka.TCP(cfg.Brokers...), Timeout: cfg.NetworkTimeout, Transport: transport}
	var ends []letter.Position
	for _, topic := range []string{cfg.LettersTopic, cfg.EventsTopic} {
		ids, err := listPartitions(ctx, client, topic)
		if err != nil {
			return nil, err
		}
		spans, err := listOffsets(ctx, client, topic, ids)
		if err != nil {
			return nil, err
		}
		for id, s := range spans {
			ends = append(ends, letter.Position{Topic: topic, Partition: id, Offset: s.last})
		}
	}
	return ends, nil
}
