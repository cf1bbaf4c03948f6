-- The facts of the letters of a round, all records considered.
WITH
candidates AS (SELECT letter_id FROM refreshing WHERE round = {round:String}),
{{state}},
-- When the writer's last letter before this one was received that counts too.
previous AS (
    SELECT
        letter_id,
        lagInFrame(toNullable(toDate32(received_at + INTERVAL 8 HOUR))) OVER (
            PARTITION BY writer_key ORDER BY received_at, letter_id ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS previous_day
    FROM writings
    WHERE NOT void AND merged_into = '' AND writer_key != ''
)
SELECT
    * EXCEPT (previous_day, ordered_settlings, settled_owner, keeping, ordered_closings, closing, only_closings, ordered_visits, ordered_reports, supervision, desk_stay),
    toDate32(ifNull(previous_day, toDate32('1900-01-01'))) AS previous_day,
    false AS gone,
    now64(6) AS refreshed_at
FROM facts
LEFT JOIN previous USING (letter_id)
