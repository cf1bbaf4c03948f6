-- All figures of leads and cases: events whose time lies in the period, each
-- with the state of its subject letter.
WITH
candidates AS (
    SELECT letter_id
    FROM {{rare_events}}
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested'{{if with_recovered}}, 'case.recovered'{{end}})
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
{{- if per_day}}
        AND toDate32(at + INTERVAL 8 HOUR) IN {days:Array(Date32)}
{{- end}}
),
{{state}}
SELECT
{{- if per_day}}
    toDate32(at + INTERVAL 8 HOUR) AS day,
    member.1 AS by,
    toDateTime64('1970-01-01 00:00:00', 3, 'UTC') AS last_moment, -- Time alone changes none.
    toDateTime64('2299-12-31 00:00:00', 3, 'UTC') AS next_moment,
    member.2 AS key,
{{- else}}
    toString({{event_key}}) AS key,
{{- end}}
    {{figures}}
FROM
(
    SELECT letter_id, kind, at, unit, lead, case_number, case_kind, suspects, yuan
    FROM known_events
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested'{{if with_recovered}}, 'case.recovered'{{end}})
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
{{- if per_day}}
        AND toDate32(at + INTERVAL 8 HOUR) IN {days:Array(Date32)}
{{- end}}
) AS steps
INNER JOIN letter_state USING (letter_id)
{{- if per_day}}
ARRAY JOIN {{event_keys}} AS member
{{- end}}
GROUP BY {{if per_day}}day, by, {{end}}key
ORDER BY {{if per_day}}day, by, {{end}}key
