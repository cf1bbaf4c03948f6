-- Letters whose time ran out in the recent past or will soon, and when each was
-- closed if it was.
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
    toString(owner) AS holder,
    assumeNotNull(due_eff) AS due,
    closed_at
FROM letter_state
WHERE counted AND NOT thanks AND NOT transferred
    AND due_eff >= {since:DateTime64(3, 'UTC')} AND due_eff <= {until:DateTime64(3, 'UTC')}
ORDER BY due, letter_id
