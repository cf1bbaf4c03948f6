-- Figures of the {days}, one row for each day and dimension with all its keys,
-- and the time in which they hold unless a record comes. What has no members has
-- a row without keys, in the same insert: no reader may find a day missing.
SELECT
    day,
    by,
    if(empty(keys), toDateTime64('1970-01-01 00:00:00', 3, 'UTC'), since) AS valid_from,
    if(empty(keys), toDateTime64('2299-12-31 00:00:00', 3, 'UTC'), before) AS valid_until,
    * EXCEPT (day, by, since, before),
    now64(6) AS refreshed_at
FROM
(
    SELECT arrayJoin({days:Array(Date32)}) AS day, arrayJoin({{dimensions}}) AS by
) AS asked
LEFT JOIN
(
    SELECT
        day,
        by,
        max(last_moment) AS since,
        min(next_moment) AS before,
        groupArray(key) AS keys,
        {{kept_figures}}
    FROM
    (
    {{by_day}}
    )
    GROUP BY day, by
) AS figures_of_days USING (day, by)
