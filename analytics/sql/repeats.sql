-- The letters of a period that repeat an earlier one, with the latest of those
-- that the viewer may see.
WITH
-- All letters of those who wrote in the period and more than once.
candidates AS (
    SELECT arrayJoin(ids) AS letter_id
    FROM
    (
        SELECT groupUniqArray(letter_id) AS ids
        FROM letters
        WHERE writer IN (
            SELECT writer FROM letters
            WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')} AND writer != 0)
        GROUP BY writer
        HAVING length(ids) > 1
    )
),
{{state}}
SELECT
    letter_id,
    received_at,
    owner,
    earlier_id,
    earlier_received,
    by_merging,
    by_record,
    equal_hashes,
    arraySort(arrayDistinct(arrayMap(f -> toUInt8(f % 16), if(in_reach, arrayIntersect(facts_named, facts_known), [])))) AS kinds,
    new_facts
FROM letter_state
INNER JOIN pairs ON pairs.id = letter_state.letter_id
WHERE linked
    AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
    AND earlier_id IN (SELECT letter_id FROM letter_state)
ORDER BY received_at, letter_id, earlier_received DESC, earlier_id DESC
LIMIT 1 BY letter_id
