-- The stretches of time for which a unit's clocks stood still: the outages of
-- the unit and of those above it that two persons registered, those that touch
-- or overlap made one. Times are in milliseconds since 1970.
outages AS (
    SELECT
        code AS unit,
        arrayFold(
            (stretches, next) -> if(notEmpty(stretches) AND next.1 <= stretches[-1].2,
                arrayPushBack(arrayPopBack(stretches), (stretches[-1].1, greatest(stretches[-1].2, next.2))),
                arrayPushBack(stretches, next)),
            arraySort(groupArray((assumeNotNull(toUnixTimestamp64Milli(down_from)), assumeNotNull(toUnixTimestamp64Milli(down_to))))),
            CAST([] AS Array(Tuple(Int64, Int64)))) AS stretches
    FROM (SELECT code, named FROM units FINAL ARRAY JOIN arrayPushBack(above, code) AS named) AS lines
    INNER JOIN
    (
        SELECT letter_id, down_from, down_to
        FROM events FINAL
        WHERE letter_id IN (SELECT code FROM units)
            AND kind = 'system.outage'
            AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
            AND second NOT IN ('', actor)
    ) AS registered ON registered.letter_id = lines.named
    GROUP BY code
),
-- How long a unit's clock ran from one moment to another, neither missing.
(unit, begun, ended) -> toUnixTimestamp64Milli(assumeNotNull(ended)) - toUnixTimestamp64Milli(assumeNotNull(begun)) - arraySum(
    s -> greatest(toInt64(0),
        least(s.2, toUnixTimestamp64Milli(assumeNotNull(ended))) - greatest(s.1, toUnixTimestamp64Milli(assumeNotNull(begun)))),
    (SELECT mapFromArrays(groupArray(toString(unit)), groupArray(stretches)) FROM outages)[toString(unit)]) AS net_milliseconds
