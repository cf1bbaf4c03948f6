-- The headline rates under every plausible reading, side by side: one column a
-- reading, for each letter of the period a list with an entry for each member
-- that the reading asks about: true where it counts, false where it does not.
-- Who is left out of the denominator has NULL.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}},
-- What no other figure needs of a letter's events: its first automatic receipt,
-- its first substantive reply, and when each method was first tried.
answers AS (
    SELECT
        letter_id,
        minOrNullIf(at, kind = 'letter.contacted' AND method = 'auto') AS receipt_at,
        minOrNullIf(at, kind = 'letter.replied' AND method = 'substantive') AS substantive_at,
        groupArrayIf((effective_at, toString(method)), attempts) AS tries
    FROM known_events
    WHERE kind IN ('letter.contacted', 'letter.replied')
    GROUP BY letter_id
),
letters_of_period AS (
    SELECT
        *,
        {as_of:DateTime64(3, 'UTC')} AS cut_off,
        received_at + INTERVAL 30 MINUTE AS contact_end,
        contact_end <= cut_off AS contact_due,
        counted AND contactable AS to_contact,
        contact_start + INTERVAL 30 MINUTE AS contact_until,
        to_contact AND contact_start IS NOT NULL AS waiting,
        counted AND NOT thanks AND NOT transferred AS to_close,
        ifNull(reached_at <= contact_end, false) OR ifNull(replied_at <= contact_end, false)
            OR arrayUniq(arrayMap(a -> a.2, arrayFilter(a -> a.1 <= contact_end, tries))) >= 2 AS responded_at_once
    FROM letter_state
    LEFT JOIN answers USING (letter_id)
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
judged AS (
    SELECT
        -- Response: of those to contact whose half hour is over or who count already.
        [multiIf(NOT to_contact, NULL, responded, true, contact_due, false, NULL)] AS response,
        [multiIf(NOT to_contact, NULL, reached_at IS NOT NULL, true, contact_due, false, NULL)] AS response_reached,
        [multiIf(NOT to_contact, NULL, attempted_at IS NOT NULL, true, contact_due, false, NULL)] AS response_attempted,
        [multiIf(NOT to_contact, NULL, replied_at IS NOT NULL, true, contact_due, false, NULL)] AS response_replied,
        [multiIf(NOT to_contact, NULL, responded OR attempted_at IS NOT NULL, true, contact_due, false, NULL)] AS response_attempted_or_replied,
        [multiIf(NOT to_contact, NULL, responded OR receipt_at IS NOT NULL, true, contact_due, false, NULL)] AS response_with_receipts,
        [multiIf(NOT to_contact, NULL, responded_at_once, true, contact_due, false, NULL)] AS response_at_once,
        [multiIf(NOT counted, NULL, responded, true, contact_due, false, NULL)] AS response_with_uncontactable,
        [multiIf(NOT contactable, NULL, responded, true, contact_due, false, NULL)] AS response_with_invalid,
        [if(to_contact, toNullable(responded), NULL)] AS response_with_immature,
        [toNullable(responded)] AS response_of_received,

        -- Closure: of those to close, whatever is due.
        [if(to_close, toNullable(closed), NULL)] AS closure,
        [if(to_close AND ifNull(due5 <= cut_off, false), toNullable(closed), NULL)] AS closure_mature,
        [if(to_close AND ifNull(due_eff <= cut_off, false), toNullable(closed AND closed_at <= due_eff), NULL)] AS closed_in_time,
        [if(counted AND NOT transferred, toNullable(closed), NULL)] AS closure_with_thanks,
        [if(counted AND NOT thanks, toNullable(closed OR transferred), NULL)] AS closure_with_transferred,
        [if(counted, toNullable(closed OR transferred), NULL)] AS closure_with_both,
        [if(to_close, first_closed_at IS NOT NULL, NULL)] AS closure_ever,
        [if(to_close, toNullable(closed AND NOT withdrawn), NULL)] AS closure_not_withdrawn,
        [toNullable(closed)] AS closure_of_received,

        -- Signing within ten minutes.
        arrayMap(h -> multiIf(NOT counted, NULL, h.3 <= h.2 + INTERVAL 10 MINUTE, true,
            h.3 IS NULL AND h.2 + INTERVAL 10 MINUTE > cut_off, NULL, false), letter_hops) AS signed_in_time,
        [signed_in_time[1]] AS signed_first,
        [multiIf(NOT counted OR arrayExists(x -> x IS NULL, signed_in_time), NULL, arrayAll(x -> ifNull(x, false), signed_in_time))] AS signed_all,
        [multiIf(NOT counted, NULL, owner_signed_at <= received_at + INTERVAL 10 MINUTE, true,
            owner_signed_at IS NULL AND received_at + INTERVAL 10 MINUTE > cut_off, NULL, false)] AS signed_end_to_end,
        arrayMap(h -> if(counted AND h.3 IS NOT NULL, h.3 <= h.2 + INTERVAL 10 MINUTE, NULL), letter_hops) AS signed_of_signed,
        arrayMap(h -> multiIf(NOT counted, NULL,
            h.3 IS NOT NULL, net_milliseconds(h.1, h.2, h.3) <= 600000,
            net_milliseconds(h.1, h.2, cut_off) < 600000, NULL, false), letter_hops) AS signed_in_time_net,

        -- Contact within thirty minutes of the start of its clock.
        [multiIf(NOT waiting, NULL, contact_tried_at <= contact_until, true, contact_tried_at IS NULL AND contact_until > cut_off, NULL, false)] AS contacted_in_time,
        [multiIf(NOT waiting, NULL, reached_at <= contact_until, true, contact_tried_at IS NULL AND contact_until > cut_off, NULL, false)] AS contacted_reached_in_time,
        [multiIf(NOT waiting, NULL, contact_tried_at <= contact_until OR receipt_at <= contact_until, true,
            contact_tried_at IS NULL AND contact_until > cut_off, NULL, false)] AS contacted_with_receipts,
        [multiIf(NOT counted OR contact_start IS NULL, NULL, contact_tried_at <= contact_until, true,
            contact_tried_at IS NULL AND contact_until > cut_off, NULL, false)] AS contacted_with_uncontactable,
        [if(waiting AND contact_tried_at IS NOT NULL, contact_tried_at <= contact_until, NULL)] AS contacted_of_contacted,
        [multiIf(NOT waiting, NULL,
            contact_tried_at IS NOT NULL, net_milliseconds(contact_unit, contact_start, contact_tried_at) <= 1800000,
            net_milliseconds(contact_unit, contact_start, cut_off) < 1800000, NULL, false)] AS contacted_in_time_net,

        -- Reply by the end of the fifth working day.
        [multiIf(NOT to_close OR due5 IS NULL, NULL, replied_at <= due5, true, replied_at IS NULL AND due5 > cut_off, NULL, false)] AS replied_in_time,
        [multiIf(NOT to_close OR due5 IS NULL, NULL, substantive_at <= due5, true, substantive_at IS NULL AND due5 > cut_off, NULL, false)] AS replied_substantively,
        [multiIf(NOT to_close OR due_eff IS NULL, NULL, substantive_at <= due_eff, true, substantive_at IS NULL AND due_eff > cut_off, NULL, false)] AS replied_with_extensions,
        [multiIf(NOT counted OR transferred OR due5 IS NULL, NULL, replied_at <= due5, true, replied_at IS NULL AND due5 > cut_off, NULL, false)] AS replied_with_thanks,
        [if(to_close AND due5 IS NOT NULL AND replied_at IS NOT NULL, replied_at <= due5, NULL)] AS replied_of_replied
    FROM letters_of_period
)
SELECT
    {{readings}}
FROM judged
