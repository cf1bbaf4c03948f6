-- What repeats.sql compares, as Refresh keeps it: the candidates hold all
-- letters of their writers.
writings AS (
    SELECT * EXCEPT (refreshed_at)
    FROM {{writings}} FINAL
    WHERE letter_id IN candidates
)
