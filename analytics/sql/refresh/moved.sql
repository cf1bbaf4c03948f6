-- Kept rows whose letter stands in another month with a newer state.
INSERT INTO {{letter_states}}
SELECT * REPLACE (true AS gone, now64(6) AS refreshed_at)
FROM {{letter_states}} FINAL
WHERE NOT gone
    AND letter_id IN (SELECT letter_id FROM refreshing WHERE round = {round:String})
    AND (letter_id, refreshed_at) NOT IN
    (
        SELECT letter_id, max(refreshed_at)
        FROM {{letter_states}}
        WHERE letter_id IN (SELECT letter_id FROM refreshing WHERE round = {round:String})
        GROUP BY letter_id
    )
