-- The letters of some topics; * stands for any.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}}
SELECT
    letter_id,
    received_at,
    type,
    held OR type = 'L10' OR notEmpty(accused_units) AS withheld,
    toString(topic) AS of_topic,
    toString(division) AS of_division,
    writer_key
FROM letter_state
WHERE counted AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
    AND hasAny({topics:Array(String)}, ['*', of_topic])
ORDER BY received_at, letter_id
