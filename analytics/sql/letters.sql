-- Figures of letters and hops. A letter is one member, each of its hops
-- another: their keys differ when units are compared.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}},
letters_of_period AS (
    SELECT
        *,
        {{letter_columns}}
{{- if per_day}},
        {{moments}} AS moments
{{- end}}
    FROM letter_state
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
{{- if per_day}}
        AND received_day IN {days:Array(Date32)}
{{- end}}
),
members AS (
    SELECT
        *,
{{- if with_members}}
        member.1 AS by,
        member.2 AS key,
        member.3 AS is_letter,
        NOT is_letter AS is_hop,
        member.4.1 AS hop_unit,
        member.4.2 AS arrived_at,
        member.4.3 AS signed_at,
        member.4.4 AS ended_at,
        {{hop_columns}}
    FROM letters_of_period
    ARRAY JOIN arrayConcat(
        arrayMap(k -> (k.1, k.2, true, letter_hops[1]), {{letter_keys}}),
        arrayFlatten(arrayMap(hop -> arrayMap(k -> (k.1, k.2, false, hop), {{hop_keys}}), letter_hops))) AS member
{{- else}}
        toString({{letter_key}}) AS key,
        true AS is_letter
    FROM letters_of_period
{{- end}}
)
SELECT
{{- if per_day}}
    received_day AS day,
    by,
    max(arrayMax(arrayFilter(m -> m <= {as_of:DateTime64(3, 'UTC')}, moments))) AS last_moment,
    min(arrayMin(arrayFilter(m -> m > {as_of:DateTime64(3, 'UTC')}, moments))) AS next_moment,
{{- end}}
    key,
    {{figures}}
FROM members
GROUP BY {{if per_day}}day, by, {{end}}key
ORDER BY {{if per_day}}day, by, {{end}}key
