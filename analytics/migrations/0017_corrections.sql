-- What later counts found against a snapshot, each finding once: the note as
-- issued, its parts as JSON, whether a figure changed, and how many records had
-- become known behind the snapshot by then. sha256 is that of text. Rows are
-- only ever added. Times are UTC.
CREATE TABLE IF NOT EXISTS corrections {{on_cluster}}
(
    number    UInt64,
    made_at   DateTime64(3, 'UTC'),
    changed   Bool,
    late      UInt64,
    note      String CODEC(ZSTD(3)),
    text      String CODEC(ZSTD(3)),
    sha256    String,
    version   UInt64 MATERIALIZED toUInt64(1000000000000000 - toUnixTimestamp64Milli(made_at))
)
ENGINE = {{replacing "version"}}
ORDER BY (number, sha256)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
