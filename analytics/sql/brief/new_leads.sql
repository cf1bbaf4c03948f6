-- The leads opened or accepted on a day and not dismissed since.
WITH
candidates AS (
    SELECT letter_id
    FROM events
    WHERE kind IN ('lead.opened', 'lead.accepted') AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
),
{{state}},
lead_state AS (
    SELECT
        letter_id,
        lead,
        minOrNullIf(at, kind IN ('lead.opened', 'lead.accepted') AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}) AS new_at,
        argMaxIf(label_lead_type, place, kind = 'lead.opened') AS lead_type,
        argMaxIf(to_unit, place, kind = 'lead.assigned') AS assigned,
        argMinIf(unit, place, kind IN ('lead.opened', 'lead.accepted')) AS acted,
        countIf(kind = 'lead.accepted') > 0 AS accepted,
        argMaxIf(kind, place, kind IN ('lead.opened', 'lead.accepted', 'lead.dismissed')) = 'lead.dismissed' AS dismissed
    FROM known_events
    WHERE lead != ''
    GROUP BY letter_id, lead
)
SELECT
    lead,
    letter_id,
    assumeNotNull(new_at) AS first_at,
    accepted,
    held OR type = 'L10' OR notEmpty(accused_units) AS withheld,
    if(withheld, '', lead_type) AS shown_type,
    if(withheld, '', division) AS shown_division,
    multiIf(withheld, '', assigned != '', assigned, acted) AS shown_unit
FROM lead_state
INNER JOIN letter_state USING (letter_id)
WHERE new_at IS NOT NULL AND NOT dismissed
ORDER BY first_at, lead
