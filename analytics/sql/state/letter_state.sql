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
    WHERE {{visible}}
)
