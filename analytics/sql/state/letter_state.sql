-- The state of each letter that the viewer may see: the facts with the times
-- that the calendar gives them.
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
        (SELECT any(work_index) FROM due_days FINAL WHERE calendar_version = {calendar_version:String} AND day = toDate32({as_of:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR)) - due_days.work_index AS days_so_far
    FROM (SELECT *, toDate32(closed_at + INTERVAL 8 HOUR) AS closing_day FROM facts) AS facts
    LEFT JOIN (SELECT day, due5, work_index FROM due_days FINAL WHERE calendar_version = {calendar_version:String}) AS due_days
        ON received_day = due_days.day
    LEFT JOIN (SELECT day, work_index FROM due_days FINAL WHERE calendar_version = {calendar_version:String}) AS closing_days
        ON closing_day = closing_days.day
    WHERE {{visible}}
)
