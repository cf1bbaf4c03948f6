-- What the records say of each letter as of T, as docs/metrics.md defines it.
-- No calendar, no setting and no viewer has a part in it.
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
        transferred,
        attempted_at,
        reached_at,
        replied_at,
        reached_at IS NOT NULL OR methods_tried >= 2 OR replied_at IS NOT NULL AS responded,
        solved,
        backdated_events,
        arrayLast(o -> true, arraySort(settlings)).2 AS settled_owner,
        if(settled_owner != '', settled_owner, {city_desk:String}) AS owner,
        -- The first closing after the last reopening, if there is one.
        arraySort(closings) AS ordered_closings,
        ordered_closings[arrayLastIndex(c -> c.2, ordered_closings) + 1] AS closing,
        notEmpty(closings) AND NOT ordered_closings[-1].2 AS closed,
        if(closed, closing.1.1, NULL) AS closed_at,
        arrayMap(e -> (e.1.1, e.2), arraySort(extensions)) AS granted,
        arrayFirst(s -> s.1 = {city_desk:String}, stays) AS desk_stay,
        arrayPushFront(
            arrayFilter(s -> s.1 != {city_desk:String} AND s.2 IS NOT NULL, stays),
            ({city_desk:String}, toNullable(received_at), desk_stay.3, desk_stay.4)) AS letter_hops,
        if(writer_key != '' AND in_series != '', ('series', in_series, writer_key), ('letter', letter_id, '')) AS matter,
        arrayPushBack(letter_hops.1, owner) AS path,
        accused_units,
        assigned_to,
        held
    FROM known_letters
    LEFT JOIN labels USING (letter_id)
    LEFT JOIN hops USING (letter_id)
    LEFT JOIN accusations USING (letter_id)
    LEFT JOIN series_of_letters USING (letter_id)
)
