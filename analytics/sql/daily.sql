-- Figures of a period from those of its days.
WITH
figures_of_days AS
(
    SELECT day, key_of_day, {{columns}}
    FROM {{table}} FINAL
    ARRAY JOIN keys AS key_of_day, {{columns}}
    WHERE by = {by:String}
        AND day >= toDate32({from:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR) AND day < toDate32({to:DateTime64(3, 'UTC')} + INTERVAL 8 HOUR)
        AND day NOT IN {days:Array(Date32)}
{{- if stale}}
    UNION ALL
    SELECT day, key AS key_of_day, {{columns}}
    FROM
    (
    {{by_day}}
    )
{{- end}}
)
SELECT
    {{key}} AS key,
    {{figures}}
FROM figures_of_days
GROUP BY key
ORDER BY key
