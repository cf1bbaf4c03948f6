-- The events about leads, cases and series, as Refresh keeps them beside the facts.
known_events AS (
    SELECT *
    FROM {{rare_events}} FINAL
    WHERE letter_id IN candidates
),
known_letters AS (
    SELECT letter_id
    FROM {{letter_states}} FINAL
    WHERE NOT gone AND letter_id IN candidates
)
