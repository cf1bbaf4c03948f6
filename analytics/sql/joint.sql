-- Pairs of letters of a period whose texts are near-duplicates, whoever wrote
-- them. Comparing all with all would take a square: only letters that share one
-- of 21 bands of 3 min-hashes are compared, and each with the next 32 in time
-- in its band only. Of texts alike at exactly 0.6 that leaves out one pair in
-- two hundred; a crowd of texts all alike stays one chain.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}},
texts AS (
    SELECT letter_id, argMin(signature, (recorded_at, source, record_id)) AS signed
    FROM letters
    WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN candidates
    GROUP BY letter_id
    HAVING notEmpty(signed)
),
shown AS (
    SELECT letter_id, received_at, if(writer_key != '', writer_key, letter_id) AS who, owner
    FROM letter_state
    WHERE NOT thanks AND NOT invalidated AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
bands AS (
    SELECT arraySort(groupArray((received_at, letter_id))) AS sharing
    FROM texts
    INNER JOIN shown USING (letter_id)
    ARRAY JOIN range(21) AS band
    GROUP BY band, arraySlice(signed, 3 * band + 1, 3)
    HAVING length(sharing) > 1
),
neighbours AS (
    SELECT
        one.2 AS id,
        other.2 AS other_id,
        max(crowded) AS in_crowd
    FROM
    (
        SELECT one, length(sharing) > place + 32 AS crowded, arraySlice(sharing, place + 1, 32) AS next
        FROM bands
        ARRAY JOIN sharing AS one, arrayEnumerate(sharing) AS place
    )
    ARRAY JOIN next AS other
    WHERE other.1 <= one.1 + INTERVAL 30 DAY
    GROUP BY id, other_id
)
SELECT
    id,
    a.received_at AS received,
    a.who AS wrote,
    a.owner AS owned,
    other_id,
    b.received_at AS other_received,
    b.who AS other_wrote,
    b.owner AS other_owned,
    arrayCount((x, y) -> x = y, a.signed, b.signed) AS equal_hashes,
    in_crowd
FROM neighbours
INNER JOIN (SELECT * FROM shown INNER JOIN texts USING (letter_id)) AS a ON a.letter_id = id
INNER JOIN (SELECT * FROM shown INNER JOIN texts USING (letter_id)) AS b ON b.letter_id = other_id
WHERE equal_hashes >= 39
ORDER BY received, id, other_received, other_id
