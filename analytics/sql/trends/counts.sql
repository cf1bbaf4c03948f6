-- How many letters each day brought, by topic and division, and from how many
-- writers; an anonymous letter has one of its own.
WITH
candidates AS (
    SELECT letter_id
    FROM letters
    WHERE received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
),
{{state}}
SELECT
    toString(received_day) AS day,
    toString(topic) AS of_topic,
    toString(division) AS of_division,
    count() AS received,
    uniqExact(if(writer_key != '', writer_key, '/' || letter_id)) AS writers
FROM letter_state
WHERE counted AND received_at >= {from:DateTime64(3, 'UTC')} AND received_at < {to:DateTime64(3, 'UTC')}
GROUP BY day, of_topic, of_division
ORDER BY day, of_topic, of_division
