-- One row per event record: the columns that figures need, and the whole
-- payload as JSON in data. The same record sent again replaces itself: the row
-- recorded first stays. The month of at is part of the record, so both copies
-- meet in one partition.
CREATE TABLE IF NOT EXISTS events {{on_cluster}}
(
    letter_id        String,
    source           LowCardinality(String),
    record_id        String,
    kind             LowCardinality(String),
    at               DateTime64(3, 'UTC'),
    recorded_at      DateTime64(3, 'UTC'),
    imported         Bool,
    expected_rev     Int32,
    unit             LowCardinality(String),
    actor            String,
    to_unit          LowCardinality(String),
    role             LowCardinality(String),
    method           LowCardinality(String),
    result           LowCardinality(String),
    approved         Bool,
    until            Nullable(Date32),
    solved           LowCardinality(String),
    label_type       LowCardinality(String),
    label_topic      LowCardinality(String),
    label_lead       LowCardinality(String),
    label_lead_type  LowCardinality(String),
    label_urgency    LowCardinality(String),
    label_division   LowCardinality(String),
    accused_police   Nullable(Bool),
    accused_units    Array(LowCardinality(String)),
    series           String,
    letters          Array(String),
    lead             String,
    leads            Array(String),
    case_number      String,
    suspects         Array(String),
    yuan             Float64,
    data             String CODEC(ZSTD(3)),
    kafka_topic      LowCardinality(String),
    kafka_partition  Int32,
    kafka_offset     Int64,
    version          UInt64 MATERIALIZED toUInt64(1000000000000000 - toUnixTimestamp64Milli(recorded_at))
)
ENGINE = {{replacing "version"}}
PARTITION BY toYYYYMM(at)
ORDER BY (letter_id, source, record_id)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
