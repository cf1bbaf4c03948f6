-- The minute clocks that run at T and have time left: hops not signed within
-- their 10 minutes, writers not contacted within their 30.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at > {as_of:DateTime64(3, 'UTC')} - INTERVAL 30 MINUTE AND received_at <= {as_of:DateTime64(3, 'UTC')}
    UNION DISTINCT
    SELECT letter_id
    FROM events
    WHERE kind IN ('letter.forwarded', 'letter.returned')
        AND at > {as_of:DateTime64(3, 'UTC')} - INTERVAL 10 MINUTE AND at <= {as_of:DateTime64(3, 'UTC')}
),
{{state}}
SELECT
    letter_id,
    received_at,
    type,
    held OR type = 'L10' OR notEmpty(accused_units) AS withheld,
    clock.1 AS name,
    toString(clock.2) AS of_unit,
    assumeNotNull(clock.3) AS started,
    started + toIntervalMinute(clock.4) AS ends
FROM letter_state
ARRAY JOIN arrayConcat(
    arrayMap(h -> ('sign', toString(h.1), h.2, 10), arrayFilter(h -> h.2 IS NOT NULL AND h.3 IS NULL, letter_hops)),
    if(contactable AND attempted_at IS NULL AND NOT closed, [('contact', toString(owner), toNullable(received_at), 30)], [])) AS clock
WHERE counted AND started <= {as_of:DateTime64(3, 'UTC')} AND ends > {as_of:DateTime64(3, 'UTC')}
ORDER BY ends, letter_id, name, of_unit
