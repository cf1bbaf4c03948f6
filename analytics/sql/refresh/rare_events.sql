-- The events about leads, cases and series of the letters of a round.
WITH
candidates AS (SELECT letter_id FROM refreshing WHERE round = {round:String}),
{{state}}
SELECT
    * EXCEPT (data),
    now64(6) AS refreshed_at
FROM known_events
WHERE startsWith(kind, 'lead.') OR startsWith(kind, 'case.') OR startsWith(kind, 'series.')
