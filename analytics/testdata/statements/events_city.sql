-- All figures of leads and cases: events whose time lies in the period, each
-- with the state of its subject letter.
WITH
candidates AS (
    SELECT letter_id
    FROM events
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested')
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
),
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
),
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
),
-- What the events say of each letter, in one pass. Where the order matters the
-- few events concerned are gathered and sorted: argMax over (time, time, text,
-- text) costs several times as much.
handling AS (
    SELECT
        letter_id,
        groupArrayIf(
            (label_place, kind = 'letter.relabelled', label_type, label_topic, label_division),
            kind IN ('letter.relabelled', 'letter.classified')) AS labellings,
        groupArrayIf((place, if(kind = 'letter.selfhandled', unit, to_unit), kind = 'letter.selfhandled', effective_at), settles_owner) AS settlings,
        groupArrayIf((place, kind = 'letter.merged'), kind IN ('letter.merged', 'letter.unmerged')) AS mergings,
        groupArrayIf((place, kind = 'letter.reopened', result), kind IN ('letter.closed', 'letter.withdrawn', 'letter.reopened')) AS closings,
        groupArrayIf((place, until), kind = 'letter.extension_decided' AND approved) AS extensions,
        groupUniqArrayIf(to_unit, kind = 'lead.assigned') AS assigned_to,
        countIf(kind = 'letter.invalidated') > 0 AS invalidated,
        minOrNullIf(at, kind = 'letter.transferred') AS transferred_at,
        minOrNullIf(effective_at, attempts) AS attempted_at,
        minOrNullIf(effective_at, attempts AND result = 'reached') AS reached_at,
        groupArrayIf(effective_at, kind = 'letter.contacted' AND method = 'auto') AS receipts,
        uniqExactIf(method, attempts) AS methods_tried,
        minOrNullIf(at, kind = 'letter.replied') AS replied_at,
        countIf(backdated AND (kind = 'letter.signed' OR settles_owner OR attempts)) AS backdated_events,
        countIf(kind = 'letter.returned') AS returns,
        countIf(kind = 'letter.escalated') > 0 AS escalated,
        countIf(kind IN ('lead.accepted', 'lead.verified')) > 0 AS lead_taken_up,
        groupArrayIf((place, known_events.reached, known_events.solved, satisfaction), kind = 'letter.revisited') AS visits,
        groupArrayIf((place, due), kind = 'letter.instructed') AS orders,
        groupArrayIf(place, kind = 'letter.instruction_answered') AS reports,
        groupArrayIf((place, due), kind = 'letter.supervised') AS supervisions,
        groupArrayIf(place, kind IN ('letter.replied', 'letter.closed', 'letter.instruction_answered')) AS answers
    FROM known_events
    GROUP BY letter_id
),
-- The last label of each field that a person gave, and the last verdict's.
labels AS (
    SELECT
        * EXCEPT (labellings),
        arraySort(labellings) AS ordered,
        arrayLast(l -> NOT l.2, ordered) AS verdict,
        arrayLast(l -> l.2 AND l.3 != '', ordered).3 AS person_type,
        arrayLast(l -> l.2 AND l.4 != '', ordered).4 AS person_topic,
        arrayLast(l -> l.2 AND l.5 != '', ordered).5 AS person_division,
        verdict.3 AS model_type,
        verdict.4 AS model_topic,
        verdict.5 AS model_division
    FROM handling
),
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
),
-- The series each letter stands in: that of the last confirmed, merged or split
-- which lists it, unless a later rejected or unlinked of that series does too.
-- And the rejections and unlinkings that list it, by any series.
--
-- Few events are about series. Without FINAL, which would read all others too,
-- a record that came twice counts as it was recorded first.
series_of_letters AS (
    SELECT
        listed AS letter_id,
        arraySort(groupArray((place, adds, name, change))) AS changes,
        arrayLast(c -> c.2, changes) AS joined,
        if(arrayExists(c -> NOT c.2 AND c.3 = joined.3 AND c.1 > joined.1, changes), '', joined.3) AS in_series,
        groupUniqArrayIf(change, NOT adds) AS rejected_in
    FROM
    (
        SELECT
            sipHash64(letter_id, source, record_id) AS change,
            argMin((at, kind IN ('series.confirmed', 'series.merged', 'series.split'), series, letters), recorded_at) AS first,
            (first.1, min(recorded_at), source, record_id) AS place,
            first.2 AS adds,
            first.3 AS name
        FROM events
        WHERE kind IN ('series.confirmed', 'series.merged', 'series.split', 'series.rejected', 'series.unlinked')
            AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
            AND letter_id IN (
                SELECT letter_id
                FROM letters
                WHERE recorded_at <= {as_of:DateTime64(3, 'UTC')}
                    AND letter_id IN (SELECT letter_id FROM events WHERE startsWith(kind, 'series.')))
        GROUP BY letter_id, source, record_id
    )
    ARRAY JOIN first.4 AS listed
    GROUP BY listed
),
-- What repeats.sql compares: of every letter of the candidates' writers what
-- its text names, and what became of it.
writings AS (SELECT 1),
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
),
-- Whom each letter accuses, as is known now: who may look does not depend on
-- the moment a report is asked for. A letter is held while a person says that
-- it accuses the police and nobody has cleared it since; before a person has
-- cleared it, also on the verdict's word, and on the verdict's doubt as long as
-- no person has said either way.
accusations AS (
    SELECT
        letter_id,
        maxOrNullIf(recorded_at, kind = 'letter.cleared') AS cleared_at,
        maxOrNullIf(recorded_at, kind = 'letter.relabelled' AND accused_police) AS accused_at,
        countIf(kind = 'letter.relabelled' AND accused_police IS NOT NULL) > 0 AS answered,
        countIf(kind = 'letter.classified' AND accused_police) > 0 AS suspected,
        countIf(kind = 'letter.classified' AND result = 'held') > 0 AS doubted,
        if(cleared_at IS NULL,
            accused_at IS NOT NULL OR suspected OR (doubted AND NOT answered),
            ifNull(accused_at > cleared_at, false)) AS held,
        arraySort(groupArrayIf(((recorded_at, at, source, record_id), accused_units), notEmpty(accused_units)))[-1].2 AS accused_units
    FROM events FINAL
    WHERE letter_id IN candidates AND kind IN ('letter.cleared', 'letter.relabelled', 'letter.classified')
    GROUP BY letter_id
),
-- What the records say of each letter as of T, as docs/metrics.md defines it.
-- No calendar and no viewer has a part in it, and of the settings only how late
-- an entry may be.
facts AS (
    SELECT
        letter_id,
        received_at,
        toDate32(received_at + INTERVAL 8 HOUR) AS received_day,
        channel,
        contactable,
        writer_key,
        if(person_type != '', person_type, model_type) AS type,
        if(person_topic != '', person_topic, model_topic) AS topic,
        multiIf(person_division != '', person_division, own_division != '', own_division, model_division) AS division,
        type = 'L09' AS thanks,
        invalidated,
        arrayLast(m -> true, arraySort(mergings)).2 AS merged,
        NOT invalidated AND NOT merged AS counted,
        transferred_at IS NOT NULL AS transferred,
        transferred_at,
        attempted_at,
        reached_at,
        receipts,
        replied_at,
        reached_at IS NOT NULL OR methods_tried >= 2 OR replied_at IS NOT NULL AS responded,
        backdated_events,
        returns,
        escalated,
        lead_taken_up,
        arraySort(settlings) AS ordered_settlings,
        arrayLast(o -> true, ordered_settlings).2 AS settled_owner,
        if(settled_owner != '', settled_owner, {city_desk:String}) AS owner,
        -- The first closing after the last reopening, if there is one.
        arraySort(closings) AS ordered_closings,
        ordered_closings[arrayLastIndex(c -> c.2, ordered_closings) + 1] AS closing,
        notEmpty(closings) AND NOT ordered_closings[-1].2 AS closed,
        if(closed, closing.1.1, NULL) AS closed_at,
        arrayExists(c -> c.2, ordered_closings) AS reopened,
        arrayFilter(c -> NOT c.2, ordered_closings) AS only_closings,
        if(notEmpty(only_closings), toNullable(only_closings[1].1.1), NULL) AS first_closed_at,
        arrayExists(c -> c.3 IN ('', 'withdrawn'), only_closings) AS withdrawn, -- Only a withdrawal gives no reason.
        arrayLast(c -> c.3 != '', only_closings).3 AS closing_reason,
        arraySort(visits) AS ordered_visits,
        length(visits) AS visits_made,
        arrayExists(v -> v.2, visits) AS visit_reached,
        arrayExists(v -> v.3 = 'yes', visits) AS solved,
        toString(arrayLast(v -> v.3 IN ('yes', 'partly', 'no'), ordered_visits).3) AS answer,
        arrayLast(v -> v.4 IS NOT NULL, ordered_visits).4 AS rating,
        -- Each instruction's due time and that of the first report after it.
        arraySort(reports) AS ordered_reports,
        arrayMap(
            o -> (o.2, arrayMap(r -> toNullable(r.1), arrayFilter(r -> r > o.1, ordered_reports))[1]),
            arraySort(orders)) AS instructions,
        notEmpty(supervisions) AS supervised,
        arrayFirst(s -> s.2 IS NOT NULL, arraySort(supervisions)) AS supervision,
        supervision.2 AS supervision_due,
        arrayMap(a -> toNullable(a.1), arrayFilter(a -> a > supervision.1, arraySort(answers)))[1] AS supervision_answered_at,
        arrayMap(e -> (e.1.1, e.2), arraySort(extensions)) AS granted,
        arrayFirst(s -> s.1 = {city_desk:String}, stays) AS desk_stay,
        arrayPushFront(
            arrayFilter(s -> s.1 != {city_desk:String} AND s.2 IS NOT NULL, stays),
            ({city_desk:String}, toNullable(received_at), desk_stay.3, desk_stay.4)) AS letter_hops,
        if(writer_key != '' AND in_series != '', ('series', in_series, writer_key), ('letter', letter_id, '')) AS matter,
        arrayPushBack(letter_hops.1, owner) AS path,
        desk_stay.3 AS desk_signed_at,
        arrayFirst(s -> s.1 = owner, stays).3 AS owner_signed_at,
        -- The first unit that kept the letter, and since when it has been known to
        -- have it: a later owner changes neither.
        arrayFirst(o -> o.3, ordered_settlings) AS keeping,
        keeping.2 AS handler,
        if(handler = '', NULL, least(keeping.4, ifNull(arrayFirst(s -> s.1 = handler, stays).3, keeping.4))) AS handled_from,
        arraySort(h -> (h.2, h.1), arrayFilter(h -> NOT endsWith(h.1, '-XX'), letter_hops))[1].1 AS first_receiver,
        length(letter_hops) > 1 AS dispatched,
        repeats,
        repeat_of,
        new_facts,
        relettered_at,
        thanked,
        thanks_for,
        accused_units,
        assigned_to,
        held
    FROM known_letters
    LEFT JOIN labels USING (letter_id)
    LEFT JOIN hops USING (letter_id)
    LEFT JOIN accusations USING (letter_id)
    LEFT JOIN series_of_letters USING (letter_id)
    LEFT JOIN repetition USING (letter_id)
),
-- The state of each letter that the viewer may see: the facts with the times
-- that the calendar and the city's settings give them.
letter_state AS (
    SELECT
        *,
        toDateTime64(addDays(due_days.due5, 1), 3, 'UTC') - INTERVAL 8 HOUR AS due5,
        arrayFold(
            (due, e) -> if(e.1 <= due, toDateTime64(addDays(e.2, 1), 3, 'UTC') - INTERVAL 8 HOUR, due),
            granted,
            due5) AS due_eff,
        -- Working days after the day of receipt up to and including that of the
        -- closing, and that of T; NULL where a notice is missing for one of them.
        if(closing_day = received_day, 0, closing_days.work_index - due_days.work_index) AS days_to_closing,
        (SELECT any(work_index) FROM due_days FINAL WHERE calendar_version = {calendar_version:String} AND day = toDate32({as_of:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR)) - due_days.work_index AS days_so_far,
        -- From when the writer waits for contact, who owes it, and its first
        -- attempt: for a letter that came in quiet hours also an automatic receipt
        -- sent in the same ones. into_quiet is how long they had lasted.
        if({contact_from:String} = 'signed', handled_from, toNullable(received_at)) AS contact_start,
        if({contact_from:String} = 'signed', toString(handler), {city_desk:String}) AS contact_unit,
        positiveModulo(toUnixTimestamp64Milli(received_at) + 28800000 - {quiet_from:Int64}, 86400000) AS into_quiet,
        arrayFilter(
            r -> into_quiet < {quiet_length:Int64}
                AND r >= received_at - toIntervalMillisecond(into_quiet)
                AND r < received_at + toIntervalMillisecond({quiet_length:Int64} - into_quiet),
            receipts) AS night_receipts,
        multiIf(
            empty(night_receipts), attempted_at,
            attempted_at IS NULL, arrayMin(night_receipts),
            least(attempted_at, arrayMin(night_receipts))) AS contact_tried_at
    FROM (SELECT *, toDate32(closed_at + INTERVAL 8 HOUR) AS closing_day FROM facts) AS facts
    LEFT JOIN (SELECT day, due5, work_index FROM due_days FINAL WHERE calendar_version = {calendar_version:String}) AS due_days
        ON received_day = due_days.day
    LEFT JOIN (SELECT day, work_index FROM due_days FINAL WHERE calendar_version = {calendar_version:String}) AS closing_days
        ON closing_day = closing_days.day
    WHERE true
),
-- The stretches of time for which a unit's clocks stood still: the outages of
-- the unit and of those above it that two persons registered, those that touch
-- or overlap made one. Times are in milliseconds since 1970.
outages AS (
    SELECT
        code AS unit,
        arrayFold(
            (stretches, next) -> if(notEmpty(stretches) AND next.1 <= stretches[-1].2,
                arrayPushBack(arrayPopBack(stretches), (stretches[-1].1, greatest(stretches[-1].2, next.2))),
                arrayPushBack(stretches, next)),
            arraySort(groupArray((assumeNotNull(toUnixTimestamp64Milli(down_from)), assumeNotNull(toUnixTimestamp64Milli(down_to))))),
            CAST([] AS Array(Tuple(Int64, Int64)))) AS stretches
    FROM (SELECT code, named FROM units FINAL ARRAY JOIN arrayPushBack(above, code) AS named) AS lines
    INNER JOIN
    (
        SELECT letter_id, down_from, down_to
        FROM events FINAL
        WHERE letter_id IN (SELECT code FROM units)
            AND kind = 'system.outage'
            AND recorded_at <= {as_of:DateTime64(3, 'UTC')}
            AND second NOT IN ('', actor)
    ) AS registered ON registered.letter_id = lines.named
    GROUP BY code
),
-- How long a unit's clock ran from one moment to another, neither missing.
(unit, begun, ended) -> toUnixTimestamp64Milli(assumeNotNull(ended)) - toUnixTimestamp64Milli(assumeNotNull(begun)) - arraySum(
    s -> greatest(toInt64(0),
        least(s.2, toUnixTimestamp64Milli(assumeNotNull(ended))) - greatest(s.1, toUnixTimestamp64Milli(assumeNotNull(begun)))),
    (SELECT mapFromArrays(groupArray(toString(unit)), groupArray(stretches)) FROM outages)[toString(unit)]) AS net_milliseconds
SELECT
    toString('') AS key,
    toUInt64(uniqExactIf(lead, kind IN ('lead.accepted', 'lead.verified'))) AS n_leads,
    toUInt64(uniqExactIf(case_number, kind = 'case.filed')) AS n_cases_filed,
    toUInt64(uniqExactIf(case_number, kind = 'case.solved')) AS n_cases_solved,
    toUInt64(uniqExactArrayIf(suspects, kind = 'case.arrested')) AS n_arrests
FROM
(
    SELECT letter_id, kind, at, unit, lead, case_number, case_kind, suspects, yuan
    FROM known_events
    WHERE kind IN ('lead.accepted', 'lead.verified', 'case.filed', 'case.solved', 'case.arrested')
        AND at >= {from:DateTime64(3, 'UTC')} AND at < {to:DateTime64(3, 'UTC')}
) AS steps
INNER JOIN letter_state USING (letter_id)
GROUP BY key
ORDER BY key
