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
-- Windows, not an array of each band: a crowd's would be copied to each letter.
bands AS (
    SELECT
        letter_id,
        groupArray((received_at, letter_id)) OVER (PARTITION BY band, hashes ORDER BY received_at, letter_id ROWS BETWEEN 1 FOLLOWING AND 32 FOLLOWING) AS next,
        received_at + INTERVAL 30 DAY AS last_received,
        count() OVER (PARTITION BY band, hashes)
            > row_number() OVER (PARTITION BY band, hashes ORDER BY received_at, letter_id) + 32 AS crowded
    FROM
    (
        SELECT letter_id, received_at, band, arraySlice(signed, 3 * band + 1, 3) AS hashes
        FROM texts
        INNER JOIN shown USING (letter_id)
        ARRAY JOIN range(21) AS band
    )
),
neighbours AS (
    SELECT
        letter_id AS id,
        other.2 AS other_id,
        max(crowded) AS in_crowd
    FROM bands
    ARRAY JOIN next AS other
    WHERE other.1 <= last_received
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
