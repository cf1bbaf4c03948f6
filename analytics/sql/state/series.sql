-- The series each letter stands in: that of the last confirmed, merged or split
-- which lists it, unless a later rejected or unlinked of that series does too.
series_of_letters AS (
    SELECT
        listed AS letter_id,
        arraySort(groupArray(((at, recorded_at, source, record_id), kind IN ('series.confirmed', 'series.merged', 'series.split'), series))) AS changes,
        arrayLast(c -> c.2, changes) AS joined,
        if(arrayExists(c -> NOT c.2 AND c.3 = joined.3 AND c.1 > joined.1, changes), '', joined.3) AS in_series
    FROM events FINAL
    ARRAY JOIN letters AS listed
    WHERE kind IN ('series.confirmed', 'series.merged', 'series.split', 'series.rejected', 'series.unlinked')
        AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
        AND events.letter_id IN (SELECT letter_id FROM letters WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')})
    GROUP BY listed
)
