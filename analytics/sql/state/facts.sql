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
)
