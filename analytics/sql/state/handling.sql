-- What the events say of each letter, in one pass.
handling AS (
    SELECT
        letter_id,
        argMaxIf(label_type, label_place, kind = 'letter.relabelled' AND label_type != '') AS person_type,
        argMaxIf(label_type, label_place, kind = 'letter.classified') AS model_type,
        argMaxIf(label_topic, label_place, kind = 'letter.relabelled' AND label_topic != '') AS person_topic,
        argMaxIf(label_topic, label_place, kind = 'letter.classified') AS model_topic,
        argMaxIf(label_division, label_place, kind = 'letter.relabelled' AND label_division != '') AS person_division,
        argMaxIf(label_division, label_place, kind = 'letter.classified') AS model_division,
        argMaxIf(accused_police, label_place, kind = 'letter.relabelled' AND accused_police IS NOT NULL) AS person_accuses,
        argMaxIf(accused_police, label_place, kind = 'letter.classified') AS model_accuses,
        argMaxIf(accused_units, label_place, kind = 'letter.relabelled' AND notEmpty(accused_units)) AS accused_units,
        countIf(kind = 'letter.cleared') > 0 AS cleared,
        groupUniqArrayIf(to_unit, kind = 'lead.assigned') AS assigned_to,
        argMaxIf(if(kind = 'letter.selfhandled', unit, to_unit), place, settles_owner) AS settled_owner,
        countIf(kind = 'letter.invalidated') > 0 AS invalidated,
        argMaxIf(kind, place, kind IN ('letter.merged', 'letter.unmerged')) = 'letter.merged' AS merged,
        countIf(kind = 'letter.transferred') > 0 AS transferred,
        groupArrayIf((place, kind = 'letter.reopened'), kind IN ('letter.closed', 'letter.withdrawn', 'letter.reopened')) AS closings,
        groupArrayIf((place, until), kind = 'letter.extension_decided' AND approved) AS extensions,
        minOrNullIf(effective_at, attempts) AS attempted_at,
        minOrNullIf(effective_at, attempts AND result = 'reached') AS reached_at,
        uniqExactIf(method, attempts) AS methods_tried,
        minOrNullIf(at, kind = 'letter.replied') AS replied_at,
        countIf(backdated AND (kind = 'letter.signed' OR settles_owner OR attempts)) AS backdated_events,
        countIf(kind = 'letter.revisited' AND solved = 'yes') > 0 AS solved
    FROM known_events
    GROUP BY letter_id
)
