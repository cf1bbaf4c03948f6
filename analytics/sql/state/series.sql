-- The series each letter stands in: that of the last confirmed, merged or split
-- which lists it, unless a later rejected or unlinked of that series does too.
-- And the rejections and unlinkings that list it, by any series.
--
-- Few events are about series. Without FINAL, which would read all others too,
-- a record that came twice counts as it was recorded first.
series_of_letters AS (
    SELECT
        listed AS letter_id,
        arraySort(groupArray((place, adds, name, change))) AS changes,
        arrayLast(c -> c.2, changes) AS joined,
        if(arrayExists(c -> NOT c.2 AND c.3 = joined.3 AND c.1 > joined.1, changes), '', joined.3) AS in_series,
        groupUniqArrayIf(change, NOT adds) AS rejected_in
    FROM
    (
        SELECT
            sipHash64(letter_id, source, record_id) AS change,
            argMin((at, kind IN ('series.confirmed', 'series.merged', 'series.split'), series, letters), recorded_at) AS first,
            (first.1, min(recorded_at), source, record_id) AS place,
            first.2 AS adds,
            first.3 AS name
        FROM {{rare_events}}
        WHERE kind IN ('series.confirmed', 'series.merged', 'series.split', 'series.rejected', 'series.unlinked')
            AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
{{- if series_of_known}}
            AND letter_id IN (
                SELECT letter_id
                FROM letters
                WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')}
                    AND letter_id IN (SELECT letter_id FROM events WHERE startsWith(kind, 'series.')))
{{- end}}
        GROUP BY letter_id, source, record_id
    )
    ARRAY JOIN first.4 AS listed
{{- if not series_of_known}}
    WHERE listed IN candidates
{{- end}}
    GROUP BY listed
)
