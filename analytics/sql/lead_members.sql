-- Each lead first accepted in the period, with the state of the letter it was
-- accepted from; what became of it may stand with any letter. Columns besides
-- those of letter_state: first_accepted_at, accepted_unit, verified_at, finding
-- ('' while not verified) and filed.
leads_of_period AS (
    SELECT lead
    FROM {{rare_events}}
    WHERE kind = 'lead.accepted' AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
),
candidates AS (
    SELECT letter_id FROM {{rare_events}} WHERE kind IN ('lead.accepted', 'lead.verified') AND lead IN leads_of_period
    UNION DISTINCT
    SELECT letter_id FROM {{rare_events}} ARRAY JOIN leads AS named WHERE kind = 'case.filed' AND named IN leads_of_period
),
{{state}},
lead_states AS (
    SELECT
        named AS lead_id,
        arraySort(groupArrayIf((place, known_events.letter_id, unit), kind = 'lead.accepted'))[1] AS acceptance,
        acceptance.2 AS lead_letter,
        acceptance.1.1 AS first_accepted_at,
        acceptance.3 AS accepted_unit,
        minOrNullIf(at, kind = 'lead.verified') AS verified_at,
        arraySort(groupArrayIf((place, result), kind = 'lead.verified'))[-1].2 AS finding,
        countIf(kind = 'case.filed') > 0 AS filed
    FROM known_events
    ARRAY JOIN if(kind = 'case.filed', leads, [lead]) AS named
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed')
        AND named IN leads_of_period
        AND known_events.letter_id IN (SELECT letter_id FROM known_letters)
    GROUP BY named
    HAVING notEmpty(lead_letter)
),
members AS (
    SELECT
        *,
        toString({{lead_key}}) AS key,
        true AS is_lead,
        {{lead_columns}}
    FROM lead_states
    INNER JOIN letter_state ON lead_letter = letter_state.letter_id
    WHERE first_accepted_at >= {from:DateTime64(3, 'UTC')} AND first_accepted_at < {to:DateTime64(3, 'UTC')}
)
