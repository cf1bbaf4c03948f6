-- How far each Kafka partition has been read: the offset of the next record,
-- the offset after the newest, and when the one last reached the other (UTC).
CREATE TABLE IF NOT EXISTS progress {{on_cluster}}
(
    topic         String,
    partition     Int32,
    next          Int64,
    high_water    Int64,
    caught_up_at  DateTime64(3, 'UTC'),
    saved_at      DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = {{replacing "saved_at"}}
ORDER BY (topic, partition)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
