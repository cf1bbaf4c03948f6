-- One row per letter record. The same record sent again replaces itself: the
-- row recorded first stays, so that figures as of an earlier time do not move.
-- Times are UTC. The title and body are as the citizen wrote them.
CREATE TABLE IF NOT EXISTS letters {{on_cluster}}
(
    letter_id        String,
    source           LowCardinality(String),
    record_id        String,
    received_at      DateTime64(3, 'UTC'),
    recorded_at      DateTime64(3, 'UTC'),
    imported         Bool,
    channel          LowCardinality(String),
    title            String CODEC(ZSTD(3)),
    body             String CODEC(ZSTD(3)),
    normalised       String CODEC(ZSTD(3)),
    tokens           Array(String) CODEC(ZSTD(3)),
    writer_key       String,
    writer_sealed    String CODEC(ZSTD(3)),
    verified         Bool,
    contactable      Bool,
    division         LowCardinality(String),
    unit_hint        LowCardinality(String),
    attachments      String CODEC(ZSTD(3)),
    kafka_topic      LowCardinality(String),
    kafka_partition  Int32,
    kafka_offset     Int64,
    version          UInt64 MATERIALIZED toUInt64(1000000000000000 - toUnixTimestamp64Milli(recorded_at))
)
ENGINE = {{replacing "version"}}
PARTITION BY toYYYYMM(received_at)
ORDER BY (letter_id, source, record_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
