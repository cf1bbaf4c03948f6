-- What the events say of each letter, in one pass. Where the order matters the
-- few events concerned are gathered and sorted: argMax over (time, time, text,
-- text) costs several times as much.
handling AS (
    SELECT
        letter_id,
        groupArrayIf(
            (label_place, kind = 'letter.relabelled', label_type, label_topic, label_division),
            kind IN ('letter.relabelled', 'letter.classified')) AS labellings,
        groupArrayIf((place, if(kind = 'letter.selfhandled', unit, to_unit), kind = 'letter.selfhandled', effective_at), settles_owner) AS settlings,
        groupArrayIf((place, kind = 'letter.merged'), kind IN ('letter.merged', 'letter.unmerged')) AS mergings,
        groupArrayIf((place, kind = 'letter.reopened', result), kind IN ('letter.closed', 'letter.withdrawn', 'letter.reopened')) AS closings,
        groupArrayIf((place, until), kind = 'letter.extension_decided' AND approved) AS extensions,
        groupUniqArrayIf(to_unit, kind = 'lead.assigned') AS assigned_to,
        countIf(kind = 'letter.invalidated') > 0 AS invalidated,
        minOrNullIf(at, kind = 'letter.transferred') AS transferred_at,
        minOrNullIf(effective_at, attempts) AS attempted_at,
        minOrNullIf(effective_at, attempts AND result = 'reached') AS reached_at,
        groupArrayIf(effective_at, kind = 'letter.contacted' AND method = 'auto') AS receipts,
        uniqExactIf(method, attempts) AS methods_tried,
        minOrNullIf(at, kind = 'letter.replied') AS replied_at,
        countIf(backdated AND (kind = 'letter.signed' OR settles_owner OR attempts)) AS backdated_events,
        countIf(kind = 'letter.returned') AS returns,
        countIf(kind = 'letter.escalated') > 0 AS escalated,
        countIf(kind IN ('lead.accepted', 'lead.verified')) > 0 AS lead_taken_up,
        groupArrayIf((place, known_events.reached, known_events.solved, satisfaction), kind = 'letter.revisited') AS visits,
        groupArrayIf((place, due), kind = 'letter.instructed') AS orders,
        groupArrayIf(place, kind = 'letter.instruction_answered') AS reports,
        groupArrayIf((place, due), kind = 'letter.supervised') AS supervisions,
        groupArrayIf(place, kind IN ('letter.replied', 'letter.closed', 'letter.instruction_answered')) AS answers
    FROM known_events
    GROUP BY letter_id
),
-- The last label of each field that a person gave, and the last verdict's.
labels AS (
    SELECT
        * EXCEPT (labellings),
        arraySort(labellings) AS ordered,
        arrayLast(l -> NOT l.2, ordered) AS verdict,
        arrayLast(l -> l.2 AND l.3 != '', ordered).3 AS person_type,
        arrayLast(l -> l.2 AND l.4 != '', ordered).4 AS person_topic,
        arrayLast(l -> l.2 AND l.5 != '', ordered).5 AS person_division,
        verdict.3 AS model_type,
        verdict.4 AS model_topic,
        verdict.5 AS model_division
    FROM handling
)
