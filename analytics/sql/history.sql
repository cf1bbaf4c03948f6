-- All that was recorded by T of one letter that the viewer may see: the letter
-- itself first, then its events and the outages of the units it went through
-- of those above them and of the city's.
WITH
candidates AS (
    SELECT {letter:String} AS letter_id
),
{{state}},
visible_letter AS (
    SELECT letter_id, path
    FROM letter_state
    WHERE letter_id = {letter:String}
)
SELECT letter_id, kind, source, record_id, at, recorded_at, imported, contactable, data
FROM
(
    SELECT 0 AS part, letter_id, 'letter.received' AS kind, source, record_id, received_at AS at, recorded_at, imported, contactable, '' AS data
    FROM letters FINAL
    WHERE letter_id = {letter:String} AND letter_id IN (SELECT letter_id FROM visible_letter) AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
    ORDER BY recorded_at, source, record_id
    LIMIT 1
    UNION ALL
    SELECT 1, letter_id, kind, source, record_id, at, recorded_at, imported, false, data
    FROM events FINAL
    WHERE letter_id = {letter:String} AND letter_id IN (SELECT letter_id FROM visible_letter) AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
    UNION ALL
    SELECT 2, letter_id, kind, source, record_id, at, recorded_at, imported, false, data
    FROM events FINAL
    WHERE kind = 'system.outage' AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
        AND letter_id IN
        (
            SELECT arrayJoin(arrayPushBack(above, code))
            FROM units FINAL
            WHERE code IN (SELECT arrayJoin(arrayConcat(path, {city:Array(String)})) FROM visible_letter)
        )
)
ORDER BY part, at, recorded_at, source, record_id
