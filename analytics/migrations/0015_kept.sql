-- How far the kept tables of a version reach; see analytics/kept.go.
CREATE TABLE IF NOT EXISTS kept {{on_cluster}}
(
    states         String,
    days           String,
    last_recorded  DateTime64(3, 'UTC'),
    watermark      String,
    running        Bool, -- A round is being written.
    saved_at       DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = {{replacing "saved_at"}}
ORDER BY (states, days)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
