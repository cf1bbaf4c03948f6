-- Figures of the {days}, one row for each day and dimension with all its keys,
-- and the time in which they hold unless a record comes.
SELECT
    day,
    by,
    max(last_moment) AS valid_from,
    min(next_moment) AS valid_until,
    groupArray(key) AS keys,
    {{kept_figures}},
    now64(6) AS refreshed_at
FROM
(
{{by_day}}
)
GROUP BY day, by
