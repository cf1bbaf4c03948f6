-- A page of letters in the order of their ids, each with every verdict and every
-- relabelling in the order in which they count. Of two records that give the
-- same letter the one recorded first counts.
WITH
page AS (
    SELECT DISTINCT letter_id
    FROM letters
    WHERE letter_id > {after:String}
        AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
        AND (NOT {relabelled_only:Bool} OR letter_id IN (SELECT letter_id FROM events WHERE kind = 'letter.relabelled'))
    ORDER BY letter_id
    LIMIT {size:UInt32}
),
records AS (
    SELECT
        letter_id,
        argMin((source, record_id, received_at, recorded_at, imported, channel, title, body), (recorded_at, source, record_id)) AS record
    FROM letters FINAL
    WHERE letter_id IN page
    GROUP BY letter_id
),
labellings AS (
    SELECT
        letter_id,
        arraySort(groupArray((
            (recorded_at, at, source, record_id),
            kind = 'letter.relabelled', source, record_id,
            label_type, label_topic, label_lead, label_lead_type, label_urgency,
            ifNull(toInt8(accused_police), -1), result = 'held'))) AS labels
    FROM events FINAL
    WHERE letter_id IN page AND kind IN ('letter.relabelled', 'letter.classified')
    GROUP BY letter_id
)
SELECT
    letter_id,
    toString(record.1) AS source,
    record.2 AS record_id,
    record.3 AS received,
    record.4 AS recorded,
    record.5 AS imported,
    toString(record.6) AS channel,
    record.7 AS title,
    record.8 AS body,
    arrayMap(l -> toUInt8(l.2), labels) AS by_person,
    arrayMap(l -> toString(l.3), labels) AS sources,
    arrayMap(l -> l.4, labels) AS record_ids,
    arrayMap(l -> toString(l.5), labels) AS types,
    arrayMap(l -> toString(l.6), labels) AS topics,
    arrayMap(l -> toString(l.7), labels) AS leads,
    arrayMap(l -> toString(l.8), labels) AS lead_types,
    arrayMap(l -> toString(l.9), labels) AS urgencies,
    arrayMap(l -> l.10, labels) AS accused,
    arrayMap(l -> toUInt8(l.11), labels) AS held
FROM records
LEFT JOIN labellings USING (letter_id)
ORDER BY letter_id
