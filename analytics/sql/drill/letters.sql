-- The letters, or the hops, behind one figure. Each entry says which bucket of
-- the figure it falls into and what it adds to it.
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
        toString({{key}}) AS key,
        NOT {{of_hops}} AS is_letter,
        {{of_hops}} AS is_hop,
{{- if of_hops}}
        hop AS own_hop,
        hop.1 AS hop_unit,
        hop.2 AS arrived_at,
        hop.3 AS signed_at,
        hop.4 AS ended_at,
        {{hop_columns}}
    FROM letters_of_period
    ARRAY JOIN letter_hops AS hop
{{- else}}
        ('', CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), CAST(NULL AS Nullable(DateTime64(3, 'UTC')))) AS own_hop
    FROM letters_of_period
{{- end}}
),
-- One group a member: the figure's own SQL says what that member adds to it.
entries AS (
    SELECT
        letter_id AS id,
        any(members.received_at) AS received,
        any(members.type) AS shown_type,
        any(members.held OR members.type = 'L10' OR notEmpty(members.accused_units)) AS withheld,
        any(members.topic) AS shown_topic,
        any(members.owner) AS shown_owner,
        any(tuple(members.attempted_at, members.reached_at, members.replied_at, members.closed_at, members.due_eff)) AS times,
        any(members.own_hop) AS stay,
        members.key AS entry_key,
        toString({{bucket}}) AS entry_bucket,
        toUInt64({{amount}}) AS entry_amount,
        any(toString({{group}})) AS entry_group
    FROM members
    WHERE (NOT {one_key:Bool} OR members.key = {key:String})
    GROUP BY letter_id, members.key, members.own_hop.1
    HAVING {{listed}} AND entry_bucket IN {buckets:Array(String)}
)
{{page}}
