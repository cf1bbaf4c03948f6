-- The events about leads and cases, as Refresh keeps them beside the facts.
known_events AS (
    SELECT *
    FROM {{lead_steps}} FINAL
    WHERE letter_id IN candidates
),
known_letters AS (
    SELECT letter_id
    FROM {{letter_states}} FINAL
    WHERE NOT gone AND letter_id IN candidates
)
