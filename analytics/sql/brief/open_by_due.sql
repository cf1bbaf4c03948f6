-- Letters still open whose time runs out before a given moment, or may where a
-- year's notice is missing. Letters closed and never reopened cannot be among
-- them.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE letter_id NOT IN (
        SELECT letter_id
        FROM events
        WHERE kind IN ('letter.closed', 'letter.withdrawn') AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
            AND letter_id NOT IN (SELECT letter_id FROM events WHERE kind = 'letter.reopened'))
),
{{state}},
{{marks}}
SELECT
    letter_id,
    received_at,
    type,
    held OR type = 'L10' OR notEmpty(accused_units) AS withheld,
    if(withheld, '', urgency) AS shown_urgency,
    if(withheld, '', division) AS shown_division,
    if(withheld, '', owner) AS shown_owner,
    due_eff IS NULL AS provisional,
    assumeNotNull(coalesce(due_eff, if(first_days.day = received_day, toDateTime64(addDays(first_days.earliest, 1), 3, 'UTC') - INTERVAL 8 HOUR, NULL)) AS latest) AS due
FROM letter_state
LEFT JOIN marks USING (letter_id)
LEFT JOIN (SELECT day, earliest FROM due_days FINAL WHERE calendar_version = {calendar_version:String}) AS first_days
    ON received_day = first_days.day
WHERE counted AND NOT thanks AND NOT transferred AND NOT closed AND latest < {due_before:DateTime64(3, 'UTC')}
ORDER BY due, letter_id
