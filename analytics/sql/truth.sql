-- What officers entered set against what citizens confirmed: for each key and
-- each check [n, d]. A letter is one member, each of its hops another.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}},
entries AS (
    SELECT letter_id, countIf(NOT imported AND (kind = 'letter.signed' OR settles_owner OR attempts)) AS timed_entries
    FROM known_events
    GROUP BY letter_id
),
letters_of_period AS (
    SELECT
        *,
        {as_of:DateTime64(3, 'UTC')} AS cut_off,
        counted AND NOT thanks AS asked,
        asked AND NOT transferred AS to_close,
        to_close AND closed AND ifNull(closed_at <= due_eff, false) AS closed_in_time,
        to_close AND ifNull(first_closed_at <= cut_off - INTERVAL 30 DAY OR relettered_at IS NOT NULL, false) AS long_closed
    FROM letter_state
    LEFT JOIN entries USING (letter_id)
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
members AS (
    SELECT
        *,
        toString(member.1) AS key,
        member.2 AS is_letter,
        -- The minute in which the clock stopped: the tenth ends at 10:00 sharp.
        if(is_letter AND counted AND contactable, intDiv(date_diff('millisecond', contact_start, attempted_at) + 59999, 60000), NULL) AS contact_minute,
        if(NOT is_letter AND counted, intDiv(date_diff('millisecond', member.3.2, member.3.3) + 59999, 60000), NULL) AS sign_minute
    FROM letters_of_period
    ARRAY JOIN arrayPushFront(
        arrayMap(hop -> (toString({{hop_key}}), false, hop), letter_hops),
        (toString({{letter_key}}), true, letter_hops[1])) AS member
)
SELECT
    key,
    [countIf(is_letter AND asked AND reached_at IS NOT NULL AND visits_made > 0 AND visit_reached),
        countIf(is_letter AND asked AND reached_at IS NOT NULL AND visits_made > 0)] AS reached_confirmed,
    [countIf(is_letter AND asked AND closing_reason = 'solved' AND answer = 'yes'),
        countIf(is_letter AND asked AND closing_reason = 'solved' AND answer != '')] AS solved_confirmed,
    [countIf(is_letter AND asked AND closing_reason = 'solved' AND answer = 'no'),
        countIf(is_letter AND asked AND closing_reason = 'solved' AND answer != '')] AS solved_denied,
    [countIf(contact_minute BETWEEN 29 AND 30), countIf(contact_minute BETWEEN 25 AND 34)] AS contact_pile_up,
    [countIf(sign_minute = 10), countIf(sign_minute BETWEEN 8 AND 12)] AS sign_pile_up,
    [countIf(is_letter AND to_close AND first_closed_at IS NOT NULL AND reopened),
        countIf(is_letter AND to_close AND first_closed_at IS NOT NULL)] AS closed_then_reopened,
    [countIf(is_letter AND long_closed AND relettered_at IS NOT NULL), countIf(is_letter AND long_closed)] AS closed_then_relettered,
    [countIf(is_letter AND closed_in_time AND closed_at > due_eff - INTERVAL 1 HOUR), countIf(is_letter AND closed_in_time)] AS closed_in_last_hour,
    [sumIf(backdated_events, is_letter AND counted), sumIf(timed_entries, is_letter AND counted)] AS entered_late,
    [countIf(is_letter AND asked AND visit_reached AND rating IS NULL), countIf(is_letter AND asked AND visit_reached)] AS unrated
FROM members
GROUP BY key
ORDER BY key
