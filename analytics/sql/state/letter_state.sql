-- The state of each letter that the viewer may see: the facts with the times
-- that the calendar gives them.
letter_state AS (
    SELECT
        *,
        toDateTime64(addDays(due_days.due5, 1), 3, 'UTC') - INTERVAL 8 HOUR AS due5,
        arrayFold(
            (due, e) -> if(e.1 <= due, toDateTime64(addDays(e.2, 1), 3, 'UTC') - INTERVAL 8 HOUR, due),
            granted,
            due5) AS due_eff
    FROM facts
    LEFT JOIN (SELECT day, due5 FROM due_days FINAL WHERE calendar_version = {calendar_version:String}) AS due_days
        ON received_day = due_days.day
    WHERE {{visible}}
)
