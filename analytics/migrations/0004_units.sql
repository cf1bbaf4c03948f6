-- The unit directory, refilled at every start. tier1 to tier3 are the codes a
-- unit rolls up to.
CREATE TABLE IF NOT EXISTS units {{on_cluster}}
(
    code      String,
    name      String,
    parent    String,
    tier1     String,
    tier2     String,
    tier3     String,
    saved_at  DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = {{replacing "saved_at"}}
ORDER BY code
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
