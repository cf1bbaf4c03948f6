-- Figure sets as they were published, numbered 1, 2, 3 … without gaps; rows are
-- only ever added. document holds the printed bytes and sha256 their hash; mark
-- says how far each partition had been read; row_sha256 is taken over the row
-- and previous, the row_sha256 of the number before. It is part of the key so
-- that no row can stand in for another. A number is claimed by the token of its
-- insert, for which the server needs the window. Times are UTC.
CREATE TABLE IF NOT EXISTS snapshots {{on_cluster}}
(
    number            UInt64,
    taken_at          DateTime64(3, 'UTC'),
    taken_by          String,
    title             String,
    query             String,
    as_of             DateTime64(3, 'UTC'),
    rule_version      String,
    calendar_version  String,
    final             Bool,
    synthetic         Bool,
    mark              String,
    document          String CODEC(ZSTD(3)),
    sha256            String,
    previous          String,
    nonce             String,
    row_sha256        String
)
ENGINE = {{replacing "taken_at"}}
ORDER BY (number, row_sha256)
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
