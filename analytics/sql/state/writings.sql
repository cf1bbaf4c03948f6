-- What repeats.sql compares: of every letter of the candidates' writers what
-- its text names, and what became of it.
{{if with_repeats -}}
-- near: another letter of the writer lies within the 90 days of rules 2 and 3,
-- without which nobody needs its signature.
letters_of_writers AS (
    SELECT letter.2 AS letter_id, near
    FROM
    (
        SELECT
            arraySort(groupUniqArray((received_at, letter_id))) AS all_letters,
            arrayPopFront(arrayDifference(arrayMap(l -> toUnixTimestamp64Milli(l.1), all_letters))) AS gaps,
            arrayMap((a, b) -> least(a, b) <= 90 * 86400000, arrayPushFront(gaps, toInt64(1e15)), arrayPushBack(gaps, toInt64(1e15))) AS nears
        FROM letters
        WHERE writer IN (SELECT writer FROM letters WHERE letter_id IN candidates AND writer != 0)
        GROUP BY writer
        HAVING length(all_letters) > 1
    )
    ARRAY JOIN all_letters AS letter, nears AS near
),
written AS (
    SELECT
        letter_id,
        record.1 AS received_at,
        record.2 AS writer_key,
        record.3 AS named
    FROM
    (
        SELECT letter_id, argMin((received_at, writer_key, facts), (recorded_at, source, record_id)) AS record
        FROM letters
        WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN (SELECT letter_id FROM letters_of_writers)
        GROUP BY letter_id
    )
),
signatures AS (
    SELECT letter_id, argMin(letters.signature, (recorded_at, source, record_id)) AS signature
    FROM letters
    WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')} AND letter_id IN (SELECT letter_id FROM letters_of_writers WHERE near)
    GROUP BY letter_id
),
written_fates AS (
    SELECT
        letter_id,
        arrayLast(l -> l.2 != '', arraySort(groupArrayIf(((recorded_at, at, source, record_id), label_type), kind = 'letter.relabelled'))).2 AS said_type,
        arrayLast(l -> true, arraySort(groupArrayIf(((recorded_at, at, source, record_id), label_type), kind = 'letter.classified'))).2 AS guessed_type,
        if(said_type != '', said_type, guessed_type) = 'L09' AS thanking,
        countIf(kind = 'letter.invalidated') > 0 AS void,
        arrayLast(m -> true, arraySort(groupArrayIf(
            ((at, recorded_at, source, record_id), if(kind = 'letter.merged', JSONExtractString(data, 'into'), '')),
            kind IN ('letter.merged', 'letter.unmerged')))).2 AS merged_into,
        groupArrayIf(at, kind IN ('letter.closed', 'letter.withdrawn')) AS closed_times
    FROM events FINAL
    WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')}
        AND letter_id IN (SELECT letter_id FROM letters_of_writers)
        AND kind IN ('letter.relabelled', 'letter.classified', 'letter.invalidated', 'letter.merged', 'letter.unmerged', 'letter.closed', 'letter.withdrawn')
    GROUP BY letter_id
),
writings AS (
    SELECT
        letter_id, received_at, writer_key, signature, named,
        thanking, void, merged_into, closed_times, in_series, rejected_in
    FROM written
    LEFT JOIN written_fates USING (letter_id)
    LEFT JOIN series_of_letters USING (letter_id)
    LEFT JOIN signatures USING (letter_id)
)
{{- else -}}
writings AS (SELECT 1)
{{- end}}
