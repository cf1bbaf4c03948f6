-- A row without keys for each of the {days} and each dimension: what has
-- members gets another after it.
INSERT INTO {{table}} (day, by, valid_from, valid_until, refreshed_at)
SELECT
    arrayJoin({days:Array(Date32)}) AS day,
    arrayJoin({{by}}) AS by,
    toDateTime64('1970-01-01 00:00:00', 3, 'UTC'),
    toDateTime64('{{if holds}}2299-12-31{{else}}1970-01-01{{end}} 00:00:00', 3, 'UTC'),
    now64(6)
