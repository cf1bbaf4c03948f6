-- For each Shanghai day of receipt the last of five working days, as a version
-- of the calendar has it. due5 is NULL where a year's notice is missing;
-- earliest is the first day it can fall on.
CREATE TABLE IF NOT EXISTS due_days {{on_cluster}}
(
    calendar_version  String,
    day               Date32,
    due5              Nullable(Date32),
    earliest          Date32,
    saved_at          DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = {{replacing "saved_at"}}
ORDER BY (calendar_version, day)
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
