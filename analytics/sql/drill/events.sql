-- The subject letters behind one figure of leads or cases: an entry for each
-- letter and each lead, case number or suspect that the figure counts.
WITH
candidates AS (
    SELECT letter_id
    FROM events
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested', 'case.recovered')
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
),
{{state}},
entries AS (
    SELECT
        letter_id AS id,
        any(letter_state.received_at) AS received,
        any(letter_state.type) AS shown_type,
        any(letter_state.held OR letter_state.type = 'L10' OR notEmpty(letter_state.accused_units)) AS withheld,
        any(letter_state.topic) AS shown_topic,
        any(letter_state.owner) AS shown_owner,
        any(tuple(letter_state.attempted_at, letter_state.reached_at, letter_state.replied_at, letter_state.closed_at, letter_state.due_eff)) AS times,
        (any(unit), min(toNullable(at)), CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), CAST(NULL AS Nullable(DateTime64(3, 'UTC')))) AS stay,
        toString({{key}}) AS entry_key,
        'yes' AS entry_bucket,
        toUInt64({{amount}}) AS entry_amount,
        counted_thing AS entry_group
    FROM
    (
        SELECT letter_id, kind, at, unit, lead, case_number, case_kind, suspects, yuan, counted_thing
        FROM known_events
        ARRAY JOIN {{things}} AS counted_thing
        WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested', 'case.recovered')
            AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
    ) AS steps
    INNER JOIN letter_state USING (letter_id)
    GROUP BY letter_id, entry_key, counted_thing
    HAVING entry_amount > 0 AND entry_key = if({one_key:Bool}, {key:String}, entry_key) AND entry_bucket IN {buckets:Array(String)}
)
{{page}}
