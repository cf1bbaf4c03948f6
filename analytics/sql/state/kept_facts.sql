-- The facts as Refresh keeps them, all records considered.
facts AS (
    SELECT * EXCEPT (gone, refreshed_at)
    FROM {{letter_states}} FINAL
    WHERE NOT gone AND {{of_candidates}}
)
