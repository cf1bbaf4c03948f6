CREATE TABLE corrections
(
    `number` UInt64,
    `made_at` DateTime64(3, 'UTC'),
    `changed` Bool,
    `late` UInt64,
    `note` String CODEC(ZSTD(3)),
    `text` String CODEC(ZSTD(3)),
    `sha256` String,
    `version` UInt64 MATERIALIZED toUInt64(1000000000000000 - toUnixTimestamp64Milli(made_at))
)
ENGINE = ReplacingMergeTree(version)
ORDER BY (number, sha256)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE due_days
(
    `calendar_version` String,
    `day` Date32,
    `due5` Nullable(Date32),
    `earliest` Date32,
    `saved_at` DateTime64(6, 'UTC') DEFAULT now64(6),
    `work_index` Nullable(Int32)
)
ENGINE = ReplacingMergeTree(saved_at)
ORDER BY (calendar_version, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE events
(
    `letter_id` String,
    `source` LowCardinality(String),
    `record_id` String,
    `kind` LowCardinality(String),
    `at` DateTime64(3, 'UTC'),
    `recorded_at` DateTime64(3, 'UTC'),
    `imported` Bool,
    `expected_rev` Int32,
    `unit` LowCardinality(String),
    `actor` String,
    `to_unit` LowCardinality(String),
    `role` LowCardinality(String),
    `method` LowCardinality(String),
    `result` LowCardinality(String),
    `approved` Bool,
    `until` Nullable(Date32),
    `solved` LowCardinality(String),
    `label_type` LowCardinality(String),
    `label_topic` LowCardinality(String),
    `label_lead` LowCardinality(String),
    `label_lead_type` LowCardinality(String),
    `label_urgency` LowCardinality(String),
    `label_division` LowCardinality(String),
    `accused_police` Nullable(Bool),
    `accused_units` Array(LowCardinality(String)),
    `series` String,
    `letters` Array(String),
    `lead` String,
    `leads` Array(String),
    `case_number` String,
    `suspects` Array(String),
    `yuan` Float64,
    `data` String CODEC(ZSTD(3)),
    `kafka_topic` LowCardinality(String),
    `kafka_partition` Int32,
    `kafka_offset` Int64,
    `version` UInt64 MATERIALIZED toUInt64(1000000000000000 - toUnixTimestamp64Milli(recorded_at)),
    `reached` Bool DEFAULT (kind = 'letter.revisited') AND JSONExtractBool(data, 'reached'),
    `satisfaction` Nullable(Int8) DEFAULT if(kind = 'letter.revisited', JSONExtract(data, 'satisfaction', 'Nullable(Int8)'), NULL),
    `due` Nullable(DateTime64(3, 'UTC')) DEFAULT if((kind IN ('letter.instructed', 'letter.supervised')), parseDateTime64BestEffortOrNull(JSONExtractString(data, 'due'), 3, 'UTC'), NULL),
    `case_kind` LowCardinality(String) DEFAULT if(kind = 'case.filed', JSONExtractString(data, 'kind'), ''),
    `down_from` Nullable(DateTime64(3, 'UTC')) DEFAULT if(kind = 'system.outage', parseDateTime64BestEffortOrNull(JSONExtractString(data, 'from'), 3, 'UTC'), NULL),
    `down_to` Nullable(DateTime64(3, 'UTC')) DEFAULT if(kind = 'system.outage', parseDateTime64BestEffortOrNull(JSONExtractString(data, 'to'), 3, 'UTC'), NULL),
    `second` String DEFAULT if((kind IN ('system.outage', 'letter.invalidated')), JSONExtractString(data, 'second'), '')
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(at)
ORDER BY (letter_id, source, record_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE kept
(
    `states` String,
    `days` String,
    `last_recorded` DateTime64(3, 'UTC'),
    `watermark` String,
    `running` Bool,
    `saved_at` DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(saved_at)
ORDER BY (states, days)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE letters
(
    `letter_id` String,
    `source` LowCardinality(String),
    `record_id` String,
    `received_at` DateTime64(3, 'UTC'),
    `recorded_at` DateTime64(3, 'UTC'),
    `imported` Bool,
    `channel` LowCardinality(String),
    `title` String CODEC(ZSTD(3)),
    `body` String CODEC(ZSTD(3)),
    `normalised` String CODEC(ZSTD(3)),
    `tokens` Array(String) CODEC(ZSTD(3)),
    `signature` Array(UInt32) CODEC(NONE),
    `facts` Array(UInt64),
    `writer_key` String,
    `writer` UInt64 MATERIALIZED if(writer_key = '', 0, sipHash64(writer_key)),
    `writer_sealed` String CODEC(ZSTD(3)),
    `verified` Bool,
    `contactable` Bool,
    `division` LowCardinality(String),
    `unit_hint` LowCardinality(String),
    `attachments` String CODEC(ZSTD(3)),
    `kafka_topic` LowCardinality(String),
    `kafka_partition` Int32,
    `kafka_offset` Int64,
    `version` UInt64 MATERIALIZED toUInt64(1000000000000000 - toUnixTimestamp64Milli(recorded_at)), PROJECTION by_writer (SELECT writer, letter_id, received_at
ORDER BY writer)
)
ENGINE = ReplacingMergeTree(version)
PARTITION BY toYYYYMM(received_at)
ORDER BY (letter_id, source, record_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192, deduplicate_merge_projection_mode = 'rebuild';

CREATE TABLE progress
(
    `topic` String,
    `partition` Int32,
    `next` Int64,
    `high_water` Int64,
    `caught_up_at` DateTime64(3, 'UTC'),
    `saved_at` DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplacingMergeTree(saved_at)
ORDER BY (topic, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE refreshing
(
    `round` String,
    `letter_id` String,
    `at` DateTime DEFAULT now()
)
ENGINE = ReplacingMergeTree(at)
ORDER BY (round, letter_id) TTL at + toIntervalHour(1)
SETTINGS index_granularity = 8192;

CREATE TABLE schema_migrations
(
    `version` UInt32,
    `name` String,
    `checksum` String,
    `applied_at` DateTime64(3, 'UTC')
)
ENGINE = ReplacingMergeTree(applied_at)
ORDER BY version
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE snapshots
(
    `number` UInt64,
    `taken_at` DateTime64(3, 'UTC'),
    `taken_by` String,
    `title` String,
    `query` String,
    `as_of` DateTime64(3, 'UTC'),
    `rule_version` String,
    `calendar_version` String,
    `final` Bool,
    `synthetic` Bool,
    `mark` String,
    `document` String CODEC(ZSTD(3)),
    `sha256` String,
    `previous` String,
    `nonce` String,
    `row_sha256` String
)
ENGINE = ReplacingMergeTree(taken_at)
ORDER BY (number, row_sha256)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE touched
(
    `touch` String,
    `letter_id` String,
    `done` Bool DEFAULT false,
    `touched_at` DateTime DEFAULT now()
)
ENGINE = ReplacingMergeTree(done)
ORDER BY (touch, letter_id) TTL touched_at + toIntervalDay(2) WHERE done
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

CREATE TABLE units
(
    `code` String,
    `name` String,
    `parent` String,
    `tier1` String,
    `tier2` String,
    `tier3` String,
    `saved_at` DateTime64(6, 'UTC') DEFAULT now64(6),
    `above` Array(String)
)
ENGINE = ReplacingMergeTree(saved_at)
ORDER BY code
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, index_granularity = 8192;

