-- All figures of leads and cases: events whose time lies in the period, each
-- with the state of its subject letter.
WITH
candidates AS (
    SELECT letter_id
    FROM {{rare_events}}
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested'{{if with_recovered}}, 'case.recovered'{{end}})
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
),
{{state}}
SELECT
    toString({{event_key}}) AS key,
    {{figures}}
FROM
(
    SELECT letter_id, kind, at, unit, lead, case_number, case_kind, suspects, yuan
    FROM known_events
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested'{{if with_recovered}}, 'case.recovered'{{end}})
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
) AS steps
INNER JOIN letter_state USING (letter_id)
GROUP BY key
ORDER BY key
