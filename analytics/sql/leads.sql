-- Figures of leads.
WITH
{{members}}
SELECT
    key,
    {{figures}}
FROM members
GROUP BY key
ORDER BY key
