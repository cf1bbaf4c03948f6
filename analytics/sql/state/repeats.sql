-- Which letters repeat an earlier one of the same writer, were followed by a
-- re-letter, or are linked by thanks: docs/metrics.md, "Repeats and matters".
--
-- What is said of a letter depends on all letters of its writer known at T
-- (time of receipt, signature, facts), on their labels, invalidations, mergings
-- and closings, and on series events that list any of them. When one of these
-- comes in, every letter of the writer may change, and no other. Nothing else
-- depends on T: the passing of time changes nothing.
--
-- A letter without a row repeats nothing. Writers of a single letter have none.
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
    WHERE writer_key != ''
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
    WHERE NOT void
),
-- Each letter with each earlier one of its writer. A letter of thanks has none
-- after it: nothing repeats it.
pairs AS (
    SELECT
        later.letter_id AS id,
        earlier.letter_id AS earlier_id,
        later.received_at AS received,
        earlier.received_at AS earlier_received,
        later.named AS facts_named,
        earlier.named AS facts_known,
        later.thanking AS gives_thanks,
        arraySort(earlier.closed_times) AS closings_before,
        NOT gives_thanks AND later.merged_into = earlier.letter_id AS by_merging,
        by_merging OR NOT gives_thanks AND (later.in_series != '' AND later.in_series = earlier.in_series) AS by_record,
        NOT gives_thanks AND received <= earlier_received + INTERVAL 90 DAY AND NOT hasAny(later.rejected_in, earlier.rejected_in) AS in_reach,
        if(in_reach AND notEmpty(later.signature) AND notEmpty(earlier.signature),
            arrayCount((a, b) -> a = b, later.signature, earlier.signature), 0) AS equal_hashes,
        equal_hashes >= 39 AS by_text,
        in_reach AND hasAny(facts_named, facts_known) AS by_fact,
        by_record OR by_text OR by_fact AS linked,
        -- Where none was closed by then, all of these are 0.
        arrayMax(arrayPushBack(arrayMap(c -> toUnixTimestamp64Milli(c), arrayFilter(c -> c < received, closings_before)), toInt64(0))) AS closed_by_then
    FROM writings AS later
    INNER JOIN (SELECT * FROM writings WHERE NOT thanking) AS earlier ON later.writer_key = earlier.writer_key
    WHERE (earlier.received_at, earlier.letter_id) < (later.received_at, later.letter_id)
),
repeating AS (
    SELECT
        id,
        countIf(linked) > 0 AS is_repeat,
        argMaxIf(earlier_id, (earlier_received, earlier_id), linked) AS latest,
        is_repeat AND NOT max(by_record) AND NOT hasAll(arrayFlatten(groupArrayIf(facts_known, linked)), any(facts_named)) AS names_more,
        groupArrayIf(
            (earlier_id, received),
            linked AND received > closings_before[1] AND received <= closings_before[1] + INTERVAL 30 DAY AND notEmpty(closings_before)) AS reletter_of,
        argMaxIf(earlier_id, (closed_by_then, earlier_received, earlier_id), gives_thanks) AS thanked_letter
    FROM pairs
    GROUP BY id
),
repetition AS (
    SELECT
        said.1 AS letter_id,
        max(said.2) AS repeats,
        max(said.3) AS repeat_of,
        max(said.4) AS new_facts,
        min(said.5) AS relettered_at,
        max(said.6) AS thanked,
        max(said.7) AS thanks_for
    FROM repeating
    ARRAY JOIN arrayConcat(
        [(id, is_repeat, latest, names_more, CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), false, thanked_letter)],
        arrayMap(r -> (r.1, false, '', false, toNullable(r.2), false, ''), reletter_of),
        if(thanked_letter != '', [(thanked_letter, false, '', false, CAST(NULL AS Nullable(DateTime64(3, 'UTC'))), true, '')], [])) AS said
    GROUP BY letter_id
)
{{- else -}}
repetition AS (
    SELECT
        '' AS letter_id,
        false AS repeats,
        '' AS repeat_of,
        false AS new_facts,
        CAST(NULL AS Nullable(DateTime64(3, 'UTC'))) AS relettered_at,
        false AS thanked,
        '' AS thanks_for
    WHERE false -- No figure asks.
)
{{- end}}
