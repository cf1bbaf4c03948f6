-- Kept rows whose letter stands in another month with a newer state. Without
-- FINAL, which shows only the newest row of all months, as a reader of one month
-- does not see it. The new row is newer than the old one, and older than the
-- state that holds.
INSERT INTO {{letter_states}}
SELECT * REPLACE (true AS gone, refreshed_at + INTERVAL 1 MICROSECOND AS refreshed_at)
FROM {{letter_states}}
WHERE NOT gone
    AND letter_id IN (SELECT letter_id FROM refreshing WHERE round = {round:String})
    AND (letter_id, toYYYYMM(received_at)) NOT IN
    (
        SELECT letter_id, toYYYYMM(argMax(states.received_at, states.refreshed_at))
        FROM {{letter_states}} AS states
        WHERE letter_id IN (SELECT letter_id FROM refreshing WHERE round = {round:String})
        GROUP BY letter_id
    )
