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
{{$compared := 100 -}}
-- The letters of a writer in order. before: how many of them, none of thanks,
-- came before this one.
in_order AS (
    SELECT
        *,
        sum(toUInt64(NOT thanking)) OVER (PARTITION BY writer_key ORDER BY received_at, letter_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before,
        count() OVER (PARTITION BY writer_key) > {{$compared}} AS is_crowd,
        intDiv(before, {{$compared}}) AS block
    FROM writings
    WHERE NOT void AND writer_key != ''
),
-- Each letter with the last {{$compared}} of its writer before it, and with those that
-- persons tied it to: who sends thousands must not hold up everyone's figures,
-- as each with each would. They meet by a key: a letter's {{$compared}} stand in its block
-- and the one before. What meets by two keys is the same pair twice, which
-- changes nothing. A letter of thanks has none after it: nothing repeats it.
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
    FROM (
        SELECT
            *,
            arrayJoin(arrayConcat([toString(block)], if(is_crowd AND merged_into != '', ['merged/' || merged_into], []), if(is_crowd AND in_series != '', ['series/' || in_series], []))) AS key
        FROM in_order
    ) AS later
    INNER JOIN (
        SELECT
            *,
            arrayJoin(if(is_crowd, [toString(block), toString(block + 1), 'merged/' || letter_id, 'series/' || in_series], ['0'])) AS key
        FROM in_order
        WHERE NOT thanking
    ) AS earlier ON later.writer_key = earlier.writer_key AND later.key = earlier.key
    WHERE earlier.before < later.before AND (earlier.before + {{$compared}} >= later.before OR by_record)
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
