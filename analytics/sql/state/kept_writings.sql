-- What repeats.sql compares, as Refresh keeps it.
writings AS (
    SELECT * EXCEPT (refreshed_at)
    FROM {{writings}} FINAL
    WHERE writer_key IN (SELECT writer_key FROM letters WHERE letter_id IN candidates AND writer != 0)
)
