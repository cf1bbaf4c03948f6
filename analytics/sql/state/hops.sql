-- For each letter every unit that it was sent to or that acted on it, with its
-- first arrival, signing and passing on or keeping.
hops AS (
    SELECT letter_id, groupArray((party, arrived_at, signed_at, ended_at)) AS stays
    FROM
    (
        SELECT
            letter_id,
            party,
            minOrNullIf(at, arriving) AS arrived_at,
            minOrNullIf(effective_at, NOT arriving AND kind = 'letter.signed') AS signed_at,
            minOrNullIf(effective_at, NOT arriving AND settles_owner) AS ended_at
        FROM known_events
        ARRAY JOIN [unit, to_unit] AS party, [false, true] AS arriving
        WHERE (kind = 'letter.signed' OR settles_owner) AND party != ''
        GROUP BY letter_id, party
    )
    GROUP BY letter_id
)
