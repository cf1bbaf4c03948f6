-- Letters received and letters closed, by Shanghai day.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
    UNION DISTINCT
    SELECT letter_id
    FROM events
    WHERE kind IN ('letter.closed', 'letter.withdrawn') AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
),
{{state}}
SELECT
    toString(step.1) AS day,
    countIf(step.2) AS letters_received,
    countIf(NOT step.2) AS letters_closed
FROM letter_state
ARRAY JOIN arrayFilter(s -> isNotNull(s.1), [
    (toNullable(received_day), true),
    (if(counted AND closed, toDate32(closed_at + INTERVAL 8 HOUR), NULL), false)]) AS step
WHERE step.1 >= toDate32({from:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR) AND step.1 < toDate32({to:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR)
GROUP BY day
ORDER BY day
