-- The key letters of a day: those selected for it, and those received on it
-- that are urgent. Of a withheld letter only its number and type come out:
-- one that is held, and any accusation of officials.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
    UNION DISTINCT
    SELECT letter_id
    FROM events
    WHERE kind = 'letter.selected' AND JSONExtractString(data, 'for') = {day:String}
),
{{state}},
{{marks}},
-- The candidates of the whole period count how often a writer wrote.
writers AS (
    SELECT writer_key, uniqExact(letter_id) AS letters_written
    FROM letter_state
    WHERE writer_key != '' AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
    GROUP BY writer_key
),
texts AS (
    SELECT letter_id, argMin((title, body), (recorded_at, source, record_id)) AS text
    FROM letters FINAL
    WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN candidates
    GROUP BY letter_id
)
SELECT
    letter_id,
    received_at,
    type,
    held OR type = 'L10' OR notEmpty(accused_units) AS withheld,
    notEmpty(selections) AS selected,
    type IN ('L04', 'L10') AS informant,
    if(withheld, '', urgency) AS shown_urgency,
    if(withheld, '', division) AS shown_division,
    if(withheld, '', owner) AS shown_owner,
    if(withheld, '', text.1) AS shown_title,
    if(withheld, '', text.2) AS shown_body,
    if(withheld OR informant, '', writer_key) AS shown_writer,
    if(withheld, [], arraySort(selections)[-1].2) AS reasons,
    if(withheld, 0, yuan) AS shown_yuan,
    if(withheld OR informant, 0, letters_written) AS shown_repeats,
    NOT withheld AND (attempted_at IS NOT NULL OR NOT contactable OR closed) AS contacted,
    NOT closed AND NOT thanks AND NOT transferred AND ifNull(due_eff < {as_of:DateTime64(3, 'UTC')}, false) AS late
FROM letter_state
LEFT JOIN marks USING (letter_id)
LEFT JOIN writers USING (writer_key)
LEFT JOIN texts USING (letter_id)
WHERE counted AND (selected
    OR (received_at >= {day_start:DateTime64(3, 'UTC')} AND urgency IN ('P0', 'P1') AND NOT thanks AND NOT transferred))
ORDER BY
    selected DESC,
    arraySort(selections)[1].1,
    urgency, closed, late DESC, attempted_at IS NOT NULL, yuan DESC, letters_written DESC, letter_id
