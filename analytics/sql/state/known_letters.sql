-- The candidates that were in the store at T. Of two records that give the
-- same letter the one recorded first counts.
known_letters AS (
    SELECT
        letter_id,
        record.1 AS received_at,
        record.2 AS channel,
        record.3 AS own_division,
        record.4 AS writer_key,
        record.5 AS contactable
    FROM
    (
        SELECT
            letter_id,
            argMin((received_at, channel, division, writer_key, contactable), (recorded_at, source, record_id)) AS record
        FROM letters FINAL
        WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN candidates
        GROUP BY letter_id
    )
)
