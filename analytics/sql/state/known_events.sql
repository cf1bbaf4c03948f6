-- The events of the candidates that were known at T. place is the order of a
-- letter's events in time, label_place the order in which its labels count.
known_events AS (
    SELECT
        *,
        NOT imported AND recorded_at > at + toIntervalMillisecond({backdated_after:Int64}) AS backdated,
        if(backdated, recorded_at, at) AS effective_at,
        (at, recorded_at, source, record_id) AS place,
        (recorded_at, at, source, record_id) AS label_place,
        kind = 'letter.forwarded' AND role = 'lead' OR kind = 'letter.returned' AS passes_on,
        passes_on OR kind = 'letter.selfhandled' AS settles_owner,
        kind = 'letter.contacted' AND method != 'auto' AS attempts
    FROM events FINAL
    WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN candidates
)
