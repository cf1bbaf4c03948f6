-- The letters that each insert concerned and Refresh has still to look at. The
-- id of a touch begins with its time. done replaces the row that asked.
CREATE TABLE IF NOT EXISTS touched {{on_cluster}}
(
    touch       String,
    letter_id   String,
    done        Bool DEFAULT false,
    touched_at  DateTime DEFAULT now()
)
ENGINE = {{replacing "done"}}
ORDER BY (touch, letter_id)
TTL touched_at + INTERVAL 2 DAY DELETE WHERE done
SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1, fsync_part_directory = 1
