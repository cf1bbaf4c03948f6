-- The leads behind one figure, each with the letter it was accepted from.
WITH
{{members}},
entries AS (
    SELECT
        members.letter_id AS id,
        members.received_at AS received,
        members.type AS shown_type,
        members.held OR members.type = 'L10' OR notEmpty(members.accused_units) AS withheld,
        members.topic AS shown_topic,
        members.owner AS shown_owner,
        tuple(members.attempted_at, members.reached_at, members.replied_at, members.closed_at, members.due_eff) AS times,
        (accepted_unit, toNullable(first_accepted_at), CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), CAST(NULL AS Nullable(DateTime64(3, 'UTC')))) AS stay,
        members.key AS entry_key,
        toString({{bucket}}) AS entry_bucket,
        toUInt64(1) AS entry_amount,
        lead_id AS entry_group
    FROM members
    WHERE entry_key = if({one_key:Bool}, {key:String}, entry_key) AND entry_bucket IN {buckets:Array(String)}
)
{{page}}
