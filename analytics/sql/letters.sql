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
    FROM letter_state
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
members AS (
    SELECT
        *,
{{- if with_hops}}
        member.1 AS key,
        member.2 AS is_letter,
        NOT is_letter AS is_hop,
        member.3.1 AS hop_unit,
        member.3.2 AS arrived_at,
        member.3.3 AS signed_at,
        member.3.4 AS ended_at,
        {{hop_columns}}
    FROM letters_of_period
    ARRAY JOIN arrayPushFront(
        arrayMap(hop -> (toString({{hop_key}}), false, hop), letter_hops),
        (toString({{letter_key}}), true, letter_hops[1])) AS member
{{- else}}
        toString({{letter_key}}) AS key,
        true AS is_letter
    FROM letters_of_period
{{- end}}
)
SELECT
    key,
    {{figures}}
FROM members
GROUP BY key
ORDER BY key
