-- The facts of the letters of a round, all records considered.
WITH
candidates AS (SELECT letter_id FROM refreshing WHERE round = {round:String}),
{{state}}
SELECT
    * EXCEPT (ordered_settlings, settled_owner, keeping, ordered_closings, closing, only_closings, ordered_visits, ordered_reports, supervision, desk_stay),
    false AS gone,
    now64(6) AS refreshed_at
FROM facts
