-- What repeats.sql compares, as Refresh keeps it. A letter whose writer turned
-- out to be another has a row for each; the newest holds.
writings AS (
    SELECT * EXCEPT (refreshed_at)
    FROM {{writings}} FINAL
    WHERE writer_key IN (SELECT writer_key FROM letters WHERE letter_id IN candidates AND writer != 0)
    ORDER BY refreshed_at DESC
    LIMIT 1 BY letter_id
)
